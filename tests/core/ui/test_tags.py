"""Tags in both languages, and pages that work on an empty database."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django import forms
from django.template import Context, Template
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.test import Client, RequestFactory
from django.urls import translate_url
from django.utils import timezone, translation

from floreo.core import languages
from floreo.core.errors import Refused
from floreo.core.lists import Option, ShownFilter
from floreo.core.ui import locale
from floreo.core.ui.forms import refuse_on
from floreo.core.ui.gallery import PieceIndicator, PieceReading, readings

DAY = date(2026, 11, 24)


def shown(text: str, **context: Any) -> str:
    return Template(text).render(Context(context)).strip()


def row(**facts: Any) -> Any:
    known = {
        "confirmed": True,
        "confirmed_on": None,
        "read_on": None,
        "doubt": "",
        "source": "",
        "source_url": "",
        **facts,
    }
    return SimpleNamespace(is_doubtful=not known["confirmed"] and not known["read_on"], **known)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{% when day %}", '<time datetime="2026-11-24">24 Nov 2026</time>'),
        ('{% when day "month" %}', '<time datetime="2026-11">Nov 2026</time>'),
        ('{% when day "quarter" %}', '<time datetime="2026-11">Q4 2026</time>'),
        ('{% when day "year" %}', '<time datetime="2026">2026</time>'),
        ("{% long_when day %}", '<time datetime="2026-11-24">24 November 2026</time>'),
        ("{% when nothing %}", ""),
        ("{% number big %}", "1,234,567.5"),
        ("{% number big 0 %}", "1,234,568"),
        ('{% money 120000 "USD" %}', "USD 120,000"),
    ],
)
def test_dates_numbers_and_money_read_as_people_write_them(text: str, expected: str) -> None:
    assert shown(text, day=DAY, nothing=None, big=Decimal("1234567.5")) == expected


def test_a_moment_is_shown_in_local_time() -> None:
    moment = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
    assert "24 Nov 2026, 12:00" in shown("{% when moment %}", moment=moment)


def test_dates_follow_the_readers_language() -> None:
    with translation.override("es"):
        assert "24 nov 2026" in shown("{% when day %}", day=DAY)
        assert "24 de noviembre de 2026" in shown("{% long_when day %}", day=DAY)


def test_late_always_says_by_how_many_days() -> None:
    text = shown('{% status_word "late" days=40 %}')
    assert "Late" in text
    assert "<small>40 days</small>" in text
    assert "1 day<" in shown('{% status_word "late" days=1 %}')


def test_a_status_has_a_shape_a_word_and_a_colour() -> None:
    text = shown('{% status_word "at_risk" %}')
    assert 'href="#s-risk"' in text
    assert "At risk" in text
    assert "fl-risk" in text


def test_the_bar_says_in_words_what_it_shows() -> None:
    text = shown("{% status_bar counts %}", counts={"done": 2, "late": 1})
    assert 'aria-label="2 done, 1 late"' in text
    assert shown("{{ counts|in_text }}", counts={"done": 2, "late": 1}) == "2 done, 1 late"


def test_only_what_nobody_checked_is_marked_unchecked(db: None) -> None:
    assert shown("{% unconfirmed row %}", row=row()) == ""
    text = shown("{% unconfirmed row %}", row=row(confirmed=False, doubt="two dates"))
    assert ">unchecked</a>" in text
    assert "two dates" in text


def test_official_wording_is_set_apart_with_its_place() -> None:
    text = shown(
        "{% official_wording row %}", row=row(official_wording="Establish <one> point", official_place="page 19")
    )
    assert "Establish &lt;one&gt; point" in text
    assert "Page 19." in text


def test_markdown_is_cleaned() -> None:
    text = shown("{% markdown words %}", words="**bold** <script>alert(1)</script> [x](javascript:alert(1))")
    assert "<strong>bold</strong>" in text
    assert "<script" not in text
    assert 'href="javascript' not in text


def test_internal_says_so_in_text() -> None:
    assert "Internal. Not published" in shown("{% internal %}<p>x</p>{% endinternal %}")


def test_text_of_a_record_is_marked_where_it_is_not_in_the_readers_language() -> None:
    thing = SimpleNamespace(
        in_language=lambda _f: "Law that fits", language_of=lambda _f: "", written_in=lambda _f: "en"
    )
    country = SimpleNamespace(languages=["en", "es"])
    assert shown('{% tr thing "title" %}', thing=thing, country=country) == "Law that fits"
    with translation.override("es"):
        marked = shown('{% tr thing "title" %}', thing=thing, country=country)
    assert marked == '<span lang="en">Law that fits</span>'


def test_tlp_is_written_out() -> None:
    assert shown('{% tlp "amber+strict" %}') == '<span class="fl-tlp fl-tlp--amber">TLP:AMBER+STRICT</span>'


class OneForm(forms.Form):
    title = forms.CharField(label="Working title", help_text="As people call it.")
    kind = forms.ChoiceField(label="Kind", choices=[("a", "A"), ("b", "B")], widget=forms.RadioSelect)
    note = forms.CharField(label="Note", required=False)


def test_a_field_is_tied_to_its_help_and_its_error() -> None:
    text = shown("{% field form.title %}", form=OneForm({}))
    assert 'aria-describedby="id_title-error id_title-help"' in text
    assert 'aria-invalid="true"' in text
    assert 'id="id_title-error"' in text
    assert 'id="id_title-help"' in text


def test_the_box_on_top_leads_to_every_field_that_failed() -> None:
    text = shown("{% error_summary form %}", form=OneForm({}))
    assert "There is a problem" in text
    assert 'href="#id_title"' in text
    assert 'href="#id_kind_0"' in text
    assert 'id="id_kind_0"' in shown("{% field form.kind %}", form=OneForm({}))


def test_a_form_without_a_problem_has_no_box() -> None:
    assert shown("{% error_summary form %}", form=OneForm()) == ""


def test_what_is_not_needed_says_so() -> None:
    assert "(optional)" in shown("{% field form.note %}", form=OneForm())
    assert "(optional)" not in shown("{% field form.title %}", form=OneForm())


def test_a_refusal_lands_on_its_field_and_what_was_typed_stays() -> None:
    form = OneForm({"title": "Mine", "kind": "a"})
    form.is_valid()
    refuse_on(form, Refused("No.", fields={"title": "Another action has this title."}))
    text = shown("{% field form.title %}", form=form)
    assert "Another action has this title." in text
    assert 'value="Mine"' in text


def test_a_figure_that_is_missing_says_so_instead_of_a_number() -> None:
    text = shown('{% figure title="Schools" missing="No value yet" note="Target 40." %}')
    assert "No value yet" in text
    assert "Target 40." in text


def test_a_reading_chart_names_first_last_and_target() -> None:
    text = shown(
        '{% reading_chart readings indicator caption="Reports" %}', readings=readings(), indicator=PieceIndicator()
    )
    assert "Line chart: Reports. 54\u00a0% in Q4 2024, 81\u00a0% in Q3 2026. Target 95\u00a0%, Dec 2027." in text
    assert "not a forecast" in text
    assert "fl-c-hollow" in text


def test_a_reading_about_very_few_people_is_not_drawn() -> None:
    indicator = PieceIndicator(unit="people", about_people=True, target=None, baseline=None)
    few = [PieceReading(i, date(2026, i, 1), date(2026, i, 28), Decimal(v)) for i, v in enumerate((3, 2, 4), start=1)]
    assert shown("{% reading_chart readings indicator %}", readings=few, indicator=indicator) == ""


def test_one_reading_without_a_target_is_no_chart() -> None:
    indicator = PieceIndicator(target=None, baseline=None)
    assert shown("{% reading_chart readings indicator %}", readings=readings()[:1], indicator=indicator) == ""


def test_static_files_have_an_address_without_collecting_them() -> None:
    assert static("css/floreo.css") == "/static/css/floreo.css"


@pytest.mark.parametrize("language", ["en", "es"])
def test_every_piece_renders_before_there_is_a_country(db: None, language: str) -> None:
    path = "/about/pieces/" if language == "en" else "/es/about/pieces/"
    answer = Client().get(path)
    assert answer.status_code == 200
    assert f'<html lang="{language}"' in answer.content.decode()


def test_the_gallery_is_shut_where_floreo_is_installed(db: None, settings: Any) -> None:
    settings.IS_CHECKOUT = False
    assert Client().get("/about/pieces/").status_code == 404


def test_the_other_language_is_the_same_page_with_its_query(isla: object) -> None:
    page = Client().get("/about/pieces/?show=a&x=1").content.decode()
    assert 'href="/es/about/pieces/?show=a&amp;x=1" lang="es" hreflang="es"' in page


def test_a_refusal_is_a_page_with_its_sentence(db: None) -> None:
    request = RequestFactory().get("/nowhere/")
    page = render_to_string("errors/refused.html", {"refusal": Refused("Not today."), "status": 422}, request=request)
    assert "Not today." in page


def test_the_page_for_what_nobody_foresaw_needs_nothing() -> None:
    page = render_to_string("errors/broken.html", {"status": 500})
    assert "Something broke on our side" in page


def test_local_time_says_how_far_it_is_from_utc() -> None:
    with timezone.override(ZoneInfo("America/Guatemala")):
        assert shown("{% utc_offset %}") == "−6"
    with timezone.override(ZoneInfo("Asia/Kolkata")):
        assert shown("{% utc_offset %}") == "+5:30"
    with timezone.override(ZoneInfo("UTC")):
        assert shown("{% utc_offset %}") == ""


def test_a_filter_of_many_choices_is_a_select_and_of_few_is_chips() -> None:
    def choices(name: str, number: int) -> ShownFilter:
        def leads_to(i: int) -> Callable[[], str]:
            return lambda: f"?{name}={i}"

        options = tuple(Option(str(i), f"{name} {i}", i == 0, leads_to(i)) for i in range(number))
        return ShownFilter(name, name.title(), options, "")

    listing = SimpleNamespace(q="port", filters=[choices("kind", 12), choices("status", 4), choices("only", 1)])
    text = shown("{% filters listing %}", listing=listing)
    assert 'name="kind"' in text
    assert 'href="?status=2"' in text
    assert "only" not in text
    assert 'value="port"' in text


@pytest.mark.first_cases(2)
@pytest.mark.parametrize("code", ["en", "es"])
@pytest.mark.parametrize(
    "address", ["/", "/strategy/2025-2028/actions/1.1.1/?q=a%2Fes%2F", "/workspace/", "/account/login/?next=/es/"]
)
def test_the_same_page_in_another_language_is_where_the_library_finds_it(address: str, code: str) -> None:
    """By words alone, as a page says it several times: to resolve each address takes a fifth of a small page's time."""
    with languages.of_site(["en", "es"]):
        assert locale.address_in(code, address) == translate_url(address, code)
        assert locale.address_in("en", locale.address_in(code, address)) == address


def test_a_site_whose_own_language_is_spanish_says_english_in_its_addresses() -> None:
    with languages.of_site(["es", "en"]):
        assert (locale.address_in("en", "/data/"), locale.address_in("es", "/data/")) == ("/en/data/", "/data/")
        assert locale.address_in("es", "/en/data/") == "/data/"
