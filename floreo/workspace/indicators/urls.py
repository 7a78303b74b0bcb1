"""Addresses of the figures' workspace."""

from django.urls import URLPattern, path

from floreo.core.access import Permission
from floreo.workspace.indicators import change_views as change
from floreo.workspace.indicators import views

_ONE = "indicators/<slug:code>/"
_READING = f"{_ONE}readings/<int:pk>/"
urlpatterns: list[URLPattern] = [
    path("indicators/", views.indicators, name="indicators"),
    path("indicators/new/", change.new_indicator, name="new_indicator"),
    path("indicators/close-period/", change.close_period, name="close_period"),
    path("indicators/recompute/", change.recompute, name="recompute"),
    path(_ONE, views.indicator, name="indicator"),
    path(f"{_ONE}edit/", change.indicator_command, {"name": "edit"}, name="edit_indicator"),
    path(f"{_ONE}target/", change.indicator_command, {"name": "target"}, name="edit_target"),
    path(f"{_ONE}compute/", change.indicator_command, {"name": "compute"}, name="compute_reading"),
    path(f"{_ONE}notes/new/", change.indicator_command, {"name": "new-note"}, name="new_chart_note"),
    path(f"{_ONE}readings/new/", change.new_reading, name="new_reading"),
    path(_READING, views.reading, name="reading"),
    path(f"{_READING}freeze/", change.reading_command, {"name": "freeze"}, name="freeze_reading"),
    path(f"{_READING}groups/", change.reading_command, {"name": "groups"}, name="reading_groups"),
    path(f"{_READING}correct/", change.reading_command, {"name": "correct"}, name="correct_reading"),
]

NEEDS = {
    Permission.INDICATOR_READ: "indicators indicator reading",
    Permission.INDICATOR_DEFINE: "new_indicator recompute edit_indicator edit_target new_chart_note",
    Permission.READING_FREEZE: "close_period freeze_reading correct_reading",
    Permission.READING_ENTER: "compute_reading new_reading reading_groups",
}
