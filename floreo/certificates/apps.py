"""Django's handle on this app."""

from django.apps import AppConfig


class CertificatesConfig(AppConfig):
    name = "floreo.certificates"
    label = "certificates"
