from django.apps import AppConfig


class AccessConfig(AppConfig):
    name = "schoolbell.access"
