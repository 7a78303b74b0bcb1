"""How a file is set out, on its page: guessed, tried, corrected, kept; and from the command line."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from floreo.config import cli
from floreo.core.access import SYSTEM
from floreo.core.errors import Refused
from floreo.feeds.actions.feeds import change_feed
from floreo.feeds.actions.ingesting import ingest_waiting
from floreo.feeds.models import Feed, FeedFile, Finding, TypeMapping
from floreo.organisations.models import Network, User
from tests.factories import organisations as make
from tests.factories.strategy import make_country
from tests.feeds.engine import outside
from tests.pages import squeezed

Browser = Callable[[User], Client]
pytestmark = [pytest.mark.django_db, pytest.mark.one_database]


@pytest.fixture
def responder(user_with: Callable[..., User], browser_of: Browser) -> Client:
    make_country()
    Network.objects.create(
        asn=64500,
        name="Bank",
        holder=make.organisation("bank", "A bank"),
        prefixes=["192.0.2.0/24", "198.51.100.128/25"],
    )
    return browser_of(user_with("responder"))


@pytest.fixture(autouse=True)
def events(tmp_path: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "EVENTS_ROOT", f"{tmp_path}/events")


def handed_in(responder: Client, content: str | bytes, name: str = "list.csv") -> Feed:
    """A feed with that file, not yet read."""
    responder.post("/workspace/feeds/new/", {"name": "Own lists", "collector": "upload", "place": "", "format": ""})
    feed = Feed.objects.get()
    data = content.encode() if isinstance(content, str) else content
    responder.post(f"/workspace/feeds/{feed.code}/upload/", {"file": SimpleUploadedFile(name, data)})
    assert FeedFile.objects.count() == 1
    return feed


def shown(responder: Client, feed: Feed) -> dict[str, object]:
    """What the fields of the form hold when the page opens."""
    form = responder.get(f"/workspace/feeds/{feed.code}/arrangement/").context["form"]
    values = {name: form[name].field.prepare_value(form[name].value()) for name in form.fields}
    return {name: value for name, value in values.items() if value not in (None, False)}


@pytest.mark.parametrize(
    ("name", "file", "kept"),
    [
        ("EXCEL_EU", "hallazgos.csv", 4),
        *(  # test_formats_on_the_page.py takes these and a dozen others through the same pages
            pytest.param(*each, marks=pytest.mark.long)
            for each in (("URLHAUS", "urlhaus.csv", 2), ("CENSYS", "hosts.json", 3), ("MISP", "misp.csv", 4))
        ),
    ],
)
def test_a_file_is_shown_as_guessed_and_saved_in_two_steps(responder: Client, name: str, file: str, kept: int) -> None:
    feed = handed_in(responder, getattr(outside, name), file)
    text = words(responder.get(f"/workspace/feeds/{feed.code}/arrangement/"))
    assert "All of it is a guess from the latest file." in text
    assert f"Saved as events {kept}" in text
    form = shown(responder, feed)
    answer = responder.post(f"/workspace/feeds/{feed.code}/arrangement/", {**form, "keep": "1"})
    assert answer.status_code == 302
    feed.refresh_from_db()
    assert set(feed.mapping) == {"arrange"}
    FeedFile.objects.all().delete()
    responder.post(
        f"/workspace/feeds/{feed.code}/upload/",
        {"file": SimpleUploadedFile(f"again-{file}", _bytes(getattr(outside, name)))},
    )
    ingest_waiting(by=SYSTEM)
    report = FeedFile.objects.get()
    assert (report.kept, report.problem) == (kept, "")
    assert report.rows == report.kept + report.duplicates + report.dropped + report.rejected


def words(answer: Any) -> str:
    """What a page says, without its tags."""
    return squeezed(html.unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())))


def _bytes(content: str | bytes) -> bytes:
    return content.encode() if isinstance(content, str) else content


@pytest.mark.long
def test_what_cannot_be_told_is_asked_and_what_would_be_refused_is_named(responder: Client) -> None:
    feed = handed_in(responder, outside.UNDECIDED)
    address = f"/workspace/feeds/{feed.code}/arrangement/"
    text = words(responder.get(f"/workspace/feeds/{feed.code}/arrangement/"))
    assert "do not show whether the day or the month comes first" in text
    assert "2 × The value in the time column is not a time." in text
    assert "03/04/2026 01:00,192.0.2.150,high" in text
    form = shown(responder, feed)
    tried = words(responder.post(address, {**form, "order": "dmy", "try": "1"}))
    assert (
        'Saved as events</th> <td class="fl-num"> 2' in tried or "Saved as events 2" in tried or "192.0.2.150" in tried
    )
    feed.refresh_from_db()
    assert feed.mapping == {}


@pytest.mark.long
def test_another_sign_between_columns_offers_other_columns(responder: Client) -> None:
    feed = handed_in(responder, "ip;note\n192.0.2.1;a,b\n192.0.2.2;c,d\n")
    address = f"/workspace/feeds/{feed.code}/arrangement/"
    form = {**shown(responder, feed), "delimiter": ","}
    answer = responder.post(address, {**form, "try": "1"})
    assert answer.status_code == 200
    offered = [value for value, _label in answer.context["form"].fields["address"].choices]
    assert "ip;note" in offered
    assert form["address"] in offered


@pytest.mark.first_cases(2)
@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (
            {"address": "", "url": "", "name": ""},
            "Choose the column that holds the IP address, the domain name or the URL.",
        ),
        ({"zone": "Mars/Olympus"}, "has a value that is not one of those allowed"),
        ({"severity_words": "alta"}, "Write a word of the source and your word for it on each line"),
        ({"severity_words": "alta = worst"}, "has a value that is not one of those allowed"),
        ({"skip": "-1"}, "Lines to skip at the beginning"),
        ({"kind_prefix": "'; DROP TABLE"}, "has a value that is not one of those allowed"),
        ({"address": "x" * 500}, "Select a valid choice"),
        ({"delimiter": "xyz"}, "Select a valid choice"),
    ],
)
def test_a_wrong_field_is_named_and_nothing_is_kept(responder: Client, change: dict[str, str], sentence: str) -> None:
    feed = handed_in(responder, outside.US_DATES)
    answer = responder.post(
        f"/workspace/feeds/{feed.code}/arrangement/", {**shown(responder, feed), **change, "keep": "1"}
    )
    assert answer.status_code == 422
    assert sentence in words(answer)
    feed.refresh_from_db()
    assert feed.mapping == {}


def test_a_type_that_no_format_knows_is_set_out_too(responder: Client) -> None:
    handed_in(responder, outside.US_DATES, "2026-11-24-odd_things-isla.csv")
    kind = FeedFile.objects.get().report_type
    address = f"/workspace/feeds/arrange/{kind}/"
    form = responder.get(address).context["form"]
    values = {name: form[name].field.prepare_value(form[name].value()) for name in form.fields}
    given = {name: value for name, value in values.items() if value not in (None, False)}
    assert responder.post(address, {**given, "keep": "1"}).status_code == 302
    assert TypeMapping.objects.get().mapping["arrange"]["order"] == "mdy"
    # The page of four columns leads here, and can be had all the same.
    assert responder.get(f"/workspace/feeds/types/{kind}/").status_code == 302
    assert responder.get(f"/workspace/feeds/types/{kind}/?plain=1").status_code == 200
    assert responder.get("/workspace/feeds/arrange/nothing/").status_code == 404


def test_programs_send_events_that_need_no_arrangement(responder: Client) -> None:
    feed = handed_in(responder, outside.US_DATES)
    with pytest.raises(Refused):
        change_feed(feed, by=SYSTEM, collector="api", mapping={"arrange": {"address": "ip"}})
    with pytest.raises(Refused):
        change_feed(feed, by=SYSTEM, mapping={"arrange": {"address": "ip"}, "address": "ip"})
    with pytest.raises(Refused):
        change_feed(feed, by=SYSTEM, mapping={"arrange": {"address": "ip", "sql": "DROP"}})


@pytest.mark.long
def test_a_listed_network_becomes_one_finding_of_the_network(responder: Client) -> None:
    feed = handed_in(responder, outside.DROP, "drop.txt")
    change_feed(
        feed,
        by=SYSTEM,
        mapping={"arrange": {"delimiter": ";", "header": "none", "comment": ";", "address": "1", "networks": True}},
    )
    ingest_waiting(by=SYSTEM)
    found = Finding.objects.get()
    assert (found.subject, found.ip, found.organisation.code) == ("192.0.2.0/24", "192.0.2.0", "bank")
    assert "192.0.2.0/24" in words(responder.get(f"/workspace/findings/{found.pk}/"))
    assert "192.0.2.0/24" in words(responder.get("/workspace/findings/"))


def test_the_command_line_guesses_shows_and_keeps(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], responder: Client
) -> None:
    feed = handed_in(responder, outside.URLHAUS, "urlhaus.csv")
    path = tmp_path / "urlhaus.csv"
    path.write_text(outside.URLHAUS)

    def run(*words: str) -> int:
        from floreo.config.cli_feeds import feed_try

        return feed_try(cli._parser().parse_args(["feed", "try", *words]))

    assert run(str(path), "--json") == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["kept"], found["questions"], found["arrange"]["header"]) == (2, [], "comment")
    assert found["events"][0]["source.url"] == "http://192.0.2.21:8080/bin.sh"
    assert run(str(path), "--save", feed.code) == 0
    feed.refresh_from_db()
    assert feed.mapping == {"arrange": found["arrange"]}
    undecided = tmp_path / "undecided.csv"
    undecided.write_text(outside.UNDECIDED)
    assert run(str(undecided)) == 1
    assert "do not show whether the day or the month comes first" in capsys.readouterr().out
    with pytest.raises(Refused):
        run(str(undecided), "--save", feed.code)
    mapping = tmp_path / "m.toml"
    mapping.write_text('address = "IP"\ntime = ["Date"]\norder = "dmy"\n')
    assert run(str(undecided), "--mapping", str(mapping)) == 0
    mapping.write_text('address = "IP"\nsql = "DROP"\n')
    with pytest.raises(Refused, match="cannot contain"):
        run(str(undecided), "--mapping", str(mapping))
    mapping.write_text("address = ")
    with pytest.raises(Refused, match="TOML"):
        run(str(undecided), "--mapping", str(mapping))
