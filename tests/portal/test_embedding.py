"""Figures for other sites: framed only where the installation says so, and nothing else ever; charts as pictures; the map of the site; what
moved as RSS."""

from __future__ import annotations

import io
from datetime import date
from typing import Any
from xml.etree import ElementTree

import pytest
from django.test import Client
from PIL import Image

from floreo.config import environment
from floreo.core import clock
from floreo.core.access import SYSTEM
from floreo.indicators.models import Indicator
from floreo.organisations.models import Country
from floreo.publications.actions import publishing
from floreo.publications.models import Publication, PublicationState
from tests.factories import strategy as make
from tests.portal.crawl import body

pytestmark = pytest.mark.django_db
FRAMED = ("/embed/strategy/", "/embed/indicators/officials-trained/", "/es/embed/strategy/")
NOT_FRAMED = (
    "/",
    "/indicators/officials-trained/",
    "/strategy/",
    "/organisations/",
    "/account/login/",
    "/no-such-page/",
)


def ancestors(client: Client, address: str) -> str:
    policy = client.get(address).headers["Content-Security-Policy"]
    return next(part.strip() for part in policy.split(";") if part.strip().startswith("frame-ancestors"))


class TestFrames:
    @pytest.mark.long
    def test_by_default_nobody_frames_anything(self, isla: Country, stranger: Client) -> None:
        for address in (*FRAMED, *NOT_FRAMED):
            assert ancestors(stranger, address) == "frame-ancestors 'none'"
            assert stranger.get(address).headers["X-Frame-Options"] == "DENY"

    @pytest.mark.long
    def test_a_site_that_is_named_frames_the_figures_and_no_other_page(
        self, isla: Country, stranger: Client, settings: Any
    ) -> None:
        settings.FRAME_SITES = ["https://www.example.org"]
        for address in FRAMED:
            assert ancestors(stranger, address) == "frame-ancestors https://www.example.org"
            assert "X-Frame-Options" not in stranger.get(address).headers
        for address in NOT_FRAMED:
            assert ancestors(stranger, address) == "frame-ancestors 'none'"
            assert stranger.get(address).headers["X-Frame-Options"] == "DENY"

    def test_a_framed_page_has_no_script_no_form_and_no_cookie(
        self, isla: Country, stranger: Client, settings: Any
    ) -> None:
        settings.FRAME_SITES = ["*"]
        for address in FRAMED:
            response = stranger.get(address)
            page = response.content.decode()
            assert "<script" not in page
            assert "<form" not in page
            assert not response.cookies

    def test_it_says_its_source_its_date_and_that_it_is_a_sample(self, isla: Country, stranger: Client) -> None:
        page = body(stranger, "/embed/indicators/officials-trained/")
        assert "Sample data." in page
        assert "Source:" in page
        assert "calculated from records" in page
        assert 'target="_blank"' in page
        assert "Datos de muestra." in body(stranger, "/es/embed/strategy/")

    def test_light_and_dark_follow_the_device_or_the_address(self, isla: Country, stranger: Client) -> None:
        assert "prefers-color-scheme" in body(stranger, "/embed/strategy/")
        assert "dark.css" not in body(stranger, "/embed/strategy/?theme=light")
        dark = body(stranger, "/embed/strategy/?theme=dark")
        assert "dark.css" in dark
        assert "prefers-color-scheme" not in dark

    def test_what_is_not_public_is_in_no_frame_whoever_asks(
        self, isla: Country, secretariat: Any, browser_of: Any
    ) -> None:
        Indicator.objects.filter(code="officials-trained").update(is_public=False)
        browser = browser_of(secretariat)
        assert browser.get("/embed/indicators/officials-trained/").status_code == 404
        assert browser.get("/indicators/officials-trained/charts/1.svg").status_code == 404

    def test_the_page_of_an_indicator_gives_the_snippet_only_where_frames_are_allowed(
        self, isla: Country, stranger: Client, settings: Any
    ) -> None:
        assert "&lt;iframe" not in body(stranger, "/indicators/officials-trained/")
        settings.FRAME_SITES = ["https://www.example.org"]
        page = body(stranger, "/indicators/officials-trained/")
        assert "&lt;iframe src=&quot;" in page
        assert "/embed/indicators/officials-trained/" in page

    @pytest.mark.parametrize(
        "wrong",
        [
            "www.example.org",
            "https://www.example.org/page",
            "https://a.example;script-src *",
            "javascript:x",
            "https://",
            "* x",
            "https://a b",
        ],
    )
    def test_what_is_no_site_stops_the_start(self, wrong: str, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("FLOREO_FRAME_SITES", wrong)
        with pytest.raises(environment.BadSetting):
            environment.sites("FLOREO_FRAME_SITES")

    def test_sites_are_taken_as_they_are(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("FLOREO_FRAME_SITES", "https://a.example, https://*.b.example:8443")
        assert environment.sites("FLOREO_FRAME_SITES") == ["https://a.example", "https://*.b.example:8443"]
        monkeypatch.setenv("FLOREO_FRAME_SITES", "*")
        assert environment.sites("FLOREO_FRAME_SITES") == ["*"]


class TestPictures:
    ADDRESS = "/indicators/officials-trained/charts/1"

    def test_an_svg_stands_alone_with_its_source_and_its_date(self, isla: Country, stranger: Client) -> None:
        response = stranger.get(f"{self.ADDRESS}.svg")
        assert response.headers["Content-Type"] == "image/svg+xml"
        assert response.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
        tree = ElementTree.fromstring(response.content)
        words = " ".join(tree.itertext())
        assert "Sample data." in words
        assert "calculated from records" in words
        assert "script" not in response.content.decode()

    def test_a_png_is_as_wide_as_it_was_asked_for(self, isla: Country, stranger: Client) -> None:
        picture = Image.open(io.BytesIO(stranger.get(f"{self.ADDRESS}.png?width=800").content))
        assert picture.format == "PNG"
        assert abs(picture.width - 800) <= 2

    @pytest.mark.first_cases(2)
    @pytest.mark.parametrize("width", ["0", "-1", "1", "100000000", "1e9", "wide", "800.5", "９９９９"])
    def test_an_absurd_size_is_answered_with_a_sentence(self, isla: Country, stranger: Client, width: str) -> None:
        response = stranger.get(f"{self.ADDRESS}.png", {"width": width})
        assert response.status_code == 422
        assert "Ask for a width between 200 and 3000 pixels" in response.content.decode()

    def test_a_picture_is_light_dark_or_as_the_readers_device(self, isla: Country, stranger: Client) -> None:
        light, dark, auto = (
            stranger.get(f"{self.ADDRESS}.svg?theme={theme}").content.decode() for theme in ("light", "dark", "auto")
        )
        assert "fl-c-sheet{fill: #ffffff}" in light
        assert "fl-c-sheet{fill: #101c20}" in dark
        assert "prefers-color-scheme" not in light + dark
        assert auto.index("fl-c-sheet{fill: #ffffff}") < auto.index("@media (prefers-color-scheme:dark){text{")
        assert stranger.get(f"{self.ADDRESS}.svg").content.decode() == light
        corner = Image.open(io.BytesIO(stranger.get(f"{self.ADDRESS}.png?theme=dark&width=400").content))
        assert corner.convert("RGB").getpixel((2, 2)) == (0x10, 0x1C, 0x20)

    @pytest.mark.parametrize("address", ["svg?theme=pink", "png?theme=auto", "svg?theme=Dark"])
    def test_colours_that_there_are_not_are_answered_with_a_sentence(
        self, isla: Country, stranger: Client, address: str
    ) -> None:
        response = stranger.get(f"{self.ADDRESS}.{address}")
        assert (response.status_code, "Ask for one of these colours" in response.content.decode()) == (422, True)

    def test_a_chart_that_is_not_there_is_not_found(self, isla: Country, stranger: Client) -> None:
        for address in (
            f"{self.ADDRESS}.gif",
            "/indicators/officials-trained/charts/99.svg",
            "/indicators/x/charts/1.svg",
        ):
            assert stranger.get(address).status_code == 404


def addresses(client: Client, address: str) -> list[str]:
    tree = ElementTree.fromstring(client.get(address).content)
    return [str(e.text) for e in tree.iter() if e.tag.endswith("}loc")]


def every_address(client: Client) -> list[str]:
    files = [a.split("/", 3)[3] for a in addresses(client, "/sitemap.xml")]
    return [found for file in files for found in addresses(client, f"/{file}")]


class TestSitemap:
    @pytest.mark.long
    def test_every_address_is_a_public_page_in_both_languages(self, isla: Country, stranger: Client) -> None:
        found = every_address(stranger)
        assert len(found) == len(set(found))
        paths = ["/" + a.split("/", 3)[3] for a in found]
        assert [p for p in paths if "/workspace" in p or "/account" in p] == []
        assert {p for p in paths if not p.startswith("/es/")} == {
            p.removeprefix("/es") for p in paths if p.startswith("/es/")
        }
        for path in paths[::25]:
            assert stranger.get(path).status_code in {200, 302}, path

    def test_each_names_the_same_page_in_the_other_language(self, isla: Country, stranger: Client) -> None:
        text = stranger.get("/sitemap-0.xml").content.decode()
        assert 'hreflang="en"' in text
        assert 'hreflang="es"' in text
        assert "Sitemap: http" in stranger.get("/robots.txt").content.decode()
        assert stranger.get("/sitemap-999.xml").status_code == 404

    def test_a_withdrawn_publication_is_not_in_it(self, isla: Country, stranger: Client) -> None:
        with clock.pinned_day(day=make.TODAY):
            out = Publication.objects.filter(state=PublicationState.PUBLISHED).order_by("pk")[0]
            assert any(a.endswith(out.get_absolute_url()) for a in every_address(stranger))
            publishing.withdraw(out, by=SYSTEM, reason="It was wrong")
            assert not any(a.endswith(out.get_absolute_url()) for a in every_address(stranger))


class TestChangesFeed:
    @pytest.mark.long
    def test_it_tells_values_reports_progress_and_changes_newest_first(self, isla: Country, stranger: Client) -> None:
        tree = ElementTree.fromstring(stranger.get("/changes/feed.xml").content)
        kinds = {str(e.text) for e in tree.iter("category")}
        assert {"Value", "Report", "Progress"} <= kinds
        guids = [str(e.text) for e in tree.iter("guid")]
        assert len(guids) == len(set(guids))
        assert ElementTree.fromstring(stranger.get("/es/changes/feed.xml").content) is not None

    def test_an_internal_indicator_is_not_told(self, isla: Country, stranger: Client) -> None:
        Indicator.objects.update(is_public=False)
        assert "/indicators/" not in stranger.get("/changes/feed.xml").content.decode()


def test_the_day_is_that_of_the_country(isla: Country, stranger: Client) -> None:
    with clock.pinned_day(day=date(2026, 11, 24)):
        assert "24 Nov 2026" in body(stranger, "/embed/strategy/") or "24 November 2026" in body(
            stranger, "/embed/strategy/"
        )
