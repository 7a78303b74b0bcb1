"""The first steps, whether the site is official, and rows checked one after another."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils.functional import Promise

from floreo.core import clock
from floreo.core.access import SYSTEM
from floreo.core.action import action, note
from floreo.core.errors import Refused
from floreo.core.models import MailState, OutboxMail
from floreo.core.outbox import post_test
from floreo.indicators.models import Reading
from floreo.organisations.actions import make_official, make_unofficial
from floreo.organisations.models import Country, Network, User
from floreo.packs.actions import check_row, doubt_row, translate_row
from floreo.packs.checking import KINDS, forget, trust
from floreo.strategy.models import Action, Milestone
from floreo.workspace.checking.views import LEFT_OUT
from floreo.workspace.first_steps import State, steps_for
from floreo.workspace.translating import label
from tests.portal.crawl import body

Browser = Callable[[User], Client]


@pytest.mark.long
@pytest.mark.django_db
def test_every_field_that_is_shown_has_a_name_in_both_languages() -> None:
    shown = [
        (kind.model, f) for kind in KINDS.values() for f in kind.model._meta.concrete_fields if f.name not in LEFT_OUT
    ]
    assert [str(f) for model, f in shown if not isinstance(label(model, f), Promise)] == []


def states(user: User, country: Country) -> dict[str, State]:
    return {step.name: step.state for step in steps_for(user, country)}


@action("backup.made_for_a_test", needs=None)
def _backed_up(*, by: Any) -> None:
    note(x=1)


@pytest.mark.usefixtures("real_country")
class TestRealCountry:
    """Belize as its pack leaves it: nobody has done anything yet."""

    def test_an_empty_installation_has_every_step_before_it(self, administrator: User, settings: Any) -> None:
        settings.EMAIL_BACKEND, settings.SITE_ADDRESS = "x.filebased.EmailBackend", "http://localhost:8000"
        found = states(administrator, Country.objects.get())
        assert {name for name, state in found.items() if state is State.DONE} <= {"report", "team", "strategy", "leads"}
        assert found["rows"] is State.OPEN

    def test_a_step_is_done_by_the_state_of_the_data_alone(
        self, administrator: User, user_with: Any, settings: Any
    ) -> None:
        country = Country.objects.get()
        settings.EMAIL_BACKEND, settings.SITE_ADDRESS = (
            "django.core.mail.backends.smtp.EmailBackend",
            "https://x.example",
        )
        mail = post_test(by=administrator, to="a@example.org")
        assert states(administrator, country)["mail"] is State.OPEN
        OutboxMail.objects.filter(pk=mail.pk).update(
            state=MailState.STUCK, tried_at=clock.now(), last_error="554 relay denied"
        )
        found = {step.name: step for step in steps_for(administrator, country)}
        assert (found["mail"].state, "554 relay denied" in found["mail"].text) == (State.BROKEN, True)
        OutboxMail.objects.filter(pk=mail.pk).update(state=MailState.SENT)
        user_with("administrator", email="second@example.org")
        make_official(country, by=administrator, basis="Letter of the ministry, 3 Dec 2026, No. 12")
        found_states = states(administrator, Country.objects.get())
        assert [found_states[name] for name in ("mail", "address", "administrators", "official")] == [State.DONE] * 4

    def test_every_page_and_paper_is_unofficial_until_a_named_person_records_the_letter(
        self, secretariat: User, stranger: Client, browser_of: Browser
    ) -> None:
        pages = ("/", "/strategy/2020-2023/", "/about/", "/es/", "/search/?q=x", "/account/login/", "/no-such-page/")
        for address in pages:
            assert "fl-ribbon" in stranger.get(address).content.decode(), address
        assert "has not confirmed this site" in body(stranger, "/")
        assert "no ha confirmado este sitio" in body(stranger, "/es/")
        client = browser_of(secretariat)
        address = "/workspace/first-steps/make-official/"
        assert client.post(address, {"basis": " "}).status_code == 422
        assert client.post(address, {"basis": "Letter of the ministry, 3 Dec 2026, No. 12"}).status_code == 302
        country = Country.objects.get()
        assert (country.official_by, country.official_on) == (secretariat.name, clock.today())
        for address in pages:
            assert "fl-ribbon" not in stranger.get(address).content.decode(), address
        assert country.site_notice == ""
        make_unofficial(country, by=secretariat, reason="The letter was withdrawn.")
        assert "has not confirmed this site" in body(stranger, "/")
        with pytest.raises(Refused):
            make_unofficial(Country.objects.get(), by=secretariat, reason="Again")

    def test_rows_are_checked_by_a_named_person_one_after_another(self, secretariat: User, browser_of: Browser) -> None:
        client, before = browser_of(secretariat), trust()
        assert before.confirmed == 0
        page = client.get("/workspace/check/").content.decode()
        start = page.index('action="/workspace/check/') + len('action="')
        address = page[start : page.index('"', start)]
        version = page[page.index('name="version" value="') + 22 :].partition('"')[0]
        answer = client.post(address, {"version": version})
        assert answer.status_code == 302
        forget()
        assert trust().confirmed == 1
        following = client.get(answer["Location"]).content.decode()
        assert address not in following
        assert "1 of" in following
        again = client.post(address, {"version": version}, follow=True).content.decode()
        assert "checked already" in again or "at the same time" in again


def an_unchecked_action() -> Action:
    act = Action.objects.filter(edition__code="2025-2028")[0]
    Action.objects.filter(pk=act.pk).update(
        confirmed=False, confirmed_by="", confirmed_on=None, source="Strategy, page 4"
    )
    act.refresh_from_db()
    return act


def test_what_is_checked_names_who_and_when_and_what_is_doubted_why(isla: Country, secretariat: User) -> None:
    act = an_unchecked_action()
    checked = check_row(act, by=secretariat, version=act.version)
    assert (checked.confirmed_by, checked.confirmed_on, checked.doubt) == (secretariat.name, clock.today(), "")
    with pytest.raises(Refused) as again:
        check_row(act, by=secretariat)
    assert again.value.code == "checked"
    doubted = doubt_row(checked, by=secretariat, reason="Two sources give two dates.")
    assert (doubted.confirmed, doubted.confirmed_by, doubted.confirmed_on) == (False, "", None)
    assert (doubted.is_doubtful, doubted.doubt) == (True, "Two sources give two dates.")
    with pytest.raises(Refused):
        doubt_row(doubted, by=secretariat, reason=" ")


def test_a_note_and_a_doubt_are_translated_on_the_page_of_the_row(
    isla: Country, secretariat: User, browser_of: Browser, stranger: Client
) -> None:
    client = browser_of(secretariat)
    step = Milestone.objects.filter(action__is_public=True, reached_on=None).earliest("pk")
    Milestone.objects.filter(pk=step.pk).update(note="Counted by hand.", doubt="One list is missing.", confirmed=False)
    step.refresh_from_db()
    address = f"/workspace/check/milestones/{step.pk}/translate/"
    page = body(client, address)
    assert ("Counted by hand." in page, 'name="doubt_es"' in page) == (True, True)
    given = {
        "title_es": "Un hito",
        "note_es": "Contado a mano.",
        "doubt_es": "Falta una lista.",
        "version": step.version,
    }
    assert client.post(address, given).status_code == 302
    fresh = Milestone.objects.get(pk=step.pk)
    assert fresh.translations["es"] == {"title": "Un hito", "note": "Contado a mano.", "doubt": "Falta una lista."}
    assert "Contado a mano." in body(stranger, f"/es{fresh.action.get_absolute_url()}")
    assert client.post(address, given).status_code == 409  # somebody saved since it was opened
    emptied = translate_row(fresh, by=secretariat, texts={"es": {"note": " "}})
    assert emptied.in_language("note", "es") == "Counted by hand."
    with pytest.raises(ValueError, match="has one language"):
        translate_row(emptied, by=secretariat, texts={"es": {"due_on": "3"}})
    doubted = doubt_row(emptied, by=secretariat, reason="Two sources give two dates.")
    assert doubted.translations["es"] == {"title": "Un hito"}  # another doubt than before has no translation


def test_a_value_that_is_frozen_keeps_its_words(isla: Country, secretariat: User, browser_of: Browser) -> None:
    reading = (
        Reading.objects.filter(indicator__is_public=True, measure="", corrected_by=None)
        .exclude(frozen_at=None)
        .latest("pk")
    )
    assert browser_of(secretariat).get(f"/workspace/check/readings/{reading.pk}/translate/").status_code == 404
    with pytest.raises(Refused, match="frozen"):
        translate_row(reading, by=secretariat, texts={"es": {"note": "x"}})


def test_a_row_without_texts_or_for_who_may_not_change_the_plan_has_no_form(
    isla: Country, secretariat: User, browser_of: Browser, user_with: Any
) -> None:
    network = Network.objects.filter(is_public=True).earliest("pk")
    assert browser_of(secretariat).get(f"/workspace/check/networks/{network.pk}/translate/").status_code == 404
    act = Action.objects.filter(is_public=True).earliest("pk")
    assert browser_of(user_with("observer")).get(f"/workspace/check/actions/{act.pk}/translate/").status_code == 403


def test_a_row_that_changed_since_it_was_shown_is_not_checked(isla: Country, secretariat: User) -> None:
    act = an_unchecked_action()
    opened = act.version
    doubt_row(act, by=secretariat, reason="Not there")
    with pytest.raises(Refused):
        check_row(act, by=secretariat, version=opened)
    act.refresh_from_db()
    assert not act.confirmed


def test_a_fictional_country_is_never_official(isla: Country, secretariat: User) -> None:
    with pytest.raises(Refused):
        make_official(isla, by=secretariat, basis="A letter")
    assert "fictional" in isla.site_notice


def test_a_backup_that_is_old_is_not_working(
    isla: Country, administrator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    from floreo.workspace import first_steps

    monkeypatch.setattr(first_steps, "BACKED_UP", "backup.made_for_a_test")
    assert states(administrator, isla)["backup"] is State.OPEN
    _backed_up(by=SYSTEM)
    assert states(administrator, isla)["backup"] is State.DONE
    monkeypatch.setattr(first_steps, "FRESH", timedelta(seconds=-1))
    assert states(administrator, isla)["backup"] is State.BROKEN
