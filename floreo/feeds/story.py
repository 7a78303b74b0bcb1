"""The nights of reports that a sample pack brings, and which of them are still to be worked through."""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path

from django.conf import settings

from floreo.core.models import AuditEntry
from floreo.feeds.pack import REPORTS, Story, nights_in, story_in
from floreo.organisations.queries import the_country

VERB = "sample.night_told"


def story_folder() -> Path | None:
    """Of the country that is loaded, when it is a sample that has a story."""
    country = the_country()
    if country is None or not country.is_sample:
        return None
    there = [Path(settings.PACK), *(Path(root) / country.pack for root in settings.PACK_DIRS)]
    homes = (home for home in there if home.name == country.pack and (home / REPORTS / "answers.toml").is_file())
    return next(homes, None)


def untold(folder: Path) -> list[date]:
    """The trail knows the last night that was played whole."""
    last = AuditEntry.objects.filter(verb=VERB).order_by("-number").values_list("detail", flat=True).first()
    return [night for night in nights_of(folder) if not last or night.isoformat() > last["night"]]


def untold_of_feed() -> tuple[str, int]:
    """The code of the feed to which the nights belong, and how many of them are left; ("", 0) where there are none."""
    folder = story_folder()
    left = len(untold(folder)) if folder is not None else 0
    return (story_of(folder).feed, left) if folder is not None and left else ("", 0)


@cache
def nights_of(folder: Path) -> dict[date, list[Path]]:
    return nights_in(folder)


@cache
def story_of(folder: Path) -> Story:
    return story_in(folder)
