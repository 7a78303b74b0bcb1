"""The public form as a browser without scripts fills it in: each page is sent with what it carried."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from lxml import html

from floreo.incidents.models import ReportingPoint
from tests.factories import strategy as make

HAPPENED = "Somebody phoned about a parcel and asked for the code of my card."
ANSWERS: tuple[Mapping[str, str], ...] = (
    {"danger": "no"},
    {"police": "yes"},
    {"child": "no"},
    {"kind": "message"},
    {"text": HAPPENED},
    {"day": "23", "month": "11", "year": "2025", "hour": "14:30"},
    {"place": ""},
    {"organisation": "Harbour Bank"},
    {},  # files
    {"name": "Ana", "mail": "ana@example.org", "phone": ""},
)


def open_form(**facts: Any) -> ReportingPoint:
    """A country, a team, and its open form."""
    make.make_country()
    team = make.make_organisation("csirt", "National CSIRT", kind="csirt")
    given = {"hours": "Every day, 07:00 to 21:00", "emergency_phone": "555 0100", "is_open": True} | facts
    return ReportingPoint.objects.create(organisation=team, **given)


class Page:
    """One page of the form that a browser shows."""

    def __init__(self, browser: Client, answer: Any) -> None:
        self.browser, self.answer = browser, answer
        self.tree: Any = html.document_fromstring(answer.content.decode())

    @property
    def status(self) -> int:
        return int(self.answer.status_code)

    @property
    def title(self) -> str:
        return " ".join(self.tree.xpath("string(//main//h1)").split())

    @property
    def text(self) -> str:
        return " ".join(self.tree.xpath("string(//main)").split())

    @property
    def errors(self) -> list[str]:
        return [
            " ".join(each.text_content().split()) for each in self.tree.xpath("//*[contains(@class,'fl-error-text')]")
        ]

    def hidden(self) -> dict[str, str]:
        return {
            each.get("name"): each.get("value", "")
            for each in self.tree.xpath("//form[@id='report']//input[@type='hidden']")
        }

    def typed(self) -> dict[str, str]:
        """What is in the fields of the page."""
        form = next(form for form in self.tree.forms if form.get("id") == "report")
        found = {name: value or "" for name, value in form.form_values() if name not in {"step", "state"}}
        return {name: value.removeprefix("\n") for name, value in found.items()}  # as browsers read a textarea

    def send(
        self, values: Mapping[str, Any] | None = None, *, go: str = "next", to: str = "/report/", **more: Any
    ) -> Page:
        given = self.hidden() | {"go": go} | dict(values or {})
        return Page(self.browser, self.browser.post(to, given, **more))

    @property
    def link(self) -> str:
        found = self.tree.xpath("//*[contains(@class,'fl-report-link')]//a/@href")
        return str(found[0]) if found else ""

    @property
    def reference(self) -> str:
        return str(self.tree.xpath("string(//*[contains(@class,'fl-report-reference')])")).strip()


def first_page(browser: Client, address: str = "/report/") -> Page:
    return Page(browser, browser.get(address))


def last_page(browser: Client, **changed: str) -> Page:
    """The page on which the answers are checked; `changed` are other answers than those above."""
    shown = first_page(browser)
    for step in ANSWERS:
        shown = shown.send({name: changed.get(name, value) for name, value in step.items()})
        while not any(
            each.tag != "button" for each in shown.tree.xpath("//form[@id='report']//*[@name and not(@type='hidden')]")
        ):
            if shown.hidden()["step"] == "check":
                return shown
            shown = shown.send()
    return shown


def a_file(name: str, content: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


@pytest.fixture
def spool_root(settings: Any, tmp_path: Path) -> Path:
    settings.SPOOL_ROOT = tmp_path / "spool"
    settings.MEDIA_ROOT = tmp_path / "files"
    return tmp_path / "spool"
