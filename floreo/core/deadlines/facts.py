"""What is known of a case, as far as its clocks need it. Clocks are computed from these alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True)
class Submission:
    """A report or request of a named kind that was sent in."""

    kind: str
    at: datetime


@dataclass(frozen=True)
class Pause:
    """From `start` to `end`, not including it; without an end it goes on."""

    kind: str
    start: datetime
    end: datetime | None = None

    def __post_init__(self) -> None:
        if self.end is not None and self.end < self.start:
            raise ValueError("A pause does not end before it begins.")


@dataclass(frozen=True)
class Facts:
    """All times with their zone; a time without one raises ValueError. An attribute that is missing or None is not known."""

    moments: Mapping[str, datetime] = field(default_factory=dict)
    submissions: tuple[Submission, ...] = ()
    attributes: Mapping[str, object] = field(default_factory=dict)
    pauses: tuple[Pause, ...] = ()

    def __post_init__(self) -> None:
        times = [*self.moments.values(), *(s.at for s in self.submissions), *(p.start for p in self.pauses)]
        times += [p.end for p in self.pauses if p.end is not None]
        if any(each.tzinfo is None for each in times):
            raise ValueError("A time without its zone cannot be counted from.")

    def as_of(self, now: datetime) -> Facts:
        """Only what had happened by `now`; a pause that ended later still goes on."""
        pauses = (
            Pause(p.kind, p.start, p.end if p.end is not None and p.end <= now else None)
            for p in self.pauses
            if p.start <= now
        )
        return Facts(
            {name: at for name, at in self.moments.items() if at <= now},
            tuple(sorted((s for s in self.submissions if s.at <= now), key=lambda s: s.at)),
            self.attributes,
            tuple(pauses),
        )
