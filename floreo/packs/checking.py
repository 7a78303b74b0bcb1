"""Which public rows a person of this installation has checked, which those who prepared the data read in their source, and
which neither: counted on home, listed at /about/unconfirmed/."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import BooleanField, Count, ExpressionWrapper, F, IntegerField, Model, Q, QuerySet, Value
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from floreo.core import audit
from floreo.indicators.models import ChartNote, Indicator, Reading
from floreo.organisations.models import Contact, FormerName, Network, Organisation, OrganisationRole, Place, PlaceSort
from floreo.strategy.levels import in_words_lazy
from floreo.strategy.models import (
    Action,
    BudgetLine,
    Edition,
    EditionBody,
    Event,
    Milestone,
    Objective,
    Outlet,
    Participation,
    Pillar,
    StatedTarget,
)


@dataclass(frozen=True)
class Kind:
    """One kind of public row that carries a source. `public` narrows to what the public sees; `under` names the relation
    to what has a page, "" when the row has one itself."""

    name: str
    title: Promise
    model: type[Model]
    public: Q
    under: str = ""
    related: tuple[str, ...] = ()

    def rows(self) -> QuerySet[Any]:
        return self.model._default_manager.filter(self.public)

    def unconfirmed(self) -> QuerySet[Any]:
        related = (*self.related, *([self.under] if self.under else []))
        rows = self.rows().filter(confirmed=False).order_by(F("read_on").asc(nulls_first=True), "pk")
        return rows.select_related(*related) if related else rows

    def address(self, row: Model) -> str:
        """Where the public can see it; "" when that has no public page of its own."""
        thing: Any = getattr(row, self.under) if self.under else row
        if isinstance(thing, Place) and thing.kind != PlaceSort.DISTRICT:
            thing = thing.parent
        if thing is None or not getattr(thing, "is_public", True):
            return ""
        return str(thing.get_absolute_url())


_ACTION = Q(action__is_public=True, action__edition__is_public=True)
_EDITION = Q(edition__is_public=True)
_SHOWN = Q(is_implied=False)
_BODY = Q(organisation__is_public=True)
_FIGURE = Q(indicator__is_public=True)
_OURS = Q(is_public=True)
_OF_ACTION = ("action__edition",)

_KINDS = (
    Kind("editions", _("Editions"), Edition, _OURS),
    Kind("pillars", in_words_lazy("%(pillars)s"), Pillar, _EDITION & _SHOWN, related=("edition",)),
    Kind(
        "objectives",
        in_words_lazy("%(objectives)s"),
        Objective,
        Q(pillar__edition__is_public=True) & _SHOWN,
        related=("pillar__edition",),
    ),
    Kind("actions", _("Actions"), Action, _OURS & _EDITION, related=("edition",)),
    Kind("milestones", _("Milestones"), Milestone, _ACTION, "action", _OF_ACTION),
    Kind(
        "parts",
        _("Lead and supporting organisations"),
        Participation,
        _ACTION & _BODY,
        "action",
        (*_OF_ACTION, "organisation"),
    ),
    Kind("money", _("Money"), BudgetLine, _ACTION, "action", _OF_ACTION),
    Kind("events", _("Events"), Event, _OURS & _EDITION, "edition"),
    Kind("bodies", _("Participants in an edition"), EditionBody, _EDITION & _BODY, "edition", ("organisation",)),
    Kind("outlets", _("Where an edition is published"), Outlet, _EDITION, "edition"),
    Kind("targets", _("Targets stated in a document"), StatedTarget, _EDITION, "edition"),
    Kind("indicators", _("Indicators"), Indicator, _OURS),
    Kind("readings", _("Values"), Reading, _FIGURE & Q(corrected_by=None, measure=""), "indicator"),
    Kind("notes", _("Notes on charts"), ChartNote, _FIGURE, "indicator"),
    Kind("organisations", _("Organisations"), Organisation, _OURS),
    Kind("former-names", _("Former names"), FormerName, _BODY, "organisation"),
    Kind("roles", _("Roles of organisations"), OrganisationRole, _BODY, "organisation"),
    Kind("contacts", _("Contacts"), Contact, _OURS & _BODY, "organisation"),
    Kind("networks", _("Networks"), Network, _OURS, "holder"),
    Kind("places", _("Places"), Place, Q(), related=("parent",)),
)
KINDS: Mapping[str, Kind] = {k.name: k for k in _KINDS}


@dataclass(frozen=True)
class Trust:
    """How many public rows with a source there are, how many a person has checked, and how many of the others were read in
    their source by those who prepared the data."""

    total: int
    confirmed: int
    read: int
    unconfirmed_of: Mapping[str, int]

    @property
    def unconfirmed(self) -> int:
        return self.total - self.confirmed

    @property
    def doubtful(self) -> int:
        return self.unconfirmed - self.read


_kept: dict[str, Trust] = {}  # by the head of the audit chain: nothing changes without a new one


def trust() -> Trust:
    """Counts over every kind, in one query; counted once for each state of the data."""
    head = audit.head()
    if head.number == 0:
        return _count()
    if head.hash not in _kept:
        counted = _count()
        _kept.clear()
        _kept[head.hash] = counted
    return _kept[head.hash]


def forget() -> None:
    """Counts again the next time."""
    _kept.clear()


def _count() -> Trust:
    parts = [
        kind.rows()
        .order_by()
        .annotate(
            of_kind=Value(number, output_field=IntegerField()),
            is_read=ExpressionWrapper(Q(read_on__isnull=False, doubt=""), output_field=BooleanField()),
        )
        .values("of_kind", "confirmed", "is_read")
        .annotate(n=Count("pk"))
        for number, kind in enumerate(_KINDS)
    ]
    total = confirmed = read = 0
    open_rows: dict[str, int] = {}
    for row in parts[0].union(*parts[1:], all=True):
        total += row["n"]
        if row["confirmed"]:
            confirmed += row["n"]
            continue
        read += row["n"] if row["is_read"] else 0
        name = _KINDS[row["of_kind"]].name
        open_rows[name] = open_rows.get(name, 0) + row["n"]
    return Trust(total, confirmed, read, open_rows)
