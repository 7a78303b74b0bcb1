"""Sentences and rows of the pages of feeds, computed from data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l
from django.utils.translation import ngettext

from floreo.core.ui import locale
from floreo.core.wording import colon
from floreo.feeds.engine.rules import Effect
from floreo.feeds.models import FeedFile, FeedRule, FileState, Severity
from floreo.feeds.presenters.problems import problem_sentence, reject_sentence
from floreo.organisations.models import ContactRole, Organisation
from floreo.workspace.feeds.trying import ENOUGH, Trial

LONGEST_TEXT = 200  # of a rejected row as a page shows it; the file has all that was kept


def every_text(minutes: int) -> str:
    """ "once a day", "every 15 minutes"."""
    for size, one in ((1440, _("once a day")), (60, _("once an hour"))):
        if minutes and minutes % size == 0:
            return one if minutes == size else _every(size, minutes // size)
    return ngettext("every minute", "every %(n)s minutes", minutes) % {"n": locale.number(minutes)}


def _every(size: int, n: int) -> str:
    text = {"n": locale.number(n)}
    if size == 1440:
        return ngettext("every %(n)s day", "every %(n)s days", n) % text
    return ngettext("every %(n)s hour", "every %(n)s hours", n) % text


@dataclass(frozen=True)
class RowShare:
    """One part of a file's rows."""

    title: str
    rows: int
    note: str = ""


def account_of(report: FeedFile) -> list[RowShare]:
    """Where each row went; the parts add up to what the file held."""
    return [
        RowShare(_("Saved as events"), report.kept, _outside(report)),
        RowShare(_("Repeats"), report.duplicates, _("Duplicates of another row, counted with it.")),
        RowShare(_("Discarded by a rule"), report.dropped),
        RowShare(
            _("Rejected rows"),
            report.rejected,
            _("Could not be read; see the reasons below.") if report.rejected else "",
        ),
    ]


def _outside(report: FeedFile) -> str:
    if not report.outside:
        return ""
    n = locale.number(report.outside)
    return ngettext(
        "%(n)s of them is not attributed to anyone in the register.",
        "%(n)s of them are not attributed to anyone in the register.",
        report.outside,
    ) % {"n": n}


def problem_text(report: FeedFile) -> str:
    if report.problem:
        return problem_sentence(report.problem)
    return _("The file could not be read.") if report.state == FileState.REFUSED else ""


@dataclass(frozen=True)
class Reason:
    """A reason for which rows were rejected, with the first of them."""

    sentence: str
    rows: int
    lines: Sequence[tuple[int, str]]


def reasons_of(report: FeedFile, first: Mapping[str, Sequence[tuple[int, str]]]) -> list[Reason]:
    ordered = sorted(report.reasons.items(), key=lambda r: (-r[1], r[0]))
    return [
        Reason(reject_sentence(code), n, [(line, shortened(text)) for line, text in first.get(code, ())])
        for code, n in ordered
    ]


def shortened(text: str) -> str:
    """A rejected row for a page: what cannot be printed is shown as a mark."""
    clean = "".join(c if c.isprintable() else "\ufffd" for c in text[: LONGEST_TEXT + 1])
    return clean[:LONGEST_TEXT] + "…" if len(clean) > LONGEST_TEXT else clean


def rejects_text(rejects: Sequence[tuple[int, str, str]]) -> list[tuple[int, str, str]]:
    """Rows that would be refused: line, text and the sentence of the reason."""
    return [(line, shortened(text), reject_sentence(reason)) for line, text, reason in rejects]


def organisations_of(report: FeedFile, most: int = 100) -> list[tuple[Organisation | None, str, int]]:
    """Whom the file concerns, most events first."""
    known = {body.code: body for body in Organisation.objects.filter(code__in=list(report.organisations))}
    ordered = sorted(report.organisations.items(), key=lambda o: (-o[1], o[0]))[:most]
    return [(known.get(code), code, n) for code, n in ordered]


def trial_text(trial: Trial | None) -> dict[str, Any]:
    """What a try came to, for its page."""
    if trial is None:
        return {}
    summary = trial.summary
    problem = problem_sentence(trial.problem)
    if summary is None:
        return {"problem": problem, "parts": [], "reasons": []}
    parts = [
        RowShare(_("Saved as events"), summary.kept),
        RowShare(_("Repeats"), summary.duplicates),
        RowShare(_("Discarded by a rule"), summary.dropped),
        RowShare(_("Rejected rows"), summary.rejected),
        RowShare(
            _("In the file"),
            summary.rows,
            _("Only the beginning of the file was tested.") if summary.rows >= ENOUGH else "",
        ),
    ]
    reasons = [(reject_sentence(code), n) for code, n in sorted(summary.reasons.items(), key=lambda r: -r[1])]
    return {"problem": problem, "parts": parts, "reasons": reasons, "bodies": len(summary.organisations)}


_HOW = {
    "=": _l("is"),
    "!=": _l("is not"),
    "contains": _l("contains"),
    "starts": _l("begins with"),
    "in": _l("is one of"),
    ">": _l("is more than"),
    "<": _l("is less than"),
    "in network": _l("is in"),
    "is empty": _l("is empty"),
}


def conditions_of(rule: FeedRule) -> list[str]:
    """ "source.asn is 64496": each line of a rule."""
    found = []
    for line in rule.when:
        value = line.get("value", "")
        text = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
        found.append(f"{line.get('field', '')} {_HOW.get(line.get('is', ''), line.get('is', ''))} {text}".strip())
    return found


def effect_text(rule: FeedRule) -> str:
    """What a rule does, in a sentence."""
    text = {"field": rule.field, "value": rule.value}
    if rule.does == "raise" and rule.value in Severity.values:
        return _("raise the severity to “%(value)s”") % {"value": Severity(rule.value).label}
    if rule.does == "rewrite":
        return _("write “%(value)s” into %(field)s") % text
    if rule.does == "route" and rule.value in ContactRole.values:
        return _("send it to: %(value)s") % {"value": ContactRole(rule.value).label}
    return _("discard the row") if rule.does == "drop" else f"{rule.does} {rule.value}"


@dataclass(frozen=True)
class Example:
    """One event that a rule meets: what it is, and what the rule makes of it."""

    event: str
    changes: str


def examples_of(effect: Effect | None) -> list[Example]:
    if effect is None:
        return []
    return [Example(_event_text(before), _change_text(before, after)) for before, after in effect.examples]


def _event_text(event: Mapping[str, Any]) -> str:
    parts = [event.get(n) for n in ("source.ip", "source.fqdn", "source.port", "classification.identifier", "severity")]
    return " ".join(str(p) for p in parts if p is not None)


def _change_text(before: Mapping[str, Any], after: Mapping[str, Any] | None) -> str:
    if after is None:
        return _("discarded")
    changed = [f"{n}{colon()} {before[n] or '–'} → {after[n] or '–'}" for n in after if before[n] != after[n]]
    return "; ".join(changed) or _("unchanged")
