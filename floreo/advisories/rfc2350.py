"""The sections of a team's profile, in the order and under the numbers of RFC 2350, appendix D."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from floreo.advisories.models import Team
from floreo.core.fields import label_of

_SECTIONS: tuple[tuple[str, Promise, tuple[str, ...]], ...] = (
    ("1", _("About this document"), ("updated_on", "distribution", "locations")),
    (
        "2",
        _("Contact information"),
        ("name", "address", "zone", "phone", "fax", "other_channels", "email", "keys", "members", "website", "hours"),
    ),
    ("3", _("Charter"), ("mission", "constituency", "sponsorship", "authority")),
    ("4", _("Policies"), ("incident_types", "disclosure", "authentication")),
    ("5", _("Services"), ("response", "proactive")),
    ("6", _("Forms for reporting incidents"), ("forms",)),
    ("7", _("Disclaimers"), ("disclaimers",)),
)
FIELDS = tuple(name for _number, _title, names in _SECTIONS for name in names)


@dataclass(frozen=True)
class ProfileLine:
    """One line of the profile: its number, its words, the field, and whether the team said anything."""

    number: str
    title: str
    field: str
    is_known: bool


@dataclass(frozen=True)
class Section:
    number: str
    title: str
    lines: tuple[ProfileLine, ...]

    @property
    def known(self) -> list[ProfileLine]:
        return [line for line in self.lines if line.is_known]

    @property
    def unknown(self) -> list[ProfileLine]:
        return [line for line in self.lines if not line.is_known]


def profile_of(team: Team) -> list[Section]:
    """Every section with its lines, filled or not."""
    return [
        Section(number, str(title), tuple(_line(team, number, place, name) for place, name in enumerate(names, 1)))
        for number, title, names in _SECTIONS
    ]


def _line(team: Team, number: str, place: int, name: str) -> ProfileLine:
    own = number if number in {"6", "7"} else f"{number}.{place}"
    return ProfileLine(own, str(label_of(Team, name)), name, bool(getattr(team, name)))
