"""What is done with files of mails whose sender is not proven, and the secret address that proves one."""

from __future__ import annotations

from collections.abc import Mapping

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _l
from django.views.decorators.cache import never_cache

from floreo.core.access import Permission, must
from floreo.core.wording import day_text
from floreo.feeds.access import get_feed_for, get_held_file_for, get_run_for
from floreo.feeds.actions import held as acts
from floreo.feeds.actions import nights
from floreo.feeds.actions.feeds import make_mail_address
from floreo.workspace.commands import Command, allowed_by, command_view, new
from floreo.workspace.form_page import person
from floreo.workspace.forms import CommandForm

AREA, RUN = "feeds", Permission.FEED_RUN


HELD_COMMANDS: Mapping[str, Command] = {
    "release": Command(
        _l("Release the file"),
        _l("Release file"),
        RUN,
        new(CommandForm),
        acts.release,
        help=_l(
            "It is read like any other: findings that it does not name may count as not seen any more, and notices may be sent."
        ),
        done=_l("The file is released. It is read within a few minutes."),
    ),
    "discard": Command(
        _l("Discard the file"),
        _l("Discard file"),
        RUN,
        new(CommandForm),
        acts.discard,
        help=_l("It is never read. The same file sent again is not held again."),
        done=_l("The file is discarded."),
    ),
}


def held_command(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    found = get_held_file_for(request.user, pk)
    back = found.feed.get_absolute_url()
    return command_view(request, found, HELD_COMMANDS, name, area=AREA, about=found.name, back=back)


NIGHT_COMMANDS: Mapping[str, Command] = {
    "accept": Command(
        _l("Accept the file"),
        _l("Accept file"),
        RUN,
        new(CommandForm),
        nights.accept_run,
        allowed_by(nights.must_wait),
        help=_l(
            "Findings that it does not name may count as not seen any more, and notices about what it names may be sent. Values that are frozen do not change; correct them if they should."
        ),
        done=_l("The file counts."),
    ),
    "refuse": Command(
        _l("Refuse the file"),
        _l("Refuse file"),
        RUN,
        new(CommandForm),
        nights.refuse_run,
        allowed_by(nights.must_wait),
        help=_l("It ends no finding, and what only this file names is in no notice."),
        done=_l("The file does not count."),
    ),
}


def night_command(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    found = get_run_for(request.user, pk)
    back, about = found.feed.get_absolute_url(), f"{found.report_type or found.feed.name}, {day_text(found.day)}"
    return command_view(request, found, NIGHT_COMMANDS, name, area=AREA, about=about, back=back)


@never_cache
def mail_address(request: HttpRequest, code: str) -> HttpResponse:
    """Makes a secret address. It is on the page that answers the button, and nowhere after."""
    must(request.user, RUN)
    feed = get_feed_for(request.user, code)
    address = make_mail_address(feed, by=person(request)) if request.method == "POST" else ""
    context = {"workspace_section": AREA, "feed": feed, "address": address}
    return render(request, "workspace/feeds/address.html", context)
