"""Django's handle on this app."""

from django.apps import AppConfig


class SurveysConfig(AppConfig):
    name = "floreo.surveys"
    label = "surveys"
