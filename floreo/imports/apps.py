"""Django's handle on this app."""

from django.apps import AppConfig


class ImportsConfig(AppConfig):
    name = "floreo.imports"
    label = "imports"
