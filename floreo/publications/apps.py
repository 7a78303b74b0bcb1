"""Django's handle on this app."""

from django.apps import AppConfig


class PublicationsConfig(AppConfig):
    name = "floreo.publications"
    label = "publications"
