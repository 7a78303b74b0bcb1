"""Django's handle on this app."""

from django.apps import AppConfig


class ObligationsConfig(AppConfig):
    name = "floreo.obligations"
    label = "obligations"
