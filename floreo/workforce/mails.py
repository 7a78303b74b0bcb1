"""The e-mails of the workforce: the link by which an institution keeps its courses, and that by which an organisation answers."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from floreo.core import clock, languages, outbox
from floreo.core.keys import key
from floreo.core.models import OutboxMail
from floreo.core.wording import day_text
from floreo.workforce.models import Institution, NeedsRequest

KIND_INSTITUTION, KIND_NEEDS = "workforce.keep", "workforce.needs"


def _spoken(language: str) -> str:
    """The language of a mail: the asked one, where the program has it."""
    return languages.spoken(language)


def _whole(address: str) -> str:
    return f"{settings.SITE_ADDRESS}{address}"


def institution_mail(institution: Institution, secret: str) -> OutboxMail:
    """With the personal link: its text is deleted once it has left."""
    language = _spoken(institution.language)
    with translation.override(language):
        words = {"name": institution.organisation.in_language("name", language)}
        parts = [
            _("The public catalogue of courses lists what %(name)s offers.") % words,
            _("Open the link, correct what has changed, and press “Everything is right”. It takes a few minutes."),
            _("This link is for your institution alone. Whoever has it changes your courses:"),
            _whole(reverse("portal:institution_courses", args=[secret])),
            _("Links of earlier e-mails work no more."),
            _("A course that nobody confirms for twelve months says so in the catalogue."),
        ]
        return outbox.letter(
            to=institution.mail,
            subject=_("Your courses in the public catalogue: %(name)s") % words,
            text="\n\n".join(parts) + "\n",
            kind=KIND_INSTITUTION,
            about=key(institution),
            language=language,
            is_secret=True,
        )


def needs_mail(request: NeedsRequest, secret: str, *, is_reminder: bool = False) -> OutboxMail:
    """With the personal link: its text is deleted once it has left."""
    language = _spoken(request.language)
    with translation.override(language):
        is_late = request.due_on < clock.today()
        body = request.organisation.in_language("name", language)
        words = {"name": body, "year": request.year, "day": day_text(request.due_on)}
        parts = [
            _("We ask %(name)s once a year how many people it needs for cybersecurity, and how many it has.") % words,
            (_("The answer was due on %(day)s. Please answer now.") if is_late else _("Please answer by %(day)s."))
            % words,
            _("Your numbers are seen by the coordinator and by your organisation."),
            _("The public sees only sums of sectors with at least three organisations."),
            _("This link is for your organisation alone. Whoever has it answers in its name:"),
            _whole(reverse("portal:answer_needs", args=[secret])),
        ]
        if is_reminder:
            parts.append(_("Links of earlier e-mails work no more."))
        subject = (
            _("Reminder: people for cybersecurity, %(year)s")
            if is_reminder
            else _("People for cybersecurity, %(year)s")
        )
        return outbox.letter(
            to=request.mail,
            subject=subject % words,
            text="\n\n".join(parts) + "\n",
            kind=KIND_NEEDS,
            about=key(request),
            language=language,
            not_after=datetime.combine(max(request.due_on, clock.today()) + timedelta(days=60), time(12), tzinfo=UTC),
            is_secret=True,
        )
