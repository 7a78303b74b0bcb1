"""Addresses of this area."""

from django.urls import URLPattern, path

from floreo.core.access import Permission
from floreo.workspace.certificates import views

urlpatterns: list[URLPattern] = [
    path("certificates/", views.certificates, name="certificates"),
    path("certificate-of-earlier-course/", views.enter, name="enter_certificate"),
    path("certificate-cohorts/<slug:code>/", views.issue, name="issue_certificates"),
    path("certificate-courses/<slug:code>/", views.course, name="certificate_course"),
    path("certificate-courses/<slug:code>/terms/", views.terms, name="certificate_terms"),
    path("certificate-keys/", views.keys, name="certificate_keys"),
    path("certificate-keys/<int:number>/withdraw/", views.withdraw_key, name="withdraw_certificate_key"),
    path("certificates/<slug:number>/", views.certificate, name="certificate"),
    path("certificates/<slug:number>/certificate.<str:kind>", views.certificate_file, name="certificate_file"),
    path("certificates/<slug:number>/do/<slug:name>/", views.certificate_command, name="certificate_command"),
]

NEEDS = {
    Permission.TRAINING_READ: "certificates certificate certificate_course certificate_file",
    Permission.CERTIFICATE_ISSUE: "enter_certificate issue_certificates certificate_terms certificate_keys"
    " withdraw_certificate_key certificate_command",
}
