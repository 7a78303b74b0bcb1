"""Rows that only hold the actions of a plan without pillars or without objectives. Nobody sees them; they are made with what they hold."""

from __future__ import annotations

from django.utils.translation import gettext as _

from floreo.core.errors import Missing, Refused
from floreo.core.writing import delete, save
from floreo.organisations.queries import the_country
from floreo.strategy.levels import Level, has_level
from floreo.strategy.models import Action, Edition, Objective, Pillar

PLAN = "plan"  # code of the pillar that nobody sees


def usual_depth() -> int:
    """How many levels a plan of this country has: as the pack names them, or three."""
    country = the_country()
    return len(country.levels) or 3 if country else 3


def complete(edition: Edition) -> None:
    """What a plan whose only level are its actions needs, so that actions can be added."""
    if not has_level(edition, Level.PILLAR):
        complete_pillar(save(Pillar(edition=edition, code=PLAN, title=edition.title, is_implied=True)))


def complete_pillar(pillar: Pillar) -> Objective | None:
    """What holds the actions of a pillar, in a plan without objectives."""
    if has_level(pillar.edition, Level.OBJECTIVE):
        return None
    if Objective.everything.filter(pillar=pillar, is_implied=True).exists():
        return None
    facts = {"title": pillar.title, "translations": pillar.translations}
    return save(Objective(pillar=pillar, code=pillar.code, is_implied=True, **facts))


def rename_implied(pillar: Pillar) -> None:
    """It bears its pillar's title, which shows in the trail."""
    for holder in Objective.everything.filter(pillar=pillar, is_implied=True):
        holder.title, holder.translations = (
            pillar.title,
            {code: {"title": texts["title"]} for code, texts in pillar.translations.items() if "title" in texts},
        )
        save(holder)


def holder_of(pillar: Pillar) -> Objective:
    """Where the actions of a pillar without objectives are. Raises Missing in a plan that has objectives."""
    found: Objective | None = Objective.everything.filter(pillar=pillar, is_implied=True).first()
    if found is None:
        raise Missing
    return found


def holder_of_plan(edition: Edition) -> Objective:
    """Where the actions of a plan are that has no other level. Raises Missing in another plan."""
    pillar = Pillar.everything.filter(edition=edition, is_implied=True).first()
    if pillar is None:
        raise Missing
    return holder_of(pillar)


def must_be_empty(edition: Edition) -> None:
    """Raises Refused where rows would lose their level."""
    if Action.objects.filter(edition=edition).exists() or Pillar.objects.filter(edition=edition).exists():
        sentence = _(
            "This plan has entries already, so its number of levels cannot change. Remove them first, or start another edition."
        )
        raise Refused(sentence, code="not_empty", fields={"levels": sentence})


def start_again(edition: Edition) -> None:
    """After the number of levels of an empty plan changed."""
    for pillar in Pillar.everything.filter(edition=edition, is_implied=True):
        for holder in Objective.everything.filter(pillar=pillar):
            delete(holder)
        delete(pillar)
    complete(edition)
