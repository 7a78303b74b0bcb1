"""Django's handle on this app."""

from django.apps import AppConfig


class DiscussionConfig(AppConfig):
    name = "floreo.discussion"
    label = "discussion"
