"""Django's handle on this app."""

from django.apps import AppConfig


class StrategyConfig(AppConfig):
    name = "floreo.strategy"
    label = "strategy"
