"""Django's handle on this app."""

from django.apps import AppConfig


class WorkforceConfig(AppConfig):
    name = "floreo.workforce"
    label = "workforce"
