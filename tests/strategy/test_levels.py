"""A plan of one to four levels: its tree, codes, addresses, API, copies and workbook; and what does not fit its levels."""

from __future__ import annotations

import io
from datetime import date
from itertools import count

import openpyxl
import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from floreo.core.access import SYSTEM
from floreo.core.errors import Refused
from floreo.core.search import find
from floreo.organisations.models import Country, User
from floreo.publications.copies import copy_of
from floreo.strategy.actions.actions import add_action, move_action, remove_action
from floreo.strategy.actions.editions import create_edition, publish_edition, update_edition
from floreo.strategy.actions.implied import holder_of, holder_of_plan
from floreo.strategy.actions.next_edition import start_next_edition
from floreo.strategy.actions.objectives import add_objective, add_sub_objective, remove_objective
from floreo.strategy.actions.pillars import add_pillar, remove_pillar, update_pillar
from floreo.strategy.actions.workbooks import import_workbook
from floreo.strategy.levels import BY_DEPTH, counted, in_words, many, one, title_of
from floreo.strategy.models import Action, Edition, Objective, Pillar
from floreo.strategy.queries import places_for_actions, plan_tree
from floreo.strategy.sheets.columns import sheets
from floreo.strategy.sheets.reading import read_workbook
from floreo.strategy.sheets.writing import workbook_of
from tests.strategy.workbooks import add, changed, places_of, put, rehearsed

DEPTHS = sorted(BY_DEPTH)
NUMBERS = count()
THREE_NAMED = [
    {"one": "axis", "many": "axes", "translations": {"es": {"one": "eje", "many": "ejes"}}},
    {"one": "activity", "many": "activities", "translations": {"es": {"one": "actividad", "many": "actividades"}}},
]


def plan_of(depth: int, widths: tuple[int, int, int] = (2, 1, 2), code: str = "2025-2028") -> Edition:
    """A plan of that many levels: so many branches on each level above the actions, so many actions under each of the lowest."""
    edition = create_edition(by=SYSTEM, code=code, title="The plan", levels=depth, starts_on=date(2025, 1, 1))
    branches, parts, acts = widths
    if depth == 1:
        _act(holder_of_plan(edition), acts, "")
        return edition
    for one_ in range(1, branches + 1):
        pillar = add_pillar(edition, by=SYSTEM, code=f"{one_}", title=f"Pillar {one_}")
        if depth == 2:
            _act(holder_of(pillar), acts, f"{one_}.")
            continue
        for two in range(1, parts + 1):
            objective = add_objective(pillar, by=SYSTEM, code=f"{one_}.{two}", title=f"Objective {one_}.{two}")
            if depth == 3:
                _act(objective, acts, f"{one_}.{two}.")
            else:
                part = add_sub_objective(objective, by=SYSTEM, code=f"{one_}.{two}.1", title="Part")
                _act(part, acts, f"{one_}.{two}.1.")
    return edition


def _act(holder: Objective, number: int, before: str) -> None:
    for each in range(1, number + 1):
        add_action(holder, by=SYSTEM, code=f"{before}{each}", title=f"Act {each}", due_on=date(2026, each % 12 + 1, 1))


def codes_in(edition: Edition) -> list[str]:
    return list(Action.objects.filter(edition=edition).order_by("position").values_list("code", flat=True))


@pytest.mark.long
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.sampled_from(DEPTHS),
    st.tuples(st.integers(1, 3), st.integers(1, 2), st.integers(1, 3)),
)
def test_a_plan_of_any_depth_has_its_tree_its_addresses_and_comes_back_from_its_workbook(
    country: Country, secretariat: User, depth: int, widths: tuple[int, int, int]
) -> None:
    edition = plan_of(depth, widths, f"edition-{next(NUMBERS)}")
    tree = plan_tree(edition, SYSTEM)
    in_tree = [act.code for branch in tree for act in branch.actions]
    assert in_tree == codes_in(edition)
    assert len(in_tree) == len(set(in_tree)) > 0

    shown = [*Pillar.objects.filter(edition=edition), *Objective.objects.filter(pillar__edition=edition)]
    addresses = [thing.get_absolute_url() for thing in [*shown, *Action.objects.filter(edition=edition)]]
    assert len(addresses) == len(set(addresses))
    assert {type(thing) for thing in shown} == {
        kind for kind, level in ((Pillar, 2), (Objective, 3)) if depth >= level
    }, "only the levels that the plan has are seen"

    report = rehearsed(edition, workbook_of(edition), secretariat)
    assert (report.problems, report.changes) == ([], 0)


@pytest.mark.long
@pytest.mark.parametrize("depth", DEPTHS)
def test_a_whole_plan_can_be_made_from_the_workbook_of_another(country: Country, secretariat: User, depth: int) -> None:
    first = plan_of(depth, (2, 1, 2), "first")
    second = create_edition(by=SYSTEM, code="second", title="The plan", levels=depth, starts_on=date(2025, 1, 1))
    book = openpyxl.load_workbook(io.BytesIO(workbook_of(first)))
    del book[sheets(first)[0].title]  # its row is of the other edition
    buffer = io.BytesIO()
    book.save(buffer)
    import_workbook(second, by=secretariat, book=read_workbook(buffer.getvalue(), sheets(second)))
    assert codes_in(second) == codes_in(first)
    assert [(b.pillar.code, [a.code for a in b.actions]) for b in plan_tree(second, SYSTEM)] == [
        (b.pillar.code, [a.code for a in b.actions]) for b in plan_tree(first, SYSTEM)
    ]


@pytest.mark.first_cases(2)
@pytest.mark.parametrize("depth", DEPTHS)
def test_the_next_edition_has_the_same_levels(country: Country, depth: int) -> None:
    edition = plan_of(depth)
    following = start_next_edition(edition, by=SYSTEM, code="next", title="Next", starts_on=date(2029, 1, 1))
    assert following.levels == depth
    assert codes_in(following) == codes_in(edition)
    above = {o.code: o.above.code for o in Objective.objects.filter(pillar__edition=following) if o.above}
    assert above == {o.code: o.above.code for o in Objective.objects.filter(pillar__edition=edition) if o.above}


@pytest.mark.long
@pytest.mark.parametrize("depth", DEPTHS)
def test_strangers_see_a_plan_with_its_own_levels_alone(country: Country, client: Client, depth: int) -> None:
    edition = plan_of(depth)
    publish_edition(edition, by=SYSTEM)
    for address in (edition.get_absolute_url(), f"{edition.get_absolute_url()}timeline/", "/", "/sitemap.xml"):
        assert client.get(address).status_code == 200
    act = Action.objects.filter(edition=edition).first()
    assert act is not None
    page = client.get(act.get_absolute_url()).content.decode()
    assert act.title in page
    plan = client.get(f"/api/v1/editions/{edition.code}/plan").json()
    assert [level["level"] for level in plan["levels"]] == [str(level) for level in BY_DEPTH[depth]]
    objectives = [o for p in plan["pillars"] for o in p["objectives"]]
    found = [*plan["actions"], *(a for p in plan["pillars"] for a in p["actions"])]
    found += [a for o in objectives for a in o["actions"]]
    assert sorted(a["code"] for a in found) == sorted(codes_in(edition))
    assert bool(plan["pillars"]) == (depth > 1)
    assert bool(objectives) == (depth > 2)
    copy = copy_of(edition, None, "en")
    of_pillars = [p.actions or [a for o in p.objectives for a in o.actions] for p in copy.pillars]
    assert len(copy.actions) + sum(map(len, of_pillars)) == len(codes_in(edition))


@pytest.mark.long
def test_what_nobody_sees_is_not_found_and_has_no_page(country: Country, client: Client) -> None:
    edition = plan_of(2)
    publish_edition(edition, by=SYSTEM)
    assert client.get(f"/strategy/{edition.code}/objectives/1/").status_code == 404
    assert client.get(f"/strategy/{edition.code}/pillars/1/").status_code == 200
    found = [entry.kind for entry in find("Pillar 1", public_only=True)]
    assert "objective" not in found
    assert "Pillar 1" not in client.get("/api/v1/objectives").content.decode()
    assert "pillar" in found


def test_what_holds_the_actions_goes_with_its_pillar(country: Country) -> None:
    edition = plan_of(2, (1, 1, 1))
    pillar = Pillar.objects.get(edition=edition)
    update_pillar(pillar, by=SYSTEM, title="Renamed", translations={"es": {"title": "Otro"}})
    holder = Objective.everything.get(pillar=pillar)
    assert (holder.title, holder.translations) == ("Renamed", {"es": {"title": "Otro"}})
    with pytest.raises(Refused, match="it has actions"):
        remove_pillar(pillar, by=SYSTEM)
    remove_action(Action.objects.get(edition=edition), by=SYSTEM, reason="A mistake")
    remove_pillar(pillar, by=SYSTEM)
    assert not Objective.everything.filter(pillar__edition=edition).exists()


def test_actions_stand_under_the_lowest_level_alone(country: Country) -> None:
    edition = plan_of(4, (1, 1, 1))
    objective = Objective.objects.get(pillar__edition=edition, above=None)
    part = Objective.objects.get(pillar__edition=edition, above=objective)
    with pytest.raises(Refused, match="sub-objective"):
        add_action(objective, by=SYSTEM, code="9", title="Too high")
    act = Action.objects.get(edition=edition)
    with pytest.raises(Refused, match="sub-objective"):
        move_action(act, by=SYSTEM, objective=objective)
    with pytest.raises(Refused, match="it has sub-objectives"):
        remove_objective(objective, by=SYSTEM)
    assert list(places_for_actions(edition)) == [part]


@pytest.mark.long
@pytest.mark.parametrize(("depth", "has_part"), [(2, False), (3, True)])
def test_a_level_that_the_plan_does_not_have_is_refused(country: Country, depth: int, has_part: bool) -> None:
    edition = plan_of(depth, (1, 1, 1))
    pillar = Pillar.objects.get(edition=edition)
    above = Objective.objects.filter(pillar=pillar).first() if has_part else None
    with pytest.raises(Refused, match="This plan has these levels: pillar"):
        add_objective(pillar, by=SYSTEM, code="9", title="Not a level here", above=above)


def test_a_part_has_no_parts_and_stays_in_its_branch(country: Country) -> None:
    edition = plan_of(4, (2, 1, 1))
    part = Objective.objects.filter(pillar__edition=edition).exclude(above=None).first()
    other = Pillar.objects.filter(edition=edition).last()
    assert part is not None
    assert other is not None
    for pillar, above in ((part.pillar, part), (other, part.above)):
        with pytest.raises(Refused, match="Choose what it is a part of"):
            add_objective(pillar, by=SYSTEM, code="9", title="Wrong", above=above)


def test_levels_change_only_while_the_plan_is_empty(country: Country) -> None:
    edition = create_edition(by=SYSTEM, code="empty", title="Empty", levels=1)
    assert Objective.everything.filter(pillar__edition=edition).count() == 1
    update_edition(edition, by=SYSTEM, levels=2)
    assert not Pillar.everything.filter(edition=edition).exists()
    add_pillar(edition, by=SYSTEM, code="1", title="A pillar")
    with pytest.raises(Refused, match="cannot change") as refused:
        update_edition(edition, by=SYSTEM, levels=3)
    assert list(refused.value.fields) == ["levels"]


@pytest.mark.parametrize("depth", DEPTHS)
def test_an_empty_plan_is_not_published(country: Country, depth: int) -> None:
    edition = create_edition(by=SYSTEM, code="empty", title="Empty", levels=depth)
    with pytest.raises(Refused, match=r"Add before you publish: (action|pillar)"):
        publish_edition(edition, by=SYSTEM)


class TestWords:
    def test_a_level_is_called_as_edition_and_pack_say_and_else_as_here(self, country: Country) -> None:
        edition = plan_of(2)
        assert (one("pillar", edition), many("pillar", edition)) == ("pillar", "pillars")
        country.levels = THREE_NAMED
        country.save()
        assert (one("pillar", edition), many("action", edition), title_of("pillar")) == ("axis", "activities", "Axis")
        assert counted("pillar", 3, edition) == "three axes"
        assert counted("pillar", 1, edition) == "axis"
        assert in_words("%(pillars)s and %(actions)s") == "Axes and activities"
        edition.pillar_word, edition.pillar_words = "line", "lines"
        assert (one("pillar", edition), many("pillar", edition)) == ("line", "lines")

    def test_a_plan_of_other_depth_than_the_pack_names_has_the_words_of_here(self, country: Country) -> None:
        country.levels = THREE_NAMED
        country.save()
        edition = plan_of(3)
        assert (one("pillar", edition), one("objective", edition)) == ("pillar", "objective")

    def test_a_new_edition_has_as_many_levels_as_the_pack_names(self, country: Country) -> None:
        country.levels = THREE_NAMED
        country.save()
        assert create_edition(by=SYSTEM, code="new", title="New").levels == 2

    @pytest.mark.long
    def test_heads_of_the_workbook_are_the_country_s_and_ours_are_read_too(
        self, country: Country, secretariat: User
    ) -> None:
        country.levels = THREE_NAMED
        country.save()
        edition = plan_of(2)
        book = openpyxl.load_workbook(io.BytesIO(workbook_of(edition)))
        assert {"axes", "activities"} <= set(book.sheetnames)
        assert "axis" in [cell.value for cell in book["activities"][1]]
        for old, new in (("axes", "pillars"), ("activities", "Actividades")):
            book[old].title = new
        for cell in book["Actividades"][1]:
            cell.value = "EJE" if cell.value == "axis" else cell.value
        buffer = io.BytesIO()
        book.save(buffer)
        report = rehearsed(edition, buffer.getvalue(), secretariat)
        assert (report.problems, report.changes) == ([], 0)

    @pytest.mark.long
    def test_two_sheets_of_one_kind_are_refused(self, country: Country, secretariat: User) -> None:
        country.levels = THREE_NAMED
        country.save()
        edition = plan_of(2)
        twice = changed(edition, lambda book: setattr(book.copy_worksheet(book["axes"]), "title", "ejes"))
        report = rehearsed(edition, twice, secretariat)
        assert [p.sentence for p in report.problems] == ["Two sheets are of the same kind. Join them, or remove one."]


def test_a_row_of_the_workbook_on_a_wrong_level_is_named(country: Country, secretariat: User) -> None:
    edition = plan_of(4, (1, 1, 1))
    wrong = changed(edition, lambda book: put(book, "actions", "sub-objective", "1.1"))
    report = rehearsed(edition, wrong, secretariat)
    assert places_of(report) == [("actions", 2, "objective")]
    two = plan_of(2, (1, 1, 1), "two")
    unknown = changed(two, lambda book: add(book, "actions", code="1.9", title="New", pillar="7"))
    assert [p.sentence for p in rehearsed(two, unknown, secretariat).problems] == ["Pillar: this edition has no “7”."]


@pytest.mark.first_cases(2)
@pytest.mark.parametrize(("depth", "opens"), [(1, "plan"), (2, "pillar"), (3, "objective"), (4, "part")])
def test_actions_are_added_where_the_plan_has_them_and_nowhere_else(
    country: Country, secretariat: User, client: Client, depth: int, opens: str
) -> None:
    edition = plan_of(depth, (1, 1, 1))
    objective = Objective.objects.filter(pillar__edition=edition, above=None).first()
    part = Objective.objects.filter(pillar__edition=edition).exclude(above=None).first()
    at = f"/workspace/plan/{edition.code}/"
    forms = {"plan": f"{at}new-action/", "pillar": f"{at}pillars/1/actions/new/"}
    forms |= {
        name: f"{at}objectives/{place.code}/actions/new/"
        for name, place in (("objective", objective), ("part", part))
        if place is not None
    }
    client.force_login(secretariat)
    for name, address in forms.items():
        facts = {"code": "new", "title": "A new one", "is_public": "on"}
        answer = client.post(address, facts)
        assert answer.status_code == (302 if name == opens else answer.status_code), name
        assert Action.objects.filter(edition=edition, code="new").exists() is (name == opens), name
        Action.objects.filter(edition=edition, code="new").delete()
    assert client.get(at).status_code == 200
