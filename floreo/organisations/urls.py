"""Addresses of this app."""

from django.urls import path

from floreo.organisations import views

app_name = "organisations"
urlpatterns = [path("invitation/<str:token>/", views.invitation, name="invitation")]
