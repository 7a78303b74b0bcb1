"""The first real pack holds what was found, says where, and invents nothing."""

from __future__ import annotations

from collections import Counter

import pytest

from floreo.core.models import Sourced
from floreo.indicators.models import Indicator, Reading
from floreo.organisations.models import Contact, Country, Holding, Network, Organisation, Place
from floreo.packs.reading import Pack, read_pack
from floreo.strategy.models import Action, Edition, Objective
from tests.packs.conftest import PACKS


@pytest.fixture(scope="module")
def pack() -> Pack:
    return read_pack(PACKS / "belize", is_measure=lambda name: True)


def test_every_row_has_a_source_and_every_doubt_its_reason(pack: Pack) -> None:
    sourced = [row for row in pack.rows if issubclass(row.makes, Sourced)]
    assert [row.name for row in sourced if not row.fields["source"]] == []
    assert [row.name for row in sourced if row.fields["read_on"] is None and not row.fields["doubt"]] == []


def test_what_is_confirmed_and_what_is_not(pack: Pack) -> None:
    own = [r for r in pack.rows if not r.file.startswith("frameworks/")]  # those ship with the product
    doubted = Counter(r.word for r in own if issubclass(r.makes, Sourced) and r.fields["read_on"] is None)
    assert doubted == {"place": 13, "organisation": 4, "role": 1, "network": 15, "event": 2, "evidence": 1, "seat": 3}


@pytest.mark.usefixtures("real_country")
class TestLoaded:
    def test_the_edition_has_its_three_areas_and_nothing_made_up(self) -> None:
        edition = Edition.objects.get()
        assert (edition.code, edition.state, edition.is_public) == ("2020-2023", "ended", True)
        assert [pillar.code for pillar in edition.pillars.all()] == ["PA1", "PA2", "PA3"]
        assert all(pillar.also_published_as for pillar in edition.pillars.all())
        assert (Objective.objects.count(), Action.objects.count()) == (0, 0)
        assert edition.events.count() == 11

    def test_dates_are_no_finer_than_they_are_known(self) -> None:
        known = {event.code: event.precision for event in Edition.objects.get().events.all()}
        assert known["cybercrime-bill-first-reading"] == "day"
        assert known["forensic-laboratory"] == "month"
        assert known["ambassadors-scheme"] == "year"

    def test_the_index_as_published(self) -> None:
        readings = Reading.objects.filter(indicator__code="gci")
        whole = {r.period.label: str(r.value) for r in readings.filter(part="", subject="")}
        assert whole == {"2020": "10.29", "2024": "32.35"}
        assert readings.get(part="", subject="", ends_on__year=2024).not_comparable
        parts = {r.part: str(r.value) for r in readings.exclude(part="")}
        assert parts == {
            "legal": "14.13",
            "technical": "0.00",
            "organisational": "12.38",
            "capacity": "0.00",
            "cooperation": "5.84",
        }
        assert readings.exclude(subject="").count() == 10

    def test_no_reading_where_none_was_found(self) -> None:
        trained = Indicator.objects.get(code="ambassadors-trained")
        assert (str(trained.target), trained.readings.count()) == ("30.00", 0)
        assert trained.stated_target is not None

    def test_districts_carry_closed_outlines(self) -> None:
        districts = Place.objects.filter(kind="district")
        assert [d.code for d in districts] == ["BZ-CZL", "BZ-OW", "BZ-BZ", "BZ-CY", "BZ-SC", "BZ-TOL"]
        for district in districts:
            assert district.shape is not None
            coordinates = district.shape["coordinates"]
            polygons = [coordinates] if district.shape["type"] == "Polygon" else coordinates
            assert all(ring[0] == ring[-1] for polygon in polygons for ring in polygon)

    def test_the_sixteen_domestic_networks_and_nobody_s_address_made_up(self) -> None:
        assert sorted(Network.objects.values_list("asn", flat=True)) == [
            10269,
            28094,
            52449,
            262239,
            263187,
            263824,
            264640,
            264663,
            264779,
            264794,
            265727,
            265818,
            265826,
            266691,
            266762,
            267932,
        ]
        assert (Contact.objects.exclude(email="").exclude(role="other").count(), Holding.objects.count()) == (0, 0)

    def test_networks_have_their_holders(self) -> None:
        assert Network.objects.filter(holder=None).count() == 0
        assert Network.objects.get(asn=267932).holder == Organisation.objects.get(code="cito")

    def test_pages_are_there_in_both_languages(self, real_country: Country) -> None:
        assert {name: sorted(texts) for name, texts in real_country.pages.items()} == {
            name: ["en", "es"] for name in ("about", "accessibility", "privacy")
        }
        assert real_country.report_text
        assert real_country.in_language("report_text", "es") != real_country.report_text
