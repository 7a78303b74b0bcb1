"""Pages of channels, and the record of what was posted by which."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from floreo.core.access import Permission, can, must
from floreo.core.lists import Listing
from floreo.publications.access import get_channel_for, get_posting_for, get_publication_for
from floreo.publications.actions import channels as acts
from floreo.publications.models import Channel
from floreo.publications.tables import CHANNELS
from floreo.workspace.form_page import FormPage, form_page, person, posted
from floreo.workspace.publications import forms
from floreo.workspace.publications.views import ROOM


def channels(request: HttpRequest) -> HttpResponseBase:
    must(request.user, Permission.PUBLICATION_WRITE)
    listing = Listing(CHANNELS, request)
    if file := listing.download():
        return file
    may = can(request.user, Permission.PUBLICATION_PUBLISH)
    context = {"workspace_section": ROOM, "listing": listing, "rows": listing.rows, "may_edit": may}
    return render(request, "workspace/publications/channels.html", context)


def new_channel(request: HttpRequest) -> HttpResponse:
    must(request.user, Permission.PUBLICATION_PUBLISH)
    form = forms.NewChannelForm(posted(request), instance=Channel())
    question = FormPage(
        _("Add a channel"),
        _("Add channel"),
        reverse("workspace:channels"),
        room=ROOM,
        help=_("Other places where publications are posted. Each publication then needs a posting on this channel."),
        done=_("Channel added."),
    )
    return form_page(request, form, lambda f: acts.add_channel(f.pop("code"), by=person(request), **f), question)


def edit_channel(request: HttpRequest, code: str) -> HttpResponse:
    must(request.user, Permission.PUBLICATION_PUBLISH)
    found = get_channel_for(request.user, code)
    question = FormPage(
        _("Change the channel"),
        _("Save changes"),
        reverse("workspace:channels"),
        about=found.named(),
        room=ROOM,
        help=_("Past postings stay recorded, even if the channel is no longer in use."),
        done=_("Saved."),
    )
    form = forms.ChannelForm(posted(request), instance=found)
    return form_page(
        request, form, lambda f: acts.update_channel(found, by=person(request), **f), question, thing=found
    )


def new_posting(request: HttpRequest, code: str) -> HttpResponse:
    must(request.user, Permission.PUBLICATION_PUBLISH)
    found = get_publication_for(request.user, code)
    form = forms.PostingForm(posted(request), initial={"channel": request.GET.get("channel", "")})
    question = FormPage(
        _("Record a posting"),
        _("Record posting"),
        found.workspace_url(),
        about=found.named(),
        room=ROOM,
        help=_("Where and when it was posted. Shown on its public page."),
        done=_("Posting recorded."),
    )
    return form_page(request, form, lambda f: acts.record_posting(found, by=person(request), **f), question)


def skip(request: HttpRequest, code: str, channel: str) -> HttpResponse:
    must(request.user, Permission.PUBLICATION_PUBLISH)
    found, way = get_publication_for(request.user, code), get_channel_for(request.user, channel)
    question = FormPage(
        _("Leave a channel out"),
        _("Leave it out"),
        found.workspace_url(),
        about=f"{found.named()}: {way.named()}",
        room=ROOM,
        help=_("No posting is needed on this channel any more. The reason is shown only in the workspace."),
        done=_("Channel left out."),
    )
    form = forms.ReasonForm(posted(request))
    return form_page(request, form, lambda f: acts.skip_channel(found, by=person(request), channel=way, **f), question)


def remove_posting(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    must(request.user, Permission.PUBLICATION_PUBLISH)
    posting = get_posting_for(request.user, code, pk)
    question = FormPage(
        _("Remove a record of a posting"),
        _("Remove record"),
        posting.publication.workspace_url(),
        about=posting.channel.named(),
        room=ROOM,
        done=_("Record removed."),
    )
    form = forms.ReasonForm(posted(request))
    return form_page(request, form, lambda f: acts.remove_posting(posting, by=person(request), **f), question)
