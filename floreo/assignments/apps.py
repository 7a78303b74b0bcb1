"""Django's handle on this app."""

from django.apps import AppConfig


class AssignmentsConfig(AppConfig):
    name = "floreo.assignments"
    label = "assignments"
