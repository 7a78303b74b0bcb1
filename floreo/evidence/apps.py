"""Django's handle on this app."""

from django.apps import AppConfig


class EvidenceConfig(AppConfig):
    name = "floreo.evidence"
    label = "evidence"
