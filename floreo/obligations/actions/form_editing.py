"""The form of a notification: a draft with its questions and the rules of significance, and its publication. A published form is changed by
a new revision, so that what was begun on the earlier one ends on it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from floreo.core import clock, languages
from floreo.core.access import Actor
from floreo.core.action import action
from floreo.core.errors import Missing, Refused
from floreo.core.writing import assign, delete, free_code, lock_latest, refuse, require_text, save
from floreo.obligations.checking import MOST_NUMBER
from floreo.obligations.logic import (
    FACT_KINDS,
    IMPACTS,
    Question,
    QuestionKind,
    Stage,
    questions_of,
    significance_rule_of,
)
from floreo.obligations.models import EDIT, NotificationForm

MOST_QUESTIONS, MOST_RULES, MOST_CHOICES = 100, 30, 40
LONGEST_ANSWER, LONGEST_TEXT = 20_000, 500
_CHOICE = (QuestionKind.CHOICE, QuestionKind.SEVERAL)
# What the first notification needs, so that lists, clocks and the team's tasks work: a question that sets it.
NEEDED_FACT = "aware_at"


@dataclass(frozen=True)
class ChoiceFacts:
    """One answer that can be chosen: its value as it is stored, and its words by language."""

    value: str
    words: Mapping[str, str]


@dataclass(frozen=True)
class ItemFacts:
    """A question as somebody typed it. `text` and `help` by language; that of the site's first is needed."""

    kind: str
    text: Mapping[str, str]
    help: Mapping[str, str] = field(default_factory=dict)
    choices: tuple[ChoiceFacts, ...] = ()
    stages: tuple[str, ...] = ()
    required: tuple[str, ...] = ()
    longest: int | None = None
    least: int | None = None
    most: int | None = None
    fact: str = ""
    needs_item: str = ""
    needs_one_of: tuple[str, ...] = ()
    is_inherited: bool = True


@dataclass(frozen=True)
class RuleFacts:
    """A rule of significance as somebody typed it: `one_of` answers to a question, or a number of `at_least`."""

    title: Mapping[str, str]
    question: str
    one_of: tuple[str, ...] = ()
    at_least: int | None = None


# --- The form itself ----------------------------------------------------------------------------------------------


def must_be_a_draft(form: NotificationForm) -> None:
    if not form.is_draft:
        raise Refused(_("This form is published. Make a new version of it to change it."), code="published")


def must_be_published(form: NotificationForm) -> None:
    if form.is_draft:
        raise Refused(_("This version is a draft: change it as it is."), code="draft")


def must_have_no_draft(form: NotificationForm) -> None:
    must_be_published(form)
    if NotificationForm.objects.filter(code=form.code, is_draft=True).exists():
        raise Refused(_("There is a draft of the next version already. Go on with that one."), code="has_draft")


def _write(form: NotificationForm, facts: Mapping[str, Any]) -> NotificationForm:
    assign(form, facts)
    form.title = require_text(form.title, field="title", sentence=_("Enter the title of the form."))
    return save(form)


@action("notification_form.added", needs=EDIT)
def add_form(*, by: Actor, **facts: Any) -> NotificationForm:
    """An empty draft."""
    code = free_code(NotificationForm, str(facts.get("title", "")))
    return _write(NotificationForm(code=code, holds_from=clock.today(), is_draft=True), facts)


@action("notification_form.version_begun", needs=EDIT)
def begin_version(form: NotificationForm, *, by: Actor) -> NotificationForm:
    """A draft of the next version, with all that this one asks. It is the country's own, whatever it was copied from."""
    fresh = lock_latest(form)
    must_have_no_draft(fresh)
    return save(
        NotificationForm(
            code=fresh.code,
            revision=_next_revision(fresh),
            holds_from=clock.today(),
            title=fresh.title,
            translations=fresh.translations,
            law=fresh.law,
            section=fresh.section,
            source=fresh.source,
            source_url=fresh.source_url,
            is_draft=True,
            questions=fresh.questions,
            significant=fresh.significant,
        )
    )


def _next_revision(form: NotificationForm) -> str:
    held = set(NotificationForm.objects.filter(code=form.code).values_list("revision", flat=True))
    numbers = [int(each) for each in held if each.isascii() and each.isdecimal() and len(each) < 6]
    return str(max([len(held), *numbers]) + 1)


@action("notification_form.updated", needs=EDIT)
def update_form(form: NotificationForm, *, by: Actor, version: int | None = None, **facts: Any) -> NotificationForm:
    fresh = lock_latest(form, version)
    must_be_a_draft(fresh)
    return _write(fresh, facts)


@action("notification_form.removed", needs=EDIT)
def remove_form(form: NotificationForm, *, by: Actor) -> None:
    """A draft, on which nothing was begun."""
    fresh = lock_latest(form)
    must_be_a_draft(fresh)
    delete(fresh)


def must_be_complete(form: NotificationForm) -> None:
    """Refuses a form that a stage asks nothing of, and one without the moment from which deadlines count."""
    must_be_a_draft(form)
    questions = form.all_items()
    for stage in Stage:
        if not any(stage in each.stages for each in questions):
            raise Refused(_("A stage has no question yet. Every stage asks something."), code="empty_stage")
    aware = next((each for each in questions if each.fact == NEEDED_FACT), None)
    if aware is None or not {Stage.EARLY_WARNING, Stage.NOTIFICATION} <= aware.stages:
        sentence = _(
            "No question of the early warning and the notification asks when the organisation became aware:"
            " deadlines count from there."
        )
        raise Refused(sentence, code="no_moment")


@action("notification_form.published", needs=EDIT, decides=lambda form: [form])
def publish_form(form: NotificationForm, *, by: Actor, holds_from: date, shown: str | None = None) -> NotificationForm:
    """From that day on notifications are begun on it. Nobody changes it any more."""
    fresh = lock_latest(form)
    must_be_complete(fresh)
    if holds_from < clock.today():
        raise refuse("holds_from", _("That day is over. Choose today or a later day."), code="past")
    fresh.is_draft, fresh.holds_from = False, holds_from
    return save(fresh)


# --- Questions ----------------------------------------------------------------------------------------------------


def _change(form: NotificationForm, version: int | None, do: Callable[[NotificationForm], None]) -> NotificationForm:
    """Does it to the draft as it is now, and looks whether the whole still holds together."""
    fresh = lock_latest(form, version)
    must_be_a_draft(fresh)
    do(fresh)
    _require_whole(fresh)
    return save(fresh)


def _require_whole(form: NotificationForm) -> None:
    try:
        found = {each.code: each for each in questions_of(form.questions)}
        rules = [significance_rule_of(each, found) for each in form.significant]
    except ValueError as error:
        raise Refused(_("The questions do not fit together: %(why)s") % {"why": error}, code="not_whole") from error
    for each in found.values():
        if each.needs and (lost := _not_answers(found[each.needs[0]], each.needs[1])):
            words = {"question": each.code, "answers": ", ".join(lost)}
            raise Refused(
                _("The question “%(question)s” depends on answers that no longer exist: %(answers)s.") % words
            )
    for rule in rules:
        if rule.one_of and (lost := _not_answers(found[rule.question], rule.one_of)):
            words = {"rule": rule.code, "answers": ", ".join(lost)}
            raise Refused(_("The rule “%(rule)s” names answers that no longer exist: %(answers)s.") % words)
        if rule.at_least is not None and found[rule.question].kind is not QuestionKind.NUMBER:
            raise Refused(_("The rule “%(rule)s” compares with a number.") % {"rule": rule.code})


def answers_of(question: Question) -> list[str]:
    """The values that an answer can have, of a question that has a closed set of them."""
    if question.kind is QuestionKind.YES_NO:
        return ["yes", "no"]
    return [value for value, _words in question.choices]


def _not_answers(question: Question, values: Iterable[str]) -> list[str]:
    known = answers_of(question)
    return [each for each in values if each not in known]


def item_named(form: NotificationForm, code: str) -> Question:
    """Raises Missing."""
    found = next((each for each in form.all_items() if each.code == code), None)
    if found is None:
        raise Missing
    return found


@action("notification_form.question_added", needs=EDIT)
def add_question(form: NotificationForm, *, by: Actor, facts: ItemFacts, code: str = "") -> NotificationForm:
    """At the end. Without a code it gets one from its words."""

    def do(fresh: NotificationForm) -> None:
        if len(fresh.questions) >= MOST_QUESTIONS:
            raise Refused(_("A form has at most %(n)d questions.") % {"n": MOST_QUESTIONS}, code="too_many")
        held = {str(each["code"]) for each in fresh.questions}
        made = code or _free_name(facts.text.get(languages.first(), ""), held, "question")
        if made in held:
            raise refuse("code", _("Another question has this code."), code="taken")
        fresh.questions = [*fresh.questions, _item_data(fresh, made, facts)]

    return _change(form, None, do)


@action("notification_form.question_changed", needs=EDIT)
def update_question(
    form: NotificationForm, *, by: Actor, code: str, facts: ItemFacts, version: int | None = None
) -> NotificationForm:
    """Its code stays: rules and other questions name it."""

    def do(fresh: NotificationForm) -> None:
        item_named(fresh, code)
        made = _item_data(fresh, code, facts)
        fresh.questions = [made if each["code"] == code else each for each in fresh.questions]

    return _change(form, version, do)


@action("notification_form.question_removed", needs=EDIT)
def remove_question(form: NotificationForm, *, by: Actor, code: str) -> NotificationForm:
    """Refuses one on which another depends, or by which a rule judges."""

    def do(fresh: NotificationForm) -> None:
        item_named(fresh, code)
        for each in fresh.all_items():
            if each.needs and each.needs[0] == code:
                sentence = _("The question “%(code)s” is asked only for some of its answers. Change that one first.")
                raise Refused(sentence % {"code": each.code}, code="needed")
        if any(rule.question == code for rule in fresh.significance_rules()):
            raise Refused(_("A rule of significance judges by it. Change that rule first."), code="needed")
        fresh.questions = [each for each in fresh.questions if each["code"] != code]

    return _change(form, None, do)


@action("notification_form.question_moved", needs=EDIT, quiet=True)
def move_question(form: NotificationForm, *, by: Actor, code: str, up: bool) -> NotificationForm:
    """One place up or down. Refuses to put it before the question on which it depends."""

    def do(fresh: NotificationForm) -> None:
        item_named(fresh, code)
        rows = list(fresh.questions)
        at = next(n for n, each in enumerate(rows) if each["code"] == code)
        other = at - 1 if up else at + 1
        if not 0 <= other < len(rows):
            return
        rows[at], rows[other] = rows[other], rows[at]
        first, second = rows[min(at, other)], rows[max(at, other)]
        if (first.get("needs") or {}).get("question") == second["code"]:
            sentence = _("“%(code)s” depends on an answer to “%(other)s”, which comes before it.")
            raise Refused(sentence % {"code": first["code"], "other": second["code"]}, code="order")
        fresh.questions = rows

    return _change(form, None, do)


def _free_name(text: str, held: Iterable[str], fallback: str) -> str:
    """A code from words: small letters, digits and _, at most 40, of which no other question has the same."""
    letters = "".join(c if c.isascii() and c.isalnum() else "_" for c in text.lower())
    base = "_".join(filter(None, letters.split("_")))[:30].strip("_")
    if not base or not base[0].isalpha():
        base = fallback
    taken, number, name = set(held), 2, base
    while name in taken:
        name, number = f"{base}_{number}", number + 1
    return name


def _sound_text(
    texts: Mapping[str, str], name: str, *, sentence: str = "", longest: int = LONGEST_TEXT
) -> dict[str, str]:
    """The words by language, without empty ones. Refuses, at `name`, a missing text in the first language where `sentence` asks for it."""
    kept = {language: words.strip() for language, words in texts.items() if words.strip()}
    first = languages.first()
    if sentence and first not in kept:
        raise refuse(name, sentence, code="missing")
    if kept and first not in kept:
        words = {"language": languages.name(first)}
        raise refuse(name, _("Enter it in %(language)s too.") % words, code="missing")
    for language, text in kept.items():
        if len(text) > longest:
            at = name if language == first else f"{name}_{language}"
            raise refuse(at, _("At most %(n)d characters fit here.") % {"n": longest}, code="too_long")
    return kept


def _item_data(form: NotificationForm, code: str, facts: ItemFacts) -> dict[str, Any]:
    """As a pack writes it (logic.py: item_of). Refuses what is wrong at its field."""
    text = _sound_text(facts.text, "text", sentence=_("Enter the question."))
    helps = _sound_text(facts.help, "help")
    kind = _sound_kind(facts)
    stages = [stage for stage in Stage if stage in facts.stages]
    required = [stage for stage in Stage if stage in facts.required]
    if not stages:
        raise refuse("stages", _("Choose at least one stage that asks it."), code="missing")
    if set(required) - set(stages):
        raise refuse("required", _("It is required only where it is asked. Choose that stage too."), code="bad_value")
    own = languages.first()
    data: dict[str, Any] = {"code": code, "kind": str(kind), "text": text[own], "stages": [*map(str, stages)]}
    data |= {"help": helps[own]} if helps else {}
    data |= {"required": [*map(str, required)]} if required else {}
    data |= _choices_data(kind, facts) | _limits_data(kind, facts) | _fact_data(form, code, kind, facts)
    data |= _needs_data(form, code, facts)
    data |= {} if facts.is_inherited else {"inherited": False}
    return data | _others({"text": text, "help": helps})


def _others(texts: Mapping[str, Mapping[str, str]]) -> dict[str, dict[str, str]]:
    """What the texts of a row say in other languages, as a pack writes it: {"es": {"text": …}}."""
    found: dict[str, dict[str, str]] = {}
    for name, words in texts.items():
        for code, text in words.items():
            if code != languages.first():
                found.setdefault(code, {})[name] = text
    return found


def _sound_kind(facts: ItemFacts) -> QuestionKind:
    if facts.kind not in set(QuestionKind):
        raise refuse("kind", _("Choose how it is answered."), code="missing")
    return QuestionKind(facts.kind)


def _choices_data(kind: QuestionKind, facts: ItemFacts) -> dict[str, Any]:
    if kind not in _CHOICE:
        if facts.choices:
            raise refuse("choices", _("Only a question with answers to choose from has these."), code="bad_value")
        return {}
    if not 2 <= len(facts.choices) <= MOST_CHOICES:
        sentence = _("Enter from 2 to %(n)d answers, one in a line.") % {"n": MOST_CHOICES}
        raise refuse("choices", sentence, code="missing")
    values = [each.value for each in facts.choices]
    if len(set(values)) < len(values):
        raise refuse("choices", _("Two answers have the same code."), code="twice")
    rows = []
    for each in facts.choices:
        words = _sound_text(each.words, "choices", sentence=_("Each answer has its words."), longest=200)
        own = words.pop(languages.first())
        rows.append({"value": each.value, "text": own} | words)
    return {"choices": rows}


def _limits_data(kind: QuestionKind, facts: ItemFacts) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if kind is QuestionKind.TEXT and facts.longest is not None:
        if not 1 <= facts.longest <= LONGEST_ANSWER:
            sentence = _("Enter a number from 1 to %(n)d.") % {"n": LONGEST_ANSWER}
            raise refuse("longest", sentence, code="bad_value")
        found["longest"] = facts.longest
    if kind is QuestionKind.NUMBER:
        for name, value in (("least", facts.least), ("most", facts.most)):
            if value is not None and not 0 <= value <= MOST_NUMBER:
                raise refuse(name, _("Enter a number from 0 to %(n)d.") % {"n": MOST_NUMBER}, code="bad_value")
        if facts.least is not None and facts.most is not None and facts.least > facts.most:
            raise refuse("most", _("The largest number is smaller than the smallest."), code="order")
        found |= {"least": facts.least} if facts.least is not None else {}
        found |= {"most": facts.most} if facts.most is not None else {}
    return found


def _fact_data(form: NotificationForm, code: str, kind: QuestionKind, facts: ItemFacts) -> dict[str, Any]:
    if not facts.fact:
        return {}
    if facts.fact not in FACT_KINDS:
        raise refuse("fact", _("Choose one from the list."), code="bad_value")
    if kind is not FACT_KINDS[facts.fact]:
        raise refuse("fact", _("This fact is the answer to a question of another kind."), code="bad_kind")
    if facts.fact == "impact" and {each.value for each in facts.choices} - set(IMPACTS):
        sentence = _("Of the impact, the codes of the answers are among: %(codes)s.") % {"codes": ", ".join(IMPACTS)}
        raise refuse("choices", sentence, code="bad_value")
    if any(each.fact == facts.fact and each.code != code for each in form.all_items()):
        raise refuse("fact", _("Another question sets this fact already."), code="twice")
    return {"fact": facts.fact}


def _needs_data(form: NotificationForm, code: str, facts: ItemFacts) -> dict[str, Any]:
    if not facts.needs_item:
        if facts.needs_one_of:
            raise refuse("needs_item", _("Choose the question on which it depends."), code="missing")
        return {}
    before: dict[str, Question] = {}
    for each in form.all_items():
        if each.code == code:
            break
        before[each.code] = each
    other = before.get(facts.needs_item)
    if other is None:
        raise refuse("needs_item", _("Choose a question that comes before this one."), code="order")
    if not facts.needs_one_of or _not_answers(other, facts.needs_one_of):
        sentence = _("Enter one or more of its answers: %(codes)s.") % {"codes": ", ".join(answers_of(other)) or "–"}
        raise refuse("needs_one_of", sentence, code="bad_value")
    return {"needs": {"question": other.code, "one_of": list(facts.needs_one_of)}}


# --- Significance -------------------------------------------------------------------------------------------------


@action("notification_form.rule_added", needs=EDIT)
def add_rule(form: NotificationForm, *, by: Actor, facts: RuleFacts) -> NotificationForm:
    """An incident is significant where one of the rules holds."""

    def do(fresh: NotificationForm) -> None:
        if len(fresh.significant) >= MOST_RULES:
            raise Refused(_("A form has at most %(n)d rules.") % {"n": MOST_RULES}, code="too_many")
        held = {str(each["code"]) for each in fresh.significant}
        code = _free_name(facts.title.get(languages.first(), ""), held, "rule")
        fresh.significant = [*fresh.significant, _rule_data(fresh, code, facts)]

    return _change(form, None, do)


@action("notification_form.rule_changed", needs=EDIT)
def change_rule(
    form: NotificationForm, *, by: Actor, code: str, facts: RuleFacts, version: int | None = None
) -> NotificationForm:
    def do(fresh: NotificationForm) -> None:
        _rule_named(fresh, code)
        made = _rule_data(fresh, code, facts)
        fresh.significant = [made if each["code"] == code else each for each in fresh.significant]

    return _change(form, version, do)


@action("notification_form.rule_removed", needs=EDIT)
def remove_rule(form: NotificationForm, *, by: Actor, code: str) -> NotificationForm:
    def do(fresh: NotificationForm) -> None:
        _rule_named(fresh, code)
        fresh.significant = [each for each in fresh.significant if each["code"] != code]

    return _change(form, None, do)


def _rule_named(form: NotificationForm, code: str) -> None:
    if not any(each["code"] == code for each in form.significant):
        raise Missing


def _rule_data(form: NotificationForm, code: str, facts: RuleFacts) -> dict[str, Any]:
    title = _sound_text(facts.title, "title", sentence=_("Say when an incident is significant."), longest=200)
    question = next((each for each in form.all_items() if each.code == facts.question), None)
    if question is None:
        raise refuse("question", _("Choose the question by whose answer it is judged."), code="missing")
    data: dict[str, Any] = {"code": code, "title": title[languages.first()], "question": question.code}
    if question.kind is QuestionKind.NUMBER:
        if facts.at_least is None or facts.one_of:
            raise refuse("at_least", _("Enter from which number on."), code="missing")
        data["at_least"] = facts.at_least
    else:
        if facts.at_least is not None:
            raise refuse("at_least", _("Only the answer to a number is compared with one."), code="bad_value")
        if not facts.one_of or _not_answers(question, facts.one_of):
            codes = ", ".join(answers_of(question)) or "–"
            raise refuse("one_of", _("Enter one or more of its answers: %(codes)s.") % {"codes": codes}, code="missing")
        data["one_of"] = list(facts.one_of)
    return data | _others({"title": title})
