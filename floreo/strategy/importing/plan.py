"""An edition as an import looks at it: its branches and actions, found by what files call them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from django.utils.translation import gettext as _

from floreo.core.delimited import Wrong
from floreo.core.errors import Missing
from floreo.core.importing import Option, only_in
from floreo.core.once import once_for
from floreo.core.spelling import plain
from floreo.strategy.logic import next_code
from floreo.strategy.models import Action, Edition, InEdition, Objective, Pillar

_NUMBERED = re.compile(
    r"^(?:[a-záéíóúñçèêàâ]+ +)?(?P<code>(?:\d+|[IVX]+)(?:\.\d+)*)\.?\s*(?:[:–—.)-]\s*)?(?P<title>.*)$", re.IGNORECASE
)
_LONGEST_TITLE, _LONGEST_CODE = 300, 30


@once_for
def scopes(viewer: Any) -> Iterable[tuple[str, str]]:
    """The editions in which somebody may bring in rows."""
    editions = Edition.objects.visible_to(viewer).order_by("-starts_on", "-pk")
    return [(edition.code, edition.in_language("title")) for edition in editions]


def edition_of(scope: str) -> Edition:
    edition = Edition.objects.filter(code=scope).first()
    if edition is None:
        raise Missing
    return edition


def numbered(text: str) -> tuple[str, str]:
    """A heading as its number and its title: "Pillar 2: Law" gives "2" and "Law"; without a number, "" and all of it."""
    given = " ".join(text.split())
    match = _NUMBERED.match(given)
    if match is None or (not match["title"] and not match["code"][:1].isdigit()):
        return "", given
    has_word = not given[:1].isdigit()
    if has_word and match["title"] and not re.match(r"^\S+ +\S+?\.?\s*[:–—.)-]", given):
        return "", given  # "Vision 2030 for all": the number is part of the title
    return match["code"], match["title"] or given


def branch_options(rows: Iterable[Pillar] | Iterable[Objective], word: str) -> list[Option]:
    """Pillars or objectives. Files call them by code, by title, or by both: "2", "Pillar 2", "2. Law", "Pillar 2: Law"."""
    found = []
    for row in rows:
        titles = {row.title, row.official_wording, *(str(t.get("title", "")) for t in row.translations.values())} - {""}
        words = {word, *_WORDS[type(row)]}
        names = {*titles, *(f"{w} {row.code}" for w in words), f"{row.code}."}
        names |= {f"{row.code}{sign}{title}" for title in titles for sign in (" ", ". ", ": ", " - ", " – ")}
        names |= {
            f"{w} {row.code}{sign}{title}"
            for title in titles
            for w in words
            for sign in (" ", ": ", ". ", " - ", " – ")
        }
        found.append(Option(row.code, f"{row.code} {row.in_language('title')}", row, tuple(sorted(names))))
    return found


_WORDS: dict[type[Any], tuple[str, ...]] = {
    Pillar: ("pillar", "pilar", "pilier", "axis", "eje", "axe", "goal", "area", "strategic area"),
    Objective: ("objective", "objetivo", "objectif", "strategic objective", "objetivo especifico"),
}


class Branches:
    """The pillars and objectives of an edition, and those that a file makes. A text that is made new is tied to its parent only when its row
    is known, so that it comes as `Named`."""

    def __init__(self, edition: Edition) -> None:
        self.edition = edition
        self.pillars = list(Pillar.objects.filter(edition=edition).select_related("edition"))
        self.objectives = list(Objective.objects.filter(pillar__edition=edition).select_related("pillar"))
        self._made_pillars: dict[str, Pillar] = {}
        self._made_objectives: dict[tuple[int, str], Objective] = {}

    def made_pillar(self, text: str) -> Pillar:
        if (there := self._made_pillars.get(plain(text))) is None:
            there = self._made_pillars[plain(text)] = Pillar(edition=self.edition, position=len(self.pillars) + 1)
            self._name(there, text, "", self.pillars)
            self.pillars.append(there)
        return there

    def made_objective(self, pillar: Pillar, text: str) -> Objective:
        key = (id(pillar) if pillar.pk is None else pillar.pk, plain(text))
        if (there := self._made_objectives.get(key)) is None:
            siblings = self.objectives_of(pillar)
            there = self._made_objectives[key] = Objective(pillar=pillar, position=len(siblings) + 1)
            self._name(there, text, pillar.code, self.objectives, siblings)
            self.objectives.append(there)
        return there

    def _name(
        self, made: InEdition, text: str, parent: str, taken: Sequence[Any], siblings: Sequence[Any] | None = None
    ) -> None:
        code, title = numbered(text)
        codes = {each.code for each in taken}
        if not code or code in codes or len(code) > _LONGEST_CODE:
            code = next_code(parent, [each.code for each in (taken if siblings is None else siblings)])
            while code in codes:
                code = next_code(parent, [code])
        if not title or len(title) > _LONGEST_TITLE:
            raise Wrong(_("A title has at most 300 characters."))
        made.code, made.title = code, title

    def objectives_of(self, pillar: Pillar) -> list[Objective]:
        return [
            each
            for each in self.objectives
            if each.pillar is pillar or (pillar.pk is not None and each.pillar_id == pillar.pk)
        ]


class Actions:
    """The actions of an edition, by code and by title."""

    def __init__(self, actions: Iterable[Action]) -> None:
        self.by_code: dict[str, Action] = {}
        self.by_title: dict[str, list[Action]] = {}
        for act in actions:
            self.by_code[act.code] = act
            texts = [act.title, act.official_wording, *(str(t.get("title", "")) for t in act.translations.values())]
            for title in {plain(text) for text in texts if text}:
                self.by_title.setdefault(title, []).append(act)

    def called(self, title: str, field: str = "title") -> Action | None:
        """The action of that title. Raises Refused where several have it."""
        found = self.by_title.get(plain(title), [])
        act: Action | None = only_in(field, found, _("Several actions have this title. Give the code."))
        return act

    def options(self) -> list[Option]:
        return [
            Option(
                act.code,
                f"{act.code} {act.in_language('title')}",
                act,
                tuple(
                    name
                    for title in filter(None, {act.title, act.official_wording, act.in_language("title")})
                    for name in (title, f"{act.code} {title}", f"{act.code}. {title}", f"{act.code}: {title}")
                ),
            )
            for act in self.by_code.values()
        ]
