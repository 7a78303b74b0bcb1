"""Fields that a country adds to its actions: what each kind holds, who reads them, and where they go."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from django.test import Client

from floreo.core.access import SYSTEM
from floreo.core.errors import Refused
from floreo.organisations.models import Country, Place, User
from floreo.strategy import own_fields
from floreo.strategy.actions.actions import update_action
from floreo.strategy.actions.editions import publish_edition
from floreo.strategy.actions.next_edition import start_next_edition
from floreo.strategy.actions.workbooks import import_workbook
from floreo.strategy.models import Action, Edition
from floreo.strategy.sheets.columns import sheets
from floreo.strategy.sheets.reading import read_workbook
from floreo.strategy.sheets.writing import workbook_of
from floreo.workspace.history import history_of
from tests.strategy.workbooks import changed, put, rehearsed

SECRET = "zebra supplier"


def field(code: str, kind: str, *, public: bool = True, choices: tuple[str, ...] = ()) -> dict[str, object]:
    words = [{"code": c, "label": c.title(), "translations": {"es": {"label": f"{c} es"}}} for c in choices]
    label, spanish = code.title(), {"es": {"label": f"{code} es"}}
    return {
        "code": code,
        "label": label,
        "help": "",
        "kind": kind,
        "is_public": public,
        "choices": words,
        "translations": spanish,
    }


@pytest.fixture
def fields(country: Country) -> Country:
    country.action_fields = [
        field("nature", "choice", choices=("law", "course")),
        field("people", "number"),
        field("review", "date"),
        field("where", "place"),
        field("words", "text"),
        field("opinion", "text", public=False),
    ]
    country.save()
    Place.objects.create(code="XP-N", name="North", kind="district", translations={"es": {"name": "Norte"}})
    return country


GOOD = {
    "nature": "law",
    "people": "1200.50",
    "review": "2026-12-15",
    "where": "XP-N",
    "words": "Some words",
    "opinion": SECRET,
}


@pytest.fixture
def filled(fields: Country, act: Action) -> Action:
    return update_action(act, by=SYSTEM, own={**GOOD})


def test_each_kind_is_kept_and_said_in_words(filled: Action) -> None:
    assert filled.own == {
        "nature": "law",
        "people": "1200.5",
        "review": "2026-12-15",
        "where": "XP-N",
        "words": "Some words",
    }
    assert filled.own_internal == {"opinion": SECRET}
    said = {each.label: each.text for each in own_fields.shown(filled, internal=True)}
    assert said == {
        "Nature": "Law",
        "People": "1,200.5",
        "Review": "15 December 2026",
        "Where": "North",
        "Words": "Some words",
        "Opinion": SECRET,
    }
    assert "Opinion" not in [each.label for each in own_fields.shown(filled, internal=False)]


@pytest.mark.parametrize(
    ("code", "value", "sentence"),
    [
        ("nature", "opera", "“opera” is not one of: law, course."),
        ("people", "many", "“many” is not a number."),
        ("people", "1e40", "“1e40” is not a number."),
        ("people", "NaN", "“NaN” is not a number."),
        ("review", "soon", "“soon” is not a valid date. Write it as 2026-12-31."),
        ("where", "XP-X", "The register has no place with the code “XP-X”."),
        ("words", "x" * 2001, "“Words” is too long. It can have 2000 characters."),
        ("colour", "red", "This country has no field “colour”."),
    ],
)
def test_what_a_field_cannot_hold_is_refused_and_nothing_is_saved(
    fields: Country, act: Action, code: str, value: str, sentence: str
) -> None:
    with pytest.raises(Refused) as refused:
        update_action(act, by=SYSTEM, title="Another title", own={code: value})
    assert refused.value.fields == {f"own_{code}": sentence}
    act.refresh_from_db()
    assert (act.own, act.title) == ({}, Action.objects.get(pk=act.pk).title)


def test_an_empty_value_takes_the_field_away(filled: Action) -> None:
    changed_ = update_action(filled, by=SYSTEM, own={"people": "", "opinion": None})
    assert "people" not in changed_.own
    assert changed_.own_internal == {}


def test_strangers_read_the_public_ones_and_no_internal_one(filled: Action, client: Client) -> None:
    publish_edition(filled.edition, by=SYSTEM)
    page = client.get(filled.get_absolute_url()).content.decode()
    assert "15 December 2026" in page
    exits = [
        filled.get_absolute_url(),
        f"{filled.get_absolute_url()}history/",
        "/api/v1/actions",
        f"/data/actions/?q={filled.code}",
        f"{filled.edition.get_absolute_url()}?download=csv",
        f"{filled.edition.get_absolute_url()}text/",
        f"/search/?q={SECRET.split(maxsplit=1)[0]}",
    ]
    for address in exits:
        answer = client.get(address)
        content = b"".join(answer.streaming_content) if answer.streaming else answer.content  # type: ignore[attr-defined]
        assert SECRET.encode() not in content, address
    row = client.get("/api/v1/actions").json()
    assert "people=1200.5" in json.dumps(row)


@pytest.mark.long
def test_who_leads_another_action_does_not_read_the_internal_ones(
    filled: Action, lead: User, other_lead: User, client: Client
) -> None:
    for user, reads in ((lead, True), (other_lead, False)):
        client.force_login(user)
        page = client.get(filled.workspace_url()).content.decode()
        assert (SECRET in page) is reads
        told = [change for entry in history_of(filled, viewer=user) for change in entry.changes]
        assert any(SECRET in change.new for change in told) is reads
        listed = client.get(f"/workspace/plan/{filled.edition.code}/actions/?download=csv")
        content = b"".join(listed.streaming_content) if listed.streaming else listed.content  # type: ignore[attr-defined]
        assert SECRET.encode() not in content


def test_they_are_asked_for_in_the_form_in_the_reader_s_language(
    filled: Action, user_with: Callable[..., User], client: Client
) -> None:
    client.force_login(user_with("secretariat", email="sec@example.org"))
    address = f"{filled.workspace_url()}do/facts/"
    assert "nature es" in client.get(f"/es{address}").content.decode()
    page = client.get(address)
    given = {n: page.context["form"][n].value() or "" for n in page.context["form"].fields}
    given.pop("confirmed")
    bad = client.post(address, given | {"own_people": "a crowd"})
    assert bad.status_code == 422
    assert "a crowd" in bad.content.decode()
    client.post(address, given | {"own_people": "77", "own_nature": "course"})
    filled.refresh_from_db()
    assert (filled.own["people"], filled.own["nature"], filled.own_internal) == ("77", "course", {"opinion": SECRET})


def test_they_go_out_in_the_workbook_and_come_back(filled: Action, edition: Edition, secretariat: User) -> None:
    report = rehearsed(edition, workbook_of(edition), secretariat)
    assert (report.problems, report.changes) == ([], 0)
    more = changed(edition, lambda book: put(book, "actions", "People", 31))
    import_workbook(edition, by=secretariat, book=read_workbook(more, sheets(edition)))
    filled.refresh_from_db()
    assert filled.own["people"] == "31"
    wrong = changed(edition, lambda book: put(book, "actions", "Nature", "opera"))
    assert [(p.column, p.sentence) for p in rehearsed(edition, wrong, secretariat).problems] == [
        ("own_nature", "“opera” is not one of: law, course.")
    ]


def test_the_next_edition_carries_them_on(filled: Action) -> None:
    following = start_next_edition(filled.edition, by=SYSTEM, code="next", title="Next")
    carried = Action.objects.get(edition=following)
    assert (carried.own, carried.own_internal) == (filled.own, filled.own_internal)


def test_a_field_that_the_pack_does_not_declare_any_more_stays_in_the_history_under_its_code(
    filled: Action, fields: Country
) -> None:
    fields.action_fields = []
    fields.save()
    assert own_fields.shown(filled, internal=True) == []
    told = [change.new for entry in history_of(filled, viewer=SYSTEM) for change in entry.changes]
    assert any("people: 1200.5" in text for text in told)
