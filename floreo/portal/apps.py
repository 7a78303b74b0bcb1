"""Django's handle on this app."""

from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "floreo.portal"
    label = "portal"
