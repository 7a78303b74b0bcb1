"""The e-mails about an organisation's entry in the register: its link, and what became of what it proposed."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from floreo.core import clock, languages, outbox
from floreo.core.keys import key
from floreo.core.models import OutboxMail
from floreo.offers import proposal_kinds
from floreo.organisations.access import ENTRY_HOURS
from floreo.organisations.models import Contact, Organisation, ProposalState, ProposedChange

KIND_LINK, KIND_DECIDED = "register.entry", "register.decided"
_DECIDED_SINCE = timedelta(days=7)


def spoken(language: str) -> str:
    """The language of a mail: the contact's, else the country's first, where the program has it."""
    return languages.spoken(language)


def whole(address: str) -> str:
    return f"{settings.SITE_ADDRESS}{address}"


def link(contact: Contact, token: str) -> OutboxMail:
    """With the link: its text is deleted once it has left."""
    language = spoken(contact.language)
    with translation.override(language):
        words = {"name": contact.organisation.in_language("name", language), "days": ENTRY_HOURS // 24}
        parts = [
            _(
                "The national register lists %(name)s: its public details, its contacts, and the networks and domains that it answers for."
            )
            % words,
            _("Open the link, propose what has to change, and say when all of it is right:"),
            whole(reverse("portal:entry", args=[token])),
            _(
                "The team reviews each change before it counts. The link works for %(days)d days; whoever has it speaks for your organisation."
            )
            % words,
            _("If you did not expect this e-mail, do nothing, or reply to it."),
        ]
        return outbox.letter(
            to=contact.email,
            subject=_("Your entry in the national register: %(name)s") % words,
            text="\n\n".join(parts) + "\n",
            kind=KIND_LINK,
            about=key(contact),
            language=language,
            not_after=clock.now() + timedelta(hours=ENTRY_HOURS),
            is_secret=True,
        )


def _decision_text(change: ProposedChange) -> str:
    kind = proposal_kinds().get(change.kind)
    is_guarded = kind is not None and kind.read_with is not None  # others read the outbox too
    words = {"name": kind.words if kind is not None and is_guarded else change.name, "reason": change.decision}
    if change.state == ProposalState.APPROVED:
        return _("- approved: %(name)s") % words
    if is_guarded:
        return _("- rejected: %(name)s. Sign in to read the reason.") % words
    return _("- rejected: %(name)s. Reason: %(reason)s") % words


def decided(organisation: Organisation, address: str) -> OutboxMail:
    """What became of what was proposed from that address in the last days. A newer one replaces one that waits."""
    rows = ProposedChange.objects.filter(
        organisation=organisation,
        answer_to=address,
        state__in=(ProposalState.APPROVED, ProposalState.REJECTED),
        decided_at__gt=clock.now() - _DECIDED_SINCE,
    ).order_by("-decided_at", "-pk")[:50]
    contact = Contact.objects.filter(organisation=organisation, email__iexact=address).first()
    language = spoken(contact.language if contact else "")
    with translation.override(language):
        name = organisation.in_language("name", language)
        parts = [
            _("The team reviewed what you proposed for the entry of %(name)s:") % {"name": name},
            "\n".join(_decision_text(change) for change in rows),
            _("To see your entry or to propose more, ask for a link:"),
            whole(reverse("portal:ask_entry_link")),
        ]
        return outbox.letter(
            to=address,
            subject=_("Your changes were reviewed: %(name)s") % {"name": name},
            text="\n\n".join(parts) + "\n",
            kind=KIND_DECIDED,
            about=key(organisation),
            language=language,
        )
