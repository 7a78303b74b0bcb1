"""Django's handle on this app."""

from django.apps import AppConfig


class OwingConfig(AppConfig):
    name = "floreo.tasks"
    label = "tasks"
