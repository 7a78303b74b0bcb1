"""Addresses of the workspace: those of every room, each behind its rule."""

from floreo.workspace.areas import areas, guarded

app_name = "workspace"
urlpatterns = [address for area in areas() for address in guarded(area)]
