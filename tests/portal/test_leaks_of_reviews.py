"""What the public never sees of reviews, reports, evidence, frameworks, meetings, money and publications: each of their
pages and files is read for a word that is in all that is internal."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator

import pypdfium2
import pytest
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from floreo.evidence.models import Evidence
from floreo.frameworks.models import Assessment, Version
from floreo.offers import tables
from floreo.organisations.models import Country, User
from floreo.publications.models import Publication
from floreo.reports.models import Snapshot
from floreo.strategy.models import Edition
from tests.portal.planted import LOW, SECRET, freeze, plant

pytestmark = pytest.mark.one_database


def text_of(client: Client, address: str) -> str:
    """Whatever it answers, as text: pages, JSON, PDF, Word, workbooks."""
    response = client.get(address)
    streaming = getattr(response, "streaming_content", None)
    body = b"".join(streaming) if streaming is not None else response.content
    if body.startswith(b"%PDF"):
        document = pypdfium2.PdfDocument(body)
        return str(document.get_metadata_dict()) + " ".join(p.get_textpage().get_text_range() for p in document)
    if body.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            return " ".join(archive.read(name).decode("utf-8", "replace") for name in archive.namelist())
    return body.decode("utf-8") + str(dict(response.headers))


def reports_of(snapshot: Snapshot) -> Iterator[str]:
    base = f"/reports/{snapshot.edition.code}/{snapshot.code}"
    yield from (f"{base}/", f"{base}.json", f"{base}.pdf", f"{base}.docx", f"{base}/minister/", f"{base}/minister.pdf")
    for funder in snapshot.public["money"]["funders"]:
        yield from (f"{base}/funders/{funder}/", f"{base}/funders/{funder}.docx")


def addresses(newest: Snapshot) -> Iterator[str]:
    yield from (
        "/",
        "/strategy/",
        "/reports/",
        "/publications/",
        "/publications/feed.xml",
        "/frameworks/",
        "/data/iati.xml",
        "/about/",
    )
    yield from reports_of(newest)
    for edition in Edition.objects.visible_to(None):
        root = f"/strategy/{edition.code}"
        yield from (f"{root}/", f"{root}/money/", f"{root}/text/", f"{root}/copy.json", f"{root}/copy.docx")
        yield from (f"{root}/decisions/", f"{root}/decisions/?download=csv")
        yield from (
            f"/calendar/{edition.code}.ics",
            f"/reports/{edition.code}/closing/",
            f"/reports/{edition.code}/closing.docx",
        )
        yield f"/api/v1/editions/{edition.code}/plan"
    for publication in Publication.objects.all():
        yield from (f"/publications/{publication.code}/", f"/publications/{publication.code}/file/")
        yield f"/api/v1/publications/{publication.code}"
    for version in Version.objects.select_related("framework"):
        yield f"/frameworks/{version.framework.code}/?version={version.code}"
    for assessment in Assessment.objects.visible_to(None):
        yield assessment.get_absolute_url()
    yield from (evidence.portal_url() for evidence in Evidence.objects.all())
    for name in tables():
        yield from (f"/data/{name}.json", f"/data/{name}.csv", f"/data/{name}/", f"/api/v1/{name}?limit=200")
    yield "/publications/?download=json"
    yield reverse("portal:action", args=["2025-2028", "2.1.1"])
    yield reverse("portal:action_history", args=["2025-2028", "2.1.1"])


@pytest.fixture
def planted(isla: Country, secretariat: User) -> Snapshot:
    secretariat.name = f"{SECRET} actor"
    secretariat.save()
    plant(isla, by=secretariat)
    return freeze(secretariat)


def leaks(client: Client, where: list[str]) -> list[str]:
    found = []
    for address in where:
        text = text_of(client, address)
        if LOW in text.lower():
            at = text.lower().index(LOW)
            found.append(f"{address}: …{text[max(at - 60, 0) : at + 60]}…")
    return found


@pytest.mark.long
def test_no_page_and_no_file_of_the_rhythm_says_what_is_internal(planted: Snapshot, stranger: Client) -> None:
    with override("en"):
        where = list(addresses(planted))
    assert sum("/closing" in address for address in where) >= 2
    assert leaks(stranger, where) == []
    with override("es"):
        assert leaks(stranger, [f"/es{address}" for address in reports_of(planted)]) == []
    assert SECRET in str(planted.internal)  # else the word is nowhere, and nothing was tested
    for address in (
        f"/reports/2025-2028/{planted.code}/funders/{LOW}/",
        f"/strategy/{LOW}-next/money/",
        f"/strategy/{LOW}-next/text/",
        f"/strategy/{LOW}-next/copy.pdf",
        f"/strategy/{LOW}-next/decisions/",
        f"/calendar/{LOW}-next.ics",
        f"/reports/{LOW}-next/closing/",
        "/data/answers.csv",
        "/data/asks.json",
        "/data/attachments.csv",
        "/api/v1/answers",
        "/evidence/e-green/file/",
        "/evidence/e-gone/file/",
        "/evidence/e-clear/file/",
        "/publications/p-draft/",
        "/publications/p-embargo/",
        "/publications/p-embargo/file/",
        "/publications/p-withdrawn/file/",
    ):
        assert (address, stranger.get(address).status_code) == (address, 404)
