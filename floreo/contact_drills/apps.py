"""Django's handle on this app."""

from django.apps import AppConfig


class ContactDrillsConfig(AppConfig):
    name = "floreo.contact_drills"
    label = "contact_drills"
