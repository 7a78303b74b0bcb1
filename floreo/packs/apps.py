"""Django's handle on this app."""

from django.apps import AppConfig


class PacksConfig(AppConfig):
    name = "floreo.packs"
    label = "packs"
