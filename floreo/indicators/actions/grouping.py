"""What a value that people entered is made of: its groups, and what was left out and why. Both are part of how it was calculated."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from floreo.core.access import Actor, Permission
from floreo.core.action import action
from floreo.core.errors import Refused
from floreo.core.writing import lock_latest, save
from floreo.indicators.models import FROZEN, Indicator, Reading

MOST_GROUPS, MOST_LEFT_OUT = 40, 10
LONGEST = 120  # signs of a name or a reason
LARGEST = 10**12


@dataclass(frozen=True)
class GroupFacts:
    """One group as a person gave it. `denominator` is None where the value is a plain count. `at` names the row of the form, for refusals."""

    name: str
    numerator: int
    denominator: int | None = None
    at: str = "group_1"


@dataclass(frozen=True)
class LeftOutFacts:
    """What was not counted: how many, and why."""

    why: str
    count: int
    at: str = "left_1"


def must_be_entered(reading: Reading) -> None:
    """Only what a person entered, and nobody froze, can get its groups from a person."""
    if reading.measure:
        raise Refused(_("This value is calculated from records, which give its groups themselves."), code="computed")
    if reading.is_frozen:
        raise Refused(FROZEN, code="frozen")


@action("reading.grouped", needs=Permission.READING_ENTER)
def set_groups(
    reading: Reading,
    *,
    by: Actor,
    groups: Sequence[GroupFacts],
    left_out: Sequence[LeftOutFacts] = (),
    version: int | None = None,
) -> Reading:
    """Says what groups a value is made of, and what was left out. The groups add up to the whole, or are refused; none takes them away."""
    fresh = lock_latest(reading, version)
    must_be_entered(fresh)
    must_be_sound(groups, left_out)
    if groups:
        must_add_up(fresh, fresh.indicator, groups)
    working = {name: kept for name, kept in fresh.working.items() if name not in ("groups", "left_out")}
    if groups:
        working["groups"] = as_working(groups)
    if left_out:
        working["left_out"] = [[each.why.strip(), each.count] for each in left_out]
    fresh.working = working
    return save(fresh)


def as_working(groups: Sequence[GroupFacts]) -> list[dict[str, object]]:
    """Groups as a reading keeps them."""
    return [
        {
            "name": g.name.strip(),
            "numerator": g.numerator,
            "denominator": g.numerator if g.denominator is None else g.denominator,
        }
        for g in groups
    ]


def _refused(sentence: str, field: str, code: str) -> Refused:
    return Refused(sentence, code=code, fields={field: sentence})


def must_be_sound(groups: Sequence[GroupFacts], left_out: Sequence[LeftOutFacts]) -> None:
    if len(groups) > MOST_GROUPS or len(left_out) > MOST_LEFT_OUT:
        raise Refused(_("These are too many groups for one value. Join the smallest."), code="too_many")
    if len(groups) == 1:
        raise _refused(_("One group is the whole. Enter at least two, or none."), f"{groups[0].at}_name", "one_group")
    seen: set[str] = set()
    for group in groups:
        name = group.name.strip()
        if not name or len(name) > LONGEST:
            raise _refused(_("Give the group a name of at most 120 characters."), f"{group.at}_name", "no_name")
        if name.casefold() in seen:
            raise _refused(_("There are two groups with this name."), f"{group.at}_name", "twice")
        seen.add(name.casefold())
        _must_count(group.numerator, f"{group.at}_numerator")
        if group.denominator is not None:
            _must_count(group.denominator, f"{group.at}_denominator")
            if group.numerator > group.denominator:
                raise _refused(
                    _("More was counted than there is: %(numerator)d of %(denominator)d.")
                    % {"numerator": group.numerator, "denominator": group.denominator},
                    f"{group.at}_numerator",
                    "over",
                )
    for each in left_out:
        if not each.why.strip() or len(each.why.strip()) > LONGEST:
            raise _refused(_("Give the reason in at most 120 characters."), f"{each.at}_why", "no_reason")
        if not 0 < each.count <= LARGEST:
            raise _refused(
                _("Enter how many were left out: a whole number greater than 0."), f"{each.at}_count", "none"
            )


def _must_count(number: int, field: str) -> None:
    if not 0 <= number <= LARGEST:
        raise _refused(_("Enter a whole number, 0 or more."), field, "not_a_count")


def must_add_up(reading: Reading, indicator: Indicator, groups: Sequence[GroupFacts]) -> None:
    """The groups together are what the value counts, no more and no less."""
    with_whole = [g.denominator is not None for g in groups]
    if reading.denominator is not None:
        if not all(with_whole):
            missing = groups[with_whole.index(False)]
            raise _refused(
                _("Enter out of how many: the value is a share of a whole."), f"{missing.at}_denominator", "no_whole"
            )
        _must_be(sum(g.denominator or 0 for g in groups), reading.denominator, groups[0].at, "denominator")
    elif any(with_whole):
        given = groups[with_whole.index(True)]
        raise _refused(
            _("The value has no whole. Enter the value again with what it is a share of, or leave this empty."),
            f"{given.at}_denominator",
            "no_whole",
        )
    counted = reading.numerator if reading.numerator is not None else _plain(reading, indicator)
    if counted is None:
        raise Refused(
            _("Enter the value again with what was counted and out of how many. Groups are parts of that."),
            code="no_fraction",
        )
    _must_be(sum(g.numerator for g in groups), counted, groups[0].at, "numerator")


def _plain(reading: Reading, indicator: Indicator) -> Decimal | None:
    """What a value that is no share counts: itself."""
    return None if indicator.unit == "%" else reading.value


def _must_be(total: int, whole: Decimal, at: str, field: str) -> None:
    if total != whole:
        sentence = _("The groups add up to %(total)s, but the value counts %(whole)s. Change one of them.")
        raise _refused(
            sentence % {"total": total, "whole": f"{whole.normalize():f}"}, f"{at}_{field}", "does_not_add_up"
        )
