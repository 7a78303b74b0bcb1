"""The home page gives the status of the strategy, from the data, in whole sentences."""

from __future__ import annotations

from datetime import date

from django.test import Client

from floreo.organisations.models import Country
from floreo.packs.checking import Trust, forget, trust
from floreo.portal import presenters
from floreo.strategy.models import Action, Edition, Event, Milestone
from tests.portal.crawl import body, heading, words
from tests.portal.test_pages import without_actions


def test_the_answer_is_computed_from_the_plan(isla: Country, stranger: Client) -> None:
    html = body(stranger, "/")
    assert heading(html) == "14 of 24 actions are on schedule. Three are late and one is stalled."
    text = words(html)
    assert (
        "Isla Prueba’s strategy runs to December 2028. One more action is late than in the previous quarter; two were completed."
        in text
    )
    assert "Status on 24 November 2026." in text
    assert "Longest overdue Publish the 2025 annual report, 55 days" in text
    assert "1 Law that fits 2 done, 3 on track, 1 late" in text


def test_the_answer_follows_the_plan(isla: Country, stranger: Client) -> None:
    late = Action.objects.filter(edition__code="2025-2028", status="late").order_by("pk")
    Action.objects.filter(pk__in=[late[0].pk, late[1].pk]).update(status="on_track")
    assert heading(body(stranger, "/")) == "16 of 24 actions are on schedule. One is late and one is stalled."


def test_a_country_whose_actions_are_not_entered_says_so(real_country: Country, stranger: Client) -> None:
    assert (
        heading(body(stranger, "/"))
        == "The first strategy ended in 2023. No report says what became of its 48 actions."
    )
    without_actions()
    html = body(stranger, "/")
    assert heading(html) == "The first strategy ended in 2023. No closing report has been found."
    text = words(html)
    assert "launched its National Cybersecurity Strategy on 5 November 2020." in text
    assert "Three areas of priority" in text
    assert text.count("No actions entered yet") == 3
    assert "Also published as:" in text
    assert "Nothing can be late yet." in text
    assert "Two of the five parts score zero" in text
    assert "unchecked" in text


def test_a_moment_is_without_repeats(isla: Country, stranger: Client) -> None:
    """An action closed on the day its last milestone was reached has one line, its own."""
    act = Action.objects.get(edition__code="2025-2028", code="4.1.1")
    Milestone.objects.filter(action=act).update(reached_on=date(2026, 11, 23))
    Action.objects.filter(pk=act.pk).update(closed_on=date(2026, 11, 23), closed_by="x")
    text = words(body(stranger, "/"))
    assert text.count("23 Nov 2026") == 1


def test_a_date_shows_no_more_than_is_known(isla: Country, stranger: Client) -> None:
    edition = Edition.objects.get(code="2025-2028")
    Event.objects.create(edition=edition, code="a", title="Something", on=date(2026, 11, 1), precision="month")
    html = body(stranger, edition.get_absolute_url())
    assert '<time datetime="2026-11">Nov 2026</time><span>Something' in html


def test_how_far_to_trust_it_is_counted(isla: Country, stranger: Client) -> None:
    forget()
    counted = trust()
    assert counted.total > 400
    assert counted.confirmed + sum(counted.unconfirmed_of.values()) == counted.total
    assert counted.confirmed + counted.read + counted.doubtful == counted.total
    assert counted.doubtful > 0
    assert presenters.trust_text(counted) in words(body(stranger, "/"))


def test_trust_in_text() -> None:
    assert presenters.trust_text(Trust(151, 0, 116, {})) == (
        "0 of 151 public rows of this site have been checked by the secretariat. 116 were read in their source by those who prepared the data. "
        "35 are marked “unchecked”."
    )
    assert presenters.trust_text(Trust(2, 1, 1, {})) == (
        "1 of 2 public rows of this site has been checked by the secretariat. 1 was read in its source by those who prepared the data."
    )
    assert (
        presenters.trust_text(Trust(1240, 1240, 0, {}))
        == "All 1,240 public rows of this site have been checked by the secretariat."
    )
    assert presenters.trust_text(Trust(0, 0, 0, {})) == ""
