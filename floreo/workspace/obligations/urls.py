"""Addresses of this area."""

from django.urls import URLPattern, path

from floreo.core.access import Permission
from floreo.workspace.obligations import due_views as dues
from floreo.workspace.obligations import notification_views as notifications
from floreo.workspace.obligations import writing_views as writing

_O = "obligations/<slug:code>/"
_D = "obligations/due/<int:pk>/"
_N = "notifications/<slug:reference>/"
urlpatterns: list[URLPattern] = [
    path("obligations/", dues.obligations, name="obligations"),
    path("new-obligation/", dues.new_obligation, name="new_obligation"),
    path(_D, dues.due, name="obligation_due"),
    path(f"{_D}do/<slug:name>/", dues.due_command, name="obligation_due_command"),
    path(_O, dues.obligation, name="obligation"),
    path(f"{_O}do/<slug:name>/", dues.obligation_command, name="obligation_command"),
    path("notifications/", notifications.notifications, name="notifications"),
    path("new-notification/", writing.new_notification, name="new_notification"),
    path(_N, notifications.notification, name="notification"),
    path(f"{_N}do/<slug:name>/", notifications.notification_command, name="notification_command"),
    path(f"{_N}mine/<slug:name>/", writing.own_command, name="notification_own_command"),
    path(f"{_N}begin/<slug:kind>/", writing.begin, name="begin_notification_stage"),
    path(f"{_N}forward/", notifications.forward, name="forward_notification"),
    path(f"{_N}stages/<int:pk>/", writing.stage, name="notification_stage"),
    path(f"{_N}stages/<int:pk>/receipt/", notifications.receipt, name="notification_receipt"),
    path(f"{_N}stages/<int:pk>/do/<slug:name>/", notifications.stage_command, name="notification_stage_command"),
]

NEEDS = {
    Permission.OBLIGATION_READ: "obligations obligation obligation_due obligation_due_command",
    Permission.OBLIGATION_EDIT: "new_obligation obligation_command",
    Permission.NOTIFICATION_READ: "notifications notification notification_receipt",
    Permission.NOTIFICATION_WRITE: "new_notification notification_own_command begin_notification_stage"
    " notification_stage",
    Permission.NOTIFICATION_HANDLE: "notification_command forward_notification notification_stage_command",
}
# These show their own to whoever may see only their own organisation's.
NARROWED = "obligations obligation obligation_due notifications notification notification_receipt new_notification"
