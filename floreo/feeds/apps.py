"""Django's handle on this app."""

from django.apps import AppConfig


class FeedsConfig(AppConfig):
    name = "floreo.feeds"
    label = "feeds"
