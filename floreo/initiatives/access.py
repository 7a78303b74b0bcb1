"""How a view gets an initiative, a competition or an entry; and as whom people without an account act."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext_noop

from floreo.core.access import can
from floreo.core.errors import Missing
from floreo.core.links import hash_of
from floreo.initiatives.models import (
    RUN,
    Competition,
    CompetitionEntry,
    CompetitionState,
    Criterion,
    EntryState,
    Initiative,
    JuryMember,
)


def get_initiative_for(viewer: object, code: str) -> Initiative:
    rows = Initiative.objects.visible_to(viewer).select_related("organisation")
    found = rows.filter(code=code).first()
    if found is None:
        raise Missing
    return found


def get_competition_for(viewer: object, code: str) -> Competition:
    rows = Competition.objects.visible_to(viewer).select_related("organisation")
    found = rows.filter(code=code).first()
    if found is None:
        raise Missing
    return found


def get_entry_for(viewer: object, code: str, reference: str) -> CompetitionEntry:
    rows = CompetitionEntry.objects.select_related("competition__organisation", "place")
    found = rows.filter(competition__code=code, reference=reference).first()
    if found is None or not can(viewer, RUN):
        raise Missing
    return found


def get_criterion_for(viewer: object, code: str, number: int) -> Criterion:
    found = Criterion.objects.select_related("competition").filter(competition__code=code, number=number).first()
    if found is None or not can(viewer, RUN):
        raise Missing
    return found


def get_member_for(viewer: object, code: str, pk: int) -> JuryMember:
    found = JuryMember.objects.select_related("competition").filter(competition__code=code, pk=pk).first()
    if found is None or not can(viewer, RUN):
        raise Missing
    return found


# --- People without an account ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Sender:
    """A public form: whoever sends it, and is nobody in particular."""

    actor_code: str = "initiatives"

    @property
    def actor_name(self) -> str:
        return gettext_noop("Public form")

    def grants(self) -> Iterable[tuple[str, int | None]]:
        return ()


ANYBODY = Sender()


@dataclass(frozen=True)
class Entrant:
    """Whoever has the link that was shown when an entry was sent: may withdraw it, and nothing else."""

    entry: CompetitionEntry

    @property
    def actor_code(self) -> str:
        return f"entrant:{self.entry.pk}"

    @property
    def actor_name(self) -> str:
        return gettext_noop("Who sent the entry")

    def grants(self) -> Iterable[tuple[str, int | None]]:
        return ()


@dataclass(frozen=True)
class Guardian:
    """Whoever has the link that was sent to the guardian: agrees, says whether the name may be public, and withdraws."""

    entry: CompetitionEntry

    @property
    def actor_code(self) -> str:
        return f"guardian:{self.entry.pk}"

    @property
    def actor_name(self) -> str:
        return gettext_noop("The guardian")

    def grants(self) -> Iterable[tuple[str, int | None]]:
        return ()


@dataclass(frozen=True)
class Juror:
    """Whoever has the link of a member of the jury."""

    member: JuryMember

    @property
    def actor_code(self) -> str:
        return f"jury:{self.member.pk}"

    @property
    def actor_name(self) -> str:
        return self.member.name

    def grants(self) -> Iterable[tuple[str, int | None]]:
        return ()


def entry_of_link(secret: str) -> CompetitionEntry:
    """Of the one who sent it. Raises Missing for a link that is none, or whose entry is gone."""
    rows = CompetitionEntry.objects.select_related("competition__organisation")
    found = rows.filter(link_hash=hash_of(secret)).first() if secret else None
    if found is None:
        raise Missing
    return found


def entry_of_guardian(secret: str) -> CompetitionEntry:
    rows = CompetitionEntry.objects.select_related("competition__organisation", "place")
    found = rows.filter(guardian_hash=hash_of(secret)).first() if secret else None
    if found is None:
        raise Missing
    return found


def member_of_link(secret: str) -> JuryMember:
    """Raises Missing for a link that is none, that was ended, or of a competition that nobody may know of."""
    rows = JuryMember.objects.select_related("competition__organisation")
    found = rows.filter(link_hash=hash_of(secret)).first() if secret else None
    if found is None or found.competition.state == CompetitionState.DRAFT:
        raise Missing
    return found


def entry_for_jury(member: JuryMember, reference: str) -> CompetitionEntry:
    """An entry of the member's competition whose guardian agreed. Any other reads as one that does not exist."""
    rows = member.competition.entries.filter(state=EntryState.ENTERED, is_erased=False)
    found = rows.select_related("competition").filter(reference=reference).first()
    if found is None:
        raise Missing
    return found
