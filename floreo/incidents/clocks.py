"""The clocks of a case: its facts and the rules of the pack go to core/deadlines, and what comes back becomes rows, so that lists
and tasks need not compute. Made again by every action of the case, and by the worker when time alone changes one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from django.db import transaction
from django.db.models import Max, Q

from floreo.core import clock, deadlines
from floreo.core.language_codes import WRITTEN
from floreo.incidents import moments
from floreo.incidents.models import Case, CaseState, Clock, ClockRule, Holiday, PartOf

OPEN_STATES = (CaseState.OPEN, CaseState.CONTAINED, CaseState.RESOLVED)
AT_ONCE = 200  # cases that the worker computes in one transaction
_MOMENTS = ("occurred", "detected", "aware", "received", "acknowledged", "triaged", "contained", "handled", "closed")
_COLUMNS = ("revision", "state", "starts_at", "due_at", "met_at", "explained", "is_open", "changes_at", "changed_at")


def rules() -> list[deadlines.Rule]:
    """All rules of clocks, every revision. One that cannot be read says so: a law is not left out in silence."""
    return [rule_of_row(row) for row in ClockRule.objects.all()]


def legal_rules(today: date) -> list[ClockRule]:
    """Of each rule that a law sets, or that is an example of one, the newest revision that holds on that day."""
    held = ClockRule.objects.filter(is_ours=False, holds_from__lte=today).order_by("holds_from")
    newest = {row.code: row for row in held}
    return sorted(newest.values(), key=lambda row: (row.position, row.code))


def rule_of_row(row: ClockRule) -> deadlines.Rule:
    """Raises ValueError with a sentence that names what is wrong."""
    return deadlines.rule_of(
        row.rule,
        code=row.code,
        titles=_texts(row, "title"),
        holds_from=row.holds_from,
        version=row.revision,
        law=_texts(row, "law"),
        section=row.section,
        source=row.source,
        is_example=row.is_example,
        is_ours=row.is_ours,
    )


def _texts(row: ClockRule, field: str) -> dict[str, str]:
    """In each language that it has, under the country's first for the row's own."""
    written = getattr(row, field)
    found = {WRITTEN: written} if written else {}
    return found | {code: texts[field] for code, texts in row.translations.items() if texts.get(field)}


def holidays() -> frozenset[date]:
    """The holidays that the pack names."""
    return frozenset(Holiday.objects.values_list("on", flat=True))


def calendar() -> deadlines.Calendar:
    """The country's working days, as far as the pack names its holidays."""
    days = holidays()
    until = max(days).replace(month=12, day=31) if days else None
    return deadlines.Calendar(clock.zone(), holidays=days, holidays_until=until)


def facts_of(case: Case) -> deadlines.Facts:
    """What clocks are computed from. What is not recorded is not known."""
    known = {name: at for name in _MOMENTS if (at := getattr(case, f"{name}_at")) is not None}
    sent = tuple(deadlines.Submission(str(each.kind), each.at) for each in case.submissions.all())
    if sent:
        known["notified"] = min(each.at for each in sent)
    bodies = [each for each in case.organisations.all() if each.part == PartOf.AFFECTED]
    attributes: dict[str, object] = {
        "severity": None if case.severity == "unknown" else case.severity,
        "sector": case.sector or None,
        "rsit_class": case.rsit_class or None,
        "rsit_type": case.rsit_type or None,
        "cross_border": case.is_cross_border,
        "organisation_kind": tuple(each.organisation.kind for each in bodies) or None,
        "personal_data": case.impact["data"] in {"personal", "sensitive"} if "data" in case.impact else None,
    }
    pauses = tuple(deadlines.Pause("case", each.starts_at, each.ends_at) for each in case.pauses.all())
    return deadlines.Facts(known, sent, attributes | case.facts, pauses)


def computed(
    case: Case, *, now: datetime | None = None, using: Sequence[deadlines.Rule] | None = None
) -> list[deadlines.Clock]:
    """The clocks as they are, or were at `now`: the same facts always give the same."""
    held = rules() if using is None else using
    return deadlines.clocks(held, facts_of(case), calendar(), now or moments.now()) if held else []


def refresh(case: Case) -> None:
    """Makes the rows of that case again. Within an action, or the worker's transaction. A merged case has none: its clocks run in the
    case that it was merged into."""
    _write([case], rules())


def refresh_open(cases: Iterable[Case]) -> None:
    """The same for many at once, of which only the open ones get clocks: of an old case that was closed elsewhere nobody here can say
    which deadlines it met."""
    using = rules()
    for part in _parts([case.pk for case in cases if case.is_open]) if using else ():
        held = Case.objects.filter(pk__in=part).prefetch_related("submissions", "pauses", "organisations__organisation")
        _write(held, using)


def _write(cases: Iterable[Case], using: Sequence[deadlines.Rule]) -> None:
    rows: list[Clock] = []
    for case in cases:
        found = [] if case.state == CaseState.MERGED else computed(case, using=using)
        made = [_row(case, each) for each in found]
        keep = Q()
        for row in made:
            keep |= Q(rule=row.rule, step=row.step)
        old = Clock.objects.filter(case=case)
        (old.exclude(keep) if made else old).delete()
        rows += made
    Clock.objects.bulk_create(
        rows, batch_size=200, update_conflicts=True, unique_fields=["case", "rule", "step"], update_fields=_COLUMNS
    )


def _row(case: Case, each: deadlines.Clock) -> Clock:
    return Clock(
        case=case,
        rule=each.rule.code,
        revision=each.rule.version,
        step=each.step,
        state=str(each.state),
        starts_at=each.start,
        due_at=each.due,
        met_at=each.met,
        explained=deadlines.parts_of(each),
        is_open=each.is_open and case.is_open,
        changes_at=each.changes_at if case.is_open else None,
    )


def fill() -> None:
    """Clocks of cases that came without them, from the pack of a sample country: those of all such cases in one pass."""
    using = rules()
    cases = Case.objects.filter(clocks=None).exclude(state=CaseState.MERGED) if using else Case.objects.none()
    held = cases.prefetch_related("submissions", "pauses", "organisations__organisation")
    rows = [_row(case, each) for case in held for each in computed(case, using=using)]
    Clock.objects.bulk_create(rows, batch_size=500)


def refresh_all(*, most: int = 5000) -> int:
    """The worker's round: open cases of which a clock changes by time alone, and those whose clocks are older than a rule or a
    holiday. In small transactions; returns how many cases were computed."""
    using, done = rules(), 0
    for part in _parts(list(_due(most))):
        with transaction.atomic():
            cases = Case.objects.select_for_update(of=("self",)).filter(pk__in=part, state__in=OPEN_STATES)
            held = list(cases.prefetch_related("submissions", "pauses", "organisations__organisation"))
            _write(held, using)
        done += len(held)
    return done


def _due(most: int) -> Iterable[int]:
    now = moments.now()
    yield from Clock.objects.filter(changes_at__lte=now).order_by().values_list("case_id", flat=True).distinct()[:most]
    changed = [model.objects.aggregate(at=Max("changed_at"))["at"] for model in (ClockRule, Holiday)]
    newest = max((at for at in changed if at is not None), default=None)
    if newest is not None:
        fresh = Clock.objects.filter(changed_at__gte=newest).values("case_id")
        open_ones = Case.objects.filter(state__in=OPEN_STATES).exclude(pk__in=fresh)
        yield from open_ones.order_by("pk").values_list("pk", flat=True)[:most]


def _parts(ids: list[int]) -> Iterable[list[int]]:
    return (ids[at : at + AT_ONCE] for at in range(0, len(ids), AT_ONCE))


# Facts that a case has a column for; a rule may ask for others, which people answer with yes or no.
_KNOWN = frozenset(
    {"severity", "sector", "rsit_class", "rsit_type", "cross_border", "organisation_kind", "personal_data"}
)


def facts_asked() -> dict[str, tuple[object, ...]]:
    """Facts that rules of the pack ask for beyond what a case says already, each with the values that rules name: true and false,
    or words."""
    found: dict[str, dict[object, None]] = {}
    for row in ClockRule.objects.all():
        for part in ("when", "unless"):
            for name, value in (row.rule.get(part) or {}).items():
                values = value if isinstance(value, list) else [value]
                if name not in _KNOWN:
                    found.setdefault(name, {}).update(dict.fromkeys(values))
    return {name: tuple(values) for name, values in found.items()}
