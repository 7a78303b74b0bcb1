"""The mails of a review: one to each lead, in their language, with the link that answers without an account."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from floreo.core import languages, outbox
from floreo.core.keys import key
from floreo.core.models import HeldBecause, OutboxMail
from floreo.core.wording import day_text
from floreo.organisations.models import Person
from floreo.reviews.access import token_of
from floreo.reviews.models import Answer, Review, UpdateRequest
from floreo.reviews.presenters import period_text
from floreo.reviews.queries import reply_address
from floreo.strategy.models import Action


def answer_path(update_request: UpdateRequest, language: str = "", *, address: str | None = None) -> str:
    """The page's address without the host, in `language`, for the mail to `address`."""
    with translation.override(language or languages.home()):
        return reverse("portal:answer", args=[token_of(update_request, address)])


class Post:
    """Writes the mails of one review: what they share is looked up once, however many leads there are."""

    def __init__(self, review: Review, today: date) -> None:
        self.review, self.today = review, today
        self.own_language = languages.first()
        self.reply = reply_address(review.edition)
        # One day more than the last, since that day ends later here than in UTC.
        self.not_after = datetime.combine(review.closes_on + timedelta(days=2), time(), tzinfo=UTC)

    def language_for(self, person: Person | None) -> str:
        text = person.language if person else ""
        return text if text in languages.site() else self.own_language

    def requesting(self, update_request: UpdateRequest, kind: str, *, actions: Iterable[Action]) -> OutboxMail:
        """`kind`: asked, renewed, reminded, or escalated (which goes to the deputy)."""
        to = update_request.deputy if kind == "escalated" else update_request.addressee
        address = to.email if to else update_request.address
        language = self.language_for(to)
        with translation.override(language):
            acts = list(actions)
            facts = self._facts(update_request, to, language) | {
                "kind": kind,
                "actions": [f"{a.code} {a.in_language('title')}" for a in acts],
                "whom": update_request.whom,
            }
            text = render_to_string("reviews/mail/asked.txt", facts)
            subject = self._subject(kind, len(acts))
            return self._letter(
                update_request, to=address, language=language, kind=f"review.{kind}", subject=subject, text=text
            )

    def held(self, update_request: UpdateRequest, kind: str, *, number: int) -> OutboxMail:
        """What would go to somebody of whom the register has no address."""
        with translation.override(self.own_language):
            subject = self._subject(kind, number)
        return outbox.held(
            name=update_request.whom,
            subject=subject,
            kind=f"review.{kind}",
            about=key(update_request),
            why=HeldBecause.NO_ADDRESS,
        )

    def returning(self, answer: Answer, note: str, decided_by: str) -> OutboxMail:
        update_request = answer.update_request
        language = self.language_for(update_request.addressee)
        with translation.override(language):
            act = f"{answer.action.code} {answer.action.in_language('title')}"
            facts = self._facts(update_request, update_request.addressee, language) | {
                "action": act,
                "note": note,
                "decided_by": decided_by,
            }
            text = render_to_string("reviews/mail/returned.txt", facts)
            subject = _("Please revise your update: %(action)s") % {"action": act}
            return self._letter(
                update_request,
                to=update_request.address,
                language=language,
                kind="review.returned",
                subject=subject,
                text=text,
            )

    def _facts(self, update_request: UpdateRequest, to: Person | None, language: str) -> dict[str, Any]:
        review = self.review
        body = update_request.organisation.in_language("name") if update_request.organisation else ""
        return {
            "name": to.name if to else body,
            "period": period_text(review.period),
            "edition": review.edition.in_language("title"),
            "due": day_text(review.due_on),
            "closes": day_text(review.closes_on),
            "late": self.today > review.due_on,
            "reply": self.reply,
            "link": settings.SITE_ADDRESS + answer_path(update_request, language, address=to.email if to else None),
        }

    def _subject(self, kind: str, actions: int) -> str:
        facts = {"n": actions, "period": period_text(self.review.period), "due": day_text(self.review.due_on)}
        match kind:
            case "reminded":
                return _("Reminder: review of %(period)s, due %(due)s") % facts
            case "escalated":
                return _("For the deputy: review of %(period)s, due %(due)s") % facts
        text = ngettext(
            "Review of %(period)s: give an update on your action by %(due)s",
            "Review of %(period)s: give an update on your %(n)d actions by %(due)s",
            actions,
        )
        return text % facts

    def _letter(
        self, update_request: UpdateRequest, *, to: str, language: str, kind: str, subject: str, text: str
    ) -> OutboxMail:
        return outbox.letter(
            to=to,
            subject=subject,
            text=text,
            kind=kind,
            about=key(update_request),
            language=language,
            is_secret=True,
            not_after=self.not_after,
            headers={"Reply-To": self.reply},
        )
