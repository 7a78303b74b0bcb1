"""Terms such as "medium term, 12 months from approval": as the edition or the pack defines them, and the day that follows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from floreo.core.models import text_in
from floreo.organisations.queries import the_country
from floreo.strategy.models import Edition


@dataclass(frozen=True)
class PlanTerm:
    """A term with its words in the reader's language. It ends so many months after the plan was approved."""

    code: str
    label: str
    months: int


def terms_of(edition: Edition) -> dict[str, PlanTerm]:
    """The terms of an edition by their codes: its own, else those of the pack."""
    country = the_country()
    declared: Iterable[Mapping[str, Any]] = edition.terms or (country.terms if country else [])
    return {
        each["code"]: PlanTerm(
            each["code"], text_in(each.get("translations", {}), "label", each["label"]), each["months"]
        )
        for each in declared
    }
