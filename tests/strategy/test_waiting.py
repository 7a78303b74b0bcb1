"""What an action waits for, and terms that give due dates."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client

from floreo.core.access import SYSTEM
from floreo.core.errors import NotAllowed, Refused
from floreo.organisations.models import Country, User
from floreo.strategy.actions.actions import update_action
from floreo.strategy.actions.editions import publish_edition, update_edition
from floreo.strategy.actions.next_edition import start_next_edition
from floreo.strategy.actions.waiting import set_waits
from floreo.strategy.actions.workbooks import import_workbook
from floreo.strategy.models import Action, Edition
from floreo.strategy.sheets.columns import sheets
from floreo.strategy.sheets.reading import read_workbook
from floreo.strategy.sheets.writing import workbook_of
from floreo.strategy.tables import ACTIONS
from tests.factories import strategy as make
from tests.strategy.workbooks import changed, places_of, put, rehearsed


@pytest.fixture
def three(edition: Edition) -> tuple[Action, Action, Action]:
    made = [make.make_action(edition, f"1.1.{number}") for number in (1, 2, 3)]
    first, second, third = (update_action(act, by=SYSTEM, starts_on=None) for act in made)
    return first, second, third


def waited_for(act: Action) -> list[str]:
    return sorted(act.waits_for.values_list("code", flat=True))


def test_an_action_waits_for_others_of_its_edition(three: tuple[Action, Action, Action]) -> None:
    first, second, third = three
    set_waits(third, by=SYSTEM, codes=["1.1.1", " 1.1.2 ", ""])
    assert waited_for(third) == ["1.1.1", "1.1.2"]
    set_waits(third, by=SYSTEM, codes=["1.1.2"])
    assert (waited_for(third), waited_for(first), waited_for(second)) == (["1.1.2"], [], [])


def test_a_circle_is_refused_however_far_round(three: tuple[Action, Action, Action]) -> None:
    first, second, third = three
    set_waits(second, by=SYSTEM, codes=["1.1.1"])
    set_waits(third, by=SYSTEM, codes=["1.1.2"])
    for act, codes, sentence in (
        (first, ["1.1.3"], "1.1.3 waits for this action already, so this one cannot wait for it."),
        (first, ["1.1.1"], "An action cannot wait for itself."),
        (first, ["9"], "This edition has no action “9”."),
    ):
        with pytest.raises(Refused) as refused:
            set_waits(act, by=SYSTEM, codes=codes)
        assert refused.value.fields == {"codes": sentence}
    assert waited_for(first) == []


def test_who_may_not_edit_the_plan_changes_nothing(three: tuple[Action, Action, Action], lead: User) -> None:
    with pytest.raises(NotAllowed):
        set_waits(three[0], by=lead, codes=["1.1.2"])


@pytest.mark.long
def test_both_pages_say_so_and_the_status_does_not_change(
    three: tuple[Action, Action, Action], secretariat: User, client: Client
) -> None:
    first, second, _third = three
    update_action(first, by=SYSTEM, due_on=date(2026, 1, 31))  # late
    update_action(second, by=SYSTEM, due_on=date(2028, 1, 31))
    before = Action.objects.get(pk=second.pk).status
    set_waits(second, by=SYSTEM, codes=["1.1.1"])
    assert Action.objects.get(pk=second.pk).status == before != "late"
    publish_edition(first.edition, by=SYSTEM)
    told = "It waits for an action that is late or stalled: 1.1.1."
    for address in (second.get_absolute_url(), second.workspace_url()):
        client.force_login(secretariat)
        assert told in client.get(address).content.decode()
    assert "Others wait for it" in client.get(first.get_absolute_url()).content.decode()


def test_strangers_do_not_learn_of_an_internal_action(three: tuple[Action, Action, Action], client: Client) -> None:
    first, second, _third = three
    update_action(first, by=SYSTEM, is_public=False, title="Zebra raid", due_on=date(2026, 1, 31))
    set_waits(second, by=SYSTEM, codes=["1.1.1"])
    publish_edition(first.edition, by=SYSTEM)
    page = client.get(second.get_absolute_url()).content.decode()
    assert "Zebra" not in page
    assert "late or stalled" not in page
    rows = list(ACTIONS.ordered(None))
    column = next(c for c in ACTIONS.columns if c.name == "waits_for")
    assert [column.value(row) for row in rows] == [[], []]


@pytest.mark.long
def test_it_goes_out_in_the_workbook_and_comes_back(
    three: tuple[Action, Action, Action], edition: Edition, secretariat: User
) -> None:
    set_waits(three[0], by=SYSTEM, codes=["1.1.3"])
    report = rehearsed(edition, workbook_of(edition), secretariat)
    assert (report.problems, report.changes) == ([], 0)
    circle = changed(edition, lambda book: put(book, "actions", "waits_for", "1.1.1", row=4))
    assert places_of(rehearsed(edition, circle, secretariat)) == [("actions", 4, "waits_for")]
    more = changed(edition, lambda book: put(book, "actions", "waits_for", "1.1.2, 1.1.3"))
    import_workbook(edition, by=secretariat, book=read_workbook(more, sheets(edition)))
    assert waited_for(three[0]) == ["1.1.2", "1.1.3"]


@pytest.mark.long
def test_the_next_edition_keeps_what_waits_for_what(three: tuple[Action, Action, Action]) -> None:
    set_waits(three[2], by=SYSTEM, codes=["1.1.1"])
    following = start_next_edition(three[0].edition, by=SYSTEM, code="next", title="Next")
    assert waited_for(Action.objects.get(edition=following, code="1.1.3")) == ["1.1.1"]


class TestTerms:
    @pytest.fixture
    def terms(self, country: Country) -> Country:
        country.terms = [
            {"code": "short", "label": "short term", "months": 6, "translations": {"es": {"label": "corto plazo"}}},
            {"code": "long", "label": "long term", "months": 24, "translations": {}},
        ]
        country.save()
        return country

    @pytest.mark.long
    def test_a_term_gives_the_due_date_where_none_is_written(
        self, terms: Country, edition: Edition, act: Action, client: Client
    ) -> None:
        update_edition(edition, by=SYSTEM, approved_on=date(2025, 8, 31))
        act = update_action(act, by=SYSTEM, term="short", starts_on=None, due_on=None)
        assert act.due_on == date(2026, 2, 27)
        act = update_action(act, by=SYSTEM, term="long", due_on=date(2026, 5, 1))
        assert act.due_on == date(2026, 5, 1)
        publish_edition(edition, by=SYSTEM)
        told = "long term: 24 months after approval on 31 August 2025"
        assert told in client.get(act.get_absolute_url()).content.decode()

    @pytest.mark.long
    def test_without_a_day_of_approval_there_is_no_date_and_the_page_says_why(
        self, terms: Country, edition: Edition, act: Action, client: Client
    ) -> None:
        act = update_action(act, by=SYSTEM, term="short", starts_on=None, due_on=None)
        assert act.due_on is None
        publish_edition(edition, by=SYSTEM)
        told = "short term: 6 months after approval, whose day is not known"
        assert told in client.get(act.get_absolute_url()).content.decode()

    def test_dates_that_followed_follow_again_and_those_of_people_stay(self, terms: Country, edition: Edition) -> None:
        acts = [make.make_action(edition, f"1.1.{number}") for number in (1, 2)]
        update_edition(edition, by=SYSTEM, approved_on=date(2025, 1, 1))
        update_action(acts[0], by=SYSTEM, term="short", starts_on=None, due_on=None)
        update_action(acts[1], by=SYSTEM, term="short", due_on=date(2026, 9, 9), starts_on=None)
        update_edition(edition, by=SYSTEM, approved_on=date(2025, 3, 1))
        assert list(Action.objects.order_by("code").values_list("due_on", flat=True)) == [
            date(2025, 8, 31),
            date(2026, 9, 9),
        ]

    def test_an_unknown_term_is_refused(self, terms: Country, act: Action) -> None:
        with pytest.raises(Refused) as refused:
            update_action(act, by=SYSTEM, term="eternal")
        assert refused.value.fields == {"term": "“eternal” is not a term of this plan. Its terms: short, long."}

    def test_an_edition_s_own_terms_win_over_those_of_the_pack(
        self, terms: Country, edition: Edition, act: Action
    ) -> None:
        edition.terms = [{"code": "short", "label": "short", "months": 3, "translations": {}}]
        edition.approved_on = date(2025, 1, 1)
        edition.save()
        act = update_action(Action.objects.get(pk=act.pk), by=SYSTEM, term="short", starts_on=None, due_on=None)
        assert act.due_on == date(2025, 3, 31)
