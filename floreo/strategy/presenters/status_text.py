"""The status of an edition, in a sentence: the answer on home, what changed since a quarter ago, tallies in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from floreo.core.wording import capital, day_text, month_text, number_figures, number_word, sentences
from floreo.strategy.logic import HOLDING, Status
from floreo.strategy.models import Edition, EditionState

Counts = Mapping[Status, int]


@dataclass(frozen=True)
class EditionFacts:
    """What the sentences about an edition look at."""

    state: str
    starts_on: date | None
    ends_on: date | None
    launched_on: date | None
    closing_report_on: date | None
    is_first: bool  # follows none
    is_followed: bool  # another one follows it

    @classmethod
    def of(cls, edition: Edition, *, is_followed: bool) -> EditionFacts:
        return cls(
            state=edition.state,
            starts_on=edition.starts_on,
            ends_on=edition.ends_on,
            launched_on=edition.launched_on,
            closing_report_on=edition.closing_report_on,
            is_first=edition.follows_id is None,
            is_followed=is_followed,
        )


def holding(counts: Counts) -> int:
    """How many are on schedule: done or on track."""
    return sum(counts[s] for s in HOLDING)


def hold_sentence(counts: Counts) -> str:
    """ "14 of 24 actions are on schedule." Nothing when there are no actions."""
    total, hold = sum(counts.values()), holding(counts)
    if total == 0:
        return ""
    if counts[Status.DONE] == total:
        return ngettext("The one action is done.", "All %(total)s actions are done.", total) % _figures(total=total)
    if counts[Status.NOT_STARTED] == total:
        one, many = _("The one action has not started."), _("None of the %(total)s actions has started.")
        return (one if total == 1 else many) % _figures(total=total)
    if hold == total:
        return ngettext("The one action is on schedule.", "All %(total)s actions are on schedule.", total) % _figures(
            total=total
        )
    if hold == 0:
        one, many = _("The one action is not on schedule."), _("None of %(total)s actions is on schedule.")
        return (one if total == 1 else many) % _figures(total=total)
    words = {"hold": number_word(hold), "total": number_figures(total)}
    return capital(
        ngettext(
            "%(hold)s of %(total)s actions is on schedule.", "%(hold)s of %(total)s actions are on schedule.", hold
        )
        % words
    )


def problem_sentence(counts: Counts) -> str:
    """ "Three are late and one has stopped." With neither, what is at risk; with nothing wrong, nothing."""
    late, stalled, risk = counts[Status.LATE], counts[Status.STALLED], counts[Status.AT_RISK]
    parts = []
    if late:
        parts.append(ngettext("%(number)s is late", "%(number)s are late", late) % {"number": number_word(late)})
    if stalled:
        words = ngettext("%(number)s is stalled", "%(number)s are stalled", stalled)
        parts.append(words % {"number": number_word(stalled)})
    if not parts and risk:
        parts.append(ngettext("%(number)s is at risk", "%(number)s are at risk", risk) % {"number": number_word(risk)})
    if len(parts) == 2:
        return capital(_("%(first)s and %(second)s.") % {"first": parts[0], "second": parts[1]})
    return capital(parts[0]) + "." if parts else ""


def status_sentences(counts: Counts) -> str:
    """The answer of a plan that is running."""
    return sentences(hold_sentence(counts), problem_sentence(counts))


def _ended_sentence(facts: EditionFacts) -> str:
    first = facts.is_first and not facts.is_followed
    if facts.ends_on is None:
        return _("The first strategy has ended.") if first else _("The strategy has ended.")
    words = _("The first strategy ended in %(year)s.") if first else _("The strategy ended in %(year)s.")
    return words % {"year": facts.ends_on.year}


def _closing_sentence(facts: EditionFacts) -> str:
    if facts.closing_report_on is None:
        return _("No closing report has been found.")
    return _("Its closing report was published on %(day)s.") % {"day": day_text(facts.closing_report_on)}


def _done_at_end(counts: Counts) -> str:
    total, done = sum(counts.values()), counts[Status.DONE]
    if total == 0:
        return ""
    if done == total:
        return hold_sentence(counts)
    if unknown := counts[Status.NOT_KNOWN]:
        return _not_known(unknown, total)
    if done == 0:
        return _("None of its %(total)s actions was completed.") % _figures(total=total)
    words = ngettext(
        "%(done)s of its %(total)s actions was completed.", "%(done)s of its %(total)s actions were completed.", done
    )
    return capital(words % {"done": number_word(done), "total": number_figures(total)})


def _not_known(unknown: int, total: int) -> str:
    """What became of them nobody can say: no sentence about the rest is true of all."""
    if unknown == total:
        one, all_ = (
            _("No report says what became of its one action."),
            _("No report says what became of its %(total)s actions."),
        )
        return (one if total == 1 else all_) % _figures(total=total)
    words = {"unknown": number_figures(unknown), "total": number_figures(total)}
    return _("No report says what became of %(unknown)s of its %(total)s actions.") % words


def headline(facts: EditionFacts, counts: Counts) -> str:
    """The answer of the home page: the status of this edition, in at most two sentences."""
    if facts.state == EditionState.ENDED:
        return sentences(_ended_sentence(facts), _done_at_end(counts) or _closing_sentence(facts))
    if facts.state == EditionState.DRAFT:
        if facts.starts_on:
            return _("A strategy is in preparation. It will begin in %(month)s.") % {
                "month": month_text(facts.starts_on)
            }
        return _("A strategy is in preparation.")
    return status_sentences(counts) or sentences(
        _("The first strategy is in force.") if facts.is_first else _("The strategy is in force."),
        _("None of its actions have been entered yet."),
    )


def runs_sentence(facts: EditionFacts, country: str, *, today: date) -> str:
    """ "Isla Prueba's strategy runs to December 2028."."""
    words = {"country": country}
    if facts.state == EditionState.ENDED and facts.launched_on:
        text = _("%(country)s launched its National Cybersecurity Strategy on %(day)s.")
        return text % {**words, "day": day_text(facts.launched_on)}
    if facts.ends_on is None or facts.state == EditionState.DRAFT:
        return ""
    words["month"] = month_text(facts.ends_on)
    if facts.ends_on < today:
        return _("%(country)s’s strategy ended in %(month)s.") % words
    return _("%(country)s’s strategy runs to %(month)s.") % words


def months_in(facts: EditionFacts, *, today: date) -> str:
    """ "23 months in": how far an edition in force has come; nothing before its start or after its end."""
    if facts.state != EditionState.IN_FORCE or facts.starts_on is None or facts.starts_on > today:
        return ""
    if facts.ends_on and facts.ends_on < today:
        return ""
    months = (today.year - facts.starts_on.year) * 12 + today.month - facts.starts_on.month
    months += today.day >= facts.starts_on.day
    return ngettext("%(months)d month in", "%(months)d months in", max(months, 1)) % {"months": max(months, 1)}


def change_sentence(now: Counts, before: Counts | None) -> str:
    """ "One more action is late than a quarter ago; two were completed." Nothing when there is nothing to compare, or nobody knows."""
    if before is None or not sum(before.values()) or now[Status.NOT_KNOWN]:
        return ""
    late = now[Status.LATE] - before[Status.LATE]
    done = now[Status.DONE] - before[Status.DONE]
    first = _late_change(late, now[Status.LATE])
    second = ngettext("%(number)s was completed", "%(number)s were completed", max(done, 1)) if done > 0 else ""
    if done == 0:
        second = _("none was completed")
    if not second:
        return capital(first) + "."
    words = {"late": first, "done": second % {"number": number_word(done)}}
    return capital(_("%(late)s; %(done)s.") % words)


def _late_change(difference: int, late: int) -> str:
    if difference > 0:
        words = ngettext(
            "%(number)s more action is late than in the previous quarter",
            "%(number)s more actions are late than in the previous quarter",
            difference,
        )
        return words % {"number": number_word(difference)}
    if difference < 0:
        words = ngettext(
            "%(number)s fewer action is late than in the previous quarter",
            "%(number)s fewer actions are late than in the previous quarter",
            -difference,
        )
        return words % {"number": number_word(-difference)}
    if late == 0:
        return _("no action is late, the same as in the previous quarter")
    return _("the same number of actions are late as in the previous quarter")


def tally_text(counts: Counts) -> str:
    """ "2 done, 3 on track, 1 late": zeros are left out; "no actions" when all are."""
    words = [_TALLY_WORDS[s](n) % {"number": number_figures(n)} for s, n in counts.items() if n]
    return ", ".join(words) if words else _("no actions yet")


# In English one and many read the same; in other languages the word agrees with the number.
_TALLY_WORDS: Mapping[Status, Callable[[int], str]] = {
    Status.DONE: lambda n: ngettext("%(number)s done", "%(number)s done", n),
    Status.ON_TRACK: lambda n: ngettext("%(number)s on track", "%(number)s on track", n),
    Status.AT_RISK: lambda n: ngettext("%(number)s at risk", "%(number)s at risk", n),
    Status.LATE: lambda n: ngettext("%(number)s late", "%(number)s late", n),
    Status.STALLED: lambda n: ngettext("%(number)s stalled", "%(number)s stalled", n),
    Status.NOT_STARTED: lambda n: ngettext("%(number)s not started", "%(number)s not started", n),
    Status.CARRIED: lambda n: ngettext("%(number)s carried over", "%(number)s carried over", n),
    Status.NOT_KNOWN: lambda n: ngettext("%(number)s not known", "%(number)s not known", n),
}


def tally_sentence(counts: Counts) -> str:
    """ "24 actions: 5 done, 9 on track."."""
    total = sum(counts.values())
    text = ngettext("%(total)s action: %(tally)s.", "%(total)s actions: %(tally)s.", total)
    return text % {"total": number_figures(total), "tally": tally_text(counts)}


def _figures(**numbers: int) -> dict[str, str]:
    return {name: number_figures(number) for name, number in numbers.items()}
