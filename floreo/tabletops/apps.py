"""Django's handle on this app."""

from django.apps import AppConfig


class TabletopsConfig(AppConfig):
    name = "floreo.tabletops"
    label = "tabletops"
