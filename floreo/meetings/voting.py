"""Written procedures in plain Python: who votes, how a result follows from the votes, and when members are reminded."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from floreo.meetings.logic import SeatPart

QUORUM = 51  # % of the voting seats: more than half
VOTING_PARTS = (SeatPart.CHAIR, SeatPart.MEMBER)
LEAST_VOTERS = 2  # one member alone decides nothing in writing
SHORTEST = timedelta(hours=24)  # a procedure is open at least so long
REMIND_BEFORE = timedelta(days=2)
MOST_OPTIONS = 10


class BallotKind(StrEnum):
    NAMED = "named"
    SECRET = "secret"  # noqa: S105 -- no password


class ProcedureKind(StrEnum):
    SILENCE = "silence"  # adopted unless somebody objects
    VOTE = "vote"  # by majority, with a quorum


class ProcedureState(StrEnum):
    DRAFT = "draft"
    OPEN = "open"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"


class Result(StrEnum):
    ADOPTED = "adopted"
    NOT_ADOPTED = "not_adopted"
    TIE = "tie"
    NO_QUORUM = "no_quorum"
    OBJECTED = "objected"
    NOT_REACHED = "not_reached"  # silence of somebody whose e-mail came back is no consent


class Choice(StrEnum):
    """What a member may answer beside the options of a question that has some: those are "option-1", "option-2"."""

    FOR = "for"
    AGAINST = "against"
    ABSTAIN = "abstain"
    AGREE = "agree"
    OBJECT = "object"


OPTION = "option-"
NEEDS_REASON = (Choice.OBJECT,)


def choices_of(kind: str, options: int) -> list[str]:
    """What may be answered, in the order of the page."""
    if kind == ProcedureKind.SILENCE:
        return [Choice.AGREE, Choice.OBJECT]
    if options:
        return [*(f"{OPTION}{number}" for number in range(1, options + 1)), Choice.ABSTAIN]
    return [Choice.FOR, Choice.AGAINST, Choice.ABSTAIN]


@dataclass(frozen=True)
class Outcome:
    """The result with what it was counted from. `won` is the option that has the majority, where there are options."""

    result: Result
    members: int
    answered: int
    needed: int  # answers, for the quorum; 0 where none is asked for
    counts: Mapping[str, int] = field(default_factory=dict)
    unreached: int = 0
    won: str = ""

    def as_counts(self) -> dict[str, object]:
        """As a procedure keeps it."""
        return {
            "votes": dict(self.counts),
            "members": self.members,
            "answered": self.answered,
            "needed": self.needed,
            "unreached": self.unreached,
            "won": self.won,
        }


def needed_for(quorum: int, members: int) -> int:
    """How many of `members` are `quorum` per cent of them, rounded up, at least one."""
    return max(-(-quorum * members // 100), 1)


def outcome(
    kind: str, answers: Iterable[str], *, members: int, quorum: int, options: int = 0, unreached: int = 0
) -> Outcome:
    """The result of a procedure. `answers`: one for each member who answered; `unreached`: members who did not answer and whose e-mail
    could not be delivered."""
    counts = Counter(answers)
    answered = sum(counts.values())
    if not members:  # all have left: nobody can agree, not even by silence
        return Outcome(Result.NO_QUORUM, 0, answered, 1, dict(counts), unreached)
    if kind == ProcedureKind.SILENCE:
        result = Result.ADOPTED
        if counts[Choice.OBJECT]:
            result = Result.OBJECTED
        elif unreached:
            result = Result.NOT_REACHED
        return Outcome(result, members, answered, 0, dict(counts), unreached)
    needed = needed_for(quorum, members)
    won, result = _majority(counts, choices_of(kind, options)[:-1])  # the last is to abstain
    if answered < needed:
        won, result = "", Result.NO_QUORUM
    return Outcome(result, members, answered, needed, dict(counts), unreached, won)


def _majority(counts: Mapping[str, int], choices: Sequence[str]) -> tuple[str, Result]:
    """Adopted is what more than half of those chose who did not abstain; two that lead with as many votes are a tie."""
    cast = sum(counts.get(choice, 0) for choice in choices)
    first, second = sorted(choices, key=lambda choice: -counts.get(choice, 0))[:2]
    most = counts.get(first, 0)
    if cast and 2 * most > cast:
        adopted = first != Choice.AGAINST
        return (first if first.startswith(OPTION) else ""), Result.ADOPTED if adopted else Result.NOT_ADOPTED
    if cast and most == counts.get(second, 0):
        return "", Result.TIE
    return "", Result.NOT_ADOPTED


def remind_at(opened_at: datetime, closes_at: datetime) -> datetime:
    """Two days before it closes; of a short procedure when half of it has passed."""
    return max(closes_at - REMIND_BEFORE, opened_at + (closes_at - opened_at) / 2)


class DateChoice(StrEnum):
    YES = "yes"
    IF_NEEDED = "if_needed"
    NO = "no"


MOST_SLOTS = 12


@dataclass(frozen=True)
class SlotCount:
    """How many can come at one of the dates asked about."""

    slot: int
    yes: int = 0
    if_needed: int = 0
    no: int = 0

    @property
    def can_come(self) -> int:
        return self.yes + self.if_needed


def counted(slots: Sequence[int], answers: Iterable[tuple[int, str]]) -> list[SlotCount]:
    """For each date in turn, from pairs of a date and an answer."""
    found: dict[int, Counter[str]] = {slot: Counter() for slot in slots}
    for slot, answer in answers:
        if slot in found:
            found[slot][answer] += 1
    return [
        SlotCount(slot, each[DateChoice.YES], each[DateChoice.IF_NEEDED], each[DateChoice.NO])
        for slot, each in found.items()
    ]


def best_of(counts: Sequence[SlotCount]) -> int | None:
    """The date at which most can come, then at which it suits most; None while nobody answered."""
    best = max(counts, key=lambda count: (count.can_come, count.yes), default=None)
    return best.slot if best is not None and best.can_come else None
