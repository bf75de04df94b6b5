from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "schoolbell.people"
