"""Pages of imports, from the upload to the undo, without JavaScript."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from floreo.core.access import SYSTEM
from floreo.imports.actions import begin_import
from floreo.imports.files import read_file
from floreo.imports.models import SheetImport, UploadedSheets
from floreo.organisations.models import User
from floreo.strategy.models import Action, Edition
from tests.imports.making import untidy_tracker
from tests.workspace.spreadsheets.addresses import FILE

pytestmark = pytest.mark.usefixtures("isla")


def controls(page: str) -> dict[str, str]:
    """What a form would send as it is: hidden fields, inputs, and the chosen option of each list."""
    found = {}
    for name, value in re.findall(
        r'<input type="(?:hidden|text|date)"[^>]*? name="([^"]+)"[^>]*? value="([^"]*)"', page
    ):
        found[name] = value
    for name, options in re.findall(r'<select name="([^"]+)".*?>(.*?)</select>', page, re.DOTALL):
        chosen = re.search(r'<option value="([^"]*)"\s+selected', options)
        found[name] = chosen[1] if chosen else ""
    return found


@pytest.mark.guards("a workbook of others comes in by the pages")
def test_a_tracker_comes_in_page_by_page_and_goes_again(
    secretariat: User, browser_of: Callable[[User], Client]
) -> None:
    client = browser_of(secretariat)
    edition = Edition.objects.order_by("-starts_on").first()
    assert edition is not None
    before = Action.objects.count()
    upload = SimpleUploadedFile("tracker.xlsx", untidy_tracker())
    answer = client.post(reverse("workspace:spreadsheets"), {"target": f"actions@{edition.code}", "file": upload})
    run = SheetImport.objects.get()
    assert answer["Location"] == run.workspace_url()

    page = client.get(run.workspace_url()).content.decode()
    assert "by its name" in page
    assert "Second reading held" in page, "values beside the columns"
    sent = controls(page) | {"as_of": "", "column_10": "pillar"}
    answer = client.post(run.workspace_url(), sent)
    assert answer.status_code == 422
    assert "Give the day of the file: its updates are entered for that day." in answer.content.decode()
    answer = client.post(run.workspace_url(), sent | {"as_of": "2025-10-15"})
    assert answer["Location"] == reverse("workspace:spreadsheet_values", args=[run.pk])

    page = client.get(answer["Location"]).content.decode()
    assert "University of Prueba" in page
    sent = controls(page) | {"others_pillar": "+", "others_lead": "+", "others_partners": "+"}
    sent = {name: "" if name.startswith("v") else value for name, value in sent.items()}
    answer = client.post(reverse("workspace:spreadsheet_values", args=[run.pk]), sent)
    assert answer["Location"] == reverse("workspace:spreadsheet_check", args=[run.pk])

    page = client.get(answer["Location"]).content.decode()
    assert "5 rows are new." in page
    assert "It repeats row 3 of “2026”." in page
    rows = client.get(reverse("workspace:spreadsheet_rows", args=[run.pk])).content.decode("utf-8-sig")
    assert len(rows.splitlines()) == 10
    answer = client.post(
        reverse("workspace:spreadsheet_check", args=[run.pk]), controls(page) | {"source_name": "Ministry"}
    )
    assert answer["Location"] == run.workspace_url()
    assert Action.objects.count() == before + 5

    page = client.get(run.workspace_url()).content.decode()
    assert "What to look at" in page
    assert 'name = "Ministry"' in client.get(reverse("workspace:spreadsheet_profile", args=[run.pk])).content.decode()
    undo = reverse("workspace:spreadsheet_command", args=[run.pk, "undo"])
    assert "records are removed or changed back" in client.get(undo).content.decode()
    client.post(undo)
    assert Action.objects.count() == before
    assert "Undone:" in client.get(run.workspace_url()).content.decode()


def test_of_a_file_that_is_no_longer_kept_its_page_says_so_and_takes_it_off_the_list(
    secretariat: User, browser_of: Callable[[User], Client]
) -> None:
    old = begin_import(by=SYSTEM, target="organisations", upload=read_file(FILE, "bodies.csv"))
    UploadedSheets.objects.all().delete()
    client = browser_of(secretariat)
    assert "no longer kept" in client.get("/workspace/spreadsheets/").content.decode()
    page = client.get(old.workspace_url()).content.decode()
    assert "no longer kept" in page
    (address,) = re.findall(r'href="([^"]+/do/remove/)"', page)
    assert client.post(address).status_code == 302
    assert not SheetImport.objects.exists()


def test_a_file_that_cannot_be_read_says_why_and_keeps_the_choice(
    secretariat: User, browser_of: Callable[[User], Client]
) -> None:
    client = browser_of(secretariat)
    upload = SimpleUploadedFile("scan.xlsx", b"\x89PNG\r\n\x1a\n\x00\x00\x00")
    answer = client.post(reverse("workspace:spreadsheets"), {"target": "people@", "file": upload})
    assert answer.status_code == 422
    assert "neither a workbook" in answer.content.decode()


def test_without_a_right_to_write_there_is_nothing_to_import(
    observer: User, browser_of: Callable[[User], Client]
) -> None:
    run = begin_import(by=SYSTEM, target="organisations", upload=read_file(FILE, "bodies.csv"))
    client = browser_of(observer)
    assert client.get(run.workspace_url()).status_code == 403
    assert client.get("/workspace/spreadsheets/").status_code == 403
