"""Django's handle on this app."""

from django.apps import AppConfig


class FrameworksConfig(AppConfig):
    name = "floreo.frameworks"
    label = "frameworks"
