"""A composed query keeps its words and nothing that it found, and finds what the same query finds that is composed again."""

from __future__ import annotations

import threading
from datetime import date, timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.db.models import Q, QuerySet
from django.test.utils import CaptureQueriesContext

from floreo.core import clock
from floreo.core.access import SYSTEM, is_stranger
from floreo.core.composed import COMPOSED, ComposedQuery
from floreo.core.models import AuditEntry, SearchEntry
from floreo.organisations.models import User
from floreo.strategy.actions.milestones import add_milestone
from floreo.strategy.models import Action, Edition, Milestone
from tests.factories.strategy import TODAY, make_action, make_country, make_edition

pytestmark = [pytest.mark.django_db, pytest.mark.two_databases]


@pytest.fixture
def edition() -> Edition:
    """With three actions, two of which have a milestone."""
    make_country()
    with clock.pinned_day(day=TODAY):
        edition = make_edition()
        for number in range(3):
            due_on = TODAY + timedelta(days=number) if number else None
            act = make_action(edition, f"1.1.{number + 1}", due_on=due_on)
            if due_on:
                add_milestone(act, by=SYSTEM, title=f"Step {number}", due_on=due_on)
    return edition


@ComposedQuery
def due(edition: Edition, day: date) -> QuerySet[Action]:
    return Action.objects.filter(edition=edition).filter(Q(due_on__lte=day) | Q(due_on=None)).order_by("pk")


@ComposedQuery
def not_due(edition: Edition, first: date, last: date) -> QuerySet[Action, tuple[int, date | None]]:
    rows = Action.objects.filter(edition=edition).exclude(due_on__range=(first, last))
    return rows.order_by("-pk").values_list("pk", "due_on")


@ComposedQuery
def some(actions: list[int], *, limit: int) -> QuerySet[Milestone]:
    rows = Milestone.objects.filter(action__pk__among=actions).select_related("action__edition")
    return rows.only("title", "due_on", "action__code", "action__edition__code").order_by("pk")[:limit]


@ComposedQuery
def named(codes: list[str]) -> QuerySet[Action, str]:
    return Action.objects.filter(code__among=codes).order_by("pk").values_list("code", flat=True)


@ComposedQuery
def with_all(edition: Edition) -> QuerySet[Action]:
    return Action.objects.filter(edition=edition).order_by("pk").prefetch_related("milestones")


def test_it_finds_what_the_same_question_finds_that_is_composed_anew(edition: Edition) -> None:
    for day in (TODAY, TODAY + timedelta(days=1), TODAY - timedelta(days=900)):
        plain = Action.objects.filter(edition=edition).filter(Q(due_on__lte=day) | Q(due_on=None)).order_by("pk")
        assert [vars(each)["due_on"] for each in due(edition, day)] == [each.due_on for each in plain]
        assert due(edition, day) == due(edition=edition, day=day) == list(plain)
        assert due.first(edition, day) == plain.first()
        others = Action.objects.filter(edition=edition).exclude(due_on__range=(TODAY, day)).order_by("-pk")
        assert not_due(edition, TODAY, day) == list(others.values_list("pk", "due_on"))
    assert due(Edition(pk=edition.pk + 1), TODAY) == []
    assert due.first(Edition(pk=edition.pk + 1), TODAY) is None


def test_lists_of_any_length_and_options_have_words_of_their_own(edition: Edition) -> None:
    acts = list(Action.objects.order_by("pk"))
    steps = list(Milestone.objects.order_by("pk"))
    assert some([a.pk for a in acts], limit=5) == steps
    assert some([a.pk for a in acts], limit=1) == steps[:1]
    assert some([acts[2].pk], limit=5) == steps[1:]
    assert some([], limit=5) == []
    with CaptureQueriesContext(connection) as asked:
        found = some([acts[1].pk], limit=5)
        assert [(m.title, m.action.code, m.action.edition.code) for m in found] == [
            (steps[0].title, acts[1].code, edition.code)
        ]
    assert len(asked) == 1
    assert named([acts[0].code, acts[2].code, "'", '"', "%s"]) == [acts[0].code, acts[2].code]


def test_nothing_that_was_found_is_kept(edition: Edition) -> None:
    before = due(edition, TODAY + timedelta(days=1))
    before[0].title = "Changed in memory alone"
    Action.objects.filter(pk=before[0].pk).update(title="Changed since")
    before[1].delete()
    assert [each.title for each in due(edition, TODAY + timedelta(days=1))] == ["Changed since"]


def test_what_is_named_with_it_is_read_with_it(edition: Edition) -> None:
    with CaptureQueriesContext(connection) as asked:
        counts = [len(each.milestones.all()) for each in with_all(edition)]
    assert (counts, len(asked)) == ([0, 1, 1], 2)
    Milestone.objects.all().delete()
    assert [len(each.milestones.all()) for each in with_all(edition)] == [0, 0, 0]


def test_it_is_composed_once(edition: Edition) -> None:
    calls: list[object] = []

    @ComposedQuery
    def query(edition: Edition) -> QuerySet[Action]:
        calls.append(edition)
        return Action.objects.filter(edition=edition)

    assert len(query(edition)) == len(query(edition)) == 3
    assert len(calls) == 1


def test_the_words_can_depend_on_no_value() -> None:
    @ComposedQuery
    def by_value(show: str) -> QuerySet[Action]:
        return Action.objects.all() if show else Action.objects.filter(is_public=True)

    with pytest.raises(TypeError, match="do not depend on show"):
        by_value("all")


def test_the_words_can_depend_on_nothing_in_the_database(edition: Edition) -> None:
    @ComposedQuery
    def by_row() -> QuerySet[Action]:
        return Action.objects.filter(edition=Edition.objects.first())

    with pytest.raises(TypeError, match="do not depend on what is in the database"):
        by_row()


def test_nothing_is_compared_with_none(edition: Edition) -> None:
    with pytest.raises(TypeError, match="no place for it"):
        due(edition, None)  # type: ignore[arg-type]  # that is the point


def test_threads_fill_in_side_by_side_each_its_own_values() -> None:
    @ComposedQuery
    def entries(key: str) -> QuerySet[SearchEntry]:
        return SearchEntry.objects.filter(key=key)

    composed = entries.compose()
    wrong: list[str] = []

    def fill(name: str) -> None:
        wrong.extend(name for _ in range(200) if composed.filled({"key": name}) != (name,))

    threads = [threading.Thread(target=fill, args=(f"a.b:{n}",)) for n in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert wrong == []


def test_what_the_program_asks_so_is_known() -> None:
    assert len(COMPOSED) > 20
    assert AuditEntry in {query.compose(**dict.fromkeys(query.options, 1)).rows.model for query in COMPOSED}


def test_a_stranger_is_whoever_could_be_granted_nothing(secretariat: User) -> None:
    assert [is_stranger(each) for each in (None, AnonymousUser(), secretariat, SYSTEM)] == [True, True, False, False]
