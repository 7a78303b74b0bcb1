"""Django's handle on this app."""

from django.apps import AppConfig


class SavedViewsConfig(AppConfig):
    name = "floreo.saved_views"
    label = "saved_views"
