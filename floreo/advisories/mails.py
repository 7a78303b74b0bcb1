"""The mails of advisories: a version to a subscriber, and the link with which somebody confirms that they subscribed."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from floreo.advisories.access import CONFIRM, UNSUBSCRIBE, public_versions, token_of
from floreo.advisories.models import Advisory, AdvisoryState, Subscriber
from floreo.core import outbox
from floreo.core.keys import key
from floreo.core.models import OutboxMail
from floreo.organisations.sender import sender

CONFIRM_WITHIN = timedelta(days=7)
KIND, KIND_ASKED = "advisory.version", "advisory.asked"  # signed where the team has a key: core/openpgp.py


def _whole(address: str) -> str:
    return f"{settings.SITE_ADDRESS}{address}"


def _unsubscribe(subscriber: Subscriber) -> str:
    return _whole(reverse("portal:advisory_unsubscribe", args=[token_of(UNSUBSCRIBE, subscriber)]))


def mail_of(advisory: Advisory, subscriber: Subscriber) -> OutboxMail:
    """The version that stands, in the language of the subscriber. The headers let a mail program unsubscribe by one press
    (RFC 8058)."""
    with translation.override(subscriber.language):
        leave = _unsubscribe(subscriber)
        return outbox.letter(
            to=subscriber.email,
            subject=_subject(advisory, subscriber.language),
            text="\n\n".join([*_body(advisory, subscriber.language), _foot(leave)]) + "\n",
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


def _subject(advisory: Advisory, language: str) -> str:
    if advisory.state == AdvisoryState.WITHDRAWN:
        return _("[TLP:CLEAR] Advisory %(code)s was withdrawn") % {"code": advisory.code}
    words = {
        "code": advisory.code,
        "title": advisory.in_language("title", language),
        "severity": advisory.get_severity_display(),
        "issue": _number(advisory),
    }
    if _number(advisory) > 1:
        return _("[TLP:CLEAR] %(severity)s: %(title)s (%(code)s, version %(issue)d)") % words
    return _("[TLP:CLEAR] %(severity)s: %(title)s (%(code)s)") % words


def _number(advisory: Advisory) -> int:
    """Which version it is for those who receive what is TLP:CLEAR, and nothing else."""
    return len(public_versions(advisory))


def _body(advisory: Advisory, language: str) -> list[str]:
    here = _whole(reverse("portal:advisory", args=[advisory.code]))
    if advisory.state == AdvisoryState.WITHDRAWN:
        text = _("This advisory no longer applies. Reason: %(reason)s") % {"reason": advisory.withdrawn_reason}
        return [text, here]
    parts = [advisory.in_language("summary", language)]
    if _number(advisory) > 1:
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
    """For whoever asks again: the form says the same to everybody, so that it tells nobody who is subscribed."""
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
