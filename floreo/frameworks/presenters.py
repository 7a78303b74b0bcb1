"""Sentences about frameworks, computed from what is known."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l
from django.utils.translation import ngettext, pgettext_lazy

from floreo.core.ui.locale import long_day, number
from floreo.evidence.models import LinkState
from floreo.frameworks.logic import Coverage, Roll, Rule, ScoreChange, held_in_vain
from floreo.frameworks.models import Answer, PublishedScore, PublisherFile, Version
from floreo.frameworks.queries import ItemLine, Sheet

KIND_WORDS: Mapping[str, Promise] = {
    "pillar": _l("Pillar"),
    "indicator": _l("Indicator"),
    "dimension": _l("Dimension"),
    "factor": _l("Factor"),
    "aspect": _l("Aspect"),
    "area": _l("Area"),
    "cluster": _l("Cluster"),
    "objective": _l("Objective"),
    "phase": _l("Phase"),
    "chapter": _l("Chapter"),
    "principle": _l("Principle"),
    "focus_area": _l("Focus area"),
    "quadrant": _l("Quadrant"),
    "parameter": _l("Parameter"),
    "function": _l("Function"),
    "category": _l("Category"),
    "outcome": _l("Outcome"),
    "requirement": _l("Requirement"),
    "part": _l("Part"),
    "article": _l("Article"),
    "capacity": _l("Capacity"),
    "question": _l("Question"),
    "element": _l("Element"),
    "profile": _l("Role profile"),
}
CHANGE_WORDS: Mapping[ScoreChange, Promise] = {
    ScoreChange.UP: pgettext_lazy("level", "Higher"),
    ScoreChange.DOWN: pgettext_lazy("level", "Lower"),
    ScoreChange.SAME: _l("The same"),
    ScoreChange.NEW: _l("Not rated before"),
    ScoreChange.LOST: _l("Not rated now"),
    ScoreChange.NONE: _l("Not rated before or now"),
}


def kind_text(kind: str) -> str:
    """The kind of an item in words; a kind that nobody translated is shown as the file writes it."""
    return str(KIND_WORDS[kind]) if kind in KIND_WORDS else kind.replace("_", " ").capitalize()


def roll_text(roll: Roll, version: Version) -> str:
    """The result of a branch: "12.5 of 20 points", "Formative", "40 %", "3 full, 2 gaps"; "" where nothing can be said."""
    if version.rule == Rule.STATUS:
        return ", ".join(f"{word} {count}" for word, count in status_counts(roll, version))
    if roll.value is None:
        return ""
    if version.rule == Rule.ALL_BELOW:
        return version.word_of(roll.value)
    if roll.maximum is not None and version.unit != "%":
        words = {"value": number(roll.value), "most": number(roll.maximum)}
        return (
            _("%(value)s of %(most)s points") % words
            if version.unit == "points"
            else f"{words['value']} / {words['most']}"
        )
    return f"{number(roll.value, 0)} %"


def status_counts(roll: Roll, version: Version) -> list[tuple[str, int]]:
    """How many items at which level, the best first."""
    return [(version.word_of(level), roll.counts[level]) for level in sorted(roll.counts, reverse=True)]


def coverage_text(coverage: Coverage) -> str:
    """How much is answered, in a sentence."""
    words = {"reviewed": coverage.reviewed, "items": coverage.items, "shown": coverage.with_evidence}
    if coverage.items == 0:
        return _("It has no items to rate yet.")
    if coverage.is_whole:
        return _("All %(items)d items are reviewed; %(shown)d have evidence.") % words
    return _("%(reviewed)d of %(items)d items are reviewed; %(shown)d have evidence.") % words


def in_vain_text(answer: Answer, version: Version) -> str:
    """Which stages are said to hold and do not count."""
    vain = held_in_vain([Decimal(v) for v in answer.held], version.scale)
    if not vain:
        return ""
    names = ", ".join(version.word_of(v) for v in vain)
    return _("Reported as met but not counted, because an earlier stage is not met: %(names)s.") % {"names": names}


def missing_of(line: ItemLine, today: date, *, may_leave: int | None = None) -> list[str]:
    """What an item lacks, each as a short sentence. `may_leave`: how many pieces of its evidence go into a pack."""
    if not line.item.is_rated:
        return []
    found = []
    version, answer = line.item.in_version, line.answer
    if answer is None or answer.level is None:
        found.append(_("Not reviewed") if line.ratings else _("Not rated"))
    elif answer.level == version.scale.lowest:
        found.append(version.word_of(answer.level))
    if not line.evidence:
        found.append(_("No evidence"))
    elif may_leave == 0:
        found.append(_("None of its evidence can be sent, because of its marking"))
    found += _stale(line, today)
    return found


def _stale(line: ItemLine, today: date) -> list[str]:
    found = []
    out = [a for a in line.evidence if a.evidence.valid_until and a.evidence.valid_until < today]
    dead = [a for a in line.evidence if a.evidence.link_state == LinkState.DEAD]
    if out:
        found.append(
            ngettext("%(n)d piece of evidence has expired", "%(n)d pieces of evidence have expired", len(out))
            % {"n": len(out)}
        )
    if dead:
        found.append(
            ngettext("%(n)d link does not respond", "%(n)d links do not respond", len(dead)) % {"n": len(dead)}
        )
    return found


def known_text(version: Version) -> str:
    """That a framework is known and not held, with what its publisher counts; "" for one that is held."""
    if version.is_held:
        return ""
    words = {"title": version.in_language("title"), "stated": version.items_stated, "here": version.items_here}
    if not version.items_stated:
        return _(
            "%(title)s is known, but not held: how many items its publisher counts could not be read. The country "
            "is not rated against it here."
        ) % {"title": words["title"]}
    return (
        _(
            "%(title)s is known, but not held: its publisher counts %(stated)d items, and %(here)d of them are in this "
            "system. The country is not rated against it here."
        )
        % words
    )


def wording_text(file: PublisherFile) -> str:
    """Where the publisher's wording comes from: "Wording of the publisher, from csf.json (…), SHA-256 …"."""
    name = f"{file.name} ({file.title})" if file.title else file.name
    words = {"name": name, "sha256": file.sha256, "day": long_day(file.loaded_on)}
    return _("Wording of the publisher, from %(name)s, SHA-256 %(sha256)s, loaded on %(day)s.") % words


def status_text(sheet: Sheet) -> str:
    """The result of the whole, in a sentence."""
    if not sheet.version.is_held:
        return known_text(sheet.version)
    if sheet.assessment is None:
        return _("There is no self-assessment of the country against this framework yet.")
    text = roll_text(sheet.total, sheet.version)
    year = {"year": sheet.assessment.year, "text": text}
    if not text:
        return coverage_text(sheet.coverage)
    first = _("Self-assessment for %(year)d: %(text)s.") % year
    return f"{first} {coverage_text(sheet.coverage)}"


def unchecked_text(sheet: Sheet) -> str:
    """How many of its titles nobody has checked against the publisher's text."""
    if not sheet.unchecked:
        return ""
    return ngettext(
        "%(n)d title of this framework has not been checked against its publisher's text, and is marked "
        "as not checked.",
        "%(n)d titles of this framework have not been checked against its publisher's text, and are "
        "marked as not checked.",
        sheet.unchecked,
    ) % {"n": sheet.unchecked}


def held_text(sheet: Sheet) -> str:
    """How much of the framework is held here, where its publisher counts its items."""
    return held_words(sheet.version)


def held_words(version: Version) -> str:
    """ "106 of 106 items that its publisher counts (Outcome)."; "" where the count is not known."""
    if not version.items_stated:
        return ""
    words = {"here": version.items_here, "stated": version.items_stated, "kind": kind_text(version.items_kind)}
    return _("%(here)d of %(stated)d items that its publisher counts (%(kind)s).") % words


def score_text(score: PublishedScore) -> str:
    """ "32.35 of 100, rank 120, T4 Evolving"."""
    value = number(score.score, 2)
    text = _("%(value)s of %(most)s") % {"value": value, "most": number(score.maximum)} if score.maximum else value
    rank = _("rank %(rank)d") % {"rank": score.rank} if score.rank else ""
    return ", ".join(filter(None, [text, rank, score.in_language("tier")]))


def zeros_text(zeros: list[str], year: int) -> str:
    """What a published zero means, said plainly."""
    if not zeros:
        return ""
    return _(
        "In %(year)d the publisher gave 0 for: %(parts)s. A zero can mean that it does not exist, or"
        " that no evidence of it was sent."
    ) % {"year": year, "parts": ", ".join(zeros)}


def not_shown_text(part: str, items: list[str]) -> str:
    """Which items of a part with a published zero still have nothing to show."""
    if not items:
        return _("%(part)s: every item now has evidence here.") % {"part": part}
    return _("%(part)s: no evidence yet for %(items)s.") % {"part": part, "items": "; ".join(items)}
