"""Django's handle on this app."""

from django.apps import AppConfig


class TrainingConfig(AppConfig):
    name = "floreo.training"
    label = "training"
