"""Pages of the outbox. The text of a secret letter is shown to nobody."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from floreo.core import bounce_mailbox
from floreo.core import outbox as acts
from floreo.core.access import Permission, must
from floreo.core.errors import Missing
from floreo.core.lists import Listing
from floreo.core.models import MailState, OutboxMail
from floreo.organisations.models import Organisation, Person, User
from floreo.workspace.form_page import person, press
from floreo.workspace.mail import presenters
from floreo.workspace.mail.tables import MAILS

WAITS = {MailState.WAITING, MailState.STUCK, MailState.BOUNCED}


def get_letter_for(viewer: object, pk: int) -> OutboxMail:
    must(viewer, Permission.MAIL_READ)
    mail = OutboxMail.objects.filter(pk=pk).first()
    if mail is None:
        raise Missing
    return mail


def outbox(request: HttpRequest) -> HttpResponse:
    must(request.user, Permission.MAIL_READ)
    listing = Listing(MAILS, request)
    letters = listing.rows
    for mail in letters:
        mail.how = presenters.how(mail)
        mail.is_open = mail.state in WAITS
    answer, _waiting = presenters.state_of_outbox()
    bad = _bad_addresses()
    stuck = OutboxMail.objects.filter(state=MailState.STUCK).count()
    context = {
        "listing": listing,
        "letters": letters,
        "answer": answer,
        "problems": presenters.problems(stuck, len(bad)),
        "bad": bad,
        "workspace_section": "mail",
        "no_server": settings.EMAIL_BACKEND.endswith("filebased.EmailBackend"),
    }
    return render(request, "workspace/mail/outbox.html", context)


@dataclass(frozen=True)
class Bad:
    """An address from which letters come back, and whose it is, where the register or the accounts know."""

    mail: OutboxMail
    name: str
    href: str


def _bad_addresses() -> list[Bad]:
    found = []
    for mail in bounce_mailbox.bad_addresses()[:50]:
        name, href = mail.to, ""
        if owner := Person.objects.filter(email__iexact=mail.to).first():
            name, href = owner.name, reverse("workspace:person", args=[owner.code])
        elif body := Organisation.objects.filter(email__iexact=mail.to).first():
            name, href = body.label, reverse("workspace:organisation", args=[body.code])
        elif user := User.objects.filter(email__iexact=mail.to).first():
            name = user.name
        found.append(Bad(mail, name, href))
    return found


def one_letter(request: HttpRequest, pk: int) -> HttpResponse:
    mail = get_letter_for(request.user, pk)
    context = {
        "mail": mail,
        "how": presenters.how(mail),
        "is_open": mail.state in WAITS,
        "workspace_section": "mail",
        "text": "" if mail.is_secret else mail.text,
        "can_drop": mail.state in {MailState.WAITING, MailState.STUCK},
    }
    return render(request, "workspace/mail/message.html", context)


@require_POST
def again(request: HttpRequest, pk: int) -> HttpResponse:
    mail = get_letter_for(request.user, pk)
    done = _("It will be sent in the next round.")
    return press(request, lambda: acts.try_again(mail, by=person(request)), done, reverse("workspace:mail"))


@require_POST
def discard(request: HttpRequest, pk: int) -> HttpResponse:
    mail = get_letter_for(request.user, pk)
    done = _("It will not be sent.")
    return press(request, lambda: acts.discard_mail(mail, by=person(request)), done, reverse("workspace:mail"))


@require_POST
def send_test(request: HttpRequest) -> HttpResponse:
    """To oneself: nobody is sent a letter by whoever wants to try the server."""
    me, language = person(request), get_language() or ""
    done = _("A test e-mail to %(address)s is in the outbox. It will be sent within a minute.") % {"address": me.email}
    return press(
        request, lambda: acts.post_test(by=me, to=me.email, language=language), done, reverse("workspace:mail")
    )
