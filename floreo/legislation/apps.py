"""Django's handle on this app."""

from django.apps import AppConfig


class LegislationConfig(AppConfig):
    name = "floreo.legislation"
    label = "legislation"
