"""Django's handle on this app."""

from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "floreo.reports"
    label = "reports"
