"""Django's handle on this app."""

from django.apps import AppConfig


class ReviewsConfig(AppConfig):
    name = "floreo.reviews"
    label = "reviews"
