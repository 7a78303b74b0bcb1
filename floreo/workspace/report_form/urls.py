"""Addresses of the public form's setup."""

from django.urls import URLPattern, path

from floreo.core.access import Permission
from floreo.workspace.report_form import views

urlpatterns: list[URLPattern] = [
    path("report-form/", views.report_form, name="report_form"),
    path("report-form/change/", views.change_report_form, name="change_report_form"),
    path("report-form/open/", views.open_report_form, name="open_report_form"),
    path("report-form/close/", views.close_report_form, name="close_report_form"),
]

NEEDS = {Permission.INCIDENT_SETUP: "report_form change_report_form open_report_form close_report_form"}
