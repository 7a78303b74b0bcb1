"""All that the home page shows, in a fixed number of queries."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import QuerySet

from floreo.core import clock
from floreo.core.composed import composed
from floreo.core.models import text_in
from floreo.indicators.models import Indicator, Reading
from floreo.indicators.queries import newest_of
from floreo.portal.queries.happenings import Happening, coming, moved, of_event, public_actions, public_events
from floreo.strategy.logic import Status, tally
from floreo.strategy.models import Action, Edition, LeadRole, Participation, Pillar
from floreo.strategy.queries import counts_on, public_counts_by_pillar, quarter_before

SHOWN_LATE, SHOWN_MOMENTS, SHOWN_FIGURES, SPARK = 5, 4, 6, 8
SHOWN_EVENTS, LOOKED_AT = 7, 300  # of a pillar without actions; of the edition


@dataclass
class PillarCard:
    """A pillar with its tally, or with what happened under it where no actions are entered."""

    pillar: Pillar
    counts: dict[Status, int]
    moments: list[Happening] = field(default_factory=list)

    @property
    def total(self) -> int:
        return sum(self.counts.values())


@dataclass
class Figure:
    """An indicator with its newest readings, newest first, and readings of its parts and of other states."""

    indicator: Indicator
    readings: list[Reading]
    parts: list[Reading] = field(default_factory=list)
    subjects: list[Reading] = field(default_factory=list)

    @property
    def latest(self) -> Reading | None:
        return self.readings[0] if self.readings else None

    @property
    def before(self) -> Reading | None:
        return self.readings[1] if len(self.readings) > 1 else None


@dataclass
class Home:
    edition: Edition
    is_followed: bool
    counts: dict[Status, int]
    before: dict[Status, int] | None
    pillars: list[PillarCard]
    late: list[Action]
    leads: dict[int, str]  # of what is late, by its id
    moved: list[Happening]
    coming: list[Happening]
    figures: list[Figure]
    indicator_count: int

    @property
    def not_known(self) -> int:
        """Of how many actions no report says what became of them."""
        return self.counts[Status.NOT_KNOWN]


def leads_of(actions: Iterable[Action]) -> dict[int, str]:
    """The short names of the public bodies that lead each of these today, by the action's id. One query."""
    today = clock.today()
    found: dict[int, list[str]] = {}
    for key, short, name, translations in _lead_names([act.pk for act in actions], today):
        found.setdefault(key, []).append(short or text_in(translations, "name", name))
    return {key: ", ".join(names) for key, names in found.items()}


_LEAD = ("organisation__short_name", "organisation__name", "organisation__translations")


@composed
def _lead_names(actions: list[int], today: date) -> QuerySet[Participation, tuple[int, str, str, dict[str, Any]]]:
    rows = Participation.objects.filter(action__pk__among=actions, part=LeadRole.LEAD, organisation__is_public=True)
    return rows.exclude(ends_on__lt=today).exclude(starts_on__gt=today).values_list("action", *_LEAD)


# What the list of late actions shows; long texts stay in the database.
_OF_LATE = (
    "code",
    "title",
    "translations",
    "status",
    "status_rule",
    "status_since",
    "closed_on",
    "late_reason",
    "on_hold_reason",
    "edition",
)


def late_actions(edition: Edition) -> list[Action]:
    """The longest overdue first, then what has stopped."""
    acts = _late(edition)
    for act in acts:
        act.edition = edition
    return acts


@composed
def _late(edition: Edition) -> QuerySet[Action]:
    late = public_actions(edition).filter(status__in=[Status.LATE, Status.STALLED]).only(*_OF_LATE)
    return late.order_by("status", "status_since", "pk")[:SHOWN_LATE]


def pillar_cards(edition: Edition) -> list[PillarCard]:
    """The pillars of an edition in order, each with its tally; with their events where none has an action. Two queries; two
    more with events."""
    by_pillar = public_counts_by_pillar(edition)
    cards = [PillarCard(p, by_pillar.get(p.pk, tally([]))) for p in _pillars(edition)]
    for card in cards:
        card.pillar.edition = edition
    if not by_pillar:
        moments: dict[int, list[Happening]] = {}
        events = public_events(edition).exclude(on=None).prefetch_related("pillars").order_by("-on", "-pk")
        for event in list(events[:LOOKED_AT])[::-1]:
            for pillar in event.pillars.all():
                moments.setdefault(pillar.pk, []).append(of_event(event))
        for card in cards:
            card.moments = moments.get(card.pillar.pk, [])[-SHOWN_EVENTS:]
    return cards


@composed
def _pillars(edition: Edition) -> QuerySet[Pillar]:
    return Pillar.everything.filter(edition=edition)


def home_figures() -> list[Figure]:
    """The indicators chosen for the home page, each with its newest readings. Three queries."""
    chosen = _on_home()
    readings = newest_of(chosen, SPARK)
    figures = [Figure(i, readings.get(i.pk, [])) for i in chosen]
    by_id = {f.indicator.pk: f for f in figures}
    for reading in _of_parts_and_others(list(by_id)):
        figure = by_id[reading.indicator_id]
        reading.indicator = figure.indicator
        kept = figure.parts if reading.part else figure.subjects
        if not kept or kept[0].ends_on == reading.ends_on:  # of the newest year only
            kept.append(reading)
    return figures


@composed
def _on_home() -> QuerySet[Indicator]:
    return Indicator.objects.visible_to(None).filter(on_home=True)[:SHOWN_FIGURES]


@composed
def _of_parts_and_others(indicators: list[int]) -> QuerySet[Reading]:
    rows = Reading.objects.current().filter(indicator__pk__among=indicators).exclude(part="", subject="")
    return rows.order_by("-ends_on", "pk")


def home(edition: Edition, *, today: date) -> Home:
    pillars, late = pillar_cards(edition), late_actions(edition)
    counts = {status: sum(card.counts[status] for card in pillars) for status in tally([])}
    return Home(
        edition=edition,
        is_followed=bool(_followed_by(edition)),
        counts=counts,
        before=counts_on(edition, quarter_before(today)),
        pillars=[card for card in pillars if not card.pillar.is_implied],
        late=late,
        leads=leads_of(late),
        moved=moved(edition, today=today, limit=SHOWN_MOMENTS),
        coming=coming(edition, today=today, limit=SHOWN_MOMENTS),
        figures=home_figures(),
        indicator_count=Indicator.objects.visible_to(None).count(),
    )


@composed
def _followed_by(edition: Edition) -> QuerySet[Edition, tuple[int]]:
    return Edition.objects.filter(follows=edition, is_public=True).values_list("pk")[:1]
