"""Addresses of the reports' workspace."""

from django.urls import URLPattern, path

from floreo.core.access import Permission
from floreo.workspace.reports import making, previews, templates, views

_ONE = "reports/<slug:edition>/<slug:code>/"
urlpatterns: list[URLPattern] = [
    path("reports/", views.reports, name="reports"),
    path("reports/templates/", templates.templates, name="word_templates"),
    path("reports/templates/new/", templates.new_template, name="new_word_template"),
    path("reports/templates/default.docx", templates.default_file, name="default_word_template"),
    path("reports/templates/<slug:code>/file.docx", templates.template_file, name="word_template_file"),
    path("reports/templates/<slug:code>/retire/", templates.retire, name="retire_word_template"),
    path("reports/<slug:edition>/preview/", previews.preview, name="report_preview"),
    path("reports/<slug:edition>/preview.<str:kind>", previews.preview_file, name="report_preview_file"),
    path("reports/<slug:edition>/new/", making.edition_command, {"name": "freeze"}, name="freeze_report"),
    path("reports/<slug:edition>/close/", making.close_edition, name="close_edition"),
    path("reports/<slug:edition>/lessons/", making.lessons, name="lessons"),
    path("reports/<slug:edition>/lessons/<int:pk>/remove/", making.remove_lesson, name="remove_lesson"),
    path(_ONE, views.report, name="report"),
    path("reports/<slug:edition>/<slug:code>.<str:kind>", views.report_file, name="report_file"),
    path(f"{_ONE}close/", making.review_command, {"name": "close"}, name="close_period_report"),
    path(f"{_ONE}correct/", making.snapshot_command, {"name": "correct"}, name="correct_report"),
    path(f"{_ONE}publish/", making.snapshot_command, {"name": "publish"}, name="publish_report"),
    path(f"{_ONE}schedule/", making.snapshot_command, {"name": "schedule"}, name="schedule_report"),
    path(f"{_ONE}cancel/", making.snapshot_command, {"name": "withdraw"}, name="withdraw_report"),
    path(f"{_ONE}link/", making.snapshot_command, {"name": "preview"}, name="make_report_preview"),
    path(f"{_ONE}link/<int:pk>/withdraw/", making.withdraw_preview, name="withdraw_report_preview"),
    path(f"{_ONE}sign/", making.sign, name="sign_report"),
]

NEEDS = {
    Permission.PLAN_READ: "reports report report_file",
    Permission.REPORT_MAKE: (
        "word_templates new_word_template default_word_template word_template_file retire_word_template "
        "report_preview report_preview_file lessons remove_lesson correct_report"
    ),
    Permission.REVIEW_RUN: "freeze_report close_edition close_period_report sign_report",
    Permission.PUBLICATION_PUBLISH: (
        "publish_report schedule_report withdraw_report make_report_preview withdraw_report_preview"
    ),
}
