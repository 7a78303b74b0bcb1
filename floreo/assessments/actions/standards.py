"""A country's own minimum standard: drafted from items of other frameworks, consulted, published as a version of a framework."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from floreo.assessments.models import RUN, Standard, StandardItem, StandardState, StandardVersion
from floreo.core import clock, languages
from floreo.core.access import Actor
from floreo.core.action import action, note
from floreo.core.errors import Refused
from floreo.core.writing import (
    assign,
    delete,
    free_code,
    last_position,
    lock_latest,
    refuse,
    require_free_code,
    require_text,
    save,
)
from floreo.frameworks.logic import Rule
from floreo.frameworks.models import Framework, Item, Mapping, PublisherFile, Relation, Version, Wording

LEVELS = (
    ("0", pgettext_lazy("level", "Not in place")),
    ("0.5", pgettext_lazy("level", "Partly in place")),
    ("1", pgettext_lazy("level", "In place")),
)
REQUIREMENT, PART = "requirement", "part"


def first_levels() -> list[dict[str, str]]:
    """The scale with which a standard begins, in each language of the site."""
    texts = [(value, languages.in_each(word)) for value, word in LEVELS]
    return [{"value": value, "word": words.pop(languages.first())} | words for value, words in texts]


def must_not_be_published(version: StandardVersion) -> None:
    if version.is_published:
        raise Refused(_("This version is published and does not change. Start a new version."), code="published")


def must_be_draft(version: StandardVersion) -> None:
    if version.state != StandardState.DRAFT:
        raise Refused(_("This version is no draft any more."), code="not_draft")


def must_have_no_draft(standard: Standard) -> None:
    if standard.versions.exclude(state=StandardState.PUBLISHED).exists():
        raise Refused(_("A version is being drafted already."), code="has_draft")


@action("standard.drafted", needs=RUN)
def draft(*, by: Actor, code: str = "", **facts: Any) -> Standard:
    """A standard with its first version, which nobody else sees."""
    made = Standard()
    assign(made, facts)
    for field in ("title", "short_title", "publisher"):
        require_text(getattr(made, field), field=field, sentence=_("Fill this in."))
    made.code = free_code(Standard, made.short_title, wanted=code.strip())[:40]
    if Framework.objects.filter(code=made.code).exists():
        raise refuse("short_title", _("Another framework is called so already."), code="taken")
    saved = save(made)
    save(StandardVersion(standard=saved, number=1, levels=first_levels()))
    return saved


@action("standard.updated", needs=RUN)
def update(standard: Standard, *, by: Actor, version: int | None = None, **facts: Any) -> Standard:
    fresh = lock_latest(standard, version)
    assign(fresh, facts)
    return save(fresh)


@action("standard.version_begun", needs=RUN)
def begin_version(standard: Standard, *, by: Actor) -> StandardVersion:
    """The next version, with the items of the last. An item that keeps its code follows the one before."""
    fresh = lock_latest(standard)
    must_have_no_draft(fresh)
    last = fresh.versions.order_by("-number").first()
    number = last.number + 1 if last is not None else 1
    made = save(
        StandardVersion(standard=fresh, number=number, levels=last.levels if last is not None else first_levels())
    )
    for item in last.items.all() if last is not None else []:
        facts = {
            f: getattr(item, f)
            for f in ("code", "part", "title", "text", "comes_from", "relation", "position", "translations")
        }
        save(StandardItem(in_standard=made, **facts))
    return made


@action("standard_item.added", needs=RUN)
def add_item(version: StandardVersion, *, by: Actor, code: str, comes_from: Item, **facts: Any) -> StandardItem:
    """A requirement, and the item of another framework that it comes from."""
    fresh = lock_latest(version)
    must_not_be_published(fresh)
    made = StandardItem(in_standard=fresh, comes_from=comes_from, position=last_position(fresh.items.all()))
    made.code = require_free_code(fresh.items.all(), code)
    assign(made, facts)
    _require_sound(made)
    return save(made)


def _require_sound(item: StandardItem) -> None:
    require_text(item.title, field="title", sentence=_("Enter a short title."))
    own = Framework.objects.filter(code=item.in_standard.standard.code)
    if item.comes_from.in_version.framework in own:
        raise refuse("comes_from", _("Name the item of another framework, not of this standard."), code="own")


@action("standard_item.updated", needs=RUN)
def update_item(item: StandardItem, *, by: Actor, version: int | None = None, **facts: Any) -> StandardItem:
    fresh = lock_latest(item, version)
    must_not_be_published(fresh.in_standard)
    if facts.get("code", fresh.code) != fresh.code:
        facts["code"] = require_free_code(fresh.in_standard.items.all(), facts["code"])
    assign(fresh, facts)
    _require_sound(fresh)
    return save(fresh)


@action("standard_item.removed", needs=RUN)
def remove_item(item: StandardItem, *, by: Actor) -> None:
    must_not_be_published(lock_latest(item.in_standard))
    delete(item)


@action("standard.consulted", needs=RUN)
def consult(version: StandardVersion, *, by: Actor, consultation: str) -> StandardVersion:
    """Says where the consultation on this draft is. Items may change until it is published."""
    fresh = lock_latest(version)
    must_be_draft(fresh)
    if not fresh.items.exists():
        raise Refused(_("Add the items first."), code="empty")
    fresh.consultation = require_text(
        consultation, field="consultation", sentence=_("Enter the address of the consultation.")
    )
    fresh.state, fresh.consulted_on = StandardState.CONSULTED, clock.today()
    return save(fresh)


def _with_items(version: StandardVersion) -> Iterable[models.Model | models.QuerySet[Any]]:
    return [version, version.items.all()]


@action("standard.published", needs=RUN, decides=_with_items)
def publish(
    version: StandardVersion, *, by: Actor, in_force_on: date | None = None, shown: str | None = None
) -> StandardVersion:
    """Becomes a version of a framework, which everybody reads and a campaign can use: its items with their wording, where each comes
    from, and which item of the version before it follows."""
    fresh = lock_latest(version)
    must_not_be_published(fresh)
    items = list(fresh.items.select_related("comes_from__in_version"))
    if not items:
        raise Refused(_("Add the items first."), code="empty")
    standard = fresh.standard
    framework = _framework(standard)
    before = framework.versions.filter(is_current=True).first()
    for old in framework.versions.filter(is_current=True):
        old.is_current = False
        save(old)
    made = save(_version(framework, fresh, number=len(items)))
    rows = _items(made, items, standard)
    _mappings(rows, before)
    _wording(made, rows, by=by)
    fresh.became, fresh.in_force_on = made, in_force_on
    fresh.state, fresh.published_on = StandardState.PUBLISHED, clock.today()
    note(framework=made.code, items=len(items))
    return save(fresh)


def _framework(standard: Standard) -> Framework:
    found = Framework.objects.filter(code=standard.code).first()
    if found is not None:
        return found
    position = last_position(Framework.objects.all())
    texts = {"title": standard.title, "short_title": standard.short_title, "publisher": standard.publisher}
    source = {"source": standard.publisher, "read_on": clock.today(), "translations": standard.translations}
    return save(Framework(code=standard.code, about=standard.about, position=position, **texts, **source))


def _version(framework: Framework, version: StandardVersion, *, number: int) -> Version:
    standard = version.standard
    titles = {
        code: {"title": f"{texts['title']} {version.number}"}
        for code, texts in standard.translations.items()
        if texts.get("title")
    }
    return Version(
        framework=framework,
        code=f"{standard.code}-{version.number}"[:60],
        title=f"{standard.title} {version.number}"[:200],
        translations=titles,
        released=clock.today().isoformat(),
        rule=Rule.SHARE,
        unit="%",
        levels=version.levels,
        items_stated=number,
        items_kind=REQUIREMENT,
        items_source=standard.publisher,
        wording_is_public=True,
        source=standard.publisher,
        read_on=clock.today(),
    )


def _items(made: Version, items: Sequence[StandardItem], standard: Standard) -> list[tuple[StandardItem, Item]]:
    """The parts as headings, in the order in which they first occur, and the requirements below them."""
    parts: dict[str, Item] = {}
    found = []
    for place, each in enumerate(items, 1):
        if each.part and each.part not in parts:
            words = {c: {"title": t["part"]} for c, t in each.translations.items() if t.get("part")}
            parts[each.part] = save(
                Item(
                    in_version=made,
                    code=f"part-{len(parts) + 1}",
                    title=each.part,
                    kind=PART,
                    is_rated=False,
                    position=place * 2 - 1,
                    translations=words,
                    source=standard.publisher,
                    read_on=clock.today(),
                )
            )
        words = {c: {"title": t["title"]} for c, t in each.translations.items() if t.get("title")}
        source = f"{each.comes_from.in_version.title}, {each.comes_from.code}"
        row = Item(
            in_version=made,
            parent=parts.get(each.part),
            code=each.code,
            title=each.title,
            kind=REQUIREMENT,
            position=place * 2,
            translations=words,
            source=source[:500],
            read_on=clock.today(),
        )
        found.append((each, save(row)))
    return found


def _mappings(rows: Sequence[tuple[StandardItem, Item]], before: Version | None) -> None:
    old = {item.code: item for item in before.items.filter(is_rated=True)} if before is not None else {}
    for each, item in rows:
        save(
            Mapping(item=item, other=each.comes_from, relation=each.relation, source=item.source, read_on=item.read_on)
        )
        if each.code in old:
            facts = {"relation": Relation.SUCCESSOR, "source": item.in_version.source, "read_on": item.read_on}
            save(Mapping(item=item, other=old[each.code], **facts))


def _wording(made: Version, rows: Sequence[tuple[StandardItem, Item]], *, by: Actor) -> None:
    """The text of each requirement, as the wording of a publisher is kept: this time the publisher is the country itself."""
    texts = [[each.code, each.title, each.text] for each, _item in rows]
    digest = hashlib.sha256(json.dumps(texts, ensure_ascii=False).encode()).hexdigest()
    file = PublisherFile(
        in_version=made,
        name=made.title,
        title=made.title,
        sha256=digest,
        loaded_on=clock.today(),
        loaded_by=by.actor_name,
    )
    save(file)
    for place, (each, item) in enumerate(rows):
        if each.text:
            save(Wording(file=file, item=item, heading=each.title, text=each.text, position=place))
