"""The e-mails of what is decided between meetings: to vote, the result, and dates that are asked about. Nothing is sent here."""

from __future__ import annotations

from collections.abc import Iterable

from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from floreo.core import outbox
from floreo.core.keys import key
from floreo.core.models import OutboxMail
from floreo.core.wording import colon, day_text, sentences
from floreo.meetings import between_text
from floreo.meetings.access import papers_by_link, token_of_date_member, token_of_member
from floreo.meetings.models import DateMember, ProcedureMember
from floreo.organisations.entry_mails import spoken, whole

ASKED, CLOSED, WITHDRAWN, DATES = "procedure.asked", "procedure.closed", "procedure.withdrawn", "poll.asked"


def vote_path(member: ProcedureMember) -> str:
    return reverse("portal:vote", args=[token_of_member(member)])


def dates_path(member: DateMember) -> str:
    return reverse("portal:find_date", args=[token_of_date_member(member)])


def asked(member: ProcedureMember, *, members: int, is_reminder: bool = False) -> OutboxMail:
    """The question with the link that answers it. A newer one takes the place of one that still waits."""
    procedure, language = member.procedure, spoken(member.language)
    with translation.override(language):
        words = {
            "committee": procedure.committee.in_language("name"),
            "title": procedure.in_language("title"),
            "number": procedure.number,
        }
        subject = _("Your vote: %(title)s (%(number)s)") % words
        opening = _("The %(committee)s decides in writing (%(number)s):") % words
        if is_reminder:
            subject = _("Reminder: your vote on %(title)s (%(number)s)") % words
            opening = _("You have not answered yet. The %(committee)s decides in writing (%(number)s):") % words
        papers = [paper.in_language("title") for paper in papers_by_link(procedure)]
        parts = [
            opening,
            words["title"],
            procedure.in_language("text"),
            _("Papers: %(names)s. They are on the page of the link.") % {"names": "; ".join(papers)} if papers else "",
            sentences(between_text.closes_text(procedure), between_text.rule_text(procedure, members)),
            between_text.ballot_text(procedure),
            _("Open the link and press your answer. Until it closes you can change it:"),
            whole(vote_path(member)),
            _("The link is yours: whoever has it votes for you. Do not forward it."),
        ]
        return outbox.letter(
            to=member.address,
            subject=subject,
            text="\n\n".join(part for part in parts if part) + "\n",
            kind=ASKED,
            about=key(member),
            language=language,
            not_after=procedure.closes_at,
            is_secret=True,
        )


def closed(members: Iterable[ProcedureMember]) -> list[OutboxMail]:
    """The result, to everybody who was asked."""
    return [_result(member) for member in members]


def _result(member: ProcedureMember) -> OutboxMail:
    procedure, language = member.procedure, spoken(member.language)
    with translation.override(language):
        words = {"title": procedure.in_language("title"), "number": procedure.number}
        decided = ""
        if procedure.decision is not None:
            decided = _("It is decision %(number)s.") % {"number": procedure.decision.number}
        votes = "\n".join(f"{each.words}{colon()} {each.votes}" for each in between_text.counted(procedure))
        parts = [words["title"], sentences(between_text.result_text(procedure), decided), votes]
        return outbox.letter(
            to=member.address,
            subject=_("Result: %(title)s (%(number)s)") % words,
            text="\n\n".join(part for part in parts if part) + "\n",
            kind=CLOSED,
            about=key(member),
            language=language,
        )


def withdrawn(members: Iterable[ProcedureMember]) -> list[OutboxMail]:
    return [_withdrawn(member) for member in members]


def _withdrawn(member: ProcedureMember) -> OutboxMail:
    procedure, language = member.procedure, spoken(member.language)
    with translation.override(language):
        words = {"title": procedure.in_language("title"), "number": procedure.number}
        text = _("This written procedure was withdrawn, and nothing is decided: %(reason)s")
        parts = [words["title"], text % {"reason": procedure.withdrawn_reason}]
        return outbox.letter(
            to=member.address,
            subject=_("Withdrawn: %(title)s (%(number)s)") % words,
            text="\n\n".join(parts) + "\n",
            kind=WITHDRAWN,
            about=key(member),
            language=language,
        )


def dates(member: DateMember) -> OutboxMail:
    """The dates that are asked about, with the link."""
    poll, language = member.poll, spoken(member.language)
    with translation.override(language):
        words = {"committee": poll.committee.in_language("name"), "day": day_text(poll.closes_on)}
        parts = [
            _("When can you come to the next meeting of the %(committee)s?") % words,
            poll.note,
            "\n".join(f"- {between_text.slot_text(slot)}" for slot in poll.slots.all()),
            _("Open the link, answer for each date and press the button, until %(day)s:") % words,
            whole(dates_path(member)),
        ]
        return outbox.letter(
            to=member.address,
            subject=_("Find a date: %(committee)s") % words,
            text="\n\n".join(part for part in parts if part) + "\n",
            kind=DATES,
            about=key(member),
            language=language,
            is_secret=True,
        )
