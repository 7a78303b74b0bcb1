"""What the public sees of frameworks: published scores, what is missing, and nothing that is in the making."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from django.test import Client

from floreo.core.keys import key
from floreo.frameworks.models import Answer, Contribution, PublishedScore
from floreo.strategy.models import Action


def page_of(address: str) -> str:
    response = Client().get(address)
    assert response.status_code == 200, address
    return re.sub(r"\s+", " ", response.content.decode())


@pytest.mark.usefixtures("real_country")
def test_published_zeros_are_shown_with_what_they_mean() -> None:
    page = page_of("/frameworks/gci/")
    assert (
        "In 2024 the publisher gave 0 for: Technical measures, Capacity development. A zero can mean that it does not exist,"
        in page
    )
    assert "no evidence yet for" not in page  # which indicators these parts have was not read
    assert "32.35 of 100, T4 Evolving" in page
    assert 'href="/indicators/gci/"' in page
    assert (
        "GCI, fifth edition (2024) is known, but not held: how many items its publisher counts could not be read."
        in page
    )
    assert 'id="own"' not in page


@pytest.mark.usefixtures("isla")
def test_a_published_zero_names_the_items_without_evidence() -> None:
    PublishedScore.objects.filter(part="TEC").update(score=0)
    page = page_of("/frameworks/aci/")
    assert "In 2024 the publisher gave 0 for: Technical measures." in page
    assert (
        "Technical measures: no evidence yet for National incident response team; Sector incident response teams."
        in page
    )


@pytest.mark.long
@pytest.mark.usefixtures("real_country")
def test_every_framework_has_its_page_and_says_what_is_not_held() -> None:
    codes = re.findall(r'href="/frameworks/([a-z0-9-]+)/"', page_of("/frameworks/"))
    assert len(set(codes)) == 13
    for code in set(codes):
        assert "fl-why" in page_of(f"/frameworks/{code}/")
    assert "The titles of its 20 objectives could not be read" in page_of("/frameworks/ncaf/")


@pytest.mark.usefixtures("real_country")
def test_what_is_only_known_is_listed_with_its_publisher_its_count_and_where_to_get_it() -> None:
    _held, known = page_of("/frameworks/").split("Known, not held", 1)
    assert set(re.findall(r'href="/frameworks/([a-z0-9-]+)/"', known)) == {"gci", "ncsi", "ncaf", "ncs-guide"}
    row = known[known.index("/frameworks/ncsi/") :]
    assert "e-Governance Academy" in row
    assert re.search(r"> 49 ?<", row)
    assert 'href="https://ncsi.ega.ee/"' in row
    page = page_of("/frameworks/ncsi/")
    assert (
        "NCSI 3 (2023) is known, but not held: its publisher counts 49 items, and 0 of them are in this system." in page
    )
    assert 'id="own"' not in page
    assert "%" not in re.sub(r"<[^>]*>", "", page[page.index("<h1>") : page.index("</main>")])
    assert 'id="own"' in page_of("/frameworks/ncaf/?version=ncaf-1")  # an older version that is held is rated


@pytest.mark.usefixtures("real_country")
def test_final_provisions_are_listed_and_not_rated() -> None:
    page = page_of("/frameworks/budapest/")
    assert "48 of 48 items that its publisher counts (Article)." in page
    assert 'id="item-48"' in page
    assert Answer.objects.count() == 0


@pytest.mark.usefixtures("isla")
def test_items_show_their_level_what_is_done_and_public_evidence_only() -> None:
    page = page_of("/frameworks/aci/")
    assert "Self-assessment for 2026: 59.34 of 100 points. 18 of 20 items are reviewed; 7 have evidence." in page
    assert "Gazette of 14 August 2026" in page
    assert "1.1.1 Pass the Cybercrime (Amendment) Act" in page
    assert "uty rota" not in page  # TLP:AMBER
    assert "Inés Farol" not in page  # what raters said, one by one
    assert "Change from 2025: higher 10, the same 8, not rated now 2." in page


@pytest.mark.long
@pytest.mark.usefixtures("isla")
def test_what_is_open_is_not_shown() -> None:
    assert "There is no self-assessment of the country against this framework yet." in page_of("/frameworks/cmm/")
    assert Client().get("/frameworks/cmm/?assessment=cmm-2026").status_code == 404
    assert Client().get("/frameworks/aci/?version=nope").status_code == 404


@pytest.mark.usefixtures("isla")
def test_an_action_that_is_not_public_is_not_named() -> None:
    hidden = Action.objects.filter(is_public=False).first()
    assert hidden is not None
    item = Answer.objects.filter(assessment__code="aci-2026").first()
    assert item is not None
    Contribution.objects.create(item=item.item, thing=key(hidden))
    assert hidden.title not in page_of("/frameworks/aci/")


@pytest.mark.first_cases(2)
@pytest.mark.usefixtures("isla")
@pytest.mark.parametrize("table", ["frameworks", "framework_items", "published_scores", "framework_ratings"])
def test_each_table_leaves_in_every_form(table: str) -> None:
    for kind in ("csv", "json", "xlsx"):
        assert Client().get(f"/data/{table}.{kind}").status_code == 200
    assert Client().get(f"/data/{table}/").status_code == 200
    assert Client().get(f"/api/v1/{table}").status_code == 200, table


@pytest.mark.usefixtures("isla")
def test_a_stranger_gets_no_rating_in_the_making() -> None:
    response: Any = Client().get("/data/framework_ratings.json")
    found = json.loads(b"".join(response.streaming_content))
    assert {row["assessment"] for row in found} == {"aci-2025", "aci-2026"}
    assert "reviewed_by" not in found[0]
