"""Pages of the outbox. Who may read the words of an e-mail is decided by what it is about; the keys of its links are shown to nobody."""

from __future__ import annotations

from dataclasses import dataclass

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l
from django.views.decorators.http import require_POST

from floreo.core import bounce_mailbox, outgoing
from floreo.core import outbox as acts
from floreo.core.access import Permission, must
from floreo.core.errors import Missing
from floreo.core.lists import Listing
from floreo.core.models import MailState, OutboxMail
from floreo.core.policy import things_seen
from floreo.core.private_routes import PLACEHOLDER
from floreo.organisations.models import Organisation, Person, User
from floreo.workspace import mail_text as presenters
from floreo.workspace.commands import Command, command_view, new
from floreo.workspace.form_page import person, press
from floreo.workspace.forms import CommandForm
from floreo.workspace.mail.tables import MAILS
from floreo.workspace.sending import may_read, state_of, thing_of

WAITS = acts.AGAIN


class AddressForm(CommandForm):
    to = forms.EmailField(label=_l("Corrected address"))


COMMANDS = {
    "readdress": Command(
        _l("Send to a corrected address"),
        _l("Continue"),
        Permission.ACCOUNT_MANAGE,
        new(AddressForm),
        acts.send_elsewhere,
        help=_l("Only this e-mail is sent, in the same words. Correct the address in the register too."),
        done=_l("It will be sent in the next round."),
    )
}


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
        mail.how = state_of(mail)
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
    """An address from which mails come back, and whose it is, where the register or the accounts know."""

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
        "how": state_of(mail),
        "is_open": mail.state in WAITS and mail.to and not mail.is_masked,
        "workspace_section": "mail",
        "may_read": (reads := may_read(request.user, mail)),
        "text": outgoing.words_of(mail) if reads else "",
        "file": outgoing.file_of(mail) if reads else "",
        "placeholder": PLACEHOLDER if mail.is_secret else "",
        "about": things_seen([thing_of(mail)], request.user).get(thing_of(mail)),
        "can_drop": mail.state in {MailState.WAITING, MailState.STUCK, MailState.HELD},
        "can_correct": mail.state in WAITS and not mail.is_secret and mail.text and reads,
    }
    return render(request, "workspace/mail/message.html", context)


def readdress(request: HttpRequest, pk: int) -> HttpResponse:
    """The same words alone, to a corrected address."""
    mail = get_letter_for(request.user, pk)
    if not may_read(request.user, mail):
        raise Missing
    return command_view(
        request, mail, COMMANDS, "readdress", area="mail", about=mail.subject, back=reverse("workspace:mail")
    )


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
    """To oneself: nobody is sent a mail by whoever wants to try the server."""
    me, language = person(request), get_language() or ""
    done = _("A test e-mail to %(address)s is in the outbox. It will be sent within a minute.") % {"address": me.email}
    return press(
        request, lambda: acts.post_test(by=me, to=me.email, language=language), done, reverse("workspace:mail")
    )
