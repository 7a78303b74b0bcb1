"""Django's handle on this app."""

from django.apps import AppConfig


class AwarenessConfig(AppConfig):
    name = "floreo.awareness"
    label = "awareness"
