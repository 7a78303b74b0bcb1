"""Django's handle on this app."""

from django.apps import AppConfig


class MeetingsConfig(AppConfig):
    name = "floreo.meetings"
    label = "meetings"
