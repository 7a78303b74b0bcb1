"""The workspace of advisories: from a KEV entry to what is published, files of others, profiles of teams."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from floreo.advisories.models import Advisory, AdvisoryState, Team
from floreo.organisations.models import User
from tests.advisories.conftest import country, draft, second, writer  # noqa: F401 -- fixtures
from tests.advisories.test_catalogues import EPSS, SMALL
from tests.pages import decide

Browser = Callable[[User], Client]


def test_an_entry_of_kev_becomes_an_advisory_in_a_few_presses(
    writer: User,  # noqa: F811
    second: User,  # noqa: F811
    browser_of: Browser,
    stranger: Client,
) -> None:
    browser = browser_of(writer)
    for address, name, data in (("known-exploited", "kev.json", SMALL), ("exploit-scores", "epss.csv", EPSS)):
        file = {"file": SimpleUploadedFile(name, data)}
        assert browser.post(f"/workspace/load-{address}/", file).status_code == 302
    listed = browser.get("/workspace/known-exploited/").content.decode()
    assert ("CVE-2021-44228" in listed, "0.944" in listed) == (True, True)
    form = browser.get("/workspace/new-advisory/?cve=CVE-2021-44228").context["form"]
    given = {name: value for name in form.fields if (value := form[name].value())}
    assert (given["code"], given["made_from"], given["severity"]) == ("adv-2026-001", "kev:CVE-2021-44228", "critical")
    typed = given | {"language": "en", "source_known_at": "2021-12-10T00:00"}
    assert browser.post("/workspace/new-advisory/", typed).status_code == 302
    made = Advisory.objects.get()
    assert (made.cves, made.products[0]["product"], made.source_known_at is not None) == (
        ["CVE-2021-44228"],
        "Log4j2",
        True,
    )
    page = browser.get(made.workspace_url()).content.decode()
    assert "It is used in ransomware campaigns." in page
    assert browser.post(f"{made.workspace_url()}do/send/").status_code == 302
    assert "You wrote some of it." in browser.get(made.workspace_url()).content.decode()
    other = browser_of(second)
    assert "You wrote some of it." not in other.get(made.workspace_url()).content.decode()
    assert decide(other, f"{made.workspace_url()}do/publish/").status_code == 302
    made.refresh_from_db()
    assert (made.state, stranger.get("/advisories/adv-2026-001/").status_code) == (AdvisoryState.PUBLISHED, 200)
    assert "There is one" in browser.get("/workspace/known-exploited/").content.decode()


def test_what_cannot_be_read_is_named_at_its_field_and_nothing_is_lost(
    draft: Advisory,  # noqa: F811
    writer: User,  # noqa: F811
    browser_of: Browser,
) -> None:
    browser, address = browser_of(writer), f"{draft.workspace_url()}do/edit/"
    form = browser.get(address).context["form"]
    given = {name: form[name].value() or "" for name in form.fields}
    assert given["products"].splitlines() == ["Marea | Mail | < 4.2 | Affected", "Marea | Mail | 4.2 | Fixed"]
    wrong = given | {"products": "Marea", "cvss": "x y", "cves": "CVE-1", "title": "Kept"}
    answer = browser.post(address, wrong)
    assert (answer.status_code, sorted(answer.context["form"].errors)) == (422, ["cves", "cvss", "products"])
    assert 'value="Kept"' in answer.content.decode()
    assert browser.post(address, given | {"title": "Changed"}).status_code == 302
    draft.refresh_from_db()
    assert (draft.title, draft.products[1]["status"]) == ("Changed", "fixed")


@pytest.mark.parametrize("page", ["load-known-exploited", "load-exploit-scores", "advisory-from-csaf"])
def test_a_file_that_is_none_is_refused_with_its_sentence(
    page: str,
    writer: User,  # noqa: F811
    browser_of: Browser,
) -> None:
    browser = browser_of(writer)
    for data in (b"\x00\xff", b"{}"):
        answer = browser.post(f"/workspace/{page}/", {"code": "x", "file": SimpleUploadedFile("x", data)})
        assert (answer.status_code, "fl-errors" in answer.content.decode()) == (422, True)
    assert browser.post(f"/workspace/{page}/", {"code": "x"}).status_code == 422


def test_the_profile_of_the_team_is_changed_by_its_sections(
    writer: User,  # noqa: F811
    browser_of: Browser,
    stranger: Client,
) -> None:
    browser, team = browser_of(writer), Team.objects.get()
    address = f"/workspace/response-teams/{team.code}/"
    form = browser.get(address).context["form"]
    given = {name: form[name].value() or "" for name in form.fields}
    assert browser.post(address, given | {"mission": "Helps.", "mission_es": "Ayuda."}).status_code == 302
    assert "Ayuda." in stranger.get("/es/advisories/team/").content.decode()
    assert (
        browser.post("/workspace/new-response-team/", {"name": "Bank team", "constituency": "Banks"}).status_code == 302
    )
    listed = browser.get("/workspace/response-teams/").content.decode()
    assert re.findall(r"Bank team|2\d sections of the profile are empty", listed)[:1] != []


def test_who_only_reads_finds_what_is_published_and_no_button(
    draft: Advisory,  # noqa: F811
    user_with: Callable[..., User],
    browser_of: Browser,
) -> None:
    browser = browser_of(user_with("operator"))
    assert browser.get(draft.workspace_url()).status_code == 404
    Advisory.objects.filter(pk=draft.pk).update(tlp="GREEN", state="published", published_at="2026-11-20T10:00:00Z")
    page = browser.get(draft.workspace_url())
    assert (page.status_code, page.context["tasks"], page.context["history"]) == (200, [], [])
    assert browser.get(f"{draft.workspace_url()}do/withdraw/").status_code == 403
