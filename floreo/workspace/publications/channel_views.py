"""Pages of channels, and the record of what was posted by which."""

from __future__ import annotations

from collections.abc import Mapping

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from floreo.core.access import Permission, can, must
from floreo.core.lists import Listing
from floreo.core.wording import colon
from floreo.publications.access import get_channel_for, get_posting_for, get_publication_for
from floreo.publications.actions import channels as acts
from floreo.publications.tables import CHANNELS
from floreo.workspace.commands import Command, command_view, new, over_row
from floreo.workspace.form_page import FormPage, form_page, person, posted
from floreo.workspace.publications import forms
from floreo.workspace.publications.views import AREA

PUBLISH = Permission.PUBLICATION_PUBLISH


def channels(request: HttpRequest) -> HttpResponseBase:
    must(request.user, Permission.PUBLICATION_WRITE)
    listing = Listing(CHANNELS, request)
    if file := listing.download():
        return file
    may = can(request.user, PUBLISH)
    context = {"workspace_section": AREA, "listing": listing, "rows": listing.rows, "may_edit": may}
    return render(request, "workspace/publications/channels.html", context)


NEW: Mapping[str, Command] = {
    "channel": Command(
        _l("Add a channel"),
        _l("Add channel"),
        PUBLISH,
        new(forms.NewChannelForm),
        acts.add_channel,
        help=_l("Other places where publications are posted. Each publication then needs a posting on this channel."),
        done=_l("Channel added."),
    ),
}
CHANNEL_COMMANDS: Mapping[str, Command] = {
    "edit": Command(
        _l("Change the channel"),
        _l("Save changes"),
        PUBLISH,
        over_row(forms.ChannelForm),
        acts.update_channel,
        help=_l("Past postings stay recorded, even if the channel is no longer in use."),
    ),
}
POSTING_COMMANDS: Mapping[str, Command] = {
    "remove": Command(
        _l("Remove a record of a posting"),
        _l("Remove record"),
        PUBLISH,
        new(forms.ReasonForm),
        acts.remove_posting,
        done=_l("Record removed."),
    ),
}


def new_channel(request: HttpRequest) -> HttpResponse:
    return command_view(request, None, NEW, "channel", area=AREA, back=reverse("workspace:channels"))


def channel_command(request: HttpRequest, code: str, name: str) -> HttpResponse:
    found, back = get_channel_for(request.user, code), reverse("workspace:channels")
    return command_view(request, found, CHANNEL_COMMANDS, name, area=AREA, back=back)


def posting_command(request: HttpRequest, code: str, pk: int, name: str) -> HttpResponse:
    found = get_posting_for(request.user, code, pk)
    about, back = found.channel.named(), found.publication.workspace_url()
    return command_view(request, found, POSTING_COMMANDS, name, area=AREA, about=about, back=back)


def new_posting(request: HttpRequest, code: str) -> HttpResponse:
    must(request.user, PUBLISH)
    found = get_publication_for(request.user, code)
    form = forms.PostingForm(posted(request), initial={"channel": request.GET.get("channel", "")})
    words = FormPage(
        _("Record a posting"),
        _("Record posting"),
        found.workspace_url(),
        about=found.named(),
        area=AREA,
        help=_("Where and when it was posted. Shown on its public page."),
        done=_("Posting recorded."),
    )
    return form_page(request, form, lambda f: acts.record_posting(found, by=person(request), **f), words)


def skip(request: HttpRequest, code: str, channel: str) -> HttpResponse:
    must(request.user, PUBLISH)
    found, method = get_publication_for(request.user, code), get_channel_for(request.user, channel)
    words = FormPage(
        _("Leave a channel out"),
        _("Leave it out"),
        found.workspace_url(),
        about=f"{found.named()}{colon()} {method.named()}",
        area=AREA,
        help=_("No posting is needed on this channel any more. The reason is shown only in the workspace."),
        done=_("Channel left out."),
    )
    form = forms.ReasonForm(posted(request))
    return form_page(request, form, lambda f: acts.skip_channel(found, by=person(request), channel=method, **f), words)
