"""Django's handle on this app."""

from django.apps import AppConfig


class InitiativesConfig(AppConfig):
    name = "floreo.initiatives"
    label = "initiatives"
