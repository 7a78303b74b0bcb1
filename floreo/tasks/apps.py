"""Django's handle on this app."""

from django.apps import AppConfig


class TasksConfig(AppConfig):
    name = "floreo.tasks"
    label = "tasks"
