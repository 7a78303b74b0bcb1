"""Moderating comments, grouping them into points, deciding on each point, and publishing the answers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Max, Model, QuerySet
from django.utils.translation import gettext as _

from floreo.consultation import moments
from floreo.consultation.actions.commenting import sound_comment
from floreo.consultation.actions.preparing import must_not_be_answered
from floreo.consultation.logic import Phase
from floreo.consultation.mails import answer_mail
from floreo.consultation.models import Comment, CommentState, Consultation, ConsultationState, Decision, Point
from floreo.core import clock, languages, outbox
from floreo.core.access import Actor, Permission
from floreo.core.action import action, note
from floreo.core.decisions import itself
from floreo.core.errors import Refused
from floreo.core.writing import assign, delete, lock_latest, refuse, require_text, save, touch
from floreo.legislation.models import LawVersion

RUN, PUBLISH = Permission.CONSULTATION_RUN, Permission.CONSULTATION_PUBLISH
_CHUNK = 300  # rows asked for at once


# --- Comments -----------------------------------------------------------------------------------------------------


def must_be_readable(comment: Comment) -> None:
    """It was not taken back. Also after the answers: personal data that was overlooked is hidden, and no count changes by that."""
    if comment.state == CommentState.REJECTED:
        must_not_be_answered(comment.consultation)
    if comment.state == CommentState.WITHDRAWN or comment.is_erased:
        raise Refused(_("This comment was withdrawn by who wrote it."), code="withdrawn")


@action("comment.published", needs=RUN, decides=itself)
def publish_comment(
    comment: Comment, *, by: Actor, text: str = "", hides_name: bool = False, shown: str | None = None
) -> Comment:
    """Everybody may read it from now on; with `text`, as it is there: personal data hidden. `hides_name`: without the name, though
    its writer gave one."""
    fresh = lock_latest(comment)
    must_be_readable(fresh)
    words = sound_comment(text) if text.strip() else ""
    fresh.shown_text = "" if words == fresh.text else words
    fresh.state, fresh.reason, fresh.moderated_on = CommentState.PUBLISHED, "", clock.today()
    if hides_name:
        fresh.is_nameless = True
    if fresh.shown_text or hides_name:
        note(personal_data_hidden=True)
    return save(fresh)


def _themselves(comments: list[Comment]) -> Iterable[Model | QuerySet[Any]]:
    return comments


@action("comments.published", needs=RUN, decides=_themselves)
def publish_comments(comments: list[Comment], *, by: Actor, shown: str | None = None) -> int:
    """Those that wait to be read, as they came. Returns how many."""
    waiting = Comment.objects.filter(pk__in=[each.pk for each in comments], state=CommentState.WAITING)
    found = list(waiting.select_for_update().select_related("consultation"))
    if not found:
        raise Refused(_("Select at least one comment that waits to be read."), code="none_selected")
    for each in found:
        must_be_readable(each)
    for at in range(0, len(found), _CHUNK):
        part = Comment.objects.filter(pk__in=[each.pk for each in found[at : at + _CHUNK]])
        part.update(state=CommentState.PUBLISHED, moderated_on=clock.today())
    touch(found)
    note(comments=[each.number for each in found], consultation=found[0].consultation.code)
    return len(found)


@action("comment.withheld", needs=RUN, decides=itself)
def withhold_comment(comment: Comment, *, by: Actor, reason: str, shown: str | None = None) -> Comment:
    """Not published, for a reason. It is counted and decided on all the same."""
    fresh = lock_latest(comment)
    must_be_readable(fresh)
    fresh.reason = require_text(reason, field="reason", sentence=_("Give the reason why it is not published."))
    fresh.state, fresh.shown_text, fresh.moderated_on = CommentState.WITHHELD, "", clock.today()
    return save(fresh)


def must_be_rejectable(comment: Comment) -> None:
    """It counts still, and the answers are not published yet."""
    must_not_be_answered(comment.consultation)
    if not comment.is_counted:
        raise Refused(_("This does not count already."), code="not_counted")


@action("comments.rejected", needs=RUN, decides=_themselves)
def reject_comments(comments: list[Comment], *, by: Actor, reason: str, shown: str | None = None) -> int:
    """What is no comment: advertising, a trial, sent by a program. It is not published, not counted and not answered; how many there were
    is public. Returns how many."""
    words = require_text(reason, field="reason", sentence=_("Give the reason why this is not a comment."))
    for consultation in {each.consultation for each in comments}:  # nobody publishes its answers meanwhile
        must_not_be_answered(lock_latest(consultation))
    rows = Comment.objects.filter(pk__in=[each.pk for each in comments]).counted()
    found = list(rows.select_for_update(of=("self",)).select_related("consultation"))
    if not found:
        raise Refused(_("Select at least one comment."), code="none_selected")
    for at in range(0, len(found), _CHUNK):
        part = Comment.objects.filter(pk__in=[each.pk for each in found[at : at + _CHUNK]])
        part.update(
            state=CommentState.REJECTED, reason=words, shown_text="", mail="", point=None, moderated_on=clock.today()
        )
    touch(found)
    note(comments=[each.number for each in found], consultation=found[0].consultation.code, reason=words)
    return len(found)


@action("comment.rejected", needs=RUN, decides=itself)
def reject_comment(comment: Comment, *, by: Actor, reason: str, shown: str | None = None) -> Comment:
    """One of them."""
    must_not_be_answered(lock_latest(comment.consultation))  # nobody publishes its answers meanwhile
    fresh = lock_latest(comment)
    must_be_rejectable(fresh)
    fresh.reason = require_text(reason, field="reason", sentence=_("Give the reason why this is not a comment."))
    fresh.state, fresh.shown_text, fresh.mail, fresh.point = CommentState.REJECTED, "", "", None
    fresh.moderated_on = clock.today()
    return save(fresh)


# --- Points -------------------------------------------------------------------------------------------------------


@action("point.added", needs=RUN)
def add_point(consultation: Consultation, *, by: Actor, title: str, numbers: Iterable[int] = (), **facts: Any) -> Point:
    """A new point, with the comments that make it, by their numbers."""
    fresh = lock_latest(consultation)
    must_not_be_answered(fresh)
    words = require_text(title, field="title", sentence=_("Say in one sentence what the comments ask for."))
    last = int(fresh.points.aggregate(last=Max("number"))["last"] or 0)
    made = Point(consultation=fresh, number=last + 1)
    assign(made, {"title": words, **facts})
    saved = save(made)
    _put(fresh, list(numbers), saved)
    return saved


@action("point.updated", needs=RUN)
def update_point(point: Point, *, by: Actor, version: int | None = None, **facts: Any) -> Point:
    """Its words."""
    must_not_be_answered(lock_latest(point.consultation))
    fresh = lock_latest(point, version)
    assign(fresh, facts)
    require_text(fresh.title, field="title", sentence=_("Say in one sentence what the comments ask for."))
    return save(fresh)


@action("point.removed", needs=RUN)
def remove_point(point: Point, *, by: Actor) -> None:
    """Its comments belong to none again."""
    must_not_be_answered(lock_latest(point.consultation))
    delete(lock_latest(point))


@action("point.merged", needs=RUN)
def merge_point(point: Point, *, by: Actor, into: Point) -> Point:
    """Two points that ask for the same: the comments of `point` go to `into`, and `point` is removed."""
    must_not_be_answered(lock_latest(point.consultation))
    gone, kept = lock_latest(point), lock_latest(into)
    if kept.consultation_id != gone.consultation_id or kept.pk == gone.pk:
        raise refuse("into", _("Choose another point of this consultation."), code="bad_value")
    moved = list(gone.comments.all())
    gone.comments.update(point=kept)
    touch(moved)
    note(point=kept.number, merged=gone.number, comments=[each.number for each in moved])
    delete(gone)
    return kept


@action("comments.grouped", needs=RUN)
def group_comments(consultation: Consultation, *, by: Actor, numbers: Iterable[int], point: Point | None) -> int:
    """Puts comments into a point, or takes them out of the one that has them. Returns how many."""
    fresh = lock_latest(consultation)
    must_not_be_answered(fresh)
    if point is not None and point.consultation_id != fresh.pk:
        raise refuse("point", _("This point belongs to another consultation."), code="bad_value")
    return _put(fresh, list(numbers), point)


def _put(consultation: Consultation, numbers: list[int], point: Point | None) -> int:
    found: list[Comment] = []
    for at in range(0, len(numbers), _CHUNK):
        part = consultation.comments.filter(number__in=numbers[at : at + _CHUNK])
        found += list(part.counted())
    if numbers and not found:
        raise Refused(_("Select at least one comment."), code="none_selected")
    for at in range(0, len(found), _CHUNK):
        Comment.objects.filter(pk__in=[each.pk for each in found[at : at + _CHUNK]]).update(point=point)
    touch(found)
    if found:
        note(comments=[each.number for each in found], point=point.number if point else None)
    return len(found)


@action("point.decided", needs=RUN)
def decide(
    point: Point,
    *,
    by: Actor,
    decision: str,
    reason: str,
    translations: dict[str, dict[str, str]] | None = None,
    clause: str = "",
    changed_version: LawVersion | None = None,
    version: int | None = None,
) -> Point:
    """What was decided on it, why, and which clause was changed by it. Public only with all other answers."""
    must_not_be_answered(lock_latest(point.consultation))
    fresh = lock_latest(point, version)
    if decision not in Decision.values:
        raise refuse("decision", _("Choose a decision."), code="missing")
    words = require_text(reason, field="reason", sentence=_("Give the reason. Everybody reads it beside the point."))
    if translations is not None:
        fresh.reason, fresh.translations = words, translations
    else:
        fresh.set_text("reason", words)
    fresh.decision, fresh.clause, fresh.changed_version = decision, clause.strip(), changed_version
    fresh.decided_on, fresh.decided_by = clock.today(), by.actor_name[:200]
    return save(fresh)


# --- Answers ------------------------------------------------------------------------------------------------------


def must_be_closed(consultation: Consultation) -> None:
    must_not_be_answered(consultation)
    if consultation.phase is not Phase.CLOSED:
        raise Refused(_("The answers can be published when the consultation is closed."), code="not_closed")


def _everything(consultation: Consultation) -> Iterable[Model | QuerySet[Any]]:
    """What the answers are made of."""
    return [consultation, consultation.points.all(), consultation.comments.all()]


@action("consultation.published", needs=PUBLISH, decides=_everything, notes_maker=True)
def publish_answers(
    consultation: Consultation, *, by: Actor, answered_by: str = "", shown: str | None = None
) -> Consultation:
    """Freezes the answers, makes them public, and sends each commenter who left an address the decision on their point; then the
    address is deleted. Refuses while anything is without an answer."""
    fresh = lock_latest(consultation)
    must_be_closed(fresh)
    points = list(fresh.points.all())
    _require_all_answered(fresh, points)
    fresh.state, fresh.answered_at, fresh.answered_by = ConsultationState.ANSWERED, moments.now(), answered_by.strip()
    fresh.announced_at = fresh.announced_at or fresh.opens_at
    saved = save(fresh)
    note(answers_sent=_send_answers(saved))
    return saved


def _require_all_answered(consultation: Consultation, points: list[Point]) -> None:
    counted = Comment.objects.filter(consultation=consultation).counted()
    if waiting := counted.filter(state=CommentState.WAITING).count():
        raise Refused(_("Comments that wait to be read: %(n)d. Read them first.") % {"n": waiting}, code="unread")
    if loose := counted.filter(point=None).count():
        sentence = _("Comments that belong to no point: %(n)d. Add each to a point first.")
        raise Refused(sentence % {"n": loose}, code="ungrouped")
    if undecided := [str(p.number) for p in points if not p.decision]:
        sentence = _("Points without a decision: %(numbers)s.")
        raise Refused(sentence % {"numbers": ", ".join(undecided)}, code="undecided")
    for language in _other_languages(consultation):
        if lacking := [str(p.number) for p in points if not _is_whole(p, language)]:
            words = {"numbers": ", ".join(lacking), "language": languages.name(language)}
            sentence = _("Points without a title or a reason in %(language)s: %(numbers)s.")
            raise Refused(sentence % words, code="untranslated")


def _other_languages(consultation: Consultation) -> list[str]:
    return [code for code in languages.site() if code != consultation.language]


def _is_whole(point: Point, language: str) -> bool:
    texts = point.translations.get(language, {})
    return all(str(texts.get(name, "")).strip() for name in ("title", "reason"))


def _send_answers(consultation: Consultation) -> int:
    """One e-mail to each address that was left, whatever number of comments left it: nobody can have another flooded with answers.
    Returns how many."""
    rows = Comment.objects.filter(consultation=consultation).exclude(mail="").counted()
    asked = list(rows.select_related("point__consultation", "consultation").order_by("number"))
    by_address: dict[str, list[Comment]] = {}
    for each in asked:
        by_address.setdefault(each.mail.casefold(), []).append(each)
    outbox.post_all(answer_mail(comments) for comments in by_address.values())
    Comment.objects.filter(consultation=consultation).exclude(mail="").update(mail="")
    touch(asked)
    return len(by_address)
