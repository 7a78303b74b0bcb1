"""Answers: sent by the open link or a personal one, taken by an interviewer whose phone had no signal, typed in from paper."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from floreo.core import clock, languages
from floreo.core.access import Actor, Permission
from floreo.core.action import action, note
from floreo.core.errors import Refused
from floreo.core.links import hash_of
from floreo.core.wording import day_text
from floreo.core.writing import delete, lock_latest, refuse, require_text, save
from floreo.surveys.models import (
    VARIABLES,
    Interviewer,
    Question,
    Response,
    ResponseMode,
    SampleLink,
    Wave,
    WaveMode,
    WaveState,
)
from floreo.surveys.presenters import differing_sentence, wrong_sentence
from floreo.surveys.queries import questions_of
from floreo.surveys.questions import Phase, differing, is_in_time, judged_time, phase_of, sound_answers

RUN = Permission.SURVEY_RUN


@dataclass(frozen=True)
class Given:
    """What somebody answered, as it came: nothing of it is believed yet."""

    answers: Any
    language: str = field(default_factory=languages.first)
    key: str = ""  # UUID that the form or the phone made


def closed_sentence(wave: Wave) -> str:
    match wave.phase:
        case Phase.DRAFT | Phase.WAITING:
            return _("This survey is not open yet. It opens on %(day)s.") % {"day": day_text(wave.starts_on)}
        case _:
            return _("This survey closed on %(day)s. Your answers were not sent.") % {"day": day_text(wave.ends_on)}


def must_take_answers(wave: Wave) -> None:
    if wave.phase is not Phase.OPEN:
        raise Refused(closed_sentence(wave), code="closed")


def key_of(given: str) -> uuid.UUID:
    """The UUID that a form or a phone made. One that is none gets a new one, from a form; see `take`."""
    try:
        return uuid.UUID(given)
    except (ValueError, AttributeError, TypeError):
        return uuid.uuid4()


def judged(wave: Wave, given: Any) -> dict[str, Any]:
    """The answers as they can be stored. Refuses what does not fit, each at its question."""
    questions = questions_of(wave.instrument)
    found = sound_answers([q.as_asked() for q in questions], given)
    if found.wrong:
        by_key = {q.key: q for q in questions}
        fields = {key: wrong_sentence(why, by_key.get(key), key) for key, why in found.wrong.items()}
        first = next(iter(fields.values()))
        raise Refused(first, code=str(next(iter(found.wrong.values()))), fields=fields)
    if not found.answers:
        raise Refused(_("No question is answered."), code="empty")
    if found.not_asked:
        note(not_asked=len(found.not_asked))
    return found.answers


def _apart(questions: list[Question], answers: Mapping[str, Any]) -> dict[str, str]:
    """What describes who answers, for the columns."""
    return {q.variable: str(answers[q.key]) for q in questions if q.variable in VARIABLES and q.key in answers}


def _response(wave: Wave, given: Given, answers: dict[str, Any], **facts: Any) -> Response:
    groups = _apart(questions_of(wave.instrument), answers)
    apart = {q.key for q in questions_of(wave.instrument) if q.variable}
    kept = {key: value for key, value in answers.items() if key not in apart}
    language = languages.spoken(given.language)
    return Response(wave=wave, language=language, answers=kept, **groups, **facts)


def _before(key: uuid.UUID, wave: Wave) -> Response | None:
    """The same answers that came before. The number belongs to one wave only."""
    found = Response.objects.filter(uuid=key).first()
    if found is not None and found.wave_id != wave.pk:
        raise Refused(_("These answers were sent to another survey."), code="another_wave")
    return found


@action("response.sent", needs=None, quiet=True)
def send(wave: Wave, *, by: Actor, given: Given) -> Response:
    """By the open link: anybody may, while the wave is open. The same form sent again counts once."""
    key = key_of(given.key)
    before = _before(key, wave)
    if before is not None:
        return before
    fresh = lock_latest(wave)
    must_take_answers(fresh)
    if fresh.mode != WaveMode.OPEN:
        raise Refused(_("People were chosen for this survey. Each has a link of their own."), code="sample")
    before = _before(key, fresh)  # the lock waited for another sending of the same
    if before is not None:
        return before
    answers = judged(fresh, given.answers)
    return save(_response(fresh, given, answers, uuid=key, mode=ResponseMode.WEB, received_at=clock.now()))


def link_of(secret: str) -> SampleLink:
    """Raises Refused where it is none, or was used."""
    found = (
        SampleLink.objects.select_related("wave__survey", "wave__instrument").filter(link_hash=hash_of(secret)).first()
    )
    if found is None:
        raise Refused(
            _("We do not recognise this link. Copy the whole link, or ask for a new one."), code="link_unknown"
        )
    return found


@action("response.sent_by_link", needs=None, quiet=True)
def send_by_link(wave: Wave, *, by: Actor, given: Given, secret: str) -> None:
    """By a personal link, once. Nothing that is stored says which link brought which answer: neither a time of the link, nor an entry,
    nor the order of rows."""
    link = link_of(secret)
    fresh = lock_latest(wave)
    if link.wave_id != fresh.pk:
        raise Refused(
            _("We do not recognise this link. Copy the whole link, or ask for a new one."), code="link_unknown"
        )
    must_take_answers(fresh)
    answers = judged(fresh, given.answers)
    # Two at once: one wins, the other is refused.
    if not SampleLink.objects.filter(pk=link.pk, is_used=False).update(is_used=True):
        raise Refused(_("This link was used already. Each link answers once. Thank you."), code="link_used")
    # The day and no more, so that the hour of a mail or a call does not lead to the answer. Only the entry of the trail has the moment.
    day = clock.now().replace(hour=12, minute=0, second=0, microsecond=0)
    made = save(_response(fresh, given, answers, uuid=uuid.uuid4(), mode=ResponseMode.LINK, received_at=day))
    Response.objects.filter(pk=made.pk).update(created_at=day, changed_at=day)


@dataclass(frozen=True)
class Interview:
    """What an interviewer's phone sends of one interview."""

    key: str
    answers: Any
    language: str
    taken_at: datetime | None
    sent_at: datetime | None = None  # what the phone's clock said when it sent: shows how wrong that clock is


@action("response.taken", needs=None, quiet=True)
def take(interviewer: Interviewer, *, by: Actor, interview: Interview) -> Response:
    """An interview, perhaps days old when it arrives. The same one sent five times is one; both clocks are stored."""
    try:
        key = uuid.UUID(interview.key)
    except (ValueError, AttributeError, TypeError):
        raise Refused(
            _("This interview has no number of its own, so it could be counted twice."), code="no_key"
        ) from None
    fresh = Interviewer.objects.select_related("wave__survey", "wave__instrument").filter(pk=interviewer.pk).first()
    if fresh is None or not fresh.link_hash:
        raise Refused(_("This link has ended. Ask for a new one."), code="link_ended")
    wave = fresh.wave
    before = _before(key, wave)
    if before is not None:
        if before.interviewer_id != fresh.pk:
            raise Refused(_("This interview was sent by another interviewer."), code="another_interviewer")
        return before
    now = clock.now()
    taken = clock.sound(interview.taken_at)
    timed = judged_time(taken, now, wave.starts_on, clock.zone(), sent_at=interview.sent_at)
    _require_in_time(
        wave, timed.on, received_on=min(clock.calendar_day(now), clock.today()), is_held=not timed.clock_off
    )
    answers = judged(wave, interview.answers)
    made = _response(
        wave,
        Given(interview.answers, interview.language),
        answers,
        uuid=key,
        mode=ResponseMode.INTERVIEWER,
        interviewer=fresh,
        taken_at=taken,
        received_at=now,
        clock_off=timed.clock_off or (interview.taken_at is not None and taken is None),
    )
    try:
        with transaction.atomic():
            return save(made)
    except (IntegrityError, Refused):
        again = Response.objects.filter(uuid=key, interviewer=fresh).first()  # at the same moment by another request
        if again is None:
            raise
        return again


def _require_in_time(wave: Wave, held_on: date, *, received_on: date, is_held: bool) -> None:
    phase = phase_of(wave.state, wave.starts_on, wave.ends_on, today=received_on)
    if phase is Phase.PUBLISHED:
        raise Refused(_("The results of this wave are published. This interview came too late."), code="closed")
    if phase in (Phase.DRAFT, Phase.WAITING):
        raise Refused(closed_sentence(wave), code="closed")
    on = min(held_on, received_on) if is_held else received_on
    if not is_in_time(on, received_on, wave.ends_on):
        sentence = _("This wave ended on %(day)s. The interview was held after that, or arrived too late.")
        raise Refused(sentence % {"day": day_text(wave.ends_on)}, code="closed")


# --- Paper --------------------------------------------------------------------------------------------------------


def must_take_papers(wave: Wave) -> None:
    if wave.is_published:
        raise Refused(_("The results of this wave are published and frozen."), code="published")
    if wave.state == WaveState.DRAFT:
        raise Refused(_("This wave is not open yet, so nobody can have answered."), code="draft")


@action("response.entered", needs=RUN)
def enter(
    wave: Wave, *, by: Actor, answers: Any, paper_number: str, taken_on: date, language: str = "", again: bool = False
) -> Response:
    """One paper, typed in. Its number is on it, so that it is not entered twice; with `again` it is the second typing of a paper,
    by which mistakes of the first are found."""
    fresh = lock_latest(wave)
    must_take_papers(fresh)
    number = paper_number.strip()
    if not number:
        raise refuse("paper_number", _("Write the number of the paper."), code="missing")
    if taken_on > clock.today():
        raise refuse("taken_on", _("That day is still to come."), code="date_to_come")
    if not fresh.starts_on <= taken_on <= fresh.ends_on:
        words = {"first": day_text(fresh.starts_on), "last": day_text(fresh.ends_on)}
        raise refuse("taken_on", _("The wave lasted from %(first)s to %(last)s.") % words, code="outside")
    before = fresh.responses.filter(paper_number=number).first()
    sound = judged(fresh, answers)
    if again:
        return _typed_again(fresh, before, sound)
    if before is not None:
        sentence = _("Paper %(number)s is entered already. To check it, mark this as its second typing.")
        raise refuse("paper_number", sentence % {"number": number}, code="paper_twice")
    made = _response(fresh, Given(answers, language), sound, mode=ResponseMode.PAPER, paper_number=number)
    made.received_at = clock.now()
    made.taken_at = datetime.combine(taken_on, datetime.min.time(), tzinfo=clock.zone()).replace(hour=12)
    return save(made)


def _typed_again(wave: Wave, before: Response | None, sound: dict[str, Any]) -> Response:
    """The same as the first typing, or what differs is named."""
    if before is None:
        raise refuse("paper_number", _("This paper was not entered before."), code="not_entered")
    first = whole_of(before)
    if different := differing(first, sound):
        by_key = {q.key: q for q in questions_of(wave.instrument)}
        sentence = differing_sentence([by_key[key] for key in different if key in by_key])
        raise Refused(sentence, code="differs", fields=dict.fromkeys(different, sentence))
    before.typed_twice = True
    return save(before)


def whole_of(response: Response) -> dict[str, Any]:
    """Its answers with those that are stored apart."""
    apart = {q.key: response.group(q.variable) for q in questions_of(response.wave.instrument) if q.variable}
    return dict(response.answers) | {key: value for key, value in apart.items() if value}


@action("response.corrected", needs=RUN)
def correct(response: Response, *, by: Actor, answers: Any) -> Response:
    """After two typings differed and somebody looked at the paper: what is on it."""
    fresh = lock_latest(response)
    must_take_papers(fresh.wave)
    if fresh.mode != ResponseMode.PAPER:
        raise Refused(_("Only papers are corrected: what people sent themselves stays."), code="not_paper")
    sound = judged(fresh.wave, answers)
    again = _response(fresh.wave, Given(answers, fresh.language), sound, mode=fresh.mode)
    for name in ("answers", *VARIABLES):
        setattr(fresh, name, getattr(again, name))
    fresh.typed_twice = True
    return save(fresh)


@action("response.removed", needs=RUN)
def remove(response: Response, *, by: Actor, reason: str) -> None:
    """A trial, or a paper that was entered for another wave. The reason stays in the trail; how many there were is public."""
    fresh = lock_latest(response)
    must_take_papers(fresh.wave)
    note(reason=require_text(reason, field="reason", sentence=_("Give the reason.")))
    delete(fresh)
