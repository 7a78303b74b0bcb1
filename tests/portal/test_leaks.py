"""What the public never sees: internal texts, internal rows, people and how to reach them, who entered what.
Everything that could leak is made first; then every page and every file is read."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from floreo.core import clock
from floreo.core.action import action
from floreo.core.keys import key
from floreo.core.writing import save
from floreo.evidence.models import Attachment, Evidence
from floreo.indicators.models import Indicator, Reading
from floreo.organisations.models import Contact, Country, Organisation, Person, User
from floreo.strategy.models import Action, Edition, Event, Milestone, Objective, Pillar, Risk, Update
from tests.portal.crawl import body, files, pages

pytestmark = pytest.mark.one_database

SECRET = "XSECRETX"


@action("leak.prepared", needs=None)
def prepare(country: Country, *, by: User) -> None:
    """Puts the word into everything that is not public."""
    act = Action.objects.get(edition__code="2025-2028", code="2.1.1")
    for thing in (act.edition, act.objective.pillar, act.objective, act):
        thing.internal_notes = f"{SECRET} notes"
        save(thing)
    person = Person.objects.create(
        code="leak", name=f"{SECRET} name", email="xsecretx@example.org", phone=f"{SECRET}1", post="Head"
    )
    act.person = person
    save(act)
    save(
        Update(
            action=act, on=date(2026, 11, 20), done=f"{SECRET} update", reported_by=f"{SECRET} sayer", is_public=False
        )
    )
    save(Update(action=act, on=date(2026, 11, 19), done="Public word", reported_by=f"{SECRET} sayer"))
    save(Risk(action=act, title=f"{SECRET} risk", likelihood=5, impact=5, noted_on=date(2026, 11, 1)))
    hidden = Action(
        edition=act.edition,
        objective=act.objective,
        code="9.9.9",
        title=f"{SECRET} action",
        is_public=False,
        due_on=date(2026, 12, 5),
        starts_on=date(2026, 1, 1),
    )
    save(hidden)
    save(Milestone(action=hidden, code="m", title=f"{SECRET} milestone", due_on=date(2026, 12, 4)))
    save(Event(edition=act.edition, code="leak", title=f"{SECRET} event", on=date(2026, 11, 23), is_public=False))
    save(Event(edition=act.edition, code="tied", title="An open event", on=date(2026, 11, 22), action=hidden))
    piece = save(
        Evidence(code="leak", kind="link", title=f"{SECRET} evidence", url="https://xsecretx.example/", kept_by="X")
    )
    save(Attachment(evidence=piece, thing=key(act), note=f"{SECRET} place", attached_by=f"{SECRET} hand"))
    _register(by)
    _figures(act)


def _register(by: User) -> None:
    body_of = Organisation.objects.get(code="national-csirt")
    body_of.internal_notes = f"{SECRET} notes of a body"
    save(body_of)
    save(Contact(organisation=body_of, purpose=f"{SECRET} desk", email="xsecretx@example.org"))
    save(Organisation(code="leak", name=f"{SECRET} body", kind="agency", is_public=False))


def _figures(act: Action) -> None:
    save(Indicator(code="leak", title=f"{SECRET} indicator", definition="x", unit="people", is_public=False))
    shown = Indicator.objects.get(code="days-to-attendance-list")
    save(
        Reading(
            indicator=shown,
            starts_on=date(2026, 7, 1),
            ends_on=date(2026, 9, 30),
            value=250,
            taken_at=clock.now(),
            taken_by=f"{SECRET} taker",
        )
    )
    draft = Edition(code="leak", title=f"{SECRET} edition", is_public=False, starts_on=date(2029, 1, 1))
    save(draft)
    pillar = save(Pillar(edition=draft, code="1", title=f"{SECRET} pillar"))
    objective = save(Objective(pillar=pillar, code="1.1", title=f"{SECRET} objective"))
    save(Action(edition=draft, objective=objective, code="1.1.1", title=f"{SECRET} planned"))


@pytest.fixture
def leaky(isla: Country, secretariat: User) -> Country:
    secretariat.name = f"{SECRET} actor"
    secretariat.save()
    prepare(isla, by=secretariat)
    return isla


@pytest.mark.long
def test_no_page_and_no_file_says_what_is_internal(leaky: Country, stranger: Client) -> None:
    drafts = {
        p.get_absolute_url() for m in (Pillar, Objective) for p in m._default_manager.filter(title__contains=SECRET)
    }
    text = [a for a in (*pages(), *files()) if a not in drafts and SECRET.lower() in body(stranger, a).lower()]
    assert text == []


def test_search_does_not_find_it(leaky: Country, stranger: Client) -> None:
    html = body(stranger, f"/search/?q={SECRET}")
    assert "No public results contain all of these words." in html


def test_internal_rows_are_missing_to_strangers(leaky: Country, stranger: Client) -> None:
    edition = "2025-2028"
    for address in (
        reverse("portal:action", args=[edition, "9.9.9"]),
        reverse("portal:action_history", args=[edition, "9.9.9"]),
        reverse("portal:edition", args=["leak"]),
        reverse("portal:timeline", args=["leak"]),
        reverse("portal:pillar", args=["leak", "1"]),
        reverse("portal:objective", args=["leak", "1.1"]),
        reverse("portal:action", args=["leak", "1.1.1"]),
        reverse("portal:indicator", args=["leak"]),
        reverse("portal:organisation", args=["leak"]),
    ):
        response = stranger.get(address)
        assert response.status_code == 404, address
        assert SECRET not in response.content.decode()


def test_the_action_shows_the_post_and_not_the_person(leaky: Country, stranger: Client) -> None:
    html = body(stranger, "/strategy/2025-2028/actions/2.1.1/")
    assert "<dd>Head</dd>" in html
    assert "Public word" in html


def test_counts_on_public_pages_are_the_strangers_for_everybody(
    leaky: Country, stranger: Client, secretariat: User, browser_of: object
) -> None:
    signed_in = browser_of(secretariat)  # type: ignore[operator]  # a fixture that makes browsers
    for address in ("/", "/strategy/", "/indicators/", "/organisations/"):
        assert SECRET not in body(signed_in, address).replace(f"{SECRET} actor", ""), address


def test_who_may_read_the_plan_sees_that_a_row_is_not_published(
    leaky: Country, secretariat: User, browser_of: object
) -> None:
    signed_in = browser_of(secretariat)  # type: ignore[operator]  # as above
    html = body(signed_in, "/strategy/2025-2028/actions/9.9.9/")
    assert "Internal. Not published" in html
    assert f"{SECRET} notes" not in html


def test_records_behind_a_figure_are_named_only_to_who_may_read_them(
    isla: Country, stranger: Client, secretariat: User, browser_of: object
) -> None:
    computed = Indicator.objects.visible_to(None).filter(readings__records__isnull=False).first()
    assert computed is not None
    address = computed.get_absolute_url()
    assert "The records counted, for people with permission to read them:" not in body(stranger, address)
    assert "The records counted, for people with permission to read them:" in body(browser_of(secretariat), address)  # type: ignore[operator]  # as above
