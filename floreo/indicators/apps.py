"""Django's handle on this app."""

from django.apps import AppConfig


class IndicatorsConfig(AppConfig):
    name = "floreo.indicators"
    label = "indicators"
