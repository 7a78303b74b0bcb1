"""The gallery: every piece in every state on one page, with invented data. What axe and the eye look at first."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from floreo.core.errors import Missing
from floreo.core.ui import maps
from floreo.core.ui.charts import Bar, Span, SpanAxis

DAY = date(2026, 11, 24)
AXIS = SpanAxis(date(2025, 1, 1), date(2028, 12, 31), DAY)
COUNTS = {
    "done": 5,
    "on_track": 9,
    "at_risk": 3,
    "late": 3,
    "stalled": 1,
    "not_started": 3,
    "carried": 1,
    "not_known": 1,
}


class PieceForm(forms.Form):
    """One of each control."""

    title = forms.CharField(
        label="Working title", help_text="The title in use; the official wording has a field of its own."
    )
    lead = forms.ChoiceField(label="Lead organisation", choices=[("", "Choose one"), ("csirt", "National CSIRT")])
    due = forms.DateField(
        label="Due date", required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    reason = forms.CharField(label="Reason", required=False, widget=forms.Textarea(attrs={"rows": 3}))
    kind = forms.ChoiceField(
        label="Kind", choices=[("output", "Output"), ("outcome", "Outcome")], widget=forms.RadioSelect
    )
    pillars = forms.MultipleChoiceField(
        label="Pillars", choices=[("1", "Law"), ("2", "Respond")], widget=forms.CheckboxSelectMultiple, required=False
    )
    is_public = forms.BooleanField(label="Show to the public", required=False)
    evidence = forms.FileField(label="Evidence", required=False)


def failed_form() -> PieceForm:
    """A form that came back: what was typed is kept, and each sentence says how to correct it."""
    form = PieceForm({"title": "Open the reporting line", "lead": "csirt", "kind": "output", "due": "2026-02-12"})
    form.is_valid()
    form.add_error("due", _("The due date is before the start date. Enter 1 March 2026 or later."))
    return form


@dataclass(frozen=True)
class PieceIndicator:
    """Shaped like an indicator, for the chart."""

    unit: str = "%"
    decimals: int = 0
    frequency: str = "quarter"
    target: Decimal | None = Decimal(95)
    target_due: date | None = date(2027, 12, 31)
    baseline: Decimal | None = Decimal(54)
    baseline_on: date | None = date(2024, 12, 31)
    about_people: bool = False

    def in_language(self, name: str) -> str:
        return {"unit": self.unit, "title": "Reports triaged within 24 hours"}[name]


@dataclass(frozen=True)
class PieceReading:
    pk: int
    starts_on: date
    ends_on: date
    value: Decimal | None
    corrects_id: int | None = None
    numerator: Decimal | None = None
    denominator: Decimal | None = None
    not_comparable: bool = False


@dataclass(frozen=True)
class PieceNote:
    on: date
    title: str

    def in_language(self, _name: str) -> str:
        return self.title


QUARTER_ENDS = [(3, 31), (6, 30), (9, 30), (12, 31)]


def _quarter(number: int, year: int) -> tuple[date, date]:
    return date(year, number * 3 - 2, 1), date(year, *QUARTER_ENDS[number - 1])


def readings() -> list[PieceReading]:
    """Two years of quarters: one left out, one corrected."""
    facts = [(4, 2024, 54), (1, 2025, 59), (2, 2025, 65), (4, 2025, 69), (1, 2026, 67), (2, 2026, 72), (3, 2026, 81)]
    made = [PieceReading(i, *_quarter(q, year), Decimal(v)) for i, (q, year, v) in enumerate(facts, start=1)]
    return [*made, PieceReading(9, *_quarter(2, 2026), Decimal(77), corrects_id=6)]


def spans() -> list[Any]:
    """One action in each status."""
    day = date
    facts = {
        "1 Done early": Span(
            "done", day(2025, 3, 1), day(2026, 9, 30), day(2026, 8, 15), None, ((day(2025, 9, 1), day(2025, 9, 2)),)
        ),
        "2 On track to the end": Span(
            "on_track", day(2025, 1, 1), day(2028, 12, 31), milestones=((day(2027, 9, 1), None),)
        ),
        "3 At risk": Span("at_risk", day(2025, 6, 1), day(2027, 3, 31), milestones=((day(2026, 12, 10), None),)),
        "4 Late: past its due date": Span("late", day(2026, 1, 1), day(2026, 9, 1), late_since=day(2026, 9, 1)),
        "5 Late: a milestone is missed": Span(
            "late", day(2026, 1, 1), day(2027, 6, 30), late_since=day(2026, 8, 1), milestones=((day(2026, 8, 1), None),)
        ),
        "6 Stalled": Span("stalled", day(2025, 5, 1), day(2027, 9, 1)),
        "7 Not started": Span("not_started", day(2027, 2, 1), day(2028, 3, 1)),
        "8 Without a date": Span("not_started"),
    }
    return [SimpleNamespace(label=label, bar=bar, href="") for label, bar in facts.items()]


@dataclass
class _Blob:
    """An invented district: a rough circle."""

    name: str
    x: float
    y: float
    size: float
    figure: str
    level: int
    corners: int = field(default=40)

    def shape(self) -> maps.Shape:
        ring = []
        for i in range(self.corners + 1):
            angle = 2 * math.pi * (i % self.corners) / self.corners
            reach = self.size * (1 + 0.12 * math.sin(3 * angle + self.x) + 0.05 * math.sin(7 * angle))
            ring.append([self.x + reach * math.cos(angle), self.y + reach * math.sin(angle)])
        geometry = {"type": "Polygon", "coordinates": [ring]}
        return maps.Shape(self.name.lower(), self.name, self.figure, self.level, geometry)


def districts() -> list[maps.Shape]:
    """A wide one, a small one whose name is beside it, one without a figure."""
    blobs = [
        _Blob("North Point", 0.0, 2.0, 0.9, "21,400", 1),
        _Blob("Green Valley", -0.9, 0.4, 0.95, "34,800", 2),
        _Blob("Trial Harbour", 1.0, 0.3, 0.9, "71,200", 3),
        _Blob("South Ridge", 0.1, -1.3, 0.85, "", 0),
        _Blob("Far Cay", 2.6, -1.5, 0.22, "540", 1),
    ]
    return [b.shape() for b in blobs]


def bars() -> list[Bar]:
    return [
        Bar("Port Specimen", Decimal("66.0"), "66.0"),
        Bar("This country", Decimal("57.9"), "57.9", is_ours=True),
        Bar("A state with a name that needs two lines", Decimal("53.4"), "53.4"),
        Bar("Cayo Modelo", None, _("no value")),
    ]


def swatches() -> list[tuple[str, str, str, str]]:
    return [
        ("canopy", _("Canopy"), "--fl-canopy", _("Masthead, at the top of every page")),
        ("sea", _("Sea"), "--fl-sea", _("Buttons and links")),
        ("sand", _("Sand"), "--fl-sand", _("Sources and calculations")),
        ("sun", pgettext("a colour", "Sun"), "--fl-sun", _("Attention: focus, waiting for you, report an incident")),
        ("inner", _("Slate"), "--fl-inner", _("Internal, not for the public")),
        ("track-mark", _("Shoot"), "--fl-track-mark", _("On track")),
        ("risk-mark", _("Amber"), "--fl-risk-mark", _("At risk")),
        ("late-mark", _("Hibiscus"), "--fl-late-mark", _("Late")),
        ("stalled-mark", _("Orchid"), "--fl-stalled-mark", _("Stalled")),
    ]


@login_not_required
def gallery(request: HttpRequest) -> HttpResponse:
    """Shown at /about/pieces/ to those who build Floreo: in a checkout, or with FLOREO_DEBUG. Raises Missing."""
    if not (settings.IS_CHECKOUT or settings.DEBUG):
        raise Missing
    doubted = SimpleNamespace(
        is_doubtful=True,
        confirmed=False,
        read_on=None,
        doubt=_("two sources give two dates"),
        source="Strategy, page 4",
        source_url="",
        official_wording="Establish a single national point for the reporting of incidents.",
        official_place="page 19",
    )
    context: dict[str, Any] = {
        "section": "about",
        "counts": COUNTS,
        "statuses": list(COUNTS),
        "doubted": doubted,
        "day": DAY,
        "axis": AXIS,
        "readings": readings(),
        "indicator": PieceIndicator(),
        "notes": [PieceNote(date(2026, 4, 10), "duty rota began")],
        "spans": spans(),
        "shapes": districts(),
        "bars": bars(),
        "form": PieceForm(),
        "failed": failed_form(),
        "swatches": swatches(),
        "trend": [54, 59, 65, None, 69, 67, 77, 81],
        "legend": [_("under 30,000"), _("30,000 to 60,000"), _("over 60,000")],
    }
    return render(request, "ui/gallery.html", context)
