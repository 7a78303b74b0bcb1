"""The form of a notification is written in the workspace: a draft is changed and published, and what was begun on an earlier version ends on it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from floreo.core import clock
from floreo.core.access import SYSTEM
from floreo.core.decisions import as_shown
from floreo.core.errors import Changed, Missing, NotAllowed, Refused
from floreo.core.models import AuditEntry
from floreo.obligations import logic
from floreo.obligations.actions import form_editing as acts
from floreo.obligations.actions.form_editing import ChoiceFacts, ItemFacts, RuleFacts
from floreo.obligations.models import NotificationForm
from floreo.obligations.queries import form_on
from floreo.organisations.models import User
from tests.obligations.desk import Desk, stage_of, warning

Browser = Callable[[User], Client]
EVERY = ("early_warning", "notification", "progress", "final")


def asked(**more: Any) -> ItemFacts:
    return ItemFacts(**({"kind": "text", "text": {"en": "Who found it?"}, "stages": EVERY} | more))


@pytest.fixture
def draft(desk: Desk) -> NotificationForm:
    return acts.begin_version(desk.form, by=desk.team)


def codes(form: NotificationForm) -> list[str]:
    return [each.code for each in form.all_items()]


# --- Versions -----------------------------------------------------------------------------------------------------


def test_a_form_in_use_is_changed_by_a_new_version_and_what_was_begun_keeps_its_own(desk: Desk) -> None:
    begun = desk.started()
    draft = acts.begin_version(desk.form, by=desk.team)
    assert (draft.code, draft.revision, draft.is_draft, draft.is_example) == (desk.form.code, "2", True, False)
    assert draft.questions == desk.form.questions
    draft = acts.add_question(draft, by=desk.team, facts=asked(required=("early_warning",)))
    assert form_on(clock.today()) == desk.form  # nobody is asked by a draft
    acts.publish_form(draft, by=desk.team, holds_from=clock.today())
    assert form_on(clock.today()) == draft
    begun.refresh_from_db()
    assert (begun.form, "who_found_it" in codes(begun.form)) == (desk.form, False)
    desk.submit(stage_of(begun, "early_warning"), warning())
    later = desk.started(form=form_on(clock.today()))
    with pytest.raises(Refused) as refusal:
        desk.submit(stage_of(later, "early_warning"), warning())
    assert list(refusal.value.fields) == ["q_who_found_it"]


def test_a_version_for_a_later_day_is_not_in_force_before(desk: Desk, draft: NotificationForm) -> None:
    tomorrow = clock.today() + timedelta(days=1)
    with pytest.raises(Refused, match="That day is over") as refusal:
        acts.publish_form(draft, by=desk.team, holds_from=clock.today() - timedelta(days=1))
    assert list(refusal.value.fields) == ["holds_from"]
    acts.publish_form(draft, by=desk.team, holds_from=tomorrow)
    assert (form_on(clock.today()), form_on(tomorrow)) == (desk.form, draft)


def test_what_is_published_is_changed_by_nobody(desk: Desk, draft: NotificationForm) -> None:
    with pytest.raises(Refused, match="There is a draft of the next version already"):
        acts.begin_version(desk.form, by=desk.team)
    with pytest.raises(Refused, match="is a draft"):
        acts.begin_version(draft, by=desk.team)
    published: tuple[Callable[[], object], ...] = (
        lambda: acts.update_form(desk.form, by=desk.team, title="Other"),
        lambda: acts.add_question(desk.form, by=desk.team, facts=asked()),
        lambda: acts.update_question(desk.form, by=desk.team, code="summary", facts=asked()),
        lambda: acts.remove_question(desk.form, by=desk.team, code="summary"),
        lambda: acts.move_question(desk.form, by=desk.team, code="summary", up=False),
        lambda: acts.add_rule(desk.form, by=desk.team, facts=RuleFacts({"en": "x"}, "people", at_least=1)),
        lambda: acts.change_rule(
            desk.form, by=desk.team, code="harm", facts=RuleFacts({"en": "x"}, "people", at_least=1)
        ),
        lambda: acts.remove_rule(desk.form, by=desk.team, code="harm"),
        lambda: acts.remove_form(desk.form, by=desk.team),
        lambda: acts.publish_form(desk.form, by=desk.team, holds_from=clock.today()),
    )
    for change in published:
        with pytest.raises(Refused, match="This form is published"):
            change()


def test_an_empty_draft_is_written_and_cannot_be_published_before_it_is_complete(desk: Desk) -> None:
    form = acts.add_form(
        by=desk.team, title="Short form", law="Act", translations={"es": {"title": "Formulario corto"}}
    )
    assert (form.code, form.revision, form.is_draft, form.questions) == ("short-form", "1", True, [])
    with pytest.raises(Refused, match="A stage has no question yet"):
        acts.publish_form(form, by=desk.team, holds_from=clock.today())
    form = acts.add_question(form, by=desk.team, facts=asked())
    with pytest.raises(Refused, match="became aware"):
        acts.publish_form(form, by=desk.team, holds_from=clock.today())
    aware = asked(kind="moment", text={"en": "Aware?"}, fact="aware_at", stages=("early_warning", "notification"))
    form = acts.add_question(form, by=desk.team, facts=aware)
    acts.publish_form(form, by=desk.team, holds_from=clock.today())
    assert form_on(clock.today()) == form
    with pytest.raises(Refused, match="Enter the title") as refusal:
        acts.add_form(by=desk.team, title=" ")
    assert list(refusal.value.fields) == ["title"]


def test_a_draft_is_renamed_and_removed(desk: Desk, draft: NotificationForm) -> None:
    changed = acts.update_form(draft, by=desk.team, version=draft.version, title="New title")
    assert changed.title == "New title"
    with pytest.raises(Changed):
        acts.update_form(changed, by=desk.team, version=draft.version - 1, title="Theirs")
    acts.remove_form(changed, by=desk.team)
    assert list(NotificationForm.objects.all()) == [desk.form]
    assert AuditEntry.objects.filter(verb="notification_form.removed").exists()


# --- Questions ----------------------------------------------------------------------------------------------------


def test_a_question_is_stored_as_a_pack_writes_it(desk: Desk, draft: NotificationForm) -> None:
    facts = ItemFacts(
        kind="several",
        text={"en": "Which systems?", "es": "¿Qué sistemas?"},
        help={"en": "Tick each.", "es": ""},
        choices=(ChoiceFacts("mail", {"en": "Mail", "es": "Correo"}), ChoiceFacts("web", {"en": "Web"})),
        stages=("notification", "final"),
        required=("final",),
        needs_item="malicious",
        needs_one_of=("yes",),
        is_inherited=False,
    )
    saved = acts.add_question(draft, by=desk.team, facts=facts)
    assert saved.questions[-1] == {
        "code": "which_systems",
        "kind": "several",
        "text": "Which systems?",
        "help": "Tick each.",
        "stages": ["notification", "final"],
        "required": ["final"],
        "choices": [{"value": "mail", "text": "Mail", "es": "Correo"}, {"value": "web", "text": "Web"}],
        "needs": {"question": "malicious", "one_of": ["yes"]},
        "inherited": False,
        "es": {"text": "¿Qué sistemas?"},
    }
    assert logic.item_of(saved.questions[-1]).words("es") == "¿Qué sistemas?"
    again = acts.add_question(saved, by=desk.team, facts=asked(text={"en": "Which systems?"}))
    assert codes(again)[-1] == "which_systems_2"
    entry = AuditEntry.objects.filter(verb="notification_form.question_added").latest("number")
    assert (entry.actor_code, "questions" in str(entry.detail)) == (desk.team.actor_code, True)


def test_a_question_is_changed_moved_and_removed(desk: Desk, draft: NotificationForm) -> None:
    before = codes(draft)
    changed = acts.update_question(draft, by=desk.team, code="lessons", facts=asked(longest=100), version=draft.version)
    assert (codes(changed), changed.all_items()[-1].longest) == (before, 100)
    with pytest.raises(Changed):
        acts.update_question(changed, by=desk.team, code="lessons", facts=asked(), version=changed.version - 1)
    moved = acts.move_question(changed, by=desk.team, code="lessons", up=True)
    assert codes(moved)[-2:] == ["lessons", "resolved"]
    first = acts.move_question(moved, by=desk.team, code=before[0], up=True)  # there is nothing above it
    assert codes(first)[0] == before[0]
    gone = acts.remove_question(first, by=desk.team, code="lessons")
    assert codes(gone) == [code for code in before if code != "lessons"]
    for call in (acts.remove_question, acts.move_question):
        with pytest.raises(Missing):
            call(gone, by=desk.team, code="lessons", **({"up": True} if call is acts.move_question else {}))


def test_what_another_question_or_a_rule_needs_stays(desk: Desk, draft: NotificationForm) -> None:
    with pytest.raises(Refused, match="“countries” is asked only for some of its answers"):
        acts.remove_question(draft, by=desk.team, code="cross_border")
    with pytest.raises(Refused, match="A rule of significance judges by it"):
        acts.remove_question(draft, by=desk.team, code="people")
    with pytest.raises(Refused, match="depends on an answer to “cross_border”"):
        acts.move_question(draft, by=desk.team, code="countries", up=True)
    with pytest.raises(Refused, match="“countries” depends on answers that no longer exist: yes"):
        acts.update_question(draft, by=desk.team, code="cross_border", facts=asked())
    harm = asked(kind="several", choices=(ChoiceFacts("data", {"en": "Data"}), ChoiceFacts("others", {"en": "Others"})))
    with pytest.raises(Refused, match="rule “harm” names answers that no longer exist: lives, money"):
        acts.update_question(draft, by=desk.team, code="harm", facts=harm)
    with pytest.raises(Refused, match="rule “many-people” compares with a number"):
        acts.update_question(draft, by=desk.team, code="people", facts=asked())


TWO = (ChoiceFacts("a", {"en": "A"}), ChoiceFacts("b", {"en": "B"}))


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"text": {"en": " "}}, "text"),
        ({"text": {"es": "¿Quién?"}}, "text"),
        ({"text": {"en": "x" * 501}}, "text"),
        ({"text": {"en": "Who?", "es": "x" * 501}}, "text_es"),
        ({"help": {"es": "Ayuda"}}, "help"),
        ({"kind": "essay"}, "kind"),
        ({"stages": ()}, "stages"),
        ({"stages": ("final",), "required": ("progress",)}, "required"),
        ({"choices": TWO}, "choices"),
        ({"kind": "choice"}, "choices"),
        ({"kind": "choice", "choices": TWO[:1]}, "choices"),
        ({"kind": "choice", "choices": (TWO[0], TWO[0])}, "choices"),
        ({"kind": "choice", "choices": (TWO[0], ChoiceFacts("b", {"es": "B"}))}, "choices"),
        ({"longest": 0}, "longest"),
        ({"longest": 20_001}, "longest"),
        ({"kind": "number", "least": 5, "most": 4}, "most"),
        ({"kind": "number", "least": -1}, "least"),
        ({"kind": "number", "most": 3_000_000_000}, "most"),
        ({"fact": "colour"}, "fact"),
        ({"fact": "people"}, "fact"),  # of another kind
        ({"kind": "number", "fact": "people"}, "fact"),  # another question sets it already
        ({"needs_item": "nothing", "needs_one_of": ("yes",)}, "needs_item"),
        ({"needs_one_of": ("yes",)}, "needs_item"),
        ({"needs_item": "malicious", "needs_one_of": ("maybe",)}, "needs_one_of"),
        ({"needs_item": "malicious"}, "needs_one_of"),
    ],
)
def test_what_is_wrong_of_a_question_is_said_at_its_field(
    more: dict[str, Any], field: str, desk: Desk, draft: NotificationForm
) -> None:
    with pytest.raises(Refused) as refusal:
        acts.add_question(draft, by=desk.team, facts=asked(**more))
    assert list(refusal.value.fields) == [field]
    draft.refresh_from_db()
    assert draft.questions == desk.form.questions


def test_answers_about_the_impact_have_the_codes_that_lists_know(desk: Desk, draft: NotificationForm) -> None:
    with pytest.raises(Refused) as refusal:
        acts.update_question(draft, by=desk.team, code="impact", facts=asked(kind="choice", choices=TWO, fact="impact"))
    assert list(refusal.value.fields) == ["choices"]
    row = {"code": "x", "kind": "choice", "text": "X", "stages": ["final"], "fact": "impact"}
    with pytest.raises(ValueError, match="sets impact"):
        logic.item_of(row | {"choices": [{"value": "a", "text": "A"}]})
    with pytest.raises(ValueError, match="sets people, so its kind is number"):
        logic.item_of({"code": "x", "kind": "text", "text": "X", "stages": ["final"], "fact": "people"})


# --- Rules of significance ----------------------------------------------------------------------------------------


def test_rules_are_added_changed_and_removed_and_judge(desk: Desk, draft: NotificationForm) -> None:
    rule = RuleFacts({"en": "It lasts a day", "es": "Dura un día"}, "hours", at_least=24)
    saved = acts.add_rule(draft, by=desk.team, facts=rule)
    assert saved.significant[-1] == {
        "code": "it_lasts_a_day",
        "title": "It lasts a day",
        "question": "hours",
        "at_least": 24,
        "es": {"title": "Dura un día"},
    }
    verdict, holding = logic.significance(saved.significance_rules(), {"hours": 30})
    assert (verdict, [each.code for each in holding]) == (True, ["it_lasts_a_day"])
    changed = acts.change_rule(saved, by=desk.team, code="it_lasts_a_day", facts=replace(rule, at_least=48))
    assert changed.significant[-1]["at_least"] == 48
    gone = acts.remove_rule(changed, by=desk.team, code="it_lasts_a_day")
    assert gone.significant == desk.form.significant
    with pytest.raises(Missing):
        acts.remove_rule(gone, by=desk.team, code="it_lasts_a_day")


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        (RuleFacts({"en": ""}, "hours", at_least=1), "title"),
        (RuleFacts({"en": "x"}, "nothing", at_least=1), "question"),
        (RuleFacts({"en": "x"}, "hours"), "at_least"),
        (RuleFacts({"en": "x"}, "hours", one_of=("1",)), "at_least"),
        (RuleFacts({"en": "x"}, "impact", at_least=1), "at_least"),
        (RuleFacts({"en": "x"}, "impact"), "one_of"),
        (RuleFacts({"en": "x"}, "impact", one_of=("broken",)), "one_of"),
        (RuleFacts({"en": "x"}, "summary", one_of=("x",)), "one_of"),
    ],
)
def test_what_is_wrong_of_a_rule_is_said_at_its_field(
    facts: RuleFacts, field: str, desk: Desk, draft: NotificationForm
) -> None:
    with pytest.raises(Refused) as refusal:
        acts.add_rule(draft, by=desk.team, facts=facts)
    assert list(refusal.value.fields) == [field]


# --- Who, and the pages -------------------------------------------------------------------------------------------


@pytest.mark.long
def test_operators_and_readers_write_no_form(desk: Desk, user_with: Callable[..., User], browser_of: Browser) -> None:
    with pytest.raises(NotAllowed):
        acts.begin_version(desk.form, by=desk.operator)
    for role in ("operator", "lead", "auditor", "observer", "analyst", "drafter", "coordinator"):
        browser = browser_of(user_with(role, organisation=desk.power, email=f"{role}@example.org"))
        for address in ("notification-forms/", f"notification-forms/{desk.form.pk}/", "new-notification-form/"):
            assert browser.get(f"/workspace/{address}").status_code == 403, (role, address)
        at = f"/workspace/notification-forms/{desk.form.pk}/new-version/"
        assert browser.post(at).status_code == 403, role
    assert NotificationForm.objects.count() == 1


def test_a_form_is_written_and_published_on_its_pages(desk: Desk, browser_of: Browser) -> None:
    browser = browser_of(desk.team)
    base = f"/workspace/notification-forms/{desk.form.pk}/"
    assert "Make a new version" in browser.get(base).content.decode()
    assert browser.post(f"{base}new-question/", {}).status_code == 422
    made = browser.post(f"{base}new-version/")
    draft = NotificationForm.objects.get(is_draft=True)
    at = f"/workspace/notification-forms/{draft.pk}/"
    assert made["Location"] == at
    facts: dict[str, Any] = {
        "text": "How did they come in?",
        "text_es": "¿Cómo entraron?",
        "kind": "choice",
        "is_inherited": "on",
    }
    facts |= {"choices": "mail | By e-mail | Por correo\nweb | By the web", "stages": ["final"], "required": ["final"]}
    wrong = browser.post(f"{at}new-question/", facts | {"choices": "mail\nweb"})
    assert (wrong.status_code, "is not an answer" in wrong.content.decode()) == (422, True)
    assert browser.post(f"{at}new-question/", facts).status_code == 302
    page = browser.get(at).content.decode()
    for part in ("How did they come in?", "Final report (required)", "By e-mail, By the web", "Publish"):
        assert part in page
    edit = f"{at}questions/how_did_they_come_in/"
    form = browser.get(edit).content.decode()
    assert "mail | By e-mail | Por correo" in form
    draft.refresh_from_db()
    assert browser.post(edit, facts | {"text": "How?", "version": draft.version}).status_code == 302
    late = browser.post(edit, facts | {"version": draft.version})
    assert late.status_code == 409
    assert browser.post(f"{edit}up/").status_code == 302
    assert browser.post(f"{edit}sideways/").status_code == 404
    assert browser.get(f"{at}questions/nothing/").status_code == 404
    rule = {"title": "Ten hours", "title_es": "Diez horas", "question": "hours", "at_least": "10"}
    assert browser.post(f"{at}new-rule/", rule | {"at_least": ""}).status_code == 422
    assert browser.post(f"{at}new-rule/", rule).status_code == 302
    assert browser.post(f"{at}rules/ten_hours/", rule | {"at_least": "12"}).status_code == 302
    assert browser.post(f"{at}rules/ten_hours/remove/").status_code == 302
    assert browser.post(f"{edit}remove/").status_code == 302
    day = clock.today().isoformat()
    done = browser.post(f"{at}do/publish/", {"holds_from": day, "shown": as_shown()})
    assert done.status_code == 302
    draft.refresh_from_db()
    assert (draft.is_draft, form_on(clock.today())) == (False, draft)
    listed = browser.get("/workspace/notification-forms/").content.decode()
    assert ("In force since" in listed, "Not in force: another form is asked" in listed) == (True, True)
    added = browser.post("/workspace/new-notification-form/", {"title": "Another"})
    assert added.status_code == 302
    another = NotificationForm.objects.get(title="Another")
    assert "It cannot be published yet." in browser.get(another.workspace_url()).content.decode()
    assert (
        browser.post(f"{another.workspace_url()}do/edit/", {"title": "", "version": another.version}).status_code == 422
    )
    assert browser.post(f"{another.workspace_url()}do/remove/").status_code == 302
    assert not NotificationForm.objects.filter(title="Another").exists()


def test_a_form_that_the_program_brings_is_whole(desk: Desk) -> None:
    """The editor can take the form of the pack apart and put it together again without a change."""
    from floreo.workspace.obligations.form_forms import QuestionForm, _started

    draft = acts.begin_version(desk.form, by=SYSTEM)
    for each in draft.all_items():
        given = {name: value for name, value in _started(each).items() if value is not None}
        form = QuestionForm(given, form=draft, question=each)
        assert form.is_valid(), (each.code, form.errors)
        acts.update_question(draft, by=SYSTEM, code=each.code, facts=form.facts()["facts"])
    draft.refresh_from_db()
    assert draft.all_items() == desk.form.all_items()
