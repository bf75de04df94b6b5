from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "schoolbell.accounts"
