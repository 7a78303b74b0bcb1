"""Django's handle on this app."""

from django.apps import AppConfig


class IncidentsConfig(AppConfig):
    name = "floreo.incidents"
    label = "incidents"
