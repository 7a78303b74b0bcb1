"""The e-mails of competitions: to the guardian of who entered, and to a member of the jury."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from floreo.core import languages, outbox
from floreo.core.keys import key
from floreo.core.models import OutboxMail
from floreo.core.wording import day_text
from floreo.initiatives.logic import NEVER_AGREED_DAYS
from floreo.initiatives.models import CompetitionEntry, JuryMember

KIND_GUARDIAN, KIND_JURY = "competition.guardian", "competition.jury"


def _spoken(language: str) -> str:
    """The language of a mail: the asked one, where the program has it."""
    return languages.spoken(language)


def _whole(address: str) -> str:
    return f"{settings.SITE_ADDRESS}{address}"


def guardian_mail(entry: CompetitionEntry, secret: str) -> OutboxMail:
    """Asks the guardian to agree. It names no child: whoever reads a mailbox of a family reads it too."""
    competition, language = entry.competition, _spoken(entry.language)
    with translation.override(language):
        words = {"title": competition.in_language("title", language), "reference": entry.reference}
        parts = [
            _("Somebody entered the competition “%(title)s” and gave this address as that of their guardian.") % words,
            _("The entry has the number %(reference)s. Nobody of the jury reads it before you agree.") % words,
            _("Open the link, read what was sent and what happens with it, and press “I agree” or “Remove the entry”:"),
            _whole(reverse("portal:guardian", args=[secret])),
            _("With this link you can also withdraw the entry later. Keep it, and give it to nobody."),
        ]
        last = competition.closes_on
        not_after = None
        if last is not None:
            until = last + timedelta(days=NEVER_AGREED_DAYS)
            not_after = datetime.combine(until, time(12), tzinfo=UTC)
            parts.append(
                _("Without your consent the entry is removed after %(day)s. You need not do anything for that.")
                % {"day": day_text(until)}
            )
        return outbox.letter(
            to=entry.guardian_mail,
            subject=_("Your consent: %(title)s") % words,
            text="\n\n".join(parts) + "\n",
            kind=KIND_GUARDIAN,
            about=key(entry),
            language=language,
            not_after=not_after,
            is_secret=True,
        )


def jury_mail(member: JuryMember, secret: str) -> OutboxMail:
    """With the personal link: its text is deleted once it has left."""
    competition, language = member.competition, _spoken(member.language)
    with translation.override(language):
        words = {"title": competition.in_language("title", language)}
        parts = [
            _("You are a member of the jury of “%(title)s”.") % words,
            _("By this link you read the entries and give your points. It is for you alone:"),
            _whole(reverse("portal:jury", args=[secret])),
            _("If you know who sent an entry, say so there: you do not judge it then."),
            _("Links of earlier e-mails work no more."),
        ]
        return outbox.letter(
            to=member.mail,
            subject=_("Jury: %(title)s") % words,
            text="\n\n".join(parts) + "\n",
            kind=KIND_JURY,
            about=key(member),
            language=language,
            is_secret=True,
        )
