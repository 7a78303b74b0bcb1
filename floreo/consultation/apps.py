"""Django's handle on this app."""

from django.apps import AppConfig


class ConsultationConfig(AppConfig):
    name = "floreo.consultation"
    label = "consultation"
