"""Django's handle on this app."""

from django.apps import AppConfig


class AssessmentsConfig(AppConfig):
    name = "floreo.assessments"
    label = "assessments"
