"""What is done with files of mails whose sender is not proven, and the secret address that proves one."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from floreo.core.access import Permission, must
from floreo.feeds.access import get_feed_for, get_held_file_for
from floreo.feeds.actions import held as acts
from floreo.feeds.actions.feeds import make_mail_address
from floreo.workspace.form_page import FormPage, form_page, person, posted
from floreo.workspace.forms import CommandForm

ROOM = "feeds"


def release_file(request: HttpRequest, pk: int) -> HttpResponse:
    must(request.user, Permission.FEED_RUN)
    found = get_held_file_for(request.user, pk)
    question = FormPage(
        _("Release the file"),
        _("Release file"),
        found.feed.get_absolute_url(),
        about=found.name,
        done=_("The file is released. It is read within a few minutes."),
        room=ROOM,
        help=_(
            "It is read like any other: findings that it does not name may count as fixed, and notices may be sent."
        ),
    )
    return form_page(
        request, CommandForm(posted(request)), lambda _f: acts.release(found, by=person(request)), question
    )


def discard_file(request: HttpRequest, pk: int) -> HttpResponse:
    must(request.user, Permission.FEED_RUN)
    found = get_held_file_for(request.user, pk)
    question = FormPage(
        _("Discard the file"),
        _("Discard file"),
        found.feed.get_absolute_url(),
        about=found.name,
        done=_("The file is discarded."),
        room=ROOM,
        help=_("It is never read. The same file sent again is not held again."),
    )
    return form_page(
        request, CommandForm(posted(request)), lambda _f: acts.discard(found, by=person(request)), question
    )


def discard_files(request: HttpRequest, code: str) -> HttpResponse:
    must(request.user, Permission.FEED_RUN)
    feed = get_feed_for(request.user, code)
    question = FormPage(
        _("Discard all held files"),
        _("Discard all"),
        feed.get_absolute_url(),
        about=feed.name,
        done=_("The held files are discarded."),
        room=ROOM,
        help=_("They are never read. The same files sent again are not held again."),
    )
    return form_page(
        request, CommandForm(posted(request)), lambda _f: acts.discard_all(feed, by=person(request)), question
    )


@never_cache
def mail_address(request: HttpRequest, code: str) -> HttpResponse:
    """Makes a secret address. It is on the page that answers the button, and nowhere after."""
    must(request.user, Permission.FEED_RUN)
    feed = get_feed_for(request.user, code)
    address = make_mail_address(feed, by=person(request)) if request.method == "POST" else ""
    context = {"workspace_section": ROOM, "feed": feed, "address": address}
    return render(request, "workspace/feeds/address.html", context)
