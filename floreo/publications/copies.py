"""The digital copy of an edition: its whole plan as plain data (what copy.json holds), and from that data one document,
drawn as a page, a PDF and a Word file. Only what the plan says, never its progress: that is in reports."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django.conf import settings
from django.db.models import Prefetch
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from pydantic import BaseModel, ConfigDict, Field

from floreo.core import units
from floreo.core.documents.blocks import Block, Bullets, Document, Facts, Heading, Paragraph
from floreo.core.ui.locale import long_day
from floreo.core.wording import listed, number_figures, span_text
from floreo.core.xml import sound
from floreo.organisations.models import Country
from floreo.organisations.queries import the_country
from floreo.strategy import own_fields
from floreo.strategy.levels import levels_of, many, one
from floreo.strategy.models import Action, Edition, Milestone, Objective, Pillar
from floreo.strategy.presenters.actions import term_text
from floreo.strategy.queries import plan_tree

SHAPE = 1  # raise it when copy.json says something in another way


class CopyPart(BaseModel):
    """The base of all that the copy says."""

    model_config = ConfigDict(frozen=True)


class Source(CopyPart):
    """Who says so, and whether a person has checked it against that source."""

    title: str = Field(description="Document and page, or publisher; empty where none is given")
    url: str = ""
    confirmed: bool = Field(description="Whether a person of the installation has checked the row against its source")
    confirmed_on: date | None = Field(None, description="When that person checked it")
    read_on: date | None = Field(None, description="When those who prepared the data read it in its source")
    read_in: str = Field("", description="Which copy they read, and how far")
    doubt: str = Field("", description="Why it is not checked")


class Words(CopyPart):
    """What pillars, objectives and actions have in common."""

    code: str = Field(description="In the edition, as 2.1.4")
    title: str = Field(description="Working title, in the language of the copy where a person translated it")
    official_wording: str = Field("", description="Exactly as printed in the document, never translated")
    official_place: str = Field("", description="Page and item in the document")
    explanation: str = Field("", description="In plain words, for the public")
    source: Source


class MilestoneCopy(CopyPart):
    title: str
    due_on: date | None = None
    source: Source


class ActionCopy(Words):
    """Something to be done by somebody by a date."""

    starts_on: date | None = None
    due_on: date | None = Field(None, description="Date on which it is due")
    term: str = Field("", description="Its term in words, where the plan counts in terms")
    own: dict[str, str] = Field({}, description="Public fields that the country adds, in words")
    leads: list[str] = Field(description="Names of the public bodies that lead it today")
    support: list[str] = Field(description="Names of those that support it")
    milestones: list[MilestoneCopy]


class ObjectiveCopy(Words):
    above: str = Field("", description="In a plan of four levels: code of the objective that it is a part of")
    actions: list[ActionCopy]


class PillarCopy(Words):
    objectives: list[ObjectiveCopy]
    actions: list[ActionCopy] = Field([], description="Right under it, in a plan without objectives")


class LevelCopy(CopyPart):
    """A level of the plan, from the top: its name in this file, and what the country calls one and several."""

    level: str
    one: str
    many: str


class TargetCopy(CopyPart):
    title: str
    number: str = Field(description="As a decimal number, in its unit")
    unit: str
    due_on: date | None = None
    source: Source


class StrategyCopy(CopyPart):
    """One edition of a strategy, whole."""

    shape: int = Field(SHAPE, description="Version of this shape")
    country: str
    language: str = Field(description="ISO 639-1 code of the language of the copy")
    code: str = Field(description="Of the edition, part of its address")
    address: str = Field(description="Address of the edition")
    title: str
    official_title: str = ""
    starts_on: date | None = None
    ends_on: date | None = None
    launched_on: date | None = None
    objective: str = Field("", description="The overall objective, in the document's words")
    vision: str = Field("", description="In the document's words")
    explanation: str = ""
    source: Source
    targets: list[TargetCopy]
    levels: list[LevelCopy]
    pillars: list[PillarCopy]
    actions: list[ActionCopy] = Field([], description="In a plan that has no other level")


def _source(row: Any) -> Source:
    return Source(
        title=sound(row.source),
        url=row.source_url,
        confirmed=row.confirmed,
        confirmed_on=row.confirmed_on,
        read_on=row.read_on,
        read_in=sound(row.read_in),
        doubt=sound(row.doubt),
    )


def _words(row: Pillar | Objective | Action) -> dict[str, Any]:
    return {
        "code": sound(row.code),
        "title": sound(row.in_language("title")),
        "official_wording": sound(row.official_wording),
        "official_place": sound(row.official_place),
        "explanation": sound(row.in_language("public_text")),
        "source": _source(row),
    }


def _bodies(act: Action, part: str) -> list[str]:
    found = [p.organisation.successor() for p in act.current_parts if p.part == part]  # type: ignore[attr-defined]  # with_leads prefetches it
    return [sound(body.in_language("name")) for body in found if body.is_public]


def _action(act: Action) -> ActionCopy:
    milestones = [
        MilestoneCopy(title=sound(m.in_language("title")), due_on=m.due_on, source=_source(m))
        for m in act.milestones.all()
    ]
    return ActionCopy(
        **_words(act),
        starts_on=act.starts_on,
        due_on=act.due_on,
        term=sound(term_text(act)),
        own={sound(each.label): sound(each.text) for each in own_fields.shown(act, internal=False)},
        leads=_bodies(act, "lead"),
        support=_bodies(act, "support"),
        milestones=milestones,
    )


def copy_of(edition: Edition, viewer: object, language: str) -> StrategyCopy:
    """The edition as `viewer` may read it, in `language`, in a fixed number of queries."""
    country = the_country()
    milestones = Prefetch("milestones", queryset=Milestone.objects.order_by("position", "due_on", "pk"))
    actions = Action.objects.visible_to(viewer).filter(edition=edition).prefetch_related(milestones)
    with translation.override(language):
        tree = plan_tree(edition, viewer, actions=actions)
        return StrategyCopy(
            country=sound(country.in_language("name")) if country else "",
            language=language,
            code=edition.code,
            address=f"{settings.SITE_ADDRESS}/strategy/{edition.code}/",
            title=sound(edition.in_language("title")),
            official_title=sound(edition.official_title),
            starts_on=edition.starts_on,
            ends_on=edition.ends_on,
            launched_on=edition.launched_on,
            objective=sound(edition.in_language("objective")),
            vision=sound(edition.in_language("vision")),
            explanation=sound(edition.in_language("public_text")),
            source=_source(edition),
            targets=[
                TargetCopy(
                    title=sound(t.in_language("title")),
                    number=f"{t.number.normalize():f}",
                    unit=sound(units.after(number_figures(float(t.number)), t)),
                    due_on=t.due_on,
                    source=_source(t),
                )
                for t in edition.stated_targets.all()
            ],
            levels=[
                LevelCopy(level=level, one=one(level, edition), many=many(level, edition))
                for level in levels_of(edition)
            ],
            actions=[_action(act) for branch in tree if branch.pillar.is_implied for act in branch.actions],
            pillars=[
                PillarCopy(
                    **_words(branch.pillar),
                    objectives=[
                        ObjectiveCopy(
                            **_words(objective),
                            above=objective.above.code if objective.above else "",
                            actions=[_action(act) for act in acts],
                        )
                        for objective, acts in branch.shown_objectives
                    ],
                    actions=[_action(act) for act in branch.own_actions],
                )
                for branch in tree
                if not branch.pillar.is_implied
            ],
        )


def as_json(known: StrategyCopy) -> bytes:
    return json.dumps(known.model_dump(mode="json"), ensure_ascii=False, indent=1).encode("utf-8")


def digest_of(known: StrategyCopy) -> str:
    """The same hash means that a file drawn earlier still says what the plan says."""
    return hashlib.sha256(as_json(known)).hexdigest()


def document_of(known: StrategyCopy, *, country: Country | None, made_on: date) -> Document:
    """The copy as a document in its language."""
    with translation.override(known.language):
        return Document(
            title=known.title,
            language=known.language,
            blocks=_blocks(known),
            kicker=known.country,
            subtitle=span_text(known.starts_on, known.ends_on),
            author=known.country,
            made_on=made_on,
            foot=_("%(title)s. Created from %(address)s on %(day)s.")
            % {"title": known.title, "address": known.address, "day": long_day(made_on)},
            notice=country.site_notice if country is not None else "",
            contents=True,
            contents_title=_("Contents"),
            keywords=(known.code,),
        )


def _blocks(known: StrategyCopy) -> list[Block]:
    blocks: list[Block] = [*_front(known)]
    for act in known.actions:
        blocks += _action_blocks(act, 1)
    for pillar in known.pillars:
        blocks += [Heading(pillar.title, 1, pillar.code), *_text_blocks(pillar)]
        for act in pillar.actions:
            blocks += _action_blocks(act, 2)
        for objective in pillar.objectives:
            depth = 3 if objective.above else 2
            blocks += [Heading(objective.title, depth, objective.code), *_text_blocks(objective)]
            for act in objective.actions:
                blocks += _action_blocks(act, 3)
    return blocks


def _front(known: StrategyCopy) -> Iterable[Block]:
    if known.official_title and known.official_title != known.title:
        yield Paragraph(known.official_title, "lede")
    if known.objective:
        yield Heading(_("Overall objective"), 1)
        yield Paragraph(known.objective, "quote")
    if known.vision:
        yield Heading(_("Vision"), 1)
        yield Paragraph(known.vision, "quote")
    if known.explanation:
        yield Paragraph(known.explanation)
    yield Facts(
        [(_("Period"), span_text(known.starts_on, known.ends_on)), *_launched(known), *_source_facts(known.source)]
    )
    if known.targets:
        yield Heading(_("Targets stated in the document"), 1)
        yield Bullets([_target(t) for t in known.targets])
    yield Paragraph(_what_is_unconfirmed(known), "note")


def _launched(known: StrategyCopy) -> list[tuple[str, str]]:
    return [(_("Launched"), long_day(known.launched_on))] if known.launched_on else []


def _target(target: TargetCopy) -> str:
    words = {"title": target.title, "number": number_figures(float(target.number)), "unit": target.unit}
    text = _("%(title)s: %(number)s %(unit)s") % words
    if target.due_on:
        text = _("%(text)s, by %(day)s") % {"text": text, "day": long_day(target.due_on)}
    return f"{text}{_mark(target.source)}"


def _mark(source: Source) -> str:
    return "" if source.confirmed or source.read_on else f" ({_('unchecked')})"


def _text_blocks(row: Words) -> Iterable[Block]:
    """The official wording with its place, the explanation, and where it came from."""
    if row.official_wording:
        yield Paragraph(f"“{row.official_wording}”", "quote")
        yield Paragraph(_("Official wording, %(place)s.") % {"place": row.official_place or row.source.title}, "note")
    if row.explanation:
        yield Paragraph(row.explanation)
    if not row.source.confirmed:
        yield Facts(_source_facts(row.source))


def _source_facts(source: Source) -> list[tuple[str, str]]:
    named = source.title or _("No source given")
    if source.confirmed:
        checked = [(_("Checked"), long_day(source.confirmed_on))] if source.confirmed_on else []
        return [(_("Source"), named), *checked]
    if source.read_on:
        read = filter(None, [long_day(source.read_on), source.read_in, source.doubt])
        return [(_("Source"), named), (_("Read in the source by those who prepared the data"), "; ".join(read))]
    doubt = _("Not checked yet: %(doubt)s") % {"doubt": source.doubt} if source.doubt else _("Not checked yet")
    return [(_("Source"), named), (_("Unchecked"), doubt)]


def _action_blocks(act: ActionCopy, depth: int) -> Iterable[Block]:
    yield Heading(act.title, depth, act.code)
    if act.official_wording:
        place = act.official_place or act.source.title
        yield Paragraph(f"“{act.official_wording}”" + (f" ({place})" if place else ""), "quote")
    if act.explanation:
        yield Paragraph(act.explanation)
    yield Facts(
        [
            (_("Lead"), listed(act.leads) or _("Nobody named")),
            *([(_("Supporting"), listed(act.support))] if act.support else []),
            (_("Period"), span_text(act.starts_on, act.due_on)),
            *([(_("Term"), act.term)] if act.term else []),
            *act.own.items(),
            *_source_facts(act.source),
        ]
    )
    if act.milestones:
        yield Bullets([_milestone(m) for m in act.milestones])


def _milestone(milestone: MilestoneCopy) -> str:
    if milestone.due_on is None:
        return f"{milestone.title}{_mark(milestone.source)}"
    words = {"title": milestone.title, "day": long_day(milestone.due_on)}
    return (_("%(title)s: due %(day)s") % words) + _mark(milestone.source)


def _what_is_unconfirmed(known: StrategyCopy) -> str:
    rows: Sequence[Words] = [
        *known.actions,
        *(row for p in known.pillars for row in (p, *p.actions, *(r for o in p.objectives for r in (o, *o.actions)))),
    ]
    open_rows = sum(not row.source.confirmed for row in rows)
    if not rows:
        return _("Nothing of the plan of this edition is known here.")
    if not open_rows:
        return _("Every entry of the plan was checked against its source.")
    return ngettext(
        "%(n)s of %(all)s entries of the plan has not been checked against its source by the secretariat.",
        "%(n)s of %(all)s entries of the plan have not been checked against their source by the secretariat.",
        open_rows,
    ) % {"n": number_figures(open_rows), "all": number_figures(len(rows))}
