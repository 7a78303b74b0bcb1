"""The API answers as the pages do, in one shape, to anybody."""

from __future__ import annotations

import functools
import json
import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import get_resolver

from floreo.api.programs import ALLOW
from floreo.core import audit, throttle
from floreo.core.models import TokenBucket
from floreo.open_data.catalogue import public_tables
from floreo.organisations.models import User
from tests.api.conftest import SECRET

ROOT = "/api/v1/"


def schema(api: Client) -> dict[str, Any]:
    found: dict[str, Any] = api.get(ROOT + "openapi.json").json()
    return found


@pytest.mark.long
def test_the_index_names_every_public_table(api: Client) -> None:
    index = api.get(ROOT).json()
    assert [t["name"] for t in index["tables"]] == [t.name for t in public_tables()]
    assert index["openapi"] == "http://testserver/api/v1/openapi.json"


@pytest.mark.long
def test_a_list_gives_rows_the_next_address_and_how_many(api: Client) -> None:
    first = api.get(ROOT + "actions", {"limit": 1}).json()
    assert (len(first["items"]), first["total"]) == (1, 2)
    second = api.get(first["next"]).json()
    assert [r["code"] for r in first["items"] + second["items"]] == ["1.1.1", "1.1.2"]
    assert second["next"] is None


def test_a_list_can_be_narrowed(api: Client) -> None:
    def codes(**asked: str) -> list[str]:
        return [r["code"] for r in api.get(ROOT + "actions", asked).json()["items"]]

    assert codes(status="late") == ["1.1.2"]
    assert codes(q="action 1.1.1") == ["1.1.1"]
    assert codes(lead="csirt") == ["1.1.1"]
    assert codes(status="no such status") == []
    assert codes(edition="2029-2032") == []


@pytest.mark.long
def test_one_row_is_found_by_its_key_and_by_its_path(api: Client) -> None:
    one = api.get(ROOT + "actions/2025-2028:1.1.1").json()
    assert one == api.get(ROOT + "actions/2025-2028/1.1.1").json()
    assert (one["code"], one["leads"], one["status"]) == ("1.1.1", ["csirt"], "on_track")


@pytest.mark.long
def test_readings_of_an_indicator(api: Client) -> None:
    readings = api.get(ROOT + "indicators/reports-in-time/readings").json()["items"]
    assert [(r["period"], r["value"], r["numerator"]) for r in readings] == [("Q2 2026", 77, None), ("Q3 2026", 81, 47)]
    assert api.get(ROOT + "indicators/secret-figure/readings").status_code == 404


def test_the_plan_as_a_tree(api: Client) -> None:
    plan = api.get(ROOT + "editions/2025-2028/plan").json()
    assert [a["code"] for a in plan["pillars"][0]["objectives"][0]["actions"]] == ["1.1.1", "1.1.2"]
    assert (plan["counts"]["on_track"], plan["counts"]["late"]) == (1, 1)
    assert api.get(ROOT + "editions/2029-2032/plan").status_code == 404


@pytest.mark.long
def test_districts_as_geojson(api: Client) -> None:
    found = api.get(ROOT + "districts.geojson").json()
    assert [(f["id"], f["geometry"]["type"], f["properties"]["name"]) for f in found["features"]] == [
        ("XP-N", "Polygon", "North")
    ]


def test_the_head_of_the_audit_chain(api: Client) -> None:
    head = audit.head()
    answer = api.get(ROOT + "audit/head").json()
    assert (answer["number"], answer["hash"]) == (head.number, head.hash)


def is_error(body: object) -> bool:
    """Whether it is exactly the one shape."""
    if not isinstance(body, dict) or list(body) != ["error"]:
        return False
    error = body["error"]
    return list(error) == ["code", "message", "fields"] and isinstance(error["fields"], dict) and bool(error["message"])


@functools.cache
def paths() -> list[str]:
    """What a token opens is shown in tests/feeds/test_api.py."""
    from floreo.api.urls import urlpatterns  # late: the API is built, which takes seconds

    return sorted(
        "/" + str(p.pattern).replace("<path:rest>", "no/such/thing") for p in urlpatterns if p.name not in ALLOW
    )


@pytest.mark.long
def test_every_path_says_405_in_the_one_shape(api: Client) -> None:
    for path in paths():
        for method in ("POST", "PUT", "PATCH", "DELETE"):
            response = api.generic(method, ROOT[:-1] + path, data=b"{", content_type="application/json")
            assert (response.status_code, is_error(response.json())) == (405, True), path
            assert "GET" in response.headers["Allow"]


def test_every_path_says_404_in_the_one_shape(api: Client) -> None:
    for path in paths():
        if "<" in path or "no/such" in path:
            response = api.get(ROOT[:-1] + re.sub("<[a-z]+>", "nothing-like-it", path))
            assert (response.status_code, is_error(response.json())) == (404, True), path


@pytest.mark.long
def test_unknown_addresses_beside_the_version_answer_in_the_one_shape(api: Client) -> None:
    for path in ("/api/", "/api/v1", "/api/v2/actions", "/api/v1/actions/"):
        response = api.get(path)
        assert (response.status_code, is_error(response.json())) == (404, True), path


@pytest.mark.long
def test_every_list_says_what_is_wrong_with_its_parameters(api: Client) -> None:
    for table in public_tables():
        throttle.METER.clear()
        where = ROOT + table.name
        for asked in ({"limit": "many"}, {"limit": "201"}, {"q": "x" * 201}, {"q": "\x00"}, {"after": "ü"}):
            response = api.get(where, asked)
            assert (response.status_code, is_error(response.json())) == (422, True), (where, asked)
            assert list(response.json()["error"]["fields"]) == list(asked)
        for place in ("bm90LWpzb24", "e30", "W10", "W10" * 600):  # no JSON, no list, an empty one
            response = api.get(where, {"after": place})
            assert (response.status_code, is_error(response.json())) == (400, True), (where, place)
        for place in ("WzFlNDAwXQ", "WzFlNDAwLCAxXQ", "WzFlNDAwLCAxLCAxXQ", "WzlFOTksIDEsIDFd"):  # [1e400, 1, 1]
            assert api.get(where, {"after": place}).status_code in {200, 400}, (where, place)


@pytest.mark.long
def test_a_mistake_of_ours_shows_no_text_of_its_own(api: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> None:
        raise RuntimeError(SECRET)

    monkeypatch.setattr(audit, "head", fail)
    response = api.get(ROOT + "audit/head")
    assert (response.status_code, is_error(response.json()), SECRET in response.content.decode()) == (500, True, False)


@pytest.mark.guards("one shape of errors")
def test_every_operation_declares_every_error(api: Client) -> None:
    for path, operations in schema(api)["paths"].items():
        for operation in operations.values():
            responses = operation["responses"]
            is_for_programs = "programs" in operation.get("tags", ())
            for_programs = {"401", "403", "409", "413", "503"} if is_for_programs else set()
            for_programs |= {"410"} if path.endswith("/findings/changes") else set()  # a cursor that is over
            assert {*responses} - {"200", "201", "202"} == {"400", "404", "405", "422", "429", "500"} | for_programs, (
                path
            )


def test_a_stranger_who_calls_without_end_is_slowed_down(api: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    take = throttle.METER.take  # however busy the machine is, no time passes
    monkeypatch.setattr(throttle.METER, "take", lambda key, **facts: take(key, **facts | {"at": 0.0}))
    answers = [api.get(ROOT + "audit/head") for _call in range(122)]
    assert answers[100].status_code == 200
    last = answers[-1]
    assert (last.status_code, is_error(last.json())) == (429, True)
    assert int(last.headers["Retry-After"]) >= 1
    assert TokenBucket.objects.count() == 0  # reading writes nothing


def test_any_site_may_read_it_and_no_cookie_is_looked_at(api: Client, secretariat: User) -> None:
    api.force_login(secretariat)
    response = api.get(ROOT + "actions")
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert response.json()["total"] == 2
    assert SECRET not in response.content.decode()
    assert api.options(ROOT + "actions").status_code == 204


@pytest.mark.long
def test_an_answer_that_has_not_changed_is_not_sent_again(api: Client) -> None:
    first = api.get(ROOT + "actions")
    assert first.headers["Cache-Control"] == "public, max-age=60"
    again = api.get(ROOT + "actions", headers={"if-none-match": first.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.long
def test_the_api_needs_no_account(api: Client) -> None:
    for each in get_resolver("floreo.api.urls").url_patterns:
        assert getattr(each.callback, "login_required", True) is False, each.pattern


@pytest.mark.long
def test_nothing_internal_is_in_any_answer(api: Client) -> None:
    for path in [ROOT, *(ROOT + t.name for t in public_tables()), ROOT + "editions/2025-2028/plan"]:
        text = json.dumps(api.get(path, {"limit": 200} if path != ROOT else {}).json())
        assert SECRET not in text, path
        assert "ana@example.org" not in text


@pytest.mark.long
def test_the_openapi_is_made_once_and_known_by_its_tag(api: Client) -> None:
    first, second = api.get(ROOT + "openapi.json"), api.get(ROOT + "openapi.json")
    assert first.json()["openapi"].startswith("3.")
    assert (second.content, second.headers["ETag"]) == (first.content, first.headers["ETag"])
    with CaptureQueriesContext(connection) as asked:
        again = api.get(ROOT + "openapi.json", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert [q["sql"] for q in asked.captured_queries if "organisations_country" not in q["sql"]] == []


@pytest.mark.long
def test_calls_that_cost_more_take_more(api: Client) -> None:
    plain = [api.get(ROOT + "audit/head").status_code for _call in range(100)]
    throttle.METER.clear()
    words: list[int] = []
    while 429 not in words and len(words) < 1000:  # on a slow machine the bucket refills meanwhile
        words.append(api.get(ROOT + "actions", {"q": "law", "limit": "200"}).status_code)
    assert (plain, words[-1], len(words) < 100) == ([200] * 100, 429, True)
