"""Django's handle on this app."""

from django.apps import AppConfig


class InfrastructureConfig(AppConfig):
    name = "floreo.infrastructure"
    label = "infrastructure"
