"""How a row of each kind becomes a thing of the plan. Runs inside finishing; writes through `keep` like any action."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import models
from django.utils.text import slugify
from django.utils.translation import gettext as _

from floreo.core import audit
from floreo.core.figures import Frequency, Period
from floreo.core.writing import last_position, save
from floreo.organisations.models import DatePrecision
from floreo.organisations.models import Kind as OrganisationKind
from floreo.strategy.actions.drafts.chain import Chain
from floreo.strategy.actions.drafts.register import Register, plain_name
from floreo.strategy.actions.implied import complete_pillar, holder_of, holder_of_plan
from floreo.strategy.actions.objectives import must_have_objectives
from floreo.strategy.drafting.dates import dates_in
from floreo.strategy.drafting.rows import Kind
from floreo.strategy.levels import Level, has_level
from floreo.strategy.models import (
    Action,
    DraftRow,
    Edition,
    EditionBody,
    EditionPart,
    Event,
    EventKind,
    ImportDraft,
    LeadRole,
    Objective,
    Outlet,
    Participation,
    Pillar,
    StatedTarget,
)
from floreo.strategy.presenters.drafts import PARTS

_NAMES = re.compile(r"\s*;\s*")


def source_of(draft: ImportDraft, row: DraftRow) -> str:
    """Where a thing came from: file and characters, so that anybody can find the passage."""
    return (
        _("%(file)s, characters %(start)d–%(end)d") % {"file": draft.file_name, "start": row.start, "end": row.end}
    )[:500]


def _day(value: object) -> date | None:
    return date.fromisoformat(str(value)) if value else None


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def _free(wanted: str, taken: set[str]) -> str:
    """`wanted`, or with a number behind it, when another has that code."""
    base = re.sub(r"[\s/]+", "-", wanted.strip())[:26].strip("-") or "1"
    code = next(c for c in (base, *(f"{base}-{n}" for n in range(2, 10_000))) if c not in taken)
    taken.add(code)
    return code


@dataclass
class Plan:
    """The edition that is being written, what was in it before, and what each row of the draft became."""

    edition: Edition
    draft: ImportDraft
    chain: Chain
    register: Register
    things: dict[int, models.Model] = field(default_factory=dict)  # row number to what it became

    def __post_init__(self) -> None:
        self.pillars = list(Pillar.objects.filter(edition=self.edition))
        self.objectives = list(Objective.everything.filter(pillar__edition=self.edition).select_related("pillar"))
        self.actions = list(Action.objects.filter(edition=self.edition))
        self.codes: dict[str, set[str]] = {
            "pillar": {p.code for p in self.pillars},
            "objective": {o.code for o in self.objectives},
            "action": {a.code for a in self.actions},
            "event": set(Event.objects.filter(edition=self.edition).values_list("code", flat=True)),
        }

    def enter(self, row: DraftRow) -> models.Model:
        thing = _MAKERS[Kind(row.kind)](self, row)
        self.things[row.number] = thing
        return thing

    # What holds what

    def _thing_of(self, row: DraftRow | None) -> models.Model | None:
        """What an accepted row has become, now or at an earlier finishing. None when it was removed since."""
        if row is None:
            return None
        if row.number in self.things:
            return self.things[row.number]
        label = row.became.partition(":")[0]
        known: list[Any] = self.pillars if label == "strategy.pillar" else self.objectives
        return next((t for t in known if audit.key(t) == row.became), None)

    def _pillar_for(self, row: DraftRow) -> Pillar:
        """The pillar above; for a text without pillars, one that carries the edition's own title."""
        above = self._thing_of(self.chain.holder(row))
        if isinstance(above, Pillar):
            return above
        if isinstance(above, Objective):
            return above.pillar
        if not has_level(self.edition, Level.PILLAR):
            return holder_of_plan(self.edition).pillar
        own = next((p for p in self.pillars if p.title == self.edition.title), None)
        return own or self._add_pillar(
            title=self.edition.title, official_wording=self.edition.official_title, source=self.edition.source
        )

    def _objective_for(self, row: DraftRow) -> Objective:
        """The objective above, or its part; for actions right under a level that holds none, one below it with its title: nothing is invented."""
        above = self._thing_of(self.chain.holder(row))
        if isinstance(above, Objective):
            return self._part_of(above)
        pillar = self._pillar_for(row)
        if not has_level(self.edition, Level.OBJECTIVE):
            return holder_of(pillar)
        return self._part_of(self._titled(pillar, pillar))

    def _part_of(self, above: Objective) -> Objective:
        """What holds the actions of an objective: itself, or in a plan of four levels a part of it."""
        if above.above_id or not has_level(self.edition, Level.SUB_OBJECTIVE):
            return above
        return self._titled(above.pillar, above, above=above)

    def _titled(self, pillar: Pillar, like: Pillar | Objective, above: Objective | None = None) -> Objective:
        """The objective with the title of what is above it."""
        wanted = above.pk if above else None
        own = next(
            (o for o in self.objectives if o.pillar_id == pillar.pk and o.above_id == wanted and o.title == like.title),
            None,
        )
        return own or self._add_objective(
            pillar,
            above=above,
            code=f"{like.code}.1" if above else like.code,
            title=like.title,
            official_wording=like.official_wording,
            source=like.source,
        )

    def _facts(self, row: DraftRow) -> dict[str, Any]:
        return {
            "title": _capital(row.title[:300]),
            "official_wording": row.passage,
            "source": source_of(self.draft, row),
        }

    def _add_pillar(self, *, code: str = "", **facts: Any) -> Pillar:
        number = len(self.pillars) + 1
        pillar = Pillar(
            edition=self.edition,
            code=_free(code or str(number), self.codes["pillar"]),
            confirmed=True,
            position=last_position(Pillar.objects.filter(edition=self.edition)),
            **facts,
        )
        self.pillars.append(save(pillar))
        complete_pillar(pillar)
        return pillar

    def _add_objective(
        self, pillar: Pillar, *, code: str = "", above: Objective | None = None, **facts: Any
    ) -> Objective:
        siblings = [
            o for o in self.objectives if o.pillar_id == pillar.pk and o.above_id == (above.pk if above else None)
        ]
        objective = Objective(
            pillar=pillar,
            above=above,
            code=_free(code or f"{(above or pillar).code}.{len(siblings) + 1}", self.codes["objective"]),
            confirmed=True,
            position=len(siblings) + 1,
            **facts,
        )
        self.objectives.append(save(objective))
        return objective

    # One maker a kind

    def _same(self, row: DraftRow, known: list[Any]) -> Any:
        """What says the same in this edition already, by title or official wording."""
        names = {plain_name(row.title), plain_name(row.passage)}
        return next(
            (t for t in known if names & {plain_name(t.title), plain_name(t.official_wording or t.title)}), None
        )

    def edition_of(self, row: DraftRow) -> models.Model:
        return self.edition

    def overall(self, row: DraftRow) -> models.Model:
        """Fills the edition's objective; one that is there already is kept."""
        if not self.edition.objective:
            self.edition.objective = _capital(row.title if row.state == "edited" else row.passage)
            save(self.edition)
        return self.edition

    def pillar(self, row: DraftRow) -> models.Model:
        same = self._same(row, self.pillars)
        return same or self._add_pillar(code=str(row.fields.get("code") or ""), **self._facts(row))

    def objective(self, row: DraftRow) -> models.Model:
        pillar = self._pillar_for(row)
        must_have_objectives(pillar, None)
        known = [o for o in self.objectives if o.pillar_id == pillar.pk and not o.above_id and o.title != pillar.title]
        code = str(row.fields.get("code") or "")
        return self._same(row, known) or self._add_objective(pillar, code=code, **self._facts(row))

    def sub_objective(self, row: DraftRow) -> models.Model:
        """A part of the objective above; right under a pillar, of one with the pillar's title."""
        holder = self._thing_of(self.chain.holder(row))
        pillar = self._pillar_for(row)
        above = holder.above or holder if isinstance(holder, Objective) else self._titled(pillar, pillar)
        must_have_objectives(pillar, above)
        known = [o for o in self.objectives if o.above_id == above.pk and o.title != above.title]
        code = str(row.fields.get("code") or "")
        return self._same(row, known) or self._add_objective(pillar, above=above, code=code, **self._facts(row))

    def action(self, row: DraftRow) -> models.Model:
        objective = self._objective_for(row)
        same = self._same(row, [a for a in self.actions if a.objective_id == objective.pk])
        if same:
            return same  # type: ignore[no-any-return]  # an Action of the list
        siblings = sum(1 for a in self.actions if a.objective_id == objective.pk)
        code = str(row.fields.get("code") or "") or f"{objective.code}.{siblings + 1}"
        budget = row.fields.get("budget")
        act = Action(
            edition=self.edition,
            objective=objective,
            code=_free(code, self.codes["action"]),
            confirmed=True,
            position=len(self.actions) + 1,
            starts_on=_day(row.fields.get("starts")),
            due_on=_day(row.fields.get("due")),
            internal_notes=_("Money as printed: %(budget)s") % {"budget": budget} if budget else "",
            **self._facts(row),
        )
        self.actions.append(save(act))
        for name, part in (("lead", LeadRole.LEAD), ("supporting", LeadRole.SUPPORT)):
            self._take_part(act, str(row.fields.get(name) or ""), part, source=source_of(self.draft, row))
        return act

    def _take_part(self, act: Action, names: str, part: LeadRole, *, source: str) -> None:
        taken: set[int] = set()
        for name in filter(None, _NAMES.split(names.strip())):
            body = self.register.organisation(name, source=source)
            if body.pk not in taken:
                taken.add(body.pk)
                save(Participation(action=act, organisation=body, part=part, source=source, confirmed=True))

    def body(self, row: DraftRow) -> models.Model:
        given = str(row.fields.get("part") or "")
        return self._edition_body(row, PARTS.get(given) or EditionPart(given))

    def funder(self, row: DraftRow) -> models.Model:
        purpose = str(row.fields.get("purpose") or "")[:300]
        return self._edition_body(row, EditionPart.FUNDED, purpose=purpose, default=OrganisationKind.DONOR)

    def _edition_body(
        self,
        row: DraftRow,
        part: EditionPart,
        *,
        purpose: str = "",
        default: OrganisationKind = OrganisationKind.AGENCY,
    ) -> EditionBody:
        source = source_of(self.draft, row)
        body = self.register.organisation(row.title, source=source, default=default)
        same = EditionBody.objects.filter(edition=self.edition, organisation=body, part=part).first()
        return same or save(
            EditionBody(
                edition=self.edition, organisation=body, part=part, purpose=purpose, source=source, confirmed=True
            )
        )

    def measure(self, row: DraftRow) -> models.Model:
        on, precision = self._when(row)
        title = _capital(row.title[:300])
        event = Event(
            edition=self.edition,
            code=_free(slugify(title)[:26], self.codes["event"]),
            title=title,
            on=on,
            precision=precision,
            kind=EventKind.MEASURE,
            source=source_of(self.draft, row),
            confirmed=True,
        )
        return save(event)

    def _when(self, row: DraftRow) -> tuple[date | None, str]:
        """The measure's day, and how exactly: the text's own words say whether it is a day, a month or a year."""
        given = str(row.fields.get("when") or "")
        for found in dates_in(self.draft.text, row.start, min(len(self.draft.text), row.end + 60)):
            if given and found.last == given:
                return date.fromisoformat(found.first), _precision(found.first, found.last)
        return _day(given), DatePrecision.DAY

    def target(self, row: DraftRow) -> models.Model:
        target = StatedTarget(
            edition=self.edition,
            pillar=self._pillar_around(row),
            title=_capital(row.title[:300]),
            number=Decimal(str(row.fields["number"])),
            unit=str(row.fields.get("unit") or "")[:80] or _("number"),
            due_on=_day(row.fields.get("by")),
            source=source_of(self.draft, row),
            confirmed=True,
        )
        return save(target)

    def _pillar_around(self, row: DraftRow) -> Pillar | None:
        """The pillar of the row that this passage is in, where it is in one."""
        for other in self.chain.by_number.values():
            thing = self.things.get(other.number)
            around = other.start <= row.start and row.end <= other.end
            if around and isinstance(thing, Action):
                return thing.objective.pillar
        return None

    def outlet(self, row: DraftRow) -> models.Model:
        url = str(row.fields.get("url") or "")
        same = Outlet.objects.filter(edition=self.edition, name=row.title[:200], url=url).first()
        return same or save(
            Outlet(
                edition=self.edition, name=row.title[:200], url=url, source=source_of(self.draft, row), confirmed=True
            )
        )


def _precision(first: str, last: str) -> str:
    period = Period(date.fromisoformat(first), date.fromisoformat(last))
    if period.start == period.end:
        return DatePrecision.DAY
    match period.frequency:
        case Frequency.MONTH:
            return DatePrecision.MONTH
        case Frequency.QUARTER:
            return DatePrecision.QUARTER
    return DatePrecision.YEAR


_MAKERS: dict[Kind, Callable[[Plan, DraftRow], models.Model]] = {
    Kind.EDITION: Plan.edition_of,
    Kind.OBJECTIVE_OVERALL: Plan.overall,
    Kind.PILLAR: Plan.pillar,
    Kind.OBJECTIVE: Plan.objective,
    Kind.SUB_OBJECTIVE: Plan.sub_objective,
    Kind.ACTION: Plan.action,
    Kind.BODY: Plan.body,
    Kind.MEASURE: Plan.measure,
    Kind.TARGET: Plan.target,
    Kind.FUNDER: Plan.funder,
    Kind.OUTLET: Plan.outlet,
}
