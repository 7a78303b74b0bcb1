"""Django's handle on this app."""

from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "floreo.api"
    label = "api"
