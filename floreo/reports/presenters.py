"""What a report says in words, computed from its data, in the reader's language. Text only, no HTML."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from floreo.core.figures import Period
from floreo.core.ui import locale
from floreo.core.wording import (
    capital,
    day_text,
    days_text,
    lasting_text,
    number_word,
    sentences,
    short_day,
    short_month,
)
from floreo.indicators.presenters import period_text
from floreo.organisations.queries import the_country
from floreo.reports.figures import Figure, figure_from
from floreo.strategy.logic import PERIOD_DAYS, SILENT_PERIODS, Rule, Status
from floreo.strategy.presenters.status_text import hold_sentence, status_sentences, tally_sentence
from floreo.strategy.sums import BudgetAmounts, Sum, added, grouped

Text = Mapping[str, str]


def localized(text: Text | None) -> str:
    """A text in the reader's language, or as it was written."""
    if not text:
        return ""
    language = (get_language() or "").split("-")[0]
    return text.get(language) or text.get("", "")


def day(value: str | None) -> date | None:
    return date.fromisoformat(value) if value else None


def event_when(event: Mapping[str, Any]) -> str:
    """When an event was, as exactly as it is known, to its last day."""
    return lasting_text(day(event["on"]), day(event.get("ends_on")), event["precision"])


def amount_text(amount: Decimal, currency: str) -> str:
    return locale.money(amount, currency)


def percent_text(value: Decimal | None) -> str:
    if value is None:
        return ""
    return f"{locale.number(value.normalize() if value else Decimal(0))}\u00a0%"


@dataclass(frozen=True)
class ReportSummary:
    """The data of one report, with what is read off it. `data` is one form of a snapshot, or gathered now."""

    data: Mapping[str, Any]
    digest: str = ""
    audit_number: int = 0
    frozen_on: date | None = None
    frozen_by: str = ""
    corrections: tuple[Any, ...] = field(default=())
    site: str = ""
    address: str = ""  # where the public compares paper with it

    # -- the frame -------------------------------------------------------------------------------------------------------

    @property
    def country(self) -> str:
        return localized(self.data["country"]["name"])

    @property
    def edition(self) -> str:
        return localized(self.data["edition"]["title"])

    @property
    def edition_code(self) -> str:
        return str(self.data["edition"]["code"])

    @property
    def period(self) -> Period:
        kept = self.data["period"]
        return Period(date.fromisoformat(kept["starts_on"]), date.fromisoformat(kept["ends_on"]))

    @property
    def as_of(self) -> date:
        return date.fromisoformat(self.data["period"]["as_of"])

    @property
    def is_running(self) -> bool:
        return self.as_of < self.period.end

    @property
    def period_text(self) -> str:
        """ "Q3 2026"; of a period that runs also the day."""
        text = period_text(self.period)
        if self.is_running:
            return _("%(period)s so far, as of %(day)s") % {"period": text, "day": short_day(self.as_of)}
        return text

    @cached_property
    def notice(self) -> str:
        """That the country is fictional, or that the site is unofficial as of now: not a part of what was frozen."""
        if self.data["country"]["is_sample"]:
            return _("Sample data. %(country)s is a fictional country.") % {"country": self.country}
        country = the_country()
        return country.site_notice if country is not None else ""

    @property
    def foot(self) -> str:
        """Which snapshot this is, so that paper can be compared with the chain; or that it is none."""
        if not self.digest:
            return _("Not frozen: values as of %(day)s may still change.") % {"day": short_day(self.as_of)}
        text = _("Snapshot %(digest)s, frozen %(day)s by %(name)s, audit entry %(number)s.") % {
            "digest": self.digest[:12],
            "day": short_day(self.frozen_on or self.as_of),
            "name": self.frozen_by,
            "number": locale.number(self.audit_number),
        }
        number = len(self.corrections)
        more = ngettext("%(n)d correction.", "%(n)d corrections.", number) % {"n": number} if number else ""
        # Last and without a full stop, which whoever types it would type too.
        where = _("Check it at %(address)s") % {"address": self.address} if self.address else ""
        return sentences(text, more, where)

    # -- its status ------------------------------------------------------------------------------------------------------

    @property
    def actions(self) -> list[Any]:
        return list(self.data["actions"])

    @cached_property
    def by_code(self) -> dict[str, Any]:
        return {a["code"]: a for a in self.data["actions"]}

    @property
    def counts(self) -> dict[Status, int]:
        return {s: int(self.data["tally"].get(s, 0)) for s in Status}

    @property
    def counts_before(self) -> dict[Status, int] | None:
        kept = self.data["tally_before"]
        return {s: int(kept.get(s, 0)) for s in Status} if kept is not None else None

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    def headline(self) -> str:
        """The answer, in at most two sentences."""
        if not self.total:
            return _("No actions are recorded for this strategy.")
        return status_sentences(self.counts)

    def hold(self) -> str:
        return hold_sentence(self.counts) or self.headline()

    def tally(self) -> str:
        return tally_sentence(self.counts) if self.total else ""

    def change(self) -> str:
        """This period beside the one before, in a sentence."""
        before = self.counts_before
        if before is None:
            return _("The edition has no earlier period to compare with.")
        if not sum(before.values()):
            return ""
        done = self.counts[Status.DONE] - before[Status.DONE]
        late = self.counts[Status.LATE] - before[Status.LATE]
        text = {"day": short_day(date.fromisoformat(self.data["before_on"]))}
        parts = [_("Since %(day)s") % text + " "]
        parts.append(
            ngettext("%(number)s action was completed", "%(number)s actions were completed", done)
            % {"number": number_word(done)}
            if done > 0
            else _("no action was completed")
        )
        if late > 0:
            parts.append(
                ", "
                + ngettext("and %(number)s more is late", "and %(number)s more are late", late)
                % {"number": number_word(late)}
            )
        elif late < 0:
            parts.append(
                ", "
                + ngettext("and %(number)s fewer is late", "and %(number)s fewer are late", -late)
                % {"number": number_word(-late)}
            )
        else:
            parts.append(", " + _("and the same number are late"))
        return "".join(parts) + "."

    # -- one action ------------------------------------------------------------------------------------------------------

    def leads(self, act: Mapping[str, Any]) -> str:
        return ", ".join(localized(n) for n in act["leads"])

    def label(self, code: str) -> str:
        act = self.by_code.get(code)
        return f"{code} {localized(act['title'])}" if act else code

    def note(self, act: Mapping[str, Any]) -> str:
        """Beside the status word: the days late, the month done, since when it is stalled."""
        since = day(act["since"])
        if since is None:
            return ""
        match Status(act["status"]):
            case Status.LATE if act["rule"] != Rule.SET_BY_HAND:
                return days_text(max((self.as_of - since).days, 0))
            case Status.DONE:
                return short_month(since)
            case Status.STALLED:
                return _("since %(day)s") % {"day": short_month(since)}
        return ""

    def why(self, act: Mapping[str, Any]) -> str:
        """Why it is late or stalled: its lead's words, else what was missed, else that nothing is known."""
        reason, rule = localized(act["reason"]), act["rule"]
        since = day(act["since"])
        if rule == Rule.SILENT and since:
            text = _("No update since %(day)s.") % {"day": short_day(since)}
            return sentences(reason, text)
        text = self._missed(act) or (_("It was due on %(day)s.") % {"day": short_day(since)} if since else "")
        if reason:
            return sentences(reason if reason.endswith((".", "!", "?")) else f"{reason}.", text)
        return sentences(text, _("No reason given."))

    def _missed(self, act: Mapping[str, Any]) -> str:
        missed = act["missed"]
        if act["rule"] != Rule.MILESTONE_OVERDUE or not missed:
            return ""
        first = missed[0]
        due = day(first["due"])
        return _("“%(title)s” was due on %(day)s.") % {
            "title": localized(first["title"]),
            "day": short_day(due) if due else "",
        }

    def expected(self, act: Mapping[str, Any]) -> str:
        when = day(act["expected"])
        return short_day(when) if when else ""

    def with_problems(self) -> list[Any]:
        """Late first, the longest waiting on top; then what is stalled."""
        late = [a for a in self.actions if a["status"] == Status.LATE]
        stalled = [a for a in self.actions if a["status"] == Status.STALLED]
        key = lambda a: (a["since"] or "9999", a["code"])  # noqa: E731 -- one order for both lists
        return [*sorted(late, key=key), *sorted(stalled, key=key)]

    # -- figures and money -----------------------------------------------------------------------------------------------

    @cached_property
    def figures(self) -> list[Figure]:
        return [figure_from(kept) for kept in self.data["figures"]]

    @cached_property
    def money_lines(self) -> list[BudgetAmounts]:
        return [_line(kept) for kept in self.data["money"]["lines"]]

    @property
    def currency(self) -> str:
        return str(self.data["country"]["currency"])

    def sums(self) -> tuple[Sum, ...]:
        return added(self.money_lines, first=self.currency)

    def money_by(self, name: str) -> list[tuple[str, tuple[Sum, ...]]]:
        """Sums by "funder", "year_words" or "pillar", with what each is called."""
        kept = self.data["money"]["lines"]
        found = grouped(self.money_lines, lambda i: str(kept[i][name]), first=self.currency)
        return [
            (self.money_name(name, key), sums)
            for key, sums in sorted(found.items(), key=lambda pair: (not pair[0], pair[0]))
        ]

    def money_name(self, name: str, key: str) -> str:
        if name == "funder":
            return localized(self.data["money"]["funders"].get(key)) or _("No funder named")
        if name == "pillar":
            pillar = next((p for p in self.data["pillars"] if p["code"] == key), None)
            return f"{key} {localized(pillar['title'])}" if pillar else key
        return key

    def funders(self) -> list[tuple[str, str]]:
        """Who pays for anything in it: code and name."""
        return sorted(((c, localized(n)) for c, n in self.data["money"]["funders"].items()), key=lambda pair: pair[1])

    # -- what is not known -----------------------------------------------------------------------------------------------

    def unknown(self) -> list[str]:
        """What a reader would look for and not find, said plainly."""
        acts, text = self.actions, []
        if acts:
            text += [
                _count(sum(not a["leads"] for a in acts), _("The lead is not known for %(count)s.")),
                _count(sum(not a["due"] for a in acts), _("The due date is not known for %(count)s.")),
                _count(sum(not a["confirmed"] for a in acts), _("Not checked against a source yet: %(count)s.")),
            ]
        else:
            text.append(_("No actions are recorded."))
        if acts and not self.data["updates"]:
            text.append(_("No lead gave an update in this period."))
        if not self.money_lines:
            text.append(_("Its money is not known."))
        empty = sum(f.latest is None for f in self.figures)
        if not self.figures:
            text.append(_("No indicator is defined for it."))
        elif empty:
            text.append(
                ngettext("%(number)s indicator has no value.", "%(number)s indicators have no value.", empty)
                % {"number": locale.number(empty)}
            )
        return [s for s in text if s]


def _line(kept: Mapping[str, Any]) -> BudgetAmounts:
    return BudgetAmounts(kept["currency"], Decimal(kept["planned"]), Decimal(kept["committed"]), Decimal(kept["spent"]))


def _count(number: int, sentence: str) -> str:
    if not number:
        return ""
    count = ngettext("%(number)s action", "%(number)s actions", number) % {"number": locale.number(number)}
    return sentence % {"count": count}


def with_action(text: str, code: str) -> str:
    """The words with the action they belong to, unless they name it themselves."""
    if not code or code in text:
        return text
    named = (_("action %(code)s") % {"code": code}).replace(" ", "\u00a0")  # one line holds it
    return f"{text} ({named})".strip()


def silent_limit() -> int:
    """After how many days without a word an action counts as stalled."""
    return SILENT_PERIODS * PERIOD_DAYS


__all__ = [
    "ReportSummary",
    "amount_text",
    "capital",
    "day",
    "day_text",
    "localized",
    "percent_text",
    "silent_limit",
    "with_action",
]
