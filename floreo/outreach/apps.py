"""Django's handle on this app."""

from django.apps import AppConfig


class OutreachConfig(AppConfig):
    name = "floreo.outreach"
    label = "outreach"
