"""The page of imports: a file is checked, imported and undone; what is wrong is said line by line."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from floreo.incidents import importing
from floreo.incidents.models import Case, ImportRun
from floreo.organisations.models import User

pytestmark = pytest.mark.usefixtures("isla")


def test_the_template_is_checked_imported_and_undone(
    user_with: Callable[..., User], browser_of: Callable[[User], Client]
) -> None:
    browser = browser_of(user_with("responder"))
    content = browser.get("/workspace/incidents/import/template/es/").content
    assert content == importing.template("es")

    def send(button: str) -> int:
        file = SimpleUploadedFile("casos.csv", content)
        return browser.post("/workspace/incidents/import/", {"file": file, button: "yes"}).status_code

    assert (send("check"), ImportRun.objects.count()) == (200, 0)
    assert (send("import"), Case.objects.get(reference="2019-014").title) == (302, "Website of the library altered")
    assert send("import") == 422  # the same file again
    browser.post(f"/workspace/incidents/import/{ImportRun.objects.get().pk}/undo/")
    assert Case.objects.filter(is_imported=True).count() == 0


def test_what_is_wrong_is_shown_as_text(user_with: Callable[..., User], browser_of: Callable[[User], Client]) -> None:
    content = b"title,received,closed,<script>\nA,yesterday,,\n"
    answer = browser_of(user_with("responder")).post(
        "/workspace/incidents/import/", {"file": SimpleUploadedFile("x.csv", content), "import": "yes"}
    )
    page = answer.content.decode()
    assert (answer.status_code, Case.objects.filter(is_imported=True).count()) == (422, 0)
    assert "Line 2, received: Write the day as 2019-03-12" in page
    assert "Columns that are not imported: &lt;script&gt;." in page
