"""The page between a press and the mail that it sends: who gets it, in which words, and what is held back.

`unless_unseen` runs what was asked in a transaction. Where mail would leave that the person has not been shown, all of it is undone and
`ShowFirst` says what would leave; the page carries its hash and the moment at which it was drawn, and the next press goes through
only when the same would leave. Words that name a time counted from the press ("answer until 14:10") may differ, but by nothing else
than the time that passed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Case, IntegerField, When
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from floreo.core import clock, outbox, outgoing
from floreo.core.errors import Refused
from floreo.core.links import form_key, spend_form
from floreo.core.models import MailState, OutboxMail
from floreo.core.policy import look
from floreo.core.private_routes import PLACEHOLDER
from floreo.core.ui import locale
from floreo.core.wording import colon
from floreo.organisations.models import Contact, Organisation, Person, User
from floreo.workspace.mail_text import how

OPEN_AT_ONCE = 20  # texts on one page; of more recipients, each is opened with a press of its own
LOST = (MailState.BOUNCED, MailState.STUCK, MailState.HELD)
LEFT = 20  # e-mails that the page of a thing lists
SEEN, LOOK = "seen", "look"
TWICE = object()  # what came of a press that was made before
_OWN = frozenset({"csrfmiddlewaretoken", SEEN, LOOK})


class ShowFirst(Exception):  # noqa: N818 -- no error: the answer is a page
    """Mail would leave that was not shown. Nothing was written."""

    def __init__(self, press: outgoing.Press, *, is_changed: bool) -> None:
        super().__init__("shown first")
        self.press, self.is_changed = press, is_changed


def unless_unseen(request: HttpRequest, do: Callable[[], Any], *, who: str) -> Any:
    """What `do` made. A form or button that is sent twice is done once: the second time it is TWICE. Raises ShowFirst where mail would
    leave that the request does not say was seen, or another than was seen; then nothing is written. `do` may be called several times,
    and all but the last time is undone: it changes nothing but the database."""
    seen, drawn = read_seen(request.POST.get(SEEN, ""))
    key = request.POST.get("once", "")[:64]
    content = request.POST.copy()
    content.pop("csrfmiddlewaretoken", None)
    files = [(name, str(file), getattr(file, "size", 0)) for name, file in request.FILES.items()]

    def once(accepted: str) -> Any:
        with transaction.atomic(), outgoing.within() as press:
            if not spend_form(key, subject=who, content=f"{content.urlencode()} {files}"):
                return TWICE
            made = do()
            outbox.hold_bounced(press)
            if press.mails and (LOOK in request.POST or accepted != press.fingerprint()):
                raise ShowFirst(press, is_changed=bool(accepted) and accepted != press.fingerprint())
        return made

    pressed = clock.now()
    with clock.as_of(pressed):
        try:
            return once(seen)
        except ShowFirst as first:
            if LOOK in request.POST or not _differs_by_time_alone(first.press, do, seen=seen, drawn=drawn):
                raise
            now = first.press.fingerprint()
        return once(now)


LONGEST_LOOK = timedelta(hours=1)  # after that the words are shown again, if a time in them differs


def _differs_by_time_alone(press: outgoing.Press, do: Callable[[], Any], *, seen: str, drawn: datetime | None) -> bool:
    """Whether the same would leave to the same addresses, had it been pressed at the moment at which the page was drawn."""
    if drawn is None or not timedelta(0) <= clock.now() - drawn <= LONGEST_LOOK:
        return False
    try:
        with clock.as_of(drawn):
            shown = rehearsed(do)
            is_the_same = shown.fingerprint() == seen
    except Refused:
        return False
    return is_the_same and shown.recipients() == press.recipients()


def seen_now(press: outgoing.Press) -> str:
    """What the page carries: the hash and the moment at which it was drawn."""
    return f"{press.fingerprint()} {clock.now().isoformat()}"


def read_seen(value: str) -> tuple[str, datetime | None]:
    """The hash and the moment; no moment where the text is none."""
    digest, _space, moment = value[:128].partition(" ")
    try:
        drawn = datetime.fromisoformat(moment)
    except ValueError:
        return digest, None
    return digest, drawn if drawn.tzinfo else None


def rehearsed(do: Callable[[], Any]) -> outgoing.Press:
    """What would leave if `do` ran now. It runs, and all of it is undone."""
    with transaction.atomic(), outgoing.within() as press:
        do()
        outbox.hold_bounced(press)
        transaction.set_rollback(True)
    return press


@dataclass(frozen=True)
class Recipient:
    """One line of the page: who, where, and what is in the way."""

    number: int
    name: str
    mail: OutboxMail
    text: str
    file: str
    warning: str


def page(request: HttpRequest, first: ShowFirst, *, title: str, about: str, back: str, area: str) -> HttpResponse:
    """The recipients with their number, the words of each, what is held back, and the button that sends."""
    lines, held = _lines(first.press.leaving, request.user), first.press.held
    names = _names((mail.to for mail in held), request.user)
    wanted = request.POST.get(LOOK, "")
    shown = int(wanted) if wanted.isdecimal() and len(wanted) < 6 and int(wanted) < len(lines) else 0
    number = {"n": locale.number(len(lines))}
    context = {
        "workspace_section": area,
        "title": title,
        "about": about,
        "back": back,
        "is_changed": first.is_changed,
        "lines": lines,
        "shown": lines[shown] if lines else None,
        "opens_here": len(lines) <= OPEN_AT_ONCE,
        "held": [(mail, mail.name or names.get(mail.to.lower(), mail.to)) for mail in held],
        "fields": [(name, value) for name in request.POST if name not in _OWN for value in request.POST.getlist(name)],
        "once": request.POST.get("once", "") or form_key(),
        "has_once": bool(request.POST.get("once", "")),
        "seen": seen_now(first.press),
        "answer": ngettext("%(n)s e-mail will be sent.", "%(n)s e-mails will be sent.", len(lines)) % number,
        "button": ngettext("Send %(n)s e-mail", "Send %(n)s e-mails", len(lines)) % number if lines else _("Continue"),
        "placeholder": PLACEHOLDER,
        "has_placeholder": any(PLACEHOLDER in line.text + line.file for line in lines),
    }
    return render(request, "workspace/mail/before.html", context)


def lines_of(press: outgoing.Press, viewer: object) -> list[Recipient]:
    """Who would get what, in the order in which it was written."""
    return _lines(press.leaving, viewer)


def _lines(mails: Sequence[OutboxMail], viewer: object) -> list[Recipient]:
    names, bad = _names((mail.to for mail in mails), viewer), outbox.bounced(mail.to for mail in mails)
    return [
        Recipient(
            number,
            names.get(mail.to.lower(), ""),
            mail,
            outgoing.words_of(mail),
            outgoing.file_of(mail),
            _warning(bad.get(mail.to)),
        )
        for number, mail in enumerate(mails)
    ]


def _warning(before: OutboxMail | None) -> str:
    if before is None or before.bounced_at is None:
        return ""
    facts = {"day": locale.day(clock.day_of(before.bounced_at)), "why": before.last_error}
    return _("The last e-mail to this address bounced on %(day)s: %(why)s") % facts


def _names(addresses: Iterable[str], viewer: object) -> dict[str, str]:
    """Whose an address is, where the register or the accounts know and the viewer may; by the address in small letters."""
    wanted = {address for address in addresses if address}
    found: dict[str, str] = {}
    for user in User.objects.filter(email__in=wanted):
        found[user.email.lower()] = user.name
    for body in Organisation.objects.visible_to(viewer).filter(email__in=wanted):
        found[body.email.lower()] = body.label
    for contact in Contact.objects.visible_to(viewer).filter(email__in=wanted).select_related("organisation"):
        found[contact.email.lower()] = f"{contact.organisation.label}{colon()} {contact.purpose}"
    for one in Person.objects.visible_to(viewer).filter(email__in=wanted):
        found[one.email.lower()] = one.name
    return found


# --- What left -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Left:
    """One e-mail about a thing, as its page lists it."""

    mail: OutboxMail
    name: str
    state: str
    text: str
    file: str
    address: str  # of its page, for who may open the outbox


def may_read(viewer: object, mail: OutboxMail) -> bool:
    """Whether the viewer may read the words: who may know of what the e-mail is about. One about nothing that the policy knows is
    read by nobody, unless its words are nobody's secret."""
    return mail.pk in readable(viewer, [mail])


def readable(viewer: object, mails: Iterable[OutboxMail]) -> set[int]:
    """The keys of those e-mails whose words the viewer may read: who may know of the thing, what is internal of it too."""
    rows = [mail for mail in mails if not any(mail.kind.startswith(kind) for kind in NOBODY)]
    known = look({thing_of(mail) for mail in rows}, viewer)
    return {
        mail.pk
        for mail in rows
        if (thing_of(mail) in known.seen and known.inside(thing_of(mail))) or (not mail.about and mail.kind in OPEN)
    }


def thing_of(mail: OutboxMail) -> str:
    """The key of what it is about: "obligations.notification:7/due" is about the notification."""
    return mail.about.partition("/")[0]


# Whose words nobody reads but who gets them, whatever they are about.
NOBODY = {
    "account.": "opens an account",
    "weekly_mail.": "lists what waits for one person, whatever it is about",
}
OPEN = frozenset({"test", "audit.head"})  # about nothing: a test, and the signed head of the trail, which is public


def left(viewer: object, about: Iterable[str], *, url: bool = False) -> list[Left]:
    """The e-mails about those things of which the viewer may read the words: those that did not arrive first, then the newest."""
    lost = Case(When(state__in=LOST, then=0), default=1, output_field=IntegerField())
    rows = list(OutboxMail.objects.filter(about__in=list(about)).order_by(lost, "-pk")[:LEFT])
    allowed = readable(viewer, rows)
    names = _names((mail.to for mail in rows), viewer)
    return [
        Left(
            mail,
            mail.name or names.get(mail.to.lower(), ""),
            state_of(mail),
            outgoing.words_of(mail),
            outgoing.file_of(mail),
            reverse("workspace:mail_letter", args=[mail.pk]) if url else "",
        )
        for mail in rows
        if mail.pk in allowed
    ]


def state_of(mail: OutboxMail) -> str:
    """ "Bounced on Monday: 550 no such user", "Held back: no e-mail address in the register"."""
    if mail.state == MailState.HELD:
        return _("Held back: %(why)s") % {"why": mail.get_held_because_display()}
    text = how(mail)
    return (
        f"{text}{colon()} {mail.last_error}"
        if mail.state in {MailState.BOUNCED, MailState.STUCK} and mail.last_error
        else text
    )
