"""What is composed once in a process has the same words on every day, in every language and in every zone: what differs is a value."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import date
from typing import Any

import pytest
from django.apps import apps
from django.db import models
from django.utils import timezone, translation

import floreo
from floreo.core import clock, keys, languages
from floreo.core.composed import COMPOSED, ComposedQuery, Slot
from floreo.strategy.models import Action

pytestmark = [pytest.mark.django_db, pytest.mark.two_databases]

OPTIONS: dict[str, tuple[object, ...]] = {"int": (1, 7), "str": ("title",)}  # by what an option is


def composed_queries() -> list[ComposedQuery[Any, Any]]:
    """Of every module of the program, and that by which things of each kind are read by their keys."""
    for found in pkgutil.walk_packages(floreo.__path__, "floreo."):
        if ".migrations" not in found.name:
            importlib.import_module(found.name)
    numbered = [model for model in apps.get_models() if isinstance(model._meta.pk, models.AutoField)]
    return [*COMPOSED, *(keys.rows_by_number(model) for model in numbered)]


def words_of(query: ComposedQuery[Any, Any]) -> list[tuple[str, list[object]]]:
    found = []
    kinds = [query.kind_of(name) for name in query.options]
    for place in range(max([len(OPTIONS[kind]) for kind in kinds], default=1)):
        options = {name: OPTIONS[kind][place] for name, kind in zip(query.options, kinds, strict=True)}
        composed = query.compose(**options)
        found.append((composed.words, [_as_text(each) for each in composed.parameters]))
    return found


def _as_text(parameter: object) -> object:
    if isinstance(parameter, Slot):
        return f"the value of {parameter.name}"
    assert isinstance(parameter, str | int | None), f"{parameter!r} may be of a day or of a record"
    return parameter


@contextmanager
def another_world() -> Iterator[None]:
    with ExitStack() as all_of_it:
        all_of_it.enter_context(clock.pinned_day(zone="Pacific/Kiritimati", day=date(2031, 2, 3)))
        all_of_it.enter_context(timezone.override("Pacific/Kiritimati"))
        all_of_it.enter_context(languages.of_site(("es", "en")))
        all_of_it.enter_context(translation.override("es"))
        yield


@pytest.mark.long
def test_the_words_are_the_same_on_another_day_in_another_language_and_zone() -> None:
    here = [words_of(query) for query in composed_queries()]
    with another_world():
        assert [words_of(query) for query in composed_queries()] == here


@pytest.mark.long
def test_every_value_that_a_question_takes_has_its_place() -> None:
    for query in composed_queries():
        given = [str(each) for _words, parameters in words_of(query) for each in parameters]
        lost = [name for name in query.values if f"the value of {name}" not in given]
        assert lost == [], words_of(query)


def test_a_question_that_looks_at_the_day_or_the_language_would_be_found() -> None:
    @ComposedQuery
    def by_day() -> models.QuerySet[Action]:
        return Action.objects.filter(code=clock.today().isoformat())

    @ComposedQuery
    def by_language() -> models.QuerySet[Action]:
        return Action.objects.filter(code=languages.now())

    for query in (by_day, by_language):
        here = words_of(query)
        with another_world():
            assert words_of(query) != here
