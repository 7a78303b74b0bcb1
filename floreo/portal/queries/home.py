"""All that the home page shows, in a fixed number of queries."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from django.db.models import Count

from floreo.indicators.models import Indicator, Reading
from floreo.indicators.queries import newest
from floreo.portal.queries.happenings import Happening, coming, moved, of_event, public_actions, public_events
from floreo.strategy.logic import Status, tally
from floreo.strategy.models import Action, Edition, Part, Pillar
from floreo.strategy.queries import counts_of, counts_on, quarter_before, with_leads

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
    moved: list[Happening]
    coming: list[Happening]
    figures: list[Figure]
    indicator_count: int

    @property
    def not_known(self) -> int:
        """Of how many actions no report says what became of them."""
        return self.counts[Status.NOT_KNOWN]


def lead_of(act: Action) -> str:
    """The lead's short name today; expects `with_leads`."""
    parts = getattr(act, "current_parts", [])
    return ", ".join(p.organisation.label for p in parts if p.part == Part.LEAD and p.organisation.is_public)


def late_actions(edition: Edition, limit: int) -> list[Action]:
    """The longest overdue first, then what has stopped."""
    late = public_actions(edition).filter(status__in=[Status.LATE, Status.STALLED])
    return list(with_leads(late).order_by("status", "status_since", "pk")[:limit])


def pillar_cards(edition: Edition, *, with_events: bool) -> list[PillarCard]:
    """The pillars of an edition in order, each with its tally. Two queries; two more with events."""
    by_pillar: dict[int, dict[Status, int]] = {}
    rows = public_actions(edition).order_by().values_list("objective__pillar", "status").annotate(n=Count("pk"))
    for key, status, number in rows:
        by_pillar.setdefault(key, tally([]))[Status(status)] = number
    cards = [
        PillarCard(p, by_pillar.get(p.pk, tally([])))
        for p in Pillar.objects.filter(edition=edition).select_related("edition")
    ]
    if with_events:
        moments: dict[int, list[Happening]] = {}
        events = public_events(edition).exclude(on=None).prefetch_related("pillars").order_by("-on", "-pk")
        for event in list(events[:LOOKED_AT])[::-1]:
            for pillar in event.pillars.all():
                moments.setdefault(pillar.pk, []).append(of_event(event))
        for card in cards:
            card.moments = moments.get(card.pillar.pk, [])[-SHOWN_EVENTS:]
    return cards


def home_figures() -> list[Figure]:
    """The indicators chosen for the home page, each with its newest readings. Three queries."""
    chosen = list(Indicator.objects.visible_to(None).filter(on_home=True)[:SHOWN_FIGURES])
    rows = Indicator.objects.filter(pk__in=[i.pk for i in chosen])
    readings = newest(rows, SPARK)
    figures = [Figure(i, readings.get(i.pk, [])) for i in chosen]
    by_id = {f.indicator.pk: f for f in figures}
    others = Reading.objects.current().filter(indicator__in=[i.pk for i in chosen]).exclude(part="", subject="")
    for reading in others.select_related("indicator").order_by("-ends_on", "pk"):
        figure = by_id[reading.indicator_id]
        kept = figure.parts if reading.part else figure.subjects
        if not kept or kept[0].ends_on == reading.ends_on:  # of the newest year only
            kept.append(reading)
    return figures


def home(edition: Edition, *, today: date) -> Home:
    counts = counts_of(public_actions(edition))
    return Home(
        edition=edition,
        is_followed=Edition.objects.filter(follows=edition, is_public=True).exists(),
        counts=counts,
        before=counts_on(edition, quarter_before(today)),
        pillars=pillar_cards(edition, with_events=not sum(counts.values())),
        late=late_actions(edition, SHOWN_LATE),
        moved=moved(edition, today=today, limit=SHOWN_MOMENTS),
        coming=coming(edition, today=today, limit=SHOWN_MOMENTS),
        figures=home_figures(),
        indicator_count=Indicator.objects.visible_to(None).count(),
    )
