"""Addresses of the workspace: those of every room, each behind its rule."""

from floreo.workspace.rooms import guarded, rooms

app_name = "workspace"
urlpatterns = [address for room in rooms() for address in guarded(room)]
