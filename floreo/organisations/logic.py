"""Plain facts about organisations, places and dates that are only partly known. No Django."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class OrganisationKind(StrEnum):
    MINISTRY = "ministry"
    AGENCY = "agency"
    REGULATOR = "regulator"
    POLICE = "police"
    JUSTICE = "justice"
    CSIRT = "csirt"
    OPERATOR = "operator"
    COMPANY = "company"
    ACADEMIA = "academia"
    CIVIL_SOCIETY = "civil_society"
    DONOR = "donor"
    INTERNATIONAL = "international"
    GROUP = "group"  # a task force, a committee


class PlaceKind(StrEnum):
    DISTRICT = "district"
    CITY = "city"
    TOWN = "town"
    VILLAGE = "village"


class Presence(StrEnum):
    """What an attendance list says of somebody."""

    PRESENT = "present"
    APOLOGIES = "apologies"
    ABSENT = "absent"


@dataclass(frozen=True)
class Span:
    """A stretch of days, open at either end when a bound is None."""

    starts_on: date | None
    ends_on: date | None

    def holds(self, day: date) -> bool:
        return (self.starts_on is None or self.starts_on <= day) and (self.ends_on is None or day <= self.ends_on)
