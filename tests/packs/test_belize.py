"""The first real pack holds what was found, says where, and invents nothing."""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections import Counter
from datetime import date, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.test import Client

from floreo.core import clock
from floreo.core.access import SYSTEM
from floreo.core.figures import Filters, Period
from floreo.core.models import Sourced, Translated
from floreo.core.tasks import Recipient
from floreo.frameworks.models import Framework
from floreo.indicators.models import Indicator, Reading
from floreo.legislation import queries
from floreo.legislation.models import Instrument, LawVersion, TreatyStatus, TreatyVerdict
from floreo.organisations.actions import remove_role
from floreo.organisations.models import Contact, Country, Holding, Network, Organisation, OrganisationRole, Place
from floreo.packs.reading import Pack, read_pack
from floreo.publications.models import Publication
from floreo.publications.tasks import waiting_tasks
from floreo.strategy.measures import share_actions_on_track
from floreo.strategy.models import Action, Edition, Event, Objective
from floreo.strategy.plan_facts import plan_facts
from tests.conftest import SAMPLES
from tests.packs.conftest import PACKS


@pytest.fixture(scope="module")
def pack() -> Pack:
    return read_pack(PACKS / "belize", is_measure=lambda name: True)


def test_every_row_has_a_source_and_says_when_it_was_read_or_why_not(pack: Pack) -> None:
    sourced = [row for row in pack.rows if issubclass(row.makes, Sourced)]
    assert [row.name for row in sourced if not row.fields["source"]] == []
    assert [row.name for row in sourced if not row.fields["read_on"] and not row.fields["doubt"]] == []
    assert [row.name for row in sourced if row.fields["confirmed"]] == []


@pytest.mark.guards("doubts about a real country are said in both languages")
@pytest.mark.parametrize("name", ["belize", "isla-prueba"])
def test_a_doubt_is_in_both_languages_wherever_the_row_has_both(name: str) -> None:
    """A row without a source of its own has the doubt of the row that holds it, in both languages too."""
    rows = [row for row in read_pack(PACKS / name, is_measure=lambda name: True).rows if row.fields.get("doubt")]
    both = [row for row in rows if issubclass(row.makes, Translated)]
    assert [row.name for row in both if not row.fields["translations"].get("es", {}).get("doubt")] == []
    assert {row.word for row in rows} - {row.word for row in both} <= {
        "outlet",
        "participation",
        "seat",
        "network",
        "framework_mapping",
        "former_name",
        "contact",
        "dependency",
        "holding",
        "attachment",
        "law_citation",
    }


def test_what_was_not_read_in_the_source_it_names(pack: Pack) -> None:
    """The plan, from an OCR of the document, and three laws that it names; three organisations whose page was lost; who chaired
    a committee."""
    own = [r for r in pack.rows if not r.file.startswith(("frameworks/", "shipped/"))]  # those ship with the product
    unread = Counter(r.word for r in own if issubclass(r.makes, Sourced) and not r.fields["read_on"])
    assert unread == {
        "edition": 1,
        "body": 17,
        "objective": 17,
        "action": 48,
        "participation": 195,
        "organisation": 18,
        "role": 3,
        "seat": 3,
        "law": 3,
        "law_citation": 3,
    }


def test_a_source_is_a_page_and_no_home_page(pack: Pack) -> None:
    addresses = {row.fields["source_url"] for row in pack.rows if issubclass(row.makes, Sourced)}
    own = {address for address in addresses if address and ("bz" in address or "belize" in address)}
    assert own
    assert [address for address in own if not urlsplit(address).path.strip("/") and not urlsplit(address).query] == []


def test_every_row_of_the_plan_has_a_place_in_a_document() -> None:
    folder = PACKS / "belize" / "editions" / "2020-2023"
    plan = tomllib.loads((folder / "plan.toml").read_text(encoding="utf-8"))
    places = tomllib.loads((folder / "quotations.toml").read_text(encoding="utf-8"))["quotation"]
    rows = {f"{kind}:2020-2023/{row['code']}" for kind in ("pillar", "objective", "action") for row in plan[kind]}
    assert {place["thing"] for place in places} == rows | {"edition:2020-2023"}
    assert Counter(place["document"] for place in places) == {"strategy-ocr": 69, "release": 4}
    assert all(place["length"] > 0 and len(place["sha256"]) == 64 for place in places)


def test_the_vision_and_all_seventeen_objectives_have_a_place() -> None:
    folder = PACKS / "belize" / "editions" / "2020-2023"
    places = tomllib.loads((folder / "quotations.toml").read_text(encoding="utf-8"))["quotation"]
    of_edition = {place["field"]: place["document"] for place in places if place["thing"] == "edition:2020-2023"}
    assert of_edition == {"vision": "strategy-ocr", "objective": "release"}
    objectives = {place["thing"] for place in places if place["thing"].startswith("objective:")}
    assert len(objectives) == 17


DOCUMENTS = {"strategy-ocr": "strategy-2020-2023.ocr.txt", "release": "launch-release.txt"}
# Words in quotation marks that are none of a document: a name, a word of this site, a file of the data set.
NOT_QUOTED = {
    "“20200101_Belize_National Cybersecurity Strategy_ENG.txt”",
    "“read”",
    "“checked”",
    "“leído”",
    "“verificado”",
}
# Quoted from a source that is not among the documents, where it was read.
QUOTED_ELSEWHERE = {"“Towards a Secure Cyber Space”": "the title of the report of Channel 5 that pack.toml names"}


@pytest.mark.skipif(not (SAMPLES / "belize").exists(), reason="the documents are not part of the project")
def test_every_quotation_is_in_its_document_at_its_place() -> None:
    """Places by their hash, official wordings by the same places, and whatever a text of the pack has in quotation marks."""
    folder = PACKS / "belize"
    texts = {
        code: (SAMPLES / "belize" / name).read_bytes().decode("utf-8", "replace") for code, name in DOCUMENTS.items()
    }
    for document in tomllib.loads((folder / "documents.toml").read_text(encoding="utf-8"))["document"]:
        held = (SAMPLES / "belize" / DOCUMENTS[document["code"]]).read_bytes()
        assert hashlib.sha256(held).hexdigest() == document["file_sha256"]
    edition = folder / "editions" / "2020-2023"
    found: dict[str, set[str]] = {}
    for place in tomllib.loads((edition / "quotations.toml").read_text(encoding="utf-8"))["quotation"]:
        words = texts[place["document"]][place["start"] : place["start"] + place["length"]]
        assert hashlib.sha256(words.encode()).hexdigest() == place["sha256"], place["thing"]
        assert words == words.strip(), place["thing"]
        found.setdefault(place["thing"], set()).add(" ".join(words.split()))
    plan = tomllib.loads((edition / "plan.toml").read_text(encoding="utf-8"))
    for kind in ("pillar", "objective", "action"):
        for row in plan[kind]:
            printed = [row.get("official_wording", ""), *(o["wording"] for o in row.get("also_published_as", []))]
            assert set(filter(None, printed)) <= found[f"{kind}:2020-2023/{row['code']}"], row["code"]
    everything = " ".join(" ".join(texts.values()).split()).lower()
    for path in sorted(folder.rglob("*.toml")) + sorted(folder.rglob("*.md")):
        for quoted in re.findall(r"“[^”]*”", _without_comments(path)):
            if quoted not in NOT_QUOTED and quoted not in QUOTED_ELSEWHERE:
                assert quoted.strip("“”").lower() in everything, (path.name, quoted)


def _without_comments(path: Path) -> str:
    return "\n".join(line for line in path.read_text(encoding="utf-8").splitlines() if not line.startswith("#"))


@pytest.mark.long
def test_every_note_of_a_value_is_in_spanish_too(pack: Pack) -> None:
    notes = [row for row in pack.rows if row.word == "reading" and row.fields["note"]]
    assert len(notes) == 7
    assert [row.name for row in notes if not row.fields["translations"]["es"]["note"]] == []


def test_the_parts_and_the_countries_of_the_charts_are_in_spanish_too(pack: Pack) -> None:
    named = [row for row in pack.rows if row.word == "reading" and (row.fields["part"] or row.fields["subject"])]
    assert len(named) == 24
    assert [r.name for r in named if not set(r.fields["translations"]["es"]) & {"part", "subject"}] == []


def test_what_is_of_one_data_set_is_marked_alike(pack: Pack) -> None:
    """Networks and their holders, from routing data whose makers warn of errors."""
    routing = [row for row in pack.rows if str(row.fields.get("source", "")).startswith("npm @ip-location-db/asn")]
    assert Counter(row.word for row in routing) == {"network": 16, "organisation": 14, "role": 2}
    assert [row.name for row in routing if not row.fields["doubt"]] == []


def test_the_area_of_an_event_is_our_reading_and_says_so(pack: Pack) -> None:
    """The launch is of all three."""
    tied = [row for row in pack.rows if row.word == "event" and row.many["pillars"]]
    assert [row.fields["code"] for row in tied if not row.fields["doubt"]] == ["launch"]


def test_no_text_of_the_edition_breaks_a_line_within_a_sentence(pack: Pack) -> None:
    (edition,) = [row.fields for row in pack.rows if row.word == "edition"]
    for text in (edition["public_text"], edition["translations"]["es"]["public_text"]):
        paragraphs = text.strip().split("\n\n")
        assert [p for p in paragraphs if "\n" in p] == []
        assert len(paragraphs) == 4


@pytest.mark.long
def test_the_areas_are_titled_as_the_release_prints_them(pack: Pack) -> None:
    areas = {row.fields["code"]: row.fields for row in pack.rows if row.word == "pillar"}
    assert {code: area["title"] for code, area in areas.items()} == {
        "PA1": "Developing a Legislative Framework",
        "PA2": "Strengthening Incidence Response and Protection of Critical Infrastructure",
        "PA3": "Building Capacity within the Workplace, Education and Public Awareness",
    }
    assert all(area["official_wording"] == area["title"] for area in areas.values())


@pytest.mark.usefixtures("real_country")
class TestLoaded:
    def test_the_edition_has_its_own_plan_without_dates(self) -> None:
        edition = Edition.objects.get()
        assert (edition.code, edition.state, edition.is_public) == ("2020-2023", "ended", True)
        assert [pillar.code for pillar in edition.pillars.all()] == ["PA1", "PA2", "PA3"]
        assert all(pillar.also_published_as for pillar in edition.pillars.all())
        assert (Objective.objects.count(), Action.objects.count()) == (17, 48)
        counts = Counter(action.objective.pillar.code for action in Action.objects.select_related("objective__pillar"))
        assert counts == {"PA1": 17, "PA2": 13, "PA3": 18}
        assert not Action.objects.exclude(starts_on=None, due_on=None, closed_on=None).exists()
        assert all("Term in the document: " in action.public_text for action in Action.objects.all())
        assert all(action.participations.filter(part="lead").exists() for action in Action.objects.all())

    def test_levels_are_called_as_the_document_calls_them(self, stranger: Client) -> None:
        def words(address: str) -> str:
            return " ".join(re.sub(r"<[^>]+>", " ", stranger.get(address).content.decode()).split())

        assert "Activity 2.1.1" in words("/strategy/2020-2023/actions/2.1.1/")
        assert "Actividad 2.1.1" in words("/es/strategy/2020-2023/actions/2.1.1/")
        assert "Area of priority PA2" in words("/strategy/2020-2023/pillars/PA2/")
        assert "Objective 2.1" in words("/strategy/2020-2023/objectives/2.1/")
        assert "Three areas of priority" in words("/")
        assert "Tres áreas de prioridad" in words("/es/")

    def test_a_page_of_an_edition_that_ended_says_of_nothing_that_it_is_still_to_come(self, stranger: Client) -> None:
        pages = {place: stranger.get(f"{place}/strategy/2020-2023/actions/2.1.1/") for place in ("", "/es")}
        words = {place: " ".join(page.content.decode().split()) for place, page in pages.items()}
        assert "its leads are not asked any more" in words[""]
        assert "ya no se pregunta a sus instituciones líderes" in words["/es"]
        for promise in ("Each quarter the lead reports", "yet.", "shows progress before", "Todavía no"):
            assert [place for place, page in words.items() if promise in page] == [], promise

    def test_everything_of_the_plan_is_in_spanish_too(self) -> None:
        for row in [*Objective.objects.all(), *Action.objects.all()]:
            assert set(row.translations["es"]) >= {"title"}, row.code
            assert bool(row.public_text) == bool(row.translations["es"].get("public_text")), row.code

    def test_what_happened_is_tied_to_activities_and_closes_none(self) -> None:
        tied = Counter(event.action.code for event in Event.objects.exclude(action=None).select_related("action"))  # type: ignore[union-attr]  # each of these names its action
        assert tied == {"1.3.3": 5, "1.4.3": 3, "1.3.2": 1, "1.6.2": 1, "3.3.5": 1}
        assert [event.code for event in Event.objects.exclude(action=None) if not event.doubt] == []

    def test_events_and_roles_are_found_by_their_words(self, stranger: Client) -> None:
        def found(words: str) -> set[str]:
            page = stranger.get("/search/", {"q": words}).content.decode()
            return set(re.findall(r'<a href="(?:/es)?(/(?:organisations|strategy)/[^"]+)"', " ".join(page.split())))

        assert {"/organisations/pitcu/", "/strategy/2020-2023/?events=all#events"} <= found("cybercrime")
        assert "/organisations/pitcu/" in found("ciberdelitos")
        assert (
            "Cybercrime Act, No. 32 of 2020, passed" in stranger.get("/strategy/2020-2023/?events=all").content.decode()
        )
        remove_role(OrganisationRole.objects.get(organisation__code="pitcu", code="cybercrime-work"), by=SYSTEM)
        assert "/organisations/pitcu/" not in found("ciberdelitos")

    @pytest.mark.long
    def test_the_page_of_an_index_is_in_spanish_too(self, stranger: Client) -> None:
        page = stranger.get("/es/frameworks/gci/").content.decode()
        for words in (
            "Media mundial",
            "Trinidad y Tabago",
            "Surinam",
            "Cero en 2020 y en 2024.",
            "T4, Evolving (en evolución)",
        ):
            assert words in page, words
        assert "World mean" not in page
        assert "Ciudad de Belice" in stranger.get("/es/districts/").content.decode()

    @pytest.mark.long
    def test_what_lasted_is_shown_to_its_last_day(self, stranger: Client) -> None:
        page = stranger.get("/strategy/2020-2023/actions/1.3.2/").content.decode()
        assert '<time datetime="2020-02-10">10 Feb to 13 Feb 2020</time>' in page
        assert "10 feb a 13 feb 2020" in stranger.get("/es/strategy/2020-2023/actions/1.3.2/").content.decode()
        assert "Events recorded from sources" in (page := stranger.get("/reports/2020-2023/closing/").content.decode())
        assert "10 Feb to 13 Feb 2020:" in page
        assert "2022:" in page

    @pytest.mark.long
    def test_who_took_part_and_where_copies_are_show_their_own_source(self, stranger: Client) -> None:
        release, source = "https://ambergriscaye.com/forum/ubbthreads.php/topics/546024/", 'source<span class="visually'
        page = stranger.get("/strategy/2020-2023/").content.decode()
        for name in ("Attorney General&#x27;s Ministry", "Government of Belize Press Office"):
            after = page[page.index(name) :][:900]
            assert release in after, name
            assert source in after, name
        page = stranger.get("/organisations/ministry-of-home-affairs/").content.decode()
        role = page[page.index("Hosted a two-day") :][:700]
        assert "https://alberto.bz/belize-cybersecurity-sensitization-and-training-concludes/" in role
        assert "in <time" in role
        page = stranger.get("/organisations/task-force/").content.decode()
        part = page[page.index("Coordinated it") :][:900]
        assert release in part
        assert source in part

    def test_the_charts_of_the_spanish_home_page_are_in_spanish(self, stranger: Client) -> None:
        page = stranger.get("/es/").content.decode()
        for words in ("Medidas técnicas", "Trinidad y Tabago", "Media mundial", "Santa Lucía"):
            assert words in page, words
        for words in ("World mean", "Technical", "Trinidad and Tobago"):
            assert words not in page, words

    def test_dates_are_no_finer_than_they_are_known(self) -> None:
        events = {event.code: event for event in Event.objects.all()}
        known = {code: event.precision for code, event in events.items()}
        assert known["cybercrime-bill-first-reading"] == "day"
        assert known["forensic-laboratory"] == "month"
        assert known["ambassadors-scheme"] == "year"
        assert known["cybercrime-act-passed"] == "year"
        assert events["cybercrime-bill-third-reading"].on == date(2020, 9, 25)

    def test_the_index_as_published(self) -> None:
        readings = Reading.objects.filter(indicator__code="gci")
        whole = {r.period.label: str(r.value) for r in readings.filter(part="", subject="")}
        assert whole == {"2020": "10.29", "2024": "32.35"}
        assert readings.get(part="", subject="", ends_on__year=2024).not_comparable
        parts = {(r.period.label, r.part): str(r.value) for r in readings.exclude(part="")}
        assert parts == {
            ("2020", "legal"): "5.77",
            ("2020", "technical"): "0.00",
            ("2020", "organisational"): "3.01",
            ("2020", "capacity"): "1.52",
            ("2020", "cooperation"): "0.00",
            ("2024", "legal"): "14.13",
            ("2024", "technical"): "0.00",
            ("2024", "organisational"): "12.38",
            ("2024", "capacity"): "0.00",
            ("2024", "cooperation"): "5.84",
        }

    def test_the_index_is_compared_with_all_of_caricom_that_it_holds(self) -> None:
        others = Reading.objects.filter(indicator__code="gci").exclude(subject="")
        assert {r.subject: str(r.value) for r in others} == {
            "World mean": "65.70",
            "Antigua and Barbuda": "18.20",
            "Bahamas": "34.00",
            "Barbados": "36.61",
            "Dominica": "22.84",
            "Grenada": "24.72",
            "Guyana": "47.38",
            "Haiti": "24.28",
            "Jamaica": "58.03",
            "Saint Kitts and Nevis": "31.61",
            "Saint Lucia": "26.18",
            "Saint Vincent and the Grenadines": "26.55",
            "Suriname": "34.78",
            "Trinidad and Tobago": "56.22",
        }

    def test_of_the_laws_headings_were_read_and_no_text(self) -> None:
        laws = {law.code: law for law in Instrument.objects.all()}
        assert len(laws) == 9
        assert [
            code for code, law in laws.items() if law.is_text_complete or law.in_force_on or not law.is_public
        ] == []
        assert {code: law.dated for code, law in laws.items() if law.dated} == {
            "data-protection-act-2021": date(2021, 11, 29)
        }
        version = LawVersion.objects.get()
        sections = list(version.provisions.filter(kind="section"))
        assert [section.number for section in sections] == [str(n) for n in range(1, 33)]
        assert {section.words for section in sections} == {"[The text of this section was not seen.]"}

    def test_the_stages_of_the_act_have_the_dates_that_were_found_and_no_other(self) -> None:
        stages = Instrument.objects.get(code="cybercrime-act-2020").stages.all()
        assert {stage.code: stage.ends_on for stage in stages} == {
            "drafting": None,
            "workshop": date(2020, 2, 13),
            "first-reading": date(2020, 9, 16),
            "third-reading": date(2020, 9, 25),
            "senate": date(2020, 9, 30),
            "law": None,
        }

    def test_a_comparison_of_headings_counts_nothing(self) -> None:
        verdicts = list(TreatyVerdict.objects.select_related("item", "instrument"))
        assert {(verdict.verdict, verdict.reviewed_by, verdict.reviewed_on) for verdict in verdicts} == {
            ("unknown", "", None)
        }
        assert len(verdicts) == 17
        assert [v.item.code for v in verdicts if not v.provisions] == ["3", "12", "21", "35"]
        act = Instrument.objects.get(code="cybercrime-act-2020")
        found = queries.coverage(
            queries.matrix(act, Framework.objects.get(code="budapest"), LawVersion.objects.get(), None)
        )
        assert (found.judged, found.full, found.partial, found.gap) == (0, 0, 0, 0)
        assert found.stale == 0

    def test_no_treaty_is_said_to_be_signed(self) -> None:
        rows = {row.framework.code: row for row in TreatyStatus.objects.select_related("framework")}
        assert sorted(rows) == ["budapest", "second-protocol", "un-cybercrime"]
        assert [c for c, row in rows.items() if row.signed_on or row.ratified_on or row.in_force_on] == []
        assert rows["un-cybercrime"].open_until == date(2026, 12, 31)

    @pytest.mark.long
    def test_pages_of_laws_show_what_was_not_seen(self, stranger: Client) -> None:
        def words(address: str) -> str:
            return " ".join(re.sub(r"<[^>]+>", " ", stranger.get(address).content.decode()).split())

        assert "The text here is incomplete: what was not seen is marked." in words("/laws/cybercrime-act-2020/")
        assert "nothing of sections from 33 on, was seen" in words("/laws/cybercrime-act-2020/")
        assert "ni nada de las secciones desde la 33" in words("/es/laws/cybercrime-act-2020/")
        assert "No article has been reviewed by a second person yet, so nothing is counted." in words(
            "/laws/cybercrime-act-2020/treaties/budapest/"
        )
        assert "Belize is not in the list of 72 signatories that was read." in words("/laws/")
        assert "Belice no está en la lista de 72 signatarios que se leyó." in words("/es/laws/")
        assert "The text is not here yet." in words("/laws/electronic-evidence-act/")

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

    def test_what_came_with_the_pack_is_posted_by_nobody_here(
        self, real_country: Country, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        brought = Publication.objects.get(code="launch-release")
        assert brought.published_at is not None
        monkeypatch.setattr(clock, "now", lambda: brought.published_at + timedelta(days=1))

        def asked() -> list[str]:
            return [each.key for each in waiting_tasks(Recipient(everybody=True), viewer=None, today=clock.today())]

        assert asked() == []
        real_country.is_sample = True  # as if it had been at work before
        Country.objects.bulk_update([real_country], ["is_sample"])
        assert asked() == [f"publications.publication:{brought.pk}/channels"]

    def test_no_page_says_of_what_is_not_known_that_it_was_not_done(self, stranger: Client) -> None:
        """The closing evaluation is of the edition's last day, and a share of nothing known is no nought."""
        page = stranger.get("/reports/2020-2023/closing/").content.decode()
        assert "No report says what became of 48 of 48 actions." in page
        assert "was done" not in page
        assert page.count("Not started") == 1  # in the legend, with 0
        with plan_facts():
            reading = share_actions_on_track(Period(date(2023, 10, 1), date(2023, 12, 31)), Filters())
        assert (reading.value, reading.left_out) == (None, (("actions_not_known", 48),))
