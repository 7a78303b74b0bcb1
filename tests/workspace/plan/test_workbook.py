"""The workbook in a browser: downloaded, sent back, its differences shown, then saved."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from floreo.core.models import AuditEntry
from floreo.organisations.models import User
from floreo.strategy.actions.actions import update_action
from floreo.strategy.models import Action, Edition
from tests.pages import squeezed

Browser = Callable[[User], Client]


@pytest.fixture(autouse=True)
def own_files(tmp_path: Path, settings: Any) -> None:
    settings.MEDIA_ROOT = tmp_path  # by the fixture, which informs the storage


def changed_title(content: bytes, title: str) -> SimpleUploadedFile:
    book = openpyxl.load_workbook(io.BytesIO(content))
    names = [c.value for c in book["actions"][1]]
    book["actions"].cell(row=2, column=names.index("title") + 1, value=title)
    buffer = io.BytesIO()
    book.save(buffer)
    return SimpleUploadedFile("plan; (1).xlsx", buffer.getvalue())


def ticket_of(page: str) -> str:
    return squeezed(page).split('name="ticket" value="', 1)[1].split('"', 1)[0]


@pytest.mark.long
def test_down_up_shown_and_saved(edition: Edition, act: Action, secretariat: User, browser_of: Browser) -> None:
    browser = browser_of(secretariat)
    down = browser.get(reverse("workspace:plan_workbook", args=[edition.code]))
    assert down["Content-Disposition"] == 'attachment; filename="plan-2025-2028.xlsx"'
    address = reverse("workspace:import_workbook", args=[edition.code])
    same = browser.post(address, {"file": SimpleUploadedFile("plan.xlsx", down.content)})
    assert "There is nothing to import." in same.content.decode()
    shown = browser.post(address, {"file": changed_title(down.content, "New words")})
    page = squeezed(shown.content.decode())
    assert shown.status_code == 200
    assert "1 row is different. Nothing is saved until you press the button." in page
    assert ("<td>Action 1.1.1</td>" in page, "<td>New words</td>" in page) == (True, True)
    assert Action.objects.get(pk=act.pk).title == "Action 1.1.1"
    applied = browser.post(reverse("workspace:apply_workbook", args=[edition.code]), {"ticket": ticket_of(page)})
    assert applied.status_code == 302
    assert Action.objects.get(pk=act.pk).title == "New words"
    entry = AuditEntry.objects.get(verb="plan.imported")
    assert (entry.actor_name, entry.detail["file"]) == (secretariat.name, "plan 1.xlsx")
    twice = browser.post(
        reverse("workspace:apply_workbook", args=[edition.code]), {"ticket": ticket_of(page)}, follow=True
    )
    assert "This upload is no longer available. Send the workbook again." in twice.content.decode()


def test_what_was_shown_is_what_is_saved(edition: Edition, act: Action, secretariat: User, browser_of: Browser) -> None:
    browser = browser_of(secretariat)
    content = browser.get(reverse("workspace:plan_workbook", args=[edition.code])).content
    page = browser.post(
        reverse("workspace:import_workbook", args=[edition.code]), {"file": changed_title(content, "Mine")}
    ).content.decode()
    update_action(act, by=secretariat, title="Theirs")
    answer = browser.post(
        reverse("workspace:apply_workbook", args=[edition.code]), {"ticket": ticket_of(page)}, follow=True
    )
    assert (
        "The plan has changed since then. Send the workbook again to see the new differences."
        in answer.content.decode()
    )
    assert Action.objects.get(pk=act.pk).title == "Theirs"


@pytest.mark.long
@pytest.mark.parametrize(
    ("file", "says"),
    [
        (None, "Choose a file first."),
        (("a.xlsx", b"not a workbook"), "This is not a workbook. Send a file that ends in .xlsx."),
        (
            ("a.xls", b"\xd0\xcf\x11\xe0" + b"0" * 600),
            "This workbook is in the old format (.xls), or has a password. Save it as .xlsx.",
        ),
    ],
)
def test_a_bad_file_is_told_at_its_field(
    edition: Edition, secretariat: User, browser_of: Browser, file: tuple[str, bytes] | None, says: str
) -> None:
    sent = {"file": SimpleUploadedFile(*file)} if file else {}
    response = browser_of(secretariat).post(reverse("workspace:import_workbook", args=[edition.code]), sent)
    assert response.status_code == 422
    assert says in response.content.decode()


def test_bad_cells_are_listed_and_cannot_be_saved(
    edition: Edition, act: Action, secretariat: User, browser_of: Browser
) -> None:
    browser = browser_of(secretariat)
    content = browser.get(reverse("workspace:plan_workbook", args=[edition.code])).content
    response = browser.post(
        reverse("workspace:import_workbook", args=[edition.code]), {"file": changed_title(content, "=1+1")}
    )
    page = response.content.decode()
    assert response.status_code == 422
    assert "1 cell is not valid, so nothing can be imported" in page
    assert "This cell contains a formula or its error. Paste the value instead." in page
    assert 'name="ticket"' not in page


@pytest.mark.parametrize("ticket", ["", "made:up:ticket"])
def test_a_ticket_that_nobody_gave_does_nothing(
    edition: Edition, secretariat: User, browser_of: Browser, ticket: str
) -> None:
    address = reverse("workspace:apply_workbook", args=[edition.code])
    response = browser_of(secretariat).post(address, {"ticket": ticket}, follow=True)
    assert "Send the workbook again." in response.content.decode()
    assert not AuditEntry.objects.filter(verb="plan.imported").exists()


def test_a_lead_gets_no_workbook_and_sends_none(edition: Edition, lead: User, browser_of: Browser) -> None:
    for name in ("plan_workbook", "import_workbook"):
        assert browser_of(lead).get(reverse(f"workspace:{name}", args=[edition.code])).status_code == 403
    assert (
        browser_of(lead).post(reverse("workspace:apply_workbook", args=[edition.code]), {"ticket": "x"}).status_code
        == 403
    )
