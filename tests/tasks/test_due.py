"""What is to be done: whose it is, in which order, and that nobody sees what they may not."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from floreo.core import clock
from floreo.core.tasks import Recipient, Task
from floreo.offers import task_sources
from floreo.organisations.models import Country, Organisation, Person, User
from floreo.strategy.models import Action, Edition
from floreo.tasks.queries import EVERYBODY, board_of, gathered, groups_of, recipient_of, tasks_of, waiting_for_of
from tests.factories import strategy as make

Browser = Callable[[User], Client]


def short(items: list[Task]) -> list[tuple[str, int]]:
    return [(item.title, item.days_late(clock.today())) for item in items]


@pytest.mark.long
def test_a_lead_has_the_tasks_of_what_their_organisation_leads_worst_first(busy: Edition, lead: User) -> None:
    assert short(tasks_of(lead)) == [("1.1.1 Action 1.1.1", 54), ("1.1.2 Action 1.1.2", 4), ("Line open", 0)]


@pytest.mark.long
def test_another_lead_sees_none_of_it(busy: Edition, other_lead: User) -> None:
    assert short(tasks_of(other_lead)) == [("1.1.4 Action 1.1.4", 23)]


@pytest.mark.long
def test_who_reminds_sees_the_tasks_of_others_by_organisation(busy: Edition, secretariat: User) -> None:
    board = board_of(secretariat)
    assert board.mine == []
    late = [(g.name, len(g.items), g.oldest(board.today)) for g in board.late_others()]
    assert late == [("National CSIRT", 2, 54), ("National Police", 1, 23)]
    waiting_for = board.waiting_for
    assert waiting_for is not None
    assert (waiting_for.total, waiting_for.nobody, waiting_for.roles) == (4, 0, {})
    assert waiting_for.bodies == {"National CSIRT": 3, "National Police": 1}


@pytest.mark.long
def test_an_action_that_nobody_leads_is_the_secretariats(busy: Edition, secretariat: User, lead: User) -> None:
    make.make_action(busy, "1.1.9", due_on=make.TODAY.replace(day=1))
    Action.objects.update(confirmed=True)
    assert [i.title for i in tasks_of(secretariat)] == ["1.1.9 Action 1.1.9"]
    assert "1.1.9 Action 1.1.9" not in [i.title for i in tasks_of(lead)]
    waiting_for = board_of(secretariat).waiting_for
    assert waiting_for is not None
    assert waiting_for.roles == {"secretariat": 1}


def test_what_no_account_can_do_sits_with_nobody(country: Country) -> None:
    items = [Task("x:1", "confirm", "Nobody's", "", "/", needs="plan.edit")]
    assert waiting_for_of(items).nobody == 1


@pytest.mark.long
def test_a_merged_bodys_work_is_its_heirs(
    busy: Edition, csirt: Organisation, police: Organisation, other_lead: User, secretariat: User
) -> None:
    csirt.merged_into = police
    csirt.save()
    assert [i.title[:5] for i in tasks_of(other_lead)] == ["1.1.1", "1.1.4", "1.1.2", "Line "]
    assert [g.name for g in board_of(secretariat).others] == ["National Police"]


def test_whose_turn_it_is_the_person_before_the_organisation() -> None:
    item = Task("x:1", "update", "", "", "/", person=1, organisation=7)
    ana, body, other = Recipient(frozenset({1})), Recipient(organisations=frozenset({7})), Recipient(frozenset({2}))
    assert [w.waits_for(item) for w in (ana, body, other)] == [True, False, False]
    assert [w.holds(item) for w in (ana, body, other)] == [True, True, False]


@pytest.mark.long
def test_a_person_who_left_has_no_task_the_organisation_does(busy: Edition, ana: Person, secretariat: User) -> None:
    Person.objects.filter(pk=ana.pk).update(is_active=False)
    assert {i.person for i in gathered(EVERYBODY, viewer=secretariat)} == {None}


def test_what_a_person_of_no_organisation_must_do_stands_under_their_name(country: Country) -> None:
    loner = make.make_person("loner")
    (group,) = groups_of([Task("x:1", "update", "", "", "/", person=loner.pk)], clock.today())
    assert (group.kind, group.code, group.name) == ("person", "loner", "Loner")


def test_observers_and_auditors_have_no_tasks(busy: Edition, user_with: Callable[..., User]) -> None:
    assert [tasks_of(user_with(role)) for role in ("observer", "auditor")] == [[], []]


@pytest.mark.long
@pytest.mark.usefixtures("isla")
class TestEverySource:
    """What each app provides when it joins the list."""

    def test_keys_are_its_own_and_never_repeat(self, secretariat: User) -> None:
        keys = [i.key for s in task_sources() for i in s(EVERYBODY, viewer=secretariat, today=clock.today())]
        assert len(keys) == len(set(keys))
        assert len(keys) > 20
        assert all(1 < len(key) <= 120 for key in keys)

    def test_everything_has_words_and_somebody(self, secretariat: User) -> None:
        for item in gathered(EVERYBODY, viewer=secretariat):
            assert str(item.title).strip(), item
            assert str(item.why).strip(), item
            assert item.person or item.organisation or item.needs, item

    @pytest.mark.parametrize("role", ["secretariat", "analyst", "drafter", "lead", "coordinator", "operator"])
    def test_addresses_open_for_whom_they_are_shown(
        self, role: str, user_with: Callable[..., User], browser_of: Browser
    ) -> None:
        body = Organisation.objects.filter(participations__part="lead").order_by("pk").first()
        of = body if role in {"lead", "coordinator", "operator"} else None
        user = user_with(role, organisation=of, email=f"{role}@test.example.org")
        browser = browser_of(user)
        items = tasks_of(user)
        seen: set[str] = set()
        for item in items[:25]:
            for address in (item.href, *(press.href for press in item.links)):
                page = address.partition("#")[0]
                if page not in seen:
                    seen.add(page)
                    assert browser.get(page).status_code == 200, f"{role}: {item.key} {page}"

    def test_narrowed_is_the_same_as_picked_from_everything(self, user_with: Callable[..., User]) -> None:
        """What is narrowed in the database is exactly what the rules would pick: no more, and nothing lost."""
        for body in Organisation.objects.filter(participations__part="lead", merged_into=None).distinct()[:5]:
            user = user_with("lead", organisation=body, email=f"{body.code}@test.example.org")
            mine = recipient_of(user)
            picked = [i.key for i in gathered(EVERYBODY, viewer=user) if mine.holds(i)]
            assert [i.key for i in gathered(mine, viewer=user)] == picked

    def test_leads_see_their_own_only(self, user_with: Callable[..., User]) -> None:
        bodies = Organisation.objects.filter(participations__part="lead", merged_into=None).distinct()
        seen: set[str] = set()
        for body in bodies:
            items = tasks_of(user_with("lead", organisation=body, email=f"{body.code}@test.example.org"))
            assert not seen & {i.key for i in items}, body
            seen |= {i.key for i in items}
        assert len(seen) > 10


@pytest.mark.long
def test_more_rows_ask_no_more_queries(busy: Edition, csirt: Organisation, lead: User) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            gathered(recipient_of(lead), viewer=lead)
        return len(queries)

    asked()  # what one may is asked once and kept
    before = asked()
    for number in range(10, 16):
        make.make_action(busy, f"1.1.{number}", lead=csirt, due_on=make.TODAY.replace(day=3))
    assert asked() == before
