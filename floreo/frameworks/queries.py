"""Reads of frameworks used more than once: the result of an assessment, what an item has behind it, what is missing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db import models
from django.db.models import Q

from floreo.core.keys import key, things_of
from floreo.evidence.models import Attachment, Evidence
from floreo.evidence.queries import evidence_of
from floreo.frameworks import logic
from floreo.frameworks.logic import Coverage, Node, Roll, Rule, Step, Tree
from floreo.frameworks.models import Answer, Assessment, Contribution, Item, PublisherFile, Rating, Version
from floreo.frameworks.models import Mapping as ItemMapping

# Keys of what lies below these things, by theirs: an objective's actions and milestones. Given from above, where the
# plan is known.
Below = Callable[[Sequence[str]], Mapping[str, Sequence[str]]]


def tree_of(items: Iterable[Item]) -> Tree:
    rows = list(items)
    codes = {item.pk: item.code for item in rows}
    return Tree(
        Node(item.code, codes.get(item.parent_id or 0, ""), item.maximum, item.weight, item.is_rated) for item in rows
    )


def levels_of(assessment: Assessment) -> dict[str, Decimal]:
    """The reviewed level of each item that has one."""
    rows = assessment.answers.exclude(level=None).values_list("item__code", "level")
    return {code: level for code, level in rows if level is not None}


def newest(version: Version, viewer: object) -> Assessment | None:
    """The nation's."""
    rows = Assessment.objects.visible_to(viewer).of_the_nation().filter(in_version=version)
    return rows.select_related("in_version__framework").first()


@dataclass(frozen=True)
class ItemLine:
    """One item of a version, with all that is beside it."""

    item: Item
    depth: int
    roll: Roll
    answer: Answer | None = None
    ratings: tuple[Rating, ...] = ()
    evidence: tuple[Attachment, ...] = ()
    before: Decimal | None = None
    is_heading: bool = False  # a part with items below it

    @property
    def disagrees(self) -> bool:
        return logic.disagree(rating.level for rating in self.ratings)

    @property
    def is_missing(self) -> bool:
        """Nothing counts for it yet: not rated, not reviewed, or at the bottom of the scale."""
        if not self.item.is_rated:
            return False
        return self.answer is None or self.answer.level is None or self.answer.level == self.scale_lowest

    @property
    def scale_lowest(self) -> Decimal:
        return self.item.in_version.scale.lowest


@dataclass(frozen=True)
class Sheet:
    """A version in the order of its questionnaire, with one assessment in it, or none."""

    version: Version
    assessment: Assessment | None
    lines: tuple[ItemLine, ...]
    total: Roll
    coverage: Coverage
    tree: Tree

    @property
    def rated(self) -> list[ItemLine]:
        return [line for line in self.lines if line.item.is_rated]

    @property
    def tops(self) -> list[ItemLine]:
        return [line for line in self.lines if line.depth == 0]

    @property
    def wording_files(self) -> list[PublisherFile]:
        """The publisher's files that the wording of these items comes from, each once."""
        found = (line.item.worded for line in self.lines)
        return list({wording.file_id: wording.file for wording in found if wording}.values())

    @property
    def unchecked(self) -> int:
        """Titles that nobody has checked."""
        return sum(line.item.is_doubtful for line in self.lines)


def _in_order(siblings: list[Item]) -> list[Item]:
    """As the publisher's own file has them, where it has each of them; else as ours has them."""
    places = [item.worded.position for item in siblings if item.worded]
    if len(places) < len(siblings):
        return siblings
    return [item for _place, item in sorted(zip(places, siblings, strict=True), key=lambda pair: pair[0])]


def ordered(version: Version) -> list[tuple[Item, int]]:
    """Items as the questionnaire has them, each with its depth, and with the publisher's wording where it was loaded."""
    rows = list(version.items.select_related("wording__file"))
    version.items_here = sum(item.kind == version.items_kind and bool(item.title) for item in rows)
    children: dict[int | None, list[Item]] = defaultdict(list)
    for item in rows:
        item.in_version = version
        children[item.parent_id].append(item)
    found: list[tuple[Item, int]] = []

    def walk(parent: int | None, depth: int) -> None:
        for item in _in_order(children[parent]):
            found.append((item, depth))
            walk(item.pk, depth + 1)

    walk(None, 0)
    return found


def sheet(version: Version, assessment: Assessment | None, viewer: object) -> Sheet:
    """Everything a page, a workbook or a zip needs: five queries, however many items. Of a framework that is only known
    nothing is summed."""
    items, held = ordered(version), version.is_held
    answers = {a.item_id: a for a in assessment.answers.prefetch_related("ratings")} if assessment else {}
    found = evidence_of([key(answer) for answer in answers.values()], viewer) if answers else {}
    levels = {item.code: answers[item.pk].level for item, _d in items if item.pk in answers}
    reviewed = {code: level for code, level in levels.items() if level is not None} if held else {}
    then = levels_of(assessment.before) if assessment and assessment.before else {}
    tree, rule = tree_of(item for item, _depth in items), Rule(version.rule)
    lines = []
    for item, depth in items:
        answer = answers.get(item.pk)
        if answer is not None and assessment is not None:
            answer.assessment, answer.item = assessment, item
        roll = logic.rolled(tree, item.code, reviewed, rule=rule, scale=version.scale)
        evidence = tuple(found.get(key(answer), ())) if answer else ()
        ratings = tuple(answer.ratings.all()) if answer else ()
        lines.append(
            ItemLine(item, depth, roll, answer, ratings, evidence, then.get(item.code), item.code in tree.children)
        )
    total = logic.rolled(tree, "", reviewed, rule=rule, scale=version.scale)
    shown = {line.item.code for line in lines if line.evidence}
    return Sheet(version, assessment, tuple(lines), total, logic.coverage(tree.rated, reviewed, shown), tree)


def contributions_of(items: Iterable[Item]) -> dict[int, list[tuple[Contribution, models.Model]]]:
    """What serves each of those items and is still there, by the item's id."""
    rows = list(Contribution.objects.filter(item__in=[item.pk for item in items]).order_by("pk"))
    things = things_of([row.thing for row in rows])
    found: dict[int, list[tuple[Contribution, models.Model]]] = defaultdict(list)
    for row in rows:
        if row.thing in things:
            found[row.item_id].append((row, things[row.thing]))
    return dict(found)


def served_by(thing: models.Model) -> list[Contribution]:
    """Which items a thing serves."""
    rows = Contribution.objects.filter(thing=key(thing)).select_related("item__in_version__framework")
    return list(rows.order_by("item__in_version__framework__position", "item__position"))


@dataclass(frozen=True)
class Suggestion:
    """Evidence that is kept already and might answer an item, and where it is now."""

    evidence: Evidence
    thing: models.Model
    note: str


def kin_of(item: Item) -> list[Item]:
    """Items that ask the same or part of it, in this framework's other versions and in others."""
    rows = ItemMapping.objects.filter(Q(item=item) | Q(other=item)).select_related(
        "item__in_version__framework", "other__in_version__framework"
    )
    return [row.other if row.item_id == item.pk else row.item for row in rows]


def suggestions(answer: Answer, viewer: object, below: Below, *, most: int = 12) -> list[Suggestion]:
    """Evidence of what serves the item or an item like it, and of the same item in other assessments; not what it has."""
    items = [answer.item, *kin_of(answer.item)]
    contribution = list(Contribution.objects.filter(item__in=items).values_list("thing", flat=True))
    under = [name for names in below(contribution).values() for name in names]
    elsewhere = Answer.objects.filter(assessment__in=Assessment.objects.visible_to(viewer).values("pk")).filter(
        Q(item__in=items)
        | Q(item__code=answer.item.code, item__in_version__framework=answer.item.in_version.framework_id)
    )
    others = [key(row) for row in elsewhere.exclude(pk=answer.pk)]
    names = list(dict.fromkeys([*contribution, *under, *others]))
    have = {a.evidence_id for a in evidence_of([key(answer)], viewer).get(key(answer), [])}
    found, things = evidence_of(names, viewer), things_of(names)
    picked: dict[int, Suggestion] = {}
    for name in names:
        for attachment in found.get(name, []) if name in things else []:
            if attachment.evidence_id not in have:
                suggestion = Suggestion(attachment.evidence, things[name], attachment.note)
                picked.setdefault(attachment.evidence_id, suggestion)
    return list(picked.values())[:most]


def links_between(old: Version, new: Version) -> dict[str, list[str]]:
    """Item of the new version -> items of the old one that ask the same. Of the same version, each is its own."""
    if old.pk == new.pk:
        return {code: [code] for code in new.items.values_list("code", flat=True)}
    found: dict[str, list[str]] = defaultdict(list)
    forth = ItemMapping.objects.filter(item__in_version=new, other__in_version=old)
    back = ItemMapping.objects.filter(item__in_version=old, other__in_version=new)
    for there, here in [
        *forth.values_list("other__code", "item__code"),
        *back.values_list("item__code", "other__code"),
    ]:
        found[here].append(there)
    return dict(found)


def steps_between(before: Assessment, now: Assessment) -> list[Step]:
    """Every rated item of `now` beside what it was in `before`, through the mappings where the version changed."""
    version, old = now.in_version, before.in_version
    codes = [item.code for item, _depth in ordered(version) if item.is_rated]
    return logic.compared(
        codes,
        levels_of(before),
        levels_of(now),
        scale=version.scale,
        scale_before=old.scale,
        links=links_between(old, version),
    )
