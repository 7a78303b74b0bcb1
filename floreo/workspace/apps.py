"""Django's handle on this app."""

from django.apps import AppConfig


class WorkspaceConfig(AppConfig):
    name = "floreo.workspace"
    label = "workspace"
