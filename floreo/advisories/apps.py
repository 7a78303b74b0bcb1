"""Django's handle on this app."""

from django.apps import AppConfig


class AdvisoriesConfig(AppConfig):
    name = "floreo.advisories"
    label = "advisories"
