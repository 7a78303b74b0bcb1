"""Django's handle on this app."""

from django.apps import AppConfig


class OrganisationsConfig(AppConfig):
    name = "floreo.organisations"
    label = "organisations"
