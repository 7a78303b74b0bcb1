"""Forms of the plan's workspace: what was typed is kept, two editors meet, and htmx is answered in place."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from floreo.core.models import AuditEntry
from floreo.organisations.models import Organisation, User
from floreo.strategy.actions.actions import update_action
from floreo.strategy.actions.course import hold_action
from floreo.strategy.models import Action, Edition, Milestone, Objective, Participation, Pillar, Update
from tests.factories import strategy as make
from tests.moments import on
from tests.pages import decide, squeezed

Browser = Callable[[User], Client]


def task(act: Action, name: str) -> str:
    return reverse("workspace:action_command", args=[act.edition.code, act.code, name])


def facts_of(act: Action, **changes: object) -> dict[str, object]:
    """What the form about an action sends when nothing but `changes` was touched."""
    given = {
        "version": act.version,
        "title": act.title,
        "starts_on": act.starts_on,
        "due_on": act.due_on,
        "is_public": "on" if act.is_public else "",
        "source": act.source,
        "doubt": act.doubt,
    }
    return {k: v for k, v in (given | changes).items() if v is not None}


def test_an_action_is_changed_and_its_translation_kept(act: Action, secretariat: User, browser_of: Browser) -> None:
    sent = facts_of(act, title="New title", title_es="Título nuevo", due_on="2027-12-31")
    response = browser_of(secretariat).post(task(act, "facts"), sent)
    assert (response.status_code, response["Location"]) == (302, f"{act.workspace_url()}#facts")
    fresh = Action.objects.get(pk=act.pk)
    assert (fresh.title, fresh.translations, fresh.due_on) == (
        "New title",
        {"es": {"title": "Título nuevo"}},
        date(2027, 12, 31),
    )


def test_a_rule_that_says_no_keeps_what_was_typed(act: Action, secretariat: User, browser_of: Browser) -> None:
    sent = facts_of(act, title="Typed with care", starts_on="2027-02-01", due_on="2027-01-01")
    response = browser_of(secretariat).post(task(act, "facts"), sent)
    page = response.content.decode()
    assert response.status_code == 422
    assert "<title>Error:" in squeezed(page)
    assert 'value="Typed with care"' in page
    assert 'href="#facts-due_on"' in page, "each line leads to its field"
    assert page.count("Change one of them.") == 2, "in the box on top and at the field"
    assert Action.objects.get(pk=act.pk).title == act.title


def test_a_date_that_is_none_is_refused_at_its_field(act: Action, secretariat: User, browser_of: Browser) -> None:
    response = browser_of(secretariat).post(task(act, "facts"), facts_of(act, due_on="31/31/2027"))
    page = response.content.decode()
    assert response.status_code == 422
    assert "Enter a valid date." in page
    assert 'value="31/31/2027"' in page


@pytest.mark.long
def test_two_editors_meet_and_nothing_is_lost(
    act: Action, secretariat: User, administrator: User, browser_of: Browser
) -> None:
    first = facts_of(act, title="Theirs", source="Theirs, page 2")
    second = facts_of(act, title="Mine", due_on="2027-12-31")
    with on(date(2026, 12, 1)):  # the day of the change is shown
        assert browser_of(administrator).post(task(act, "facts"), first).status_code == 302
    response = browser_of(secretariat).post(task(act, "facts"), second)
    page = response.content.decode()
    assert response.status_code == 409
    assert 'value="Mine"' in page
    conflict = page.split("Changes saved in the meantime", 1)[1].split("</table>", 1)[0]
    assert "Theirs</td>" in squeezed(conflict)
    assert "Theirs, page 2" in conflict
    assert administrator.name in conflict
    assert "2027" not in conflict, "where only mine changed there is nothing to compare"
    assert f'name="version" value="{act.version + 1}"' in page

    again = browser_of(secretariat).post(
        task(act, "facts"), second | {"version": act.version + 1, "source": "Theirs, page 2"}
    )
    fresh = Action.objects.get(pk=act.pk)
    assert again.status_code == 302
    assert (fresh.title, fresh.source, fresh.due_on) == ("Mine", "Theirs, page 2", date(2027, 12, 31))


def test_htmx_gets_the_form_in_its_place_and_the_page_on_success(
    act: Action, secretariat: User, browser_of: Browser
) -> None:
    browser, headers = browser_of(secretariat), {"HX-Request": "true"}
    opened = browser.get(task(act, "facts"), headers=headers)
    assert opened.status_code == 200
    assert 'hx-select="#main"' in opened.content.decode()
    refused = browser.post(task(act, "facts"), facts_of(act, title=""), headers=headers)
    assert (refused.status_code, refused["HX-Retarget"], refused["HX-Reselect"], refused["HX-Reswap"]) == (
        422,
        "#form-facts",
        "[data-part=form]",
        "innerHTML",
    )
    update_action(act, by=secretariat, title="Theirs")
    conflict = browser.post(task(act, "facts"), facts_of(act, title="Mine"), headers=headers)
    assert (conflict.status_code, conflict["HX-Retarget"]) == (409, "#form-facts")
    done = browser.post(task(act, "facts"), facts_of(act, title="Mine", version=act.version + 1), headers=headers)
    assert (done.status_code, done["Location"]) == (302, f"{act.workspace_url()}?at=facts")
    page = browser.get(done["Location"], headers=headers).content.decode()
    assert '<h2 tabindex="-1" data-focus>What it is' in page, "the focus goes on where the form was"


def test_a_lead_says_how_it_goes_and_ticks_a_milestone(act: Action, lead: User, browser_of: Browser) -> None:
    milestone = act.milestones.all()[0]
    sent = {"done": "Opened", "next": "Hire", "reached": [milestone.code], "on": "2026-11-20", "is_public": "on"}
    assert browser_of(lead).post(task(act, "update"), sent).status_code == 302
    update = Update.objects.get()
    assert (update.done, update.next, update.reported_by, update.is_public) == ("Opened", "Hire", lead.name, True)
    assert Milestone.objects.get(pk=milestone.pk).reached_on == date(2026, 11, 20)


def test_a_reason_is_translated_beside_its_text(act: Action, secretariat: User, browser_of: Browser) -> None:
    update_action(act, by=secretariat, translations={"es": {"title": "Título"}})
    hold_action(act, by=secretariat, reason="No money")
    browser = browser_of(secretariat)
    assert "Written as: No money" in browser.get(task(act, "translate")).content.decode()
    browser.post(task(act, "translate"), {"version": act.version + 2, "on_hold_reason_es": "Sin dinero"})
    fresh = Action.objects.get(pk=act.pk)
    assert fresh.translations == {"es": {"title": "Título", "on_hold_reason": "Sin dinero"}}
    assert fresh.on_hold_reason == "No money"


@pytest.mark.long
def test_structure_is_built_from_an_empty_edition(country: object, secretariat: User, browser_of: Browser) -> None:
    browser = browser_of(secretariat)
    browser.post(reverse("workspace:new_edition"), {"code": "2029-2032", "title": "Next", "starts_on": "2029-01-01"})
    edition = Edition.objects.get()
    page = browser.get(reverse("workspace:plan", args=[edition.code])).content.decode()
    assert "This edition has no plan yet" in page
    browser.post(reverse("workspace:new_pillar", args=[edition.code]), {"code": "1", "title": "Law"})
    browser.post(reverse("workspace:new_objective", args=[edition.code, "1"]), {"code": "1.1", "title": "Act"})
    new_action = reverse("workspace:new_action", args=[edition.code, "1.1"])
    assert 'value="1.1.1"' in browser.get(new_action).content.decode(), "the next free code is filled in"
    browser.post(new_action, {"code": "1.1.1", "title": "Draft", "is_public": "on"})
    assert (Pillar.objects.get().title, Objective.objects.get().title, Action.objects.get().title) == (
        "Law",
        "Act",
        "Draft",
    )
    decide(browser, reverse("workspace:publish_edition", args=[edition.code]))
    assert Edition.objects.get().is_public
    taken = browser.post(new_action, {"code": "1.1.1", "title": "Again"})
    assert taken.status_code == 422
    assert "The code 1.1.1 is already in use. Choose another." in taken.content.decode()


def test_order_changes_by_buttons(edition: Edition, act: Action, secretariat: User, browser_of: Browser) -> None:
    make.make_action(edition, "1.1.2")
    browser = browser_of(secretariat)
    assert 'value="up"' in browser.get(reverse("workspace:plan", args=[edition.code]), {"order": "1"}).content.decode()
    browser.post(reverse("workspace:move_action", args=[edition.code, "1.1.2"]), {"way": "up"})
    assert list(Action.objects.values_list("code", flat=True)) == ["1.1.2", "1.1.1"]
    assert browser.get(reverse("workspace:move_action", args=[edition.code, "1.1.2"])).status_code == 405


def test_a_bulk_change_is_confirmed_then_done_or_refused_row_by_row(
    edition: Edition, act: Action, police: Organisation, secretariat: User, browser_of: Browser
) -> None:
    make.make_action(edition, "1.1.2", starts_on=date(2027, 5, 1))
    browser, address = browser_of(secretariat), reverse("workspace:bulk_actions", args=[edition.code])
    asked = browser.get(address, {"change": "due", "codes": ["1.1.1", "1.1.2"]})
    assert "Change 2 actions" in asked.content.decode()
    sent = {"change": "due", "codes": ["1.1.1", "1.1.2"], "due_on": "2027-03-01"}
    refused = browser.post(address, sent)
    page = refused.content.decode()
    assert refused.status_code == 422
    assert "Nothing was changed: this change is not possible for 1 of 2 actions." in page
    assert "The start date (1 May 2027) is after the due date (1 March 2027). Change one of them." in page
    assert Action.objects.get(pk=act.pk).due_on == date(2027, 6, 30)
    assert browser.post(address, sent | {"due_on": "2027-09-01"}).status_code == 302
    assert set(Action.objects.values_list("due_on", flat=True)) == {date(2027, 9, 1)}
    lead_sent = {"change": "lead", "codes": ["1.1.1"], "organisation": "police", "on": "2026-11-24"}
    assert browser.post(address, lead_sent).status_code == 302
    assert Action.objects.get(pk=act.pk).owner_ids() == {police.pk}
    assert browser.get(address, {"change": "due"}).status_code == 200, "nothing ticked says what to do"
    assert browser.get(address, {"change": "fly", "codes": ["1.1.1"]}).status_code == 404


def plan_of(edition: Edition) -> list[tuple[object, ...]]:
    """All that the bar under the plan can change."""
    rows = Action.objects.filter(edition=edition).order_by("code")
    facts = list(rows.values_list("code", "starts_on", "due_on", "person", "is_public", "confirmed", "doubt"))
    milestones = list(Milestone.objects.order_by("pk").values_list("pk", "due_on"))
    leads = sorted(
        Participation.objects.values_list("action__code", "organisation__code", "starts_on", "ends_on"), key=str
    )
    return [*facts, *milestones, *leads]


@pytest.mark.first_cases(2)
@pytest.mark.usefixtures("police")
@pytest.mark.parametrize(
    "sent",
    [
        {"change": "due", "due_on": "2027-09-01"},
        {"change": "due", "due_on": ""},
        {"change": "shift", "days": "30"},
        {"change": "lead", "organisation": "police", "on": "2026-11-24"},
        {"change": "person", "person": ""},
        {"change": "confirmed", "confirmed": "yes"},
        {"change": "public", "is_public": "no"},
    ],
)
def test_a_bulk_change_is_undone_by_one_press_and_all_is_as_before(
    sent: dict[str, str], edition: Edition, act: Action, secretariat: User, browser_of: Browser
) -> None:
    make.make_action(edition, "1.1.2", milestones=2)
    Action.objects.update(confirmed=False, confirmed_by="", confirmed_on=None, doubt="Not read")
    Action.objects.filter(pk=act.pk).update(person=make.make_person("ana"))
    browser, address = browser_of(secretariat), reverse("workspace:bulk_actions", args=[edition.code])
    before = plan_of(edition)
    step = browser.post(address, sent | {"codes": ["1.1.1", "1.1.2"]})["Location"]
    assert plan_of(edition) != before
    page = browser.get(step).content.decode()
    assert ("2 done." in page, ">Undo <kbd" in page, "1.1.2" in page) == (True, True, True)
    back = browser.post(f"{step}undo/")
    assert (back["Location"], plan_of(edition)) == (reverse("workspace:plan", args=[edition.code]), before)
    again = browser.post(f"{step}undo/", follow=True).content.decode()
    assert "This step was undone already." in again


@pytest.mark.long
def test_a_bulk_change_is_not_undone_over_what_somebody_changed_since(
    edition: Edition, act: Action, secretariat: User, administrator: User, browser_of: Browser
) -> None:
    other = make.make_action(edition, "1.1.2")
    browser, address = browser_of(secretariat), reverse("workspace:bulk_actions", args=[edition.code])
    sent = {"change": "due", "codes": ["1.1.1", "1.1.2"], "due_on": "2027-09-01"}
    step = browser.post(address, sent)["Location"]
    update_action(other, by=administrator, due_on=date(2027, 10, 1))
    browser.post(f"{step}undo/")
    assert list(Action.objects.order_by("code").values_list("due_on", flat=True)) == [
        date(2027, 9, 1),
        date(2027, 10, 1),
    ]


def test_who_checked_a_row_is_not_given_back_by_an_undo(
    edition: Edition, act: Action, secretariat: User, browser_of: Browser
) -> None:
    browser, address = browser_of(secretariat), reverse("workspace:bulk_actions", args=[edition.code])
    step = browser.post(address, {"change": "confirmed", "codes": ["1.1.1"], "confirmed": "no"})["Location"]
    page = browser.get(step).content.decode()
    assert ("This kind of step cannot be undone." in page, ">Undo <kbd" in page) == (True, False)
    browser.post(f"{step}undo/")
    assert not Action.objects.get(pk=act.pk).confirmed


def test_every_write_is_in_the_trail_under_the_name_of_who_pressed(
    act: Action, secretariat: User, browser_of: Browser
) -> None:
    browser_of(secretariat).post(
        task(act, "hold"), {"reason": "No money", "since": "2026-11-01", "version": act.version}
    )
    entry = AuditEntry.objects.order_by("-number").first()
    assert entry is not None
    assert (entry.verb, entry.actor_name) == ("action.held", secretariat.name)
