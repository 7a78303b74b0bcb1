"""Django's handle on this app."""

from django.apps import AppConfig


class RegisterImportsConfig(AppConfig):
    name = "floreo.register_imports"
    label = "register_imports"
