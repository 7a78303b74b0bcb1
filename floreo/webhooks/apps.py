"""Django's handle on this app."""

from django.apps import AppConfig


class WebhooksConfig(AppConfig):
    name = "floreo.webhooks"
    label = "webhooks"
