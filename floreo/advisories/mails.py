"""The mails of advisories: a version to a subscriber or to an organisation that runs what it names, and the link with which somebody
confirms that they subscribed."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from floreo.advisories.access import CONFIRM, UNSUBSCRIBE, public_versions, token_of, versions_for_organisations
from floreo.advisories.models import Advisory, AdvisoryState, Subscriber
from floreo.core import outbox
from floreo.core.keys import key
from floreo.core.models import OutboxMail
from floreo.core.policy import Tlp
from floreo.feeds.selection import Reach
from floreo.organisations.sender import sender

CONFIRM_WITHIN = timedelta(days=7)
KIND, KIND_ASKED = "advisory.version", "advisory.asked"  # signed where the team has a key: core/openpgp.py


def _whole(address: str) -> str:
    return f"{settings.SITE_ADDRESS}{address}"


def _unsubscribe(subscriber: Subscriber) -> str:
    return _whole(reverse("portal:advisory_unsubscribe", args=[token_of(UNSUBSCRIBE, subscriber)]))


def mail_of(advisory: Advisory, subscriber: Subscriber) -> OutboxMail:
    """The current version, in the language of the subscriber. The headers let a mail program unsubscribe by one press
    (RFC 8058)."""
    number = len(public_versions(advisory))
    with translation.override(subscriber.language):
        leave = _unsubscribe(subscriber)
        return outbox.letter(
            to=subscriber.email,
            subject=_subject(advisory, subscriber.language, number),
            text="\n\n".join([*_body(advisory, subscriber.language, number), _foot(leave)]) + "\n",
            kind=KIND,
            about=key(advisory),
            language=subscriber.language,
            headers={
                "Reply-To": sender().reply,
                "List-Unsubscribe": f"<{leave}>",
                "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
            },
            is_secret=True,
        )


def mail_to_organisation(advisory: Advisory, to: Reach) -> OutboxMail:
    """The current version, to one address of an organisation that runs what it names. Which asset that is, the mail does not say: it
    is read in the workspace."""
    language, number = to.language or advisory.language, len(versions_for_organisations(advisory))
    with translation.override(language):
        parts = [*_body(advisory, language, number)]
        if advisory.state != AdvisoryState.WITHDRAWN:
            address = _whole(advisory.workspace_url())
            parts.append(_("What of it your organisation runs, and your reply: %(address)s") % {"address": address})
        why = _(
            "You receive this because your organisation runs a product of this advisory, as the national register says."
        )
        return outbox.letter(
            to=to.address,
            subject=_subject(advisory, language, number),
            text="\n\n".join([*parts, f"-- \n{why}"]) + "\n",
            kind=KIND,
            about=key(advisory),
            language=language,
            headers={"Reply-To": sender().reply},
        )


def _subject(advisory: Advisory, language: str, number: int) -> str:
    """With the marking. `number`: which version it is for those who receive it, and nothing else."""
    marking = advisory.get_tlp_display()
    if advisory.state == AdvisoryState.WITHDRAWN:
        return _("[%(tlp)s] Advisory %(code)s was withdrawn") % {"tlp": marking, "code": advisory.code}
    words = {
        "tlp": marking,
        "code": advisory.code,
        "title": advisory.in_language("title", language),
        "severity": advisory.get_severity_display(),
        "issue": number,
    }
    if number > 1:
        return _("[%(tlp)s] %(severity)s: %(title)s (%(code)s, version %(issue)d)") % words
    return _("[%(tlp)s] %(severity)s: %(title)s (%(code)s)") % words


def _body(advisory: Advisory, language: str, number: int) -> list[str]:
    is_public = advisory.tlp == Tlp.CLEAR
    here = _whole(advisory.get_absolute_url() if is_public else advisory.workspace_url())
    if advisory.state == AdvisoryState.WITHDRAWN:
        text = _("This advisory no longer applies. Reason: %(reason)s") % {"reason": advisory.withdrawn_reason}
        return [text, here] if is_public else [text]
    parts = [advisory.in_language("summary", language)]
    if number > 1:
        note = advisory.versions.filter(issue=advisory.issue).values_list("note", flat=True).first()
        parts.append(_("What changed: %(what)s") % {"what": note})
    if advisory.advice:
        parts.append(_("What to do:") + "\n" + advisory.in_language("advice", language))
    if advisory.products:
        parts.append(_("Products:") + "\n" + "\n".join(f"- {each.name}" for each in advisory.product_rows()[:20]))
    if advisory.cves:
        parts.append(", ".join(advisory.cves[:20]))
    return [*parts, _("The whole advisory: %(address)s") % {"address": here}]


def _foot(leave: str) -> str:
    return "-- \n" + _("You receive this because you subscribed to advisories. To unsubscribe: %(address)s") % {
        "address": leave
    }


def confirmation(subscriber: Subscriber) -> OutboxMail:
    """The first mail: nothing else is sent to an address before its link is used."""
    with translation.override(subscriber.language):
        here = _whole(reverse("portal:advisory_confirm", args=[token_of(CONFIRM, subscriber)]))
        text = [
            _("Somebody, probably you, asked for security advisories at this address."),
            _("Open this page and confirm within 7 days:") + f"\n{here}",
            _("If it was not you, do nothing. Nothing more will be sent."),
        ]
        return outbox.letter(
            to=subscriber.email,
            subject=_("Confirm that you want to receive advisories"),
            text="\n\n".join(text) + "\n",
            kind=KIND_ASKED,
            about=key(subscriber),
            language=subscriber.language,
            not_after=subscriber.asked_at + CONFIRM_WITHIN,
            headers={"Reply-To": sender().reply},
            is_secret=True,
        )


def already(subscriber: Subscriber) -> OutboxMail:
    """For whoever asks again: the form says the same to everybody, so that it reveals to nobody who is subscribed."""
    with translation.override(subscriber.language):
        text = [
            _("Somebody, probably you, asked for security advisories. This address receives them already."),
            _("Nothing was changed. To select other sectors or products, unsubscribe first."),
            _foot(_unsubscribe(subscriber)),
        ]
        return outbox.letter(
            to=subscriber.email,
            subject=_("You already receive advisories"),
            text="\n\n".join(text) + "\n",
            kind=KIND_ASKED,
            about=key(subscriber),
            language=subscriber.language,
            headers={"Reply-To": sender().reply},
            is_secret=True,
        )
