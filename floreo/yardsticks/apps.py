"""Django's handle on this app."""

from django.apps import AppConfig


class YardsticksConfig(AppConfig):
    name = "floreo.yardsticks"
    label = "yardsticks"
