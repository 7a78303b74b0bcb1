"""What leaves a case for machines is shown before, and recorded; what comes in is shown before it is taken."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from floreo.core.access import SYSTEM
from floreo.core.models import AuditEntry
from floreo.incidents.actions.cases import open_case
from floreo.incidents.actions.parts import add_observables
from floreo.incidents.models import Case, Observable
from floreo.organisations.models import User
from tests.conftest import SAMPLES

pytestmark = pytest.mark.usefixtures("isla")


@pytest.fixture
def browser(user_with: Callable[..., User], browser_of: Callable[[User], Client]) -> Client:
    return browser_of(user_with("responder", email="one@csirt.example"))


@pytest.fixture
def case() -> Case:
    made = open_case(by=SYSTEM, title="False bank page")
    add_observables(made, by=SYSTEM, found=[("domain", "bad.example")], tlp="GREEN", pap="GREEN")
    add_observables(made, by=SYSTEM, found=[("ipv4", "203.0.113.9")], tlp="AMBER+STRICT")
    return made


def _address(case: Case, what: str) -> str:
    return f"/workspace/incidents/cases/{case.reference}/{what}/"


def test_what_goes_and_what_stays_is_shown_and_a_look_records_nothing(browser: Client, case: Case) -> None:
    entries = AuditEntry.objects.count()
    page = browser.get(_address(case, "share"), {"audience": "community"})
    assert [text for text, _kind, _each in page.context["observables"]] == ["bad[.]example"]
    assert [line for line in page.context["stays"] if "203[.]0[.]113[.]9" in line] != []
    assert AuditEntry.objects.count() == entries


@pytest.mark.parametrize("form", ["stix", "misp", "csv"])
def test_only_what_may_go_is_in_the_file_and_the_log_says_so(browser: Client, case: Case, form: str) -> None:
    answer = browser.post(_address(case, "share"), {"audience": "community", "form": form})
    text = answer.content.decode()
    assert answer["Content-Disposition"].startswith("attachment")
    assert ("bad.example" in text, "203.0.113.9" in text, "False bank page" in text) == (True, False, False)
    assert case.log.filter(what="given_to_machines").count() == 1
    assert AuditEntry.objects.latest("number").detail["audience"] == "community"


def test_of_an_exercise_and_to_everybody_nothing_leaves(browser: Client, case: Case) -> None:
    answer = browser.post(_address(case, "share"), {"audience": "public", "form": "stix"})
    assert (answer.status_code, "Nothing of this case may go to them." in answer.content.decode()) == (422, True)
    Case.objects.filter(pk=case.pk).update(is_exercise=True, tlp="CLEAR", pap="CLEAR")
    assert browser.post(_address(case, "share"), {"audience": "organisation", "form": "csv"}).status_code == 422


def test_what_left_as_stix_comes_into_another_case_after_a_look(browser: Client, case: Case) -> None:
    file = browser.post(_address(case, "share"), {"audience": "community", "form": "stix"}).content
    other = open_case(by=SYSTEM, title="Another")
    sent = {"kind": "stix", "file": SimpleUploadedFile("a.json", file)}
    page = browser.post(_address(other, "take-in"), sent)
    assert (Observable.objects.filter(case=other).count(), len(page.context["fresh"])) == (0, 1)
    answer = browser.post(_address(other, "take-in"), {"shown": page.context["shown"]})
    assert (answer.status_code, Observable.objects.get(case=other).value) == (302, "bad.example")
    again = browser.post(_address(other, "take-in"), {"shown": page.context["shown"]})
    assert (again.status_code, "has all of these already" in again.content.decode()) == (422, True)


@pytest.mark.long
def test_what_was_shown_for_one_case_is_not_taken_into_another_and_cannot_be_written_by_hand(
    browser: Client, case: Case
) -> None:
    file = browser.post(_address(case, "share"), {"audience": "community", "form": "misp"}).content
    other, third = open_case(by=SYSTEM, title="Another"), open_case(by=SYSTEM, title="A third")
    sent = {"kind": "misp", "file": SimpleUploadedFile("a.json", file)}
    shown = browser.post(_address(other, "take-in"), sent).context["shown"]
    for token in (shown, shown[:-3] + "abc", "x"):
        assert browser.post(_address(third, "take-in"), {"shown": token}).status_code == 422
    assert Observable.objects.filter(case=third).count() == 0


@pytest.mark.first_cases(2)
@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"type": "bundle"}', b"\xff\xfe\x00"])
def test_a_file_that_is_none_gets_its_sentence(browser: Client, case: Case, content: bytes) -> None:
    for kind in ("stix", "misp"):
        sent = {"kind": kind, "file": SimpleUploadedFile("a.json", content)}
        answer = browser.post(_address(case, "take-in"), sent)
        assert answer.status_code in {200, 422}
        assert answer.context.get("problem") or answer.context["fresh"] == []


@pytest.mark.long
@pytest.mark.skipif(not SAMPLES.is_dir(), reason="the samples are not here")
def test_an_event_of_misp_that_nobody_here_wrote_is_shown_whole(browser: Client, case: Case) -> None:
    found = sorted((SAMPLES / "misp").rglob("*.json"))
    held = 0
    for path in found[:6]:
        answer = browser.post(
            _address(case, "take-in"), {"kind": "misp", "file": SimpleUploadedFile("e.json", path.read_bytes())}
        )
        held += len(answer.context.get("fresh", ())) if json.loads(path.read_bytes()) else 0
    assert held > 0
