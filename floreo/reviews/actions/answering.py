"""What whoever holds the link does: open it, keep a draft, send, say that nothing changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import TypedDict, Unpack

from django.utils.translation import gettext as _

from floreo.core import clock
from floreo.core.access import Actor, Permission
from floreo.core.action import action
from floreo.core.errors import Changed, Missing, Refused
from floreo.core.wording import number_figures
from floreo.core.writing import require_order, require_past, save
from floreo.reviews.actions.checking import lock_latest, must_be_open, restate
from floreo.reviews.logic import MOST_NAME, MOST_TEXT, SENT, AnswerState, number_of
from floreo.reviews.models import Answer, UpdateRequest
from floreo.strategy.models import Action, Milestone

MOST_AHEAD = timedelta(days=3653)  # a later date is a slip of the keys
TEXTS = ("done", "next", "risks", "internal_note")


class AnswerFacts(TypedDict, total=False):
    """What may be said of one action. `milestones` by code, `expected` too, with "" for the action itself and None for "not known any
    more"; `figures` as plain rows, `evidence` by id."""

    done: str
    next: str
    risks: str
    internal_note: str
    nothing_changed: bool
    milestones: Mapping[str, date]
    expected: Mapping[str, date | None]
    figures: list[dict[str, str]]
    evidence: list[int]


@action("request.opened", needs=Permission.PLAN_UPDATE, quiet=True)
def mark_opened(update_request: UpdateRequest, *, by: Actor) -> UpdateRequest:
    """The first time that somebody links a button on the page; later times change nothing. To look at it is not noted: mail
    servers open links too."""
    update_request = lock_latest(update_request)
    if update_request.opened_at is None and not update_request.review.is_closed:
        update_request.opened_at = clock.now()
        restate(update_request, clock.today())
    return update_request


def _held(update_request: UpdateRequest) -> UpdateRequest:
    """The ask as it is now, held, in a review that is open."""
    must_be_open(update_request.review)
    return lock_latest(update_request)


def _asked_about(update_request: UpdateRequest, act: Action) -> Action:
    found = update_request.actions.filter(pk=act.pk).first()
    if found is None:
        raise Missing(_("No update is requested for this action here."))
    return found


def _row(update_request: UpdateRequest, act: Action, version: int | None) -> Answer:
    """The answer that is being written: the newest one unless it is approved, else the next. `version` is the one that
    the form was opened at, 0 for a new one; raises Changed when somebody else wrote in between."""
    last = update_request.answers.filter(action=act).order_by("-number").first()
    if last is not None and last.is_open:
        row = lock_latest(last)
    else:
        row = Answer(update_request=update_request, action=act, number=last.number + 1 if last else 1)
    here = 0 if row.pk is None else row.version
    if version is not None and version != here:
        theirs = {f.name: getattr(row, f.name) for f in row._meta.concrete_fields} | {"version": here}
        raise Changed(
            _("Somebody else wrote here at the same time. Your text is not lost: compare, and send again."),
            theirs=theirs,
        )
    return row


def _put_texts(row: Answer, facts: AnswerFacts) -> None:
    for name in TEXTS:
        text = str(facts.get(name, getattr(row, name))).replace("\x00", "").replace("\r\n", "\n").strip()
        if len(text) > MOST_TEXT:
            sentence = _("This text has %(length)s characters. Shorten it to %(most)s; your text is still here.") % {
                "length": number_figures(len(text)),
                "most": number_figures(MOST_TEXT),
            }
            raise Refused(sentence, code="too_long", fields={name: sentence})
        if name == "internal_note":
            row.internal_note = text
        else:
            row.set_text(name, text)


def _put_milestones(row: Answer, ticked: Mapping[str, date]) -> None:
    """Only milestones of this very action, and only days that have been."""
    known = set(Milestone.objects.filter(action=row.action).values_list("code", flat=True))
    for code, day in ticked.items():
        if code not in known:
            raise Refused(_("This milestone belongs to another action."), code="other_action")
        require_past(day, field=f"reached-{code}")
    row.milestones = {code: day.isoformat() for code, day in ticked.items()}


def _put_expected(row: Answer, given: Mapping[str, date | None]) -> None:
    """Only dates that are not what the plan says already, beside what it says; from today on, and not before the action begins."""
    known: dict[str, date | None] = {"": row.action.expected_on}
    rows = Milestone.objects.filter(action=row.action, reached_on=None)
    known |= dict(rows.values_list("code", "expected_on"))
    row.expected = {}
    for code, day in given.items():
        if code not in known:
            raise Refused(_("This milestone belongs to another action, or was reached."), code="other_action")
        if day == known[code]:
            continue
        _require_expected(row, code, day)
        before = known[code]
        row.expected[code] = {"before": before.isoformat() if before else "", "after": day.isoformat() if day else ""}


def _require_expected(row: Answer, code: str, day: date | None) -> None:
    field, today = f"expected-{code}" if code else "expected", clock.today()
    if code in row.milestones:
        sentence = _("You marked it as reached. Remove the date on which it is expected, or the mark.")
        raise Refused(sentence, code="reached_and_expected", fields={field: sentence})
    if day is not None and not today <= day <= today + MOST_AHEAD:
        sentence = _("Enter a date from today on, at most ten years ahead.")
        raise Refused(sentence, code="not_ahead", fields={field: sentence})
    named = (_("The start date"), _("the expected date"))
    require_order(row.action.starts_on if not code else None, day, field=field, named=named)


def _put_figures(row: Answer, figures: Iterable[Mapping[str, str]]) -> None:
    kept = []
    for figure in figures:
        code = figure["indicator"]
        if number_of(figure["value"]) is None:
            sentence = _("Enter a number, for example 81 or 4.5.")
            raise Refused(sentence, code="not_a_number", fields={f"value-{code}": sentence})
        if not figure.get("source", "").strip():
            sentence = _("Enter the source of the number: a document and page, a list, or a publisher.")
            raise Refused(sentence, code="missing", fields={f"source-{code}": sentence})
        if len(figure["source"]) > 500 or len(figure.get("note", "")) > 500:
            sentence = _("Shorten it to 500 characters.")
            raise Refused(sentence, code="too_long", fields={f"source-{code}": sentence})
        kept.append({name: str(value).strip() for name, value in figure.items()})
    row.figures = kept


def _put(row: Answer, facts: AnswerFacts, reported_by: str) -> None:
    _put_texts(row, facts)
    row.nothing_changed = bool(facts.get("nothing_changed", row.nothing_changed))
    if "milestones" in facts:
        _put_milestones(row, facts["milestones"])
    if "expected" in facts:
        _put_expected(row, facts["expected"])
    if "figures" in facts:
        _put_figures(row, facts["figures"])
    if "evidence" in facts:
        row.evidence = sorted(set(facts["evidence"]))
    row.reported_by = " ".join(reported_by.replace("\x00", "").split())[:MOST_NAME] or row.reported_by


def _has_text(row: Answer) -> bool:
    return any(getattr(row, name) for name in ("done", "next", "risks")) or bool(row.milestones or row.expected)


def _must_be_whole(row: Answer) -> None:
    if row.nothing_changed and _has_text(row):
        sentence = _("You chose “Nothing changed” and also entered a change. Remove one of the two.")
        raise Refused(sentence, code="contradiction", fields={"nothing_changed": sentence})
    if not row.nothing_changed and not _has_text(row):
        sentence = _("Describe what was done, or press “Nothing changed”.")
        raise Refused(sentence, code="missing", fields={"done": sentence})
    if not row.reported_by:
        sentence = _("Enter your name.")
        raise Refused(sentence, code="missing", fields={"reported_by": sentence})


@action("answer.drafted", needs=Permission.PLAN_UPDATE, quiet=True)
def save_draft(
    update_request: UpdateRequest,
    *,
    by: Actor,
    act: Action,
    reported_by: str = "",
    version: int | None = None,
    **facts: Unpack[AnswerFacts],
) -> Answer:
    """Keeps what was typed so far, however unfinished. What was sent and is changed is a draft again until it is sent."""
    update_request = _held(update_request)
    act = _asked_about(update_request, act)
    twin = _twin(update_request, act, facts)
    if twin is not None:
        return twin
    row = _row(update_request, act, version)
    if row.state == AnswerState.SUBMITTED:
        row.state = AnswerState.DRAFT
    _put(row, facts, reported_by)
    save(row)
    restate(update_request, clock.today())
    return row


@action("answer.submitted", needs=Permission.PLAN_UPDATE, quiet=True)
def submit_answer(
    update_request: UpdateRequest,
    *,
    by: Actor,
    act: Action,
    reported_by: str,
    version: int | None = None,
    **facts: Unpack[AnswerFacts],
) -> Answer:
    """Sends the answer about one action. The very same sent twice at once counts once."""
    update_request = _held(update_request)
    act = _asked_about(update_request, act)
    twin = _twin(update_request, act, facts)
    if twin is not None and twin.state in SENT:
        return twin
    row = twin or _row(update_request, act, version)
    _put(row, facts, reported_by)
    _must_be_whole(row)
    return _send(update_request, row)


def _twin(update_request: UpdateRequest, act: Action, facts: AnswerFacts) -> Answer | None:
    """The newest answer, when it says exactly this: a form sent twice, or opened twice and not touched in between."""
    last = update_request.answers.filter(action=act).order_by("-number").first()
    if last is None:
        return None
    probe = Answer(update_request=update_request, action=act)
    try:
        _put(probe, facts, last.reported_by)
    except Refused:
        return None
    names = (*TEXTS, "nothing_changed", "milestones", "expected", "figures")
    is_same = all(getattr(probe, name) == getattr(last, name) for name in names)
    return last if is_same and set(probe.evidence) <= set(last.evidence) else None


def _send(update_request: UpdateRequest, row: Answer) -> Answer:
    today = clock.today()
    row.state, row.reported_on = AnswerState.SUBMITTED, today
    row.first_answered_on = row.first_answered_on or today
    save(row)
    restate(update_request, today)
    return row


def _empty(row: Answer) -> None:
    for name in ("done", "next", "risks"):
        setattr(row, name, "")
    row.milestones, row.expected, row.translations = {}, {}, {}


@action("answer.unchanged", needs=Permission.PLAN_UPDATE)
def report_no_change(
    update_request: UpdateRequest, *, by: Actor, reported_by: str, acts: Iterable[Action] | None = None
) -> list[Answer]:
    """One press: nothing changed for these actions, or for every one that has no answer yet. A draft that says something
    is left alone: whoever pressed is informed, and nothing that was typed goes."""
    update_request = _held(update_request)
    asked = list(update_request.actions.order_by("position", "pk"))
    chosen = asked if acts is None else [_asked_about(update_request, act) for act in acts]
    sent = []
    for act in chosen:
        last = update_request.answers.filter(action=act).order_by("-number").first()
        if last is not None and last.state in (AnswerState.SUBMITTED, AnswerState.APPROVED):
            continue
        row = _row(update_request, act, None)
        if acts is None and (_has_text(row) or row.state == AnswerState.RETURNED):
            continue
        _empty(row)
        row.nothing_changed, row.reported_by = True, " ".join(reported_by.split())[:MOST_NAME] or row.reported_by
        _must_be_whole(row)
        sent.append(_send(update_request, row))
    return sent
