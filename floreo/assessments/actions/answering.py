"""What an organisation answers: saved item by item, taken over from the assessment before, shown by evidence, and submitted."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from floreo.assessments.access import ByLink
from floreo.assessments.actions.preparing import require_level
from floreo.assessments.logic import CampaignPhase
from floreo.assessments.models import Participant, ParticipantState, SelfRating
from floreo.assessments.queries import Before, before_of, number_asked
from floreo.core import clock
from floreo.core.access import Actor, Permission
from floreo.core.action import action, note
from floreo.core.errors import Missing, Refused
from floreo.core.policy import Tlp
from floreo.core.writing import lock_latest, refuse, save
from floreo.evidence.actions import attach, detach, store_file, store_link
from floreo.evidence.models import Attachment
from floreo.frameworks.models import Answer, Item, Version

ANSWER = Permission.ASSESSMENT_ANSWER
_LONGEST = 4000


@dataclass(frozen=True)
class Given:
    """What a form says of one item. `seen` is the version of the answer that the form was opened at, 0 for none."""

    item: str
    level: Decimal | str | None
    text: str
    seen: int
    applies: bool = True


@dataclass(frozen=True)
class Saved:
    """What was saved, by item; and where somebody else saved in between, what they wrote: of that nothing was overwritten."""

    ratings: dict[str, SelfRating]
    conflicts: dict[str, SelfRating]


def must_take_answers(participant: Participant) -> None:
    phase = participant.campaign.phase
    if phase is CampaignPhase.COMING:
        raise Refused(_("The campaign has not begun. Its first day is still to come."), code="not_begun")
    if phase is not CampaignPhase.OPEN:
        raise Refused(_("The campaign is over. No answers are taken any more."), code="over")
    if participant.state == ParticipantState.SUBMITTED:
        raise Refused(_("It is submitted and waits for a review. It cannot be changed now."), code="submitted")
    if participant.is_accepted:
        raise Refused(_("It is accepted and does not change any more."), code="accepted")


def locked_for_answers(participant: Participant) -> Participant:
    fresh = lock_latest(participant)
    must_take_answers(fresh)
    assert fresh.assessment is not None  # made when the campaign opened
    return fresh


@action("self_rating.saved", needs=ANSWER, quiet=True)
def save_answers(participant: Participant, *, by: Actor, given: Sequence[Given]) -> Saved:
    """Saves each item that says something else than before. An item that somebody else saved since the form was opened is left as they
    wrote it, and returned among the conflicts; all others are saved.

    Raises Refused for a level that is not on the scale, for an item of another framework, and while no answers are taken."""
    fresh = locked_for_answers(participant)
    assessment = fresh.assessment
    assert assessment is not None
    version = assessment.in_version
    items = {item.code: item for item in version.items.filter(is_rated=True, code__in=[g.item for g in given])}
    if len(items) < len({g.item for g in given}):
        raise Missing(_("This item does not belong to the form. Reload the page."))
    answers = {a.item_id: a for a in assessment.answers.filter(item__in=items.values())}
    held = {r.answer.item_id: r for r in _ratings(answers.values())}
    saved, conflicts = dict[str, SelfRating](), dict[str, SelfRating]()
    for each in given:
        item = items[each.item]
        rating = held.get(item.pk)
        level = _level(version, each)
        wanted = (level, each.applies, each.text.replace("\r\n", "\n").strip()[:_LONGEST])
        if rating is None and wanted == (None, True, ""):
            continue
        if rating is not None and (rating.level, rating.applies, rating.text) == wanted:
            saved[each.item] = rating
        elif rating is not None and rating.version != each.seen:
            conflicts[each.item] = rating
        else:
            answer = answers.get(item.pk) or save(Answer(assessment=assessment, item=item))
            saved[each.item] = write_rating(rating or SelfRating(answer=answer), wanted, by=by)
    count_answers(fresh)
    return Saved(saved, conflicts)


def _ratings(answers: Iterable[Answer]) -> Iterable[SelfRating]:
    return SelfRating.objects.select_for_update(of=("self",)).filter(answer__in=list(answers)).select_related("answer")


def _level(version: Version, given: Given) -> Decimal | None:
    if not given.applies or given.level is None or str(given.level) == "":
        return None
    return require_level(version, given.level, field=f"level-{given.item}")


def write_rating(
    rating: SelfRating, wanted: tuple[Decimal | None, bool, str], *, by: Actor, taken_over: bool = False
) -> SelfRating:
    answer = rating.answer
    if answer.level is not None:  # the reviewer judged what it said before
        answer.level, answer.held, answer.reviewed_by, answer.reviewed_on = None, [], "", None
        answer.set_text("reason", "")
        save(answer)
    rating.level, rating.applies, rating.text = wanted
    rating.written_by, rating.written_at = by.actor_name[:200], clock.now()
    rating.respondent = by.respondent if isinstance(by, ByLink) else None
    rating.taken_over = taken_over
    return save(rating)


def count_answers(participant: Participant) -> None:
    """How many items are answered, and that somebody has begun."""
    own = SelfRating.objects.filter(answer__assessment=participant.assessment_id)
    number = own.filter(level__isnull=False).count() + own.filter(applies=False).count()
    participant.answered = number
    if participant.state == ParticipantState.ASKED and own.exists():
        participant.state = ParticipantState.ANSWERING
    save(participant, full_clean=False)


def _facts_over(rows: Sequence[Before], version: Version) -> tuple[Decimal | None, bool, str]:
    """The lowest level of those rows on the scale of `version`, whether any of them applies, and all their texts."""
    leveled = [row for row in rows if row.self_level is not None]
    lowest = min(leveled, key=lambda row: row.item.in_version.scale.share(row.self_level or Decimal(0)), default=None)
    level = _moved(lowest.self_level, lowest.item.in_version, version) if lowest is not None else None
    applies = any(row.applies for row in rows)
    text = "\n\n".join(dict.fromkeys(row.text for row in rows if row.text))[:_LONGEST]
    return level if applies else None, applies, text


@action("self_rating.taken_over", needs=ANSWER, quiet=True)
def take_over(participant: Participant, *, by: Actor, items: Sequence[Item]) -> int:
    """Answers as the organisation answered in its assessment before, with the evidence that is still valid, for those items that have no
    answer yet. An item that asks what several items asked takes the lowest of their levels and all their texts. How many were taken."""
    fresh = locked_for_answers(participant)
    assessment = fresh.assessment
    assert assessment is not None
    then = before_of(assessment, items, by)
    answers = {a.item_id: a for a in assessment.answers.filter(item__in=items)}
    held = {r.answer.item_id: r for r in _ratings(answers.values())}
    taken = 0
    for item in items:
        rating, rows = held.get(item.pk), then.get(item.code, [])
        if not rows or (rating is not None and (rating.is_answered or rating.text)):
            continue
        answer = answers.get(item.pk) or save(Answer(assessment=assessment, item=item))
        write_rating(
            rating or SelfRating(answer=answer), _facts_over(rows, assessment.in_version), by=by, taken_over=True
        )
        _evidence_over(answer, [a for row in rows for a in row.evidence], by=by)
        taken += 1
    if taken:
        note(taken_over=taken)
    count_answers(fresh)
    return taken


def _moved(level: Decimal | None, old: Version, new: Version) -> Decimal | None:
    """The level of the new scale that is as far up; the next below where there is none."""
    if level is None:
        return None
    reached = old.scale.share(level)
    return max((value for value in new.scale.values if new.scale.share(value) <= reached), default=new.scale.lowest)


def _evidence_over(answer: Answer, pieces: Iterable[Attachment], *, by: Actor) -> None:
    today = clock.today()
    for piece in pieces:
        until = piece.evidence.valid_until
        if until is None or until >= today:
            attach(piece.evidence, by=by, thing=answer, note=piece.note)


# --- Evidence -----------------------------------------------------------------------------------------------------


def add_evidence(
    participant: Participant,
    *,
    by: Actor,
    item: Item,
    title: str = "",
    url: str = "",
    upload: UploadedFile[bytes] | None = None,
    tlp: str = Tlp.AMBER,
    where: str = "",
) -> Attachment:
    """A file or a link that shows an answer, kept once as evidence of the organisation and put on the answer. Raises Refused without
    either, and what the vault of evidence refuses."""
    must_take_answers(participant)
    if upload is None and not url.strip():
        raise refuse("url", _("Choose a file, or enter the address of a page."), code="missing")
    facts = {"organisation": participant.organisation, "tlp": tlp}
    if upload is not None:
        piece = store_file(upload, by=by, title=title, **facts)  # type: ignore[arg-type]  # facts of two types
    else:
        piece = store_link(url, by=by, title=title or url, **facts)  # type: ignore[arg-type]  # as above
    return attach(piece, by=by, thing=answer_for(participant, by=by, item=item), note=where)


def reuse_evidence(participant: Participant, *, by: Actor, item: Item, piece: Attachment) -> Attachment:
    """Evidence that shows another answer of the organisation, put on this one too."""
    must_take_answers(participant)
    return attach(piece.evidence, by=by, thing=answer_for(participant, by=by, item=item), note=piece.note)


def remove_evidence(participant: Participant, *, by: Actor, piece: Attachment) -> None:
    must_take_answers(participant)
    detach(piece, by=by)


@action("assessment.item_begun", needs=ANSWER, quiet=True)
def answer_for(participant: Participant, *, by: Actor, item: Item) -> Answer:
    """The row that evidence hangs on: made when it is first needed."""
    fresh = locked_for_answers(participant)
    assert fresh.assessment is not None
    if item.in_version_id != fresh.assessment.in_version_id or not item.is_rated:
        raise Missing
    found = fresh.assessment.answers.filter(item=item).first()
    return found or save(Answer(assessment=fresh.assessment, item=item))


# --- Submitted ----------------------------------------------------------------------------------------------------


def must_be_whole(participant: Participant) -> None:
    asked = number_asked(participant.campaign.in_version)
    if participant.answered < asked:
        left = asked - participant.answered
        sentence = ngettext("%(n)d item has no answer yet.", "%(n)d items have no answer yet.", left) % {"n": left}
        raise Refused(sentence, code="not_whole")


@action("assessment.submitted", needs=ANSWER)
def submit(participant: Participant, *, by: Actor) -> Participant:
    """To the reviewer. Every item has a level, or a text that says why it does not apply."""
    fresh = locked_for_answers(participant)
    must_be_whole(fresh)
    unsaid = SelfRating.objects.filter(answer__assessment=fresh.assessment_id, applies=False, text="")
    codes = list(unsaid.order_by("answer__item__position").values_list("answer__item__code", flat=True))
    if codes:
        sentence = _("Say why it does not apply: %(codes)s.") % {"codes": ", ".join(codes)}
        raise Refused(sentence, code="why_not")
    fresh.state, fresh.submitted_on, fresh.submitted_by = ParticipantState.SUBMITTED, clock.today(), by.actor_name[:200]
    return save(fresh)
