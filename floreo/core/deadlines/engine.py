"""From rules and facts to clocks. Nothing is remembered: the same rules, facts, calendar and time give the same clocks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum

from floreo.core.deadlines.calendars import Calendar, Span, due_time, merged
from floreo.core.deadlines.facts import Facts
from floreo.core.deadlines.rules import Amount, Kind, Origin, Rule, Target, Unit, Which


class State(StrEnum):
    DOES_NOT_APPLY = "does_not_apply"
    NOT_KNOWN_YET = "not_known_yet"  # a fact that decides it is not recorded
    NOT_STARTED = "not_started"
    RUNNING = "running"
    DUE_SOON = "due_soon"
    PAUSED = "paused"
    OVERDUE = "overdue"
    MET = "met"
    MET_LATE = "met_late"


class Why(StrEnum):
    """Why a clock does not run, where it does not."""

    CONDITION = "condition"  # a condition does not hold: `Explanation.decided_by`
    BEFORE_THE_LAW = "before_the_law"  # no version held on the day of the origin
    FACTS_MISSING = "facts_missing"  # `Explanation.missing`
    ORIGIN_MISSING = "origin_missing"
    STILL_ONGOING = "still_ongoing"  # begins when the incident is handled


@dataclass(frozen=True)
class Explanation:
    """What a presenter makes a sentence of. `amount` is counted from `origin` at `Clock.start`."""

    origin: Origin
    amount: Amount
    why: Why | None = None
    decided_by: str = ""  # name of the fact by which it does not apply
    missing: tuple[str, ...] = ()  # names of facts that are not known
    paused_for: timedelta = timedelta()  # between start and due, or until now
    moved: bool = False  # the last day was no working day
    is_progress: bool = False
    is_after_ongoing: bool = False  # counted again because the incident was still going on
    newer_version_from: date | None = None  # a later version holds now, but not on the day of the origin
    beyond_holidays: bool = False  # nobody said which holidays there are until then


@dataclass(frozen=True)
class Clock:
    """`key` is unique among the clocks of a case, and so are the rule's code and `step`: 0, or a number where a rule has several.
    `due` is known also of
    a clock that is not known yet, as far as its origin is: that is when it would be due. `changes_at` is when time alone
    will give it another state."""

    key: str
    rule: Rule
    state: State
    explanation: Explanation
    start: datetime | None = None
    due: datetime | None = None
    met: datetime | None = None
    changes_at: datetime | None = None
    step: int = 0

    @property
    def is_open(self) -> bool:
        return self.state in OPEN


OPEN = frozenset({State.RUNNING, State.DUE_SOON, State.PAUSED, State.OVERDUE})

_LONGEST_CHAIN = 1000  # progress reports of one case


def clocks(rules: Iterable[Rule], facts: Facts, calendar: Calendar, now: datetime) -> list[Clock]:
    """The clocks of one case at `now`, in the order of their rules. `rules` may hold several versions of a code. Raises
    ValueError where clocks are counted from each other in a circle."""
    versions: dict[str, list[Rule]] = {}
    for rule in rules:
        versions.setdefault(rule.code, []).append(rule)
    case = _Case(versions, facts.as_of(now), calendar, now)
    return [clock for code in versions for clock in case.of(code)]


@dataclass
class _Case:
    versions: dict[str, list[Rule]]
    facts: Facts
    calendar: Calendar
    now: datetime
    done: dict[str, list[Clock]] = field(default_factory=dict)
    running: list[str] = field(default_factory=list)

    def of(self, code: str) -> list[Clock]:
        if code in self.running:
            raise ValueError(f"Clocks are counted from each other in a circle: {', '.join(self.running)}.")
        if code not in self.done:
            self.running.append(code)
            self.done[code] = list(self._computed(code))
            self.running.remove(code)
        return self.done[code]

    def _computed(self, code: str) -> Iterator[Clock]:
        newest = sorted(self.versions[code], key=lambda rule: rule.holds_from, reverse=True)
        begun = self._begun(newest)
        for number, (rule, start) in enumerate(sorted(begun, key=lambda each: each[1]), 1):
            step = number if rule.origin.which is Which.EACH else 0
            key = f"{code}/{number}" if step else code
            yield from self._chain(_Start(key, step, rule, start, self._newer(rule, newest)))
        if not begun:
            yield self._not_begun(newest)

    def _begun(self, newest: Sequence[Rule]) -> list[tuple[Rule, datetime]]:
        """Each origin with the version that held on its day."""
        begun: list[tuple[Rule, datetime]] = []
        until = date.max
        for rule in newest:
            days = [(start, self.calendar.day(start)) for start in self._starts(rule.origin)]
            if rule.origin.which is Which.EACH:
                begun += [(rule, start) for start, day in days if rule.holds_from <= day < until]
            elif found := [start for start, day in days if rule.holds_from <= day]:
                return [(rule, found[0])]
            until = rule.holds_from
        return begun

    def _not_begun(self, newest: Sequence[Rule]) -> Clock:
        if starts := self._starts(newest[0].origin):
            rule = newest[-1]
            why = Explanation(rule.origin, rule.amount, Why.BEFORE_THE_LAW)
            return Clock(rule.code, rule, State.DOES_NOT_APPLY, why, start=starts[0])
        today = self.calendar.day(self.now)
        rule = next((each for each in newest if each.holds_from <= today), newest[-1])
        verdict, why = self._verdict(rule, Explanation(rule.origin, rule.amount))
        if verdict is None:
            return Clock(rule.code, rule, State.NOT_STARTED, replace(why, why=Why.ORIGIN_MISSING))
        return Clock(rule.code, rule, verdict, why)

    def _newer(self, rule: Rule, newest: Sequence[Rule]) -> date | None:
        today = self.calendar.day(self.now)
        later = [each.holds_from for each in newest if rule.holds_from < each.holds_from <= today]
        return max(later, default=None)

    def _starts(self, origin: Origin) -> list[datetime]:
        match origin.kind:
            case Kind.MOMENT:
                found = [self.facts.moments[origin.name]] if origin.name in self.facts.moments else []
            case Kind.SUBMISSION:
                found = self._sent(origin.name)
            case Kind.CLOCK:
                found = self._of_clock(origin)
        match origin.which:
            case Which.EACH:
                return found
            case Which.LAST:
                return found[-1:]
        return found[:1]

    def _of_clock(self, origin: Origin) -> list[datetime]:
        if origin.name not in self.versions:
            return []
        known = [c for c in self.of(origin.name) if c.state not in {State.DOES_NOT_APPLY, State.NOT_KNOWN_YET}]
        moments = (c.due if origin.which is Which.DUE else c.met for c in known if not c.explanation.is_progress)
        return [each for each in moments if each is not None]

    def _sent(self, kind: str) -> list[datetime]:
        return [each.at for each in self.facts.submissions if each.kind == kind]

    def _met(self, target: Target, since: datetime | None = None) -> datetime | None:
        """The first that meets it, not before `since`."""
        if target.kind is Kind.MOMENT:
            found = [self.facts.moments[target.name]] if target.name in self.facts.moments else []
        else:
            found = self._sent(target.name)
        return next((at for at in found if since is None or at >= since), None)

    def _verdict(self, rule: Rule, why: Explanation) -> tuple[State | None, Explanation]:
        """The state that the conditions decide, if they do. One that does not hold decides, whatever else is not known."""
        held = [(each.fact, each.holds(self.facts.attributes)) for each in rule.conditions]
        for fact, holds in held:
            if holds is False:
                return State.DOES_NOT_APPLY, replace(why, why=Why.CONDITION, decided_by=fact)
        if missing := tuple(dict.fromkeys(fact for fact, holds in held if holds is None)):
            return State.NOT_KNOWN_YET, replace(why, why=Why.FACTS_MISSING, missing=missing)
        return None, why

    def _chain(self, begun: _Start) -> Iterator[Clock]:
        """The clock of a rule; where the incident was still going on when it was due, its progress reports and what it became."""
        rule = begun.rule
        since = begun.start if rule.origin.which in {Which.EACH, Which.LAST} else None
        met = self._met(rule.met_by, since)
        clock = self._clock(begun, rule.amount, met)
        ongoing = rule.while_ongoing
        if ongoing is None or clock.state in {State.DOES_NOT_APPLY, State.NOT_KNOWN_YET} or clock.due is None:
            yield clock
            return
        handled = self.facts.moments.get(ongoing.moment)
        ended = min((each for each in (handled, met) if each is not None), default=None)
        if clock.due >= (ended or self.now):
            yield clock
            return
        yield from self._progress(begun, clock.due, ended)
        why = replace(clock.explanation, amount=ongoing.after, origin=Origin(Kind.MOMENT, ongoing.moment))
        if handled is not None:
            after = _Start(begun.key, 0, rule, handled, begun.newer, is_after_ongoing=True)
            yield self._clock(after, ongoing.after, met)
        elif met is not None:
            yield Clock(begun.key, rule, State.MET, replace(why, is_after_ongoing=True), met=met)
        else:
            why = replace(why, why=Why.STILL_ONGOING, is_after_ongoing=True)
            yield Clock(begun.key, rule, State.NOT_STARTED, why)

    def _progress(self, begun: _Start, first: datetime, ended: datetime | None) -> Iterator[Clock]:
        """A clock for each report that fell due before the end; while there is none, the next one too."""
        ongoing = begun.rule.while_ongoing
        assert ongoing is not None
        dues = [first]
        while dues[-1] < (ended or self.now) and len(dues) < _LONGEST_CHAIN:
            every = Amount(ongoing.every.number * len(dues), ongoing.every.unit)
            due = due_time(first, every, self.calendar, [], moves=begun.rule.moves_to_working_day)
            assert due is not None
            dues.append(due)
        if ended is not None and dues[-1] > ended:
            dues.pop()
        met = _shared_out(dues, [at for at in self._sent(ongoing.submission) if at >= begun.start])
        start = begun.start
        for number, (due, at) in enumerate(zip(dues, met, strict=True), 1):
            amount = begun.rule.amount if number == 1 else ongoing.every
            origin = begun.rule.origin if number == 1 else Origin(Kind.CLOCK, begun.rule.code, Which.DUE)
            why = Explanation(origin, amount, is_progress=True, newer_version_from=begun.newer)
            why = self._holidays(why, begun.rule, due)
            key = f"{begun.key}/progress-{number}"
            yield self._state(Clock(key, begun.rule, State.RUNNING, why, start, due, at, step=number))
            start = due

    def _clock(self, begun: _Start, amount: Amount, met: datetime | None) -> Clock:
        rule, start = begun.rule, begun.start.astimezone(UTC)
        pauses = merged(
            [(p.start, p.end) for p in self.facts.pauses if p.kind in rule.pauses and (not met or p.start < met)]
        )
        moves = rule.moves_to_working_day
        due = due_time(start, amount, self.calendar, pauses, moves=moves)
        origin = (
            Origin(Kind.MOMENT, rule.while_ongoing.moment)
            if begun.is_after_ongoing and rule.while_ongoing
            else rule.origin
        )
        why = Explanation(
            origin,
            amount,
            paused_for=_overlap(pauses, start, due or met or self.now),
            moved=moves and due != due_time(start, amount, self.calendar, pauses),
            is_after_ongoing=begun.is_after_ongoing,
            newer_version_from=begun.newer,
        )
        verdict, why = self._verdict(rule, self._holidays(why, rule, due))
        clock = Clock(begun.key, rule, verdict or State.RUNNING, why, start, due, met, step=begun.step)
        return clock if verdict else self._state(clock)

    def _holidays(self, why: Explanation, rule: Rule, due: datetime | None) -> Explanation:
        counts = rule.moves_to_working_day or why.amount.unit in {Unit.WORKING_DAYS, Unit.WORKING_HOURS}
        until = self.calendar.holidays_until
        beyond = counts and due is not None and (until is None or self.calendar.day(due) > until)
        return replace(why, beyond_holidays=beyond)

    def _state(self, clock: Clock) -> Clock:
        """The same with the state that time gives it."""
        start, due, met = clock.start, clock.due, clock.met
        assert start is not None
        if met is not None:
            return replace(clock, state=State.MET_LATE if due is not None and met > due else State.MET)
        if due is None:
            return replace(clock, state=State.PAUSED)
        if self.now < start:
            return replace(clock, state=State.NOT_STARTED, changes_at=start)
        if self.now > due:
            return replace(clock, state=State.OVERDUE)
        soon = clock.rule.soon if clock.rule.soon is not None else min((due - start) / 4, timedelta(days=3))
        if self.now >= due - soon:
            return replace(clock, state=State.DUE_SOON, changes_at=due)
        return replace(clock, state=State.RUNNING, changes_at=due - soon)


@dataclass(frozen=True)
class _Start:
    key: str
    step: int
    rule: Rule
    start: datetime
    newer: date | None
    is_after_ongoing: bool = False


def _shared_out(dues: Sequence[datetime], sent: Sequence[datetime]) -> list[datetime | None]:
    """Which report met which due time: one covers all that were due before it; where none was, it is that of its period."""
    met: list[datetime | None] = [None] * len(dues)
    for at in sent:
        open_ones = [number for number, due in enumerate(dues) if met[number] is None]
        late = [number for number in open_ones if dues[number] < at]
        period = next((number for number, due in enumerate(dues) if at <= due), None)
        for number in late or [n for n in open_ones if n == period]:
            met[number] = at
    return met


def _overlap(pauses: Sequence[Span], start: datetime, end: datetime) -> timedelta:
    spans = ((max(begin, start), min(until or end, end)) for begin, until in pauses)
    return sum((until - begin for begin, until in spans if until > begin), timedelta())
