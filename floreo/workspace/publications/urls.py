"""Addresses of the workspace of publications and channels."""

from django.urls import URLPattern, path

from floreo.core.access import Permission
from floreo.workspace.publications import channel_views, views

_P = "publications/<slug:code>/"
urlpatterns: list[URLPattern] = [
    path("publications/", views.publications, name="publications"),
    path("new-publication/", views.new_publication, name="new_publication"),
    path(_P, views.publication, name="publication"),
    path(f"{_P}file/", views.file, name="publication_file"),
    path(f"{_P}download/", views.download, name="publication_download"),
    path(f"{_P}do/<slug:task>/", views.task, name="publication_command"),
    path(f"{_P}postings/new/", channel_views.new_posting, name="new_posting"),
    path(f"{_P}postings/<int:pk>/remove/", channel_views.posting_command, {"name": "remove"}, name="remove_posting"),
    path(f"{_P}skip/<slug:channel>/", channel_views.skip, name="skip_channel"),
    path("channels/", channel_views.channels, name="channels"),
    path("new-channel/", channel_views.new_channel, name="new_channel"),
    path("channels/<slug:code>/", channel_views.channel_command, {"name": "edit"}, name="edit_channel"),
]

NEEDS = {
    Permission.PUBLICATION_WRITE: (
        "publications new_publication publication publication_file publication_download publication_command channels"
    ),
    Permission.PUBLICATION_PUBLISH: "new_posting remove_posting skip_channel new_channel edit_channel",
}
