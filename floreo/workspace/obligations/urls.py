"""Addresses of this area."""

from django.urls import URLPattern, path

from floreo.core.access import Permission
from floreo.workspace.obligations import due_views as dues
from floreo.workspace.obligations import form_views as forms
from floreo.workspace.obligations import notification_views as notifications
from floreo.workspace.obligations import writing_views as writing

_O = "obligations/<slug:code>/"
_D = "obligations/due/<int:pk>/"
_F = "notification-forms/<int:pk>/"
_N = "notifications/<slug:reference>/"
urlpatterns: list[URLPattern] = [
    path("obligations/", dues.obligations, name="obligations"),
    path("new-obligation/", dues.new_obligation, name="new_obligation"),
    path(_D, dues.due, name="obligation_due"),
    path(f"{_D}do/<slug:name>/", dues.due_command, name="obligation_due_command"),
    path(_O, dues.obligation, name="obligation"),
    path(f"{_O}do/<slug:name>/", dues.obligation_command, name="obligation_command"),
    path("notification-forms/", forms.notification_forms, name="notification_forms"),
    path("new-notification-form/", forms.new_form, name="new_notification_form"),
    path(_F, forms.notification_form, name="notification_form"),
    path(f"{_F}new-version/", forms.new_version, name="new_notification_form_version"),
    path(f"{_F}do/<slug:name>/", forms.form_command, name="notification_form_command"),
    path(f"{_F}new-question/", forms.new_item, name="new_form_item"),
    path(f"{_F}questions/<slug:code>/", forms.question, name="form_item"),
    path(f"{_F}questions/<slug:code>/<slug:name>/", forms.item_press, name="form_item_press"),
    path(f"{_F}new-rule/", forms.new_rule, name="new_form_rule"),
    path(f"{_F}rules/<slug:code>/", forms.rule, name="form_rule"),
    path(f"{_F}rules/<slug:code>/remove/", forms.remove_rule, name="remove_form_rule"),
    path("notifications/", notifications.notifications, name="notifications"),
    path("new-notification/", writing.new_notification, name="new_notification"),
    path(_N, notifications.notification, name="notification"),
    path(f"{_N}do/<slug:name>/", notifications.notification_command, name="notification_command"),
    path(f"{_N}mine/<slug:name>/", writing.own_command, name="notification_own_command"),
    path(f"{_N}begin/<slug:kind>/", writing.begin, name="begin_notification_stage"),
    path(f"{_N}forward/", notifications.forward, name="forward_notification"),
    path(f"{_N}files/<int:pk>/", writing.notification_file, name="notification_file"),
    path(f"{_N}stages/<int:pk>/", writing.stage, name="notification_stage"),
    path(f"{_N}stages/<int:pk>/files/", writing.stage_files, name="notification_stage_files"),
    path(f"{_N}stages/<int:pk>/receipt/", notifications.receipt, name="notification_receipt"),
    path(f"{_N}stages/<int:pk>/do/<slug:name>/", notifications.stage_command, name="notification_stage_command"),
]

NEEDS = {
    Permission.OBLIGATION_READ: "obligations obligation obligation_due obligation_due_command",
    Permission.OBLIGATION_EDIT: "new_obligation obligation_command notification_forms new_notification_form"
    " notification_form new_notification_form_version notification_form_command new_form_item form_item"
    " form_item_press new_form_rule form_rule remove_form_rule",
    Permission.NOTIFICATION_READ: "notifications notification notification_receipt notification_file",
    Permission.NOTIFICATION_WRITE: "new_notification notification_own_command begin_notification_stage"
    " notification_stage notification_stage_files",
    Permission.NOTIFICATION_HANDLE: "notification_command forward_notification notification_stage_command",
}
# These show their own to whoever may see only their own organisation's.
NARROWED = "obligations obligation obligation_due notifications notification notification_receipt notification_file new_notification"
