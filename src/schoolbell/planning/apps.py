from django.apps import AppConfig


class PlanningConfig(AppConfig):
    name = "schoolbell.planning"
