"""Preparing surveys: their questions in versions, waves, who may ask, and the population that answers are weighted to."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import models
from django.db.models import Max, QuerySet
from django.utils.text import slugify
from django.utils.translation import gettext as _

from floreo.core import clock
from floreo.core.access import Actor, Permission
from floreo.core.action import action, note
from floreo.core.decisions import itself
from floreo.core.errors import Refused
from floreo.core.links import hash_of
from floreo.core.wording import day_text, number_figures
from floreo.core.writing import (
    assign,
    delete,
    free_code,
    last_position,
    lock_latest,
    move_among,
    refuse,
    save,
    save_many,
)
from floreo.organisations.queries import the_country
from floreo.surveys.models import (
    VARIABLES,
    InstrumentVersion,
    Interviewer,
    Question,
    QuestionKind,
    SampleLink,
    Survey,
    Wave,
    WaveMode,
    WaveState,
    WeightMethod,
)

RUN = Permission.SURVEY_RUN
MOST_LINKS = 5000  # made at once
MOST_CELLS = 5000
MOST_OPTIONS = 60
MOST_QUESTIONS = 120
RESERVED = frozenset({"answer"})  # an address below that of a wave
# What people answer to: it does not change once a wave is open.
_FIXED = frozenset({"code", "instrument", "mode", "starts_on"})


# --- Surveys ------------------------------------------------------------------------------------------------------


@action("survey.prepared", needs=RUN)
def prepare(*, by: Actor, title: str, code: str = "", **facts: Any) -> Survey:
    """A survey with a first, empty version of its questions. Nobody outside the workspace sees it until it is public."""
    made = Survey(code=free_code(Survey, title, wanted=code.strip()))
    assign(made, {"title": title, **facts})
    if not made.title:
        raise refuse("title", _("Enter a title."), code="missing")
    save(made)
    save(InstrumentVersion(survey=made, number=1))
    return made


@action("survey.updated", needs=RUN)
def update(survey: Survey, *, by: Actor, version: int | None = None, **facts: Any) -> Survey:
    fresh = lock_latest(survey, version)
    assign(fresh, facts)
    return save(fresh)


def must_be_unused(survey: Survey) -> None:
    if survey.waves.exists():
        raise Refused(_("This survey has waves, so it cannot be removed."), code="has_waves")


@action("survey.removed", needs=RUN)
def remove(survey: Survey, *, by: Actor) -> None:
    fresh = lock_latest(survey)
    must_be_unused(fresh)
    delete(fresh)


# --- Versions and questions ---------------------------------------------------------------------------------------


def must_be_changeable(instrument: InstrumentVersion) -> None:
    if instrument.is_frozen:
        raise Refused(
            _("A wave asks these questions, so they are frozen. Make a new version to change them."), code="frozen"
        )


@action("instrument.added", needs=RUN)
def add_version(survey: Survey, *, by: Actor, note_text: str = "") -> InstrumentVersion:
    """A copy of the newest version, to be changed. Keys stay, so that waves compare."""
    fresh = lock_latest(survey)
    newest = fresh.versions.order_by("-number").first()
    if newest is not None and not newest.is_frozen:
        sentence = _("Version %(n)d is not used by any wave yet. Change that one.")
        raise Refused(sentence % {"n": newest.number}, code="has_draft")
    made = save(InstrumentVersion(survey=fresh, number=newest.number + 1 if newest else 1, note=note_text.strip()))
    if newest is not None:
        copies = []
        for each in newest.questions.all():
            each.pk, each.id, each.version_of, each.version = None, None, made, 1
            each._state.adding = True
            copies.append(each)
        save_many(copies, model=Question)
    return made


def _require_sound(question: Question) -> None:
    if not question.text.strip():
        raise refuse("text", _("Enter the question."), code="missing")
    if not question.key or question.key in RESERVED:
        raise refuse("key", _("Choose another key."), code="bad_key")
    question.options = _sound_options(question)
    keys = set(question.option_keys())
    if question.kind in (QuestionKind.SINGLE, QuestionKind.MULTIPLE) and len(question.options) < 2:
        raise refuse("options", _("Give at least two answers to choose from."), code="few_options")
    if question.low is not None and question.high is not None and question.high <= question.low:
        raise refuse("high", _("The largest number is not larger than the smallest."), code="bounds")
    if question.kind == QuestionKind.SCALE and question.bounds()[1] - question.bounds()[0] > 10:
        raise refuse("high", _("A scale has at most 11 steps."), code="bounds")
    if strange := [str(each) for each in question.counted if str(each) not in keys]:
        sentence = _("This question has no answer “%(key)s”.") % {"key": strange[0][:40]}
        raise refuse("counted", sentence, code="unknown_option")
    if question.variable and question.kind != QuestionKind.SINGLE:
        raise refuse("variable", _("Only a question with one answer can define a group."), code="not_single")
    _require_sound_condition(question)


def _sound_options(question: Question) -> list[dict[str, str]]:
    if question.kind not in (QuestionKind.SINGLE, QuestionKind.MULTIPLE):
        return []
    if len(question.options) > MOST_OPTIONS:
        raise refuse("options", _("At most %(n)d answers fit.") % {"n": MOST_OPTIONS}, code="many_options")
    found: dict[str, dict[str, str]] = {}
    for each in question.options:
        key = str(each.get("key") or slugify(str(each.get("text", "")))[:40])
        if not key or not str(each.get("text", "")).strip():
            raise refuse("options", _("An answer has a key and words, for example: yes = Yes."), code="bad_option")
        if key in found:
            sentence = _("The key “%(key)s” is there twice.") % {"key": key}
            raise refuse("options", sentence, code="option_twice")
        found[key] = {"key": key} | {name: str(words).strip() for name, words in each.items() if name != "key"}
    return list(found.values())


def _require_sound_condition(question: Question) -> None:
    """A question is asked only after an answer to one that is before it."""
    if not question.if_key:
        question.if_options = []
        return
    rows = question.version_of.questions.filter(key=question.if_key)
    earlier = rows.exclude(pk=question.pk).first()
    if earlier is None or earlier.position >= question.position:
        sentence = _("No question “%(key)s” comes before this one.") % {"key": question.if_key}
        raise refuse("if_key", sentence, code="no_condition")
    keys = set(earlier.option_keys())
    if not question.if_options or any(str(each) not in keys for each in question.if_options):
        raise refuse("if_options", _("Name answers of that question."), code="unknown_option")


@action("question.added", needs=RUN)
def add_question(instrument: InstrumentVersion, *, by: Actor, key: str = "", **facts: Any) -> Question:
    fresh = lock_latest(instrument)
    must_be_changeable(fresh)
    if fresh.questions.count() >= MOST_QUESTIONS:
        raise Refused(_("At most %(n)d questions fit.") % {"n": MOST_QUESTIONS}, code="many_questions")
    made = Question(version_of=fresh, position=last_position(fresh.questions.all()))
    assign(made, facts)
    made.key = key.strip() or _free_key(fresh, made.title or made.text)
    _require_sound(made)
    return save(made)


def _free_key(instrument: InstrumentVersion, text: str) -> str:
    base = slugify(text)[:30].strip("-") or "q"
    taken = set(instrument.questions.values_list("key", flat=True))
    return next(key for key in (base, *(f"{base}-{n}" for n in range(2, 1000))) if key not in taken)


@action("question.updated", needs=RUN)
def update_question(question: Question, *, by: Actor, version: int | None = None, **facts: Any) -> Question:
    fresh = lock_latest(question, version)
    must_be_changeable(fresh.version_of)
    facts.pop("key", None)  # the key stays: waves are compared by it
    assign(fresh, facts)
    _require_sound(fresh)
    return save(fresh)


@action("question.moved", needs=RUN)
def move_question(question: Question, *, by: Actor, up: bool) -> Question:
    fresh = lock_latest(question)
    must_be_changeable(fresh.version_of)
    move_among(fresh, fresh.version_of.questions.all(), up=up)
    for each in fresh.version_of.questions.all():
        if each.if_key:
            _require_sound_condition(each)
    return fresh


@action("question.removed", needs=RUN)
def remove_question(question: Question, *, by: Actor) -> None:
    fresh = lock_latest(question)
    must_be_changeable(fresh.version_of)
    if fresh.version_of.questions.filter(if_key=fresh.key).exists():
        raise Refused(_("Another question is asked only after this one. Change that one first."), code="in_use")
    delete(fresh)


# --- Waves --------------------------------------------------------------------------------------------------------


def must_be_draft(wave: Wave) -> None:
    if wave.state != WaveState.DRAFT:
        raise Refused(_("This wave has opened already."), code="opened")


def must_not_be_published(wave: Wave) -> None:
    if wave.is_published:
        raise Refused(_("The results of this wave are published and frozen."), code="published")


def must_be_open(wave: Wave) -> None:
    if wave.state != WaveState.OPEN:
        raise Refused(_("This wave is not open."), code="not_open")


@action("wave.planned", needs=RUN)
def plan_wave(survey: Survey, *, by: Actor, title: str, code: str = "", **facts: Any) -> Wave:
    fresh = lock_latest(survey)
    made = Wave(survey=fresh, code=code.strip() or slugify(title)[:40])
    assign(made, {"title": title, **facts})
    _require_sound_wave(made)
    if fresh.waves.filter(code=made.code).exists():
        sentence = _("The code %(code)s is already in use. Choose another.") % {"code": made.code}
        raise refuse("code", sentence, code="code_taken")
    return save(made)


def _require_sound_wave(wave: Wave) -> None:
    if slugify(wave.code) != wave.code or not wave.code:
        raise refuse("code", _("A code can contain only small letters, digits and hyphens."), code="bad_code")
    if wave.ends_on < wave.starts_on:
        raise refuse("ends_on", _("The last day is before the first. Change one of them."), code="dates_in_order")
    if wave.instrument.survey_id != wave.survey_id:
        raise refuse("instrument", _("These questions belong to another survey."), code="another_survey")
    other = wave.compared_with
    if other is not None and (
        other.survey_id != wave.survey_id or other.pk == wave.pk or other.starts_on >= wave.starts_on
    ):
        raise refuse("compared_with", _("Choose an earlier wave of the same survey."), code="bad_value")
    if wave.campaign_from and wave.campaign_to and wave.campaign_to < wave.campaign_from:
        raise refuse(
            "campaign_to", _("The end date is before the start date. Change one of them."), code="dates_in_order"
        )
    address = wave.campaign_address
    if address and (not address.startswith(("/", "https://")) or address.startswith(("//", "/\\"))):
        raise refuse("campaign_address", _("An address begins with / or https://."), code="bad_value")
    _require_sound_weights(wave)


def _require_sound_weights(wave: Wave) -> None:
    if any(name not in VARIABLES for name in wave.weighted_by):
        raise refuse("weighted_by", _("Answers cannot be weighted by that."), code="bad_value")
    if wave.method == WeightMethod.NONE:
        return
    if not wave.is_sample:
        sentence = _(
            "An open survey is not a sample: weights would make it look like one. Its results are those of who answered."
        )
        raise refuse("method", sentence, code="not_a_sample")
    if not wave.weighted_by:
        raise refuse("weighted_by", _("Choose what answers are weighted by."), code="missing")
    known = {q.variable for q in wave.instrument.questions.exclude(variable="")}
    if lacking := [name for name in wave.weighted_by if name not in known]:
        sentence = _("No question asks for the %(name)s of who answers.") % {"name": lacking[0]}
        raise refuse("weighted_by", sentence, code="not_asked")


@action("wave.updated", needs=RUN)
def update_wave(wave: Wave, *, by: Actor, version: int | None = None, **facts: Any) -> Wave:
    """What is said about it. What people answer to is fixed once it has opened, and all of it once results are published."""
    fresh = lock_latest(wave, version)
    must_not_be_published(fresh)
    if fresh.state != WaveState.DRAFT:
        changed = [name for name in _FIXED & facts.keys() if facts[name] != getattr(fresh, name)]
        if changed:
            sentence = _("This cannot be changed any more: the wave has opened.")
            raise Refused(sentence, code="fixed", fields=dict.fromkeys(changed, sentence))
    assign(fresh, facts)
    _require_sound_wave(fresh)
    return save(fresh)


@action("wave.removed", needs=RUN)
def remove_wave(wave: Wave, *, by: Actor) -> None:
    fresh = lock_latest(wave)
    must_be_draft(fresh)
    delete(fresh)


def what_is_asked(wave: Wave) -> Iterable[models.Model | QuerySet[Any]]:
    """What opening decides about: the wave with its days, and every question in its words."""
    return [wave, wave.instrument, wave.instrument.questions.all()]


@action("wave.opened", needs=RUN, decides=what_is_asked, notes_maker=True)
def open_wave(wave: Wave, *, by: Actor, shown: str | None = None) -> Wave:
    """From its first day on answers are taken, and its questions are frozen."""
    fresh = lock_latest(wave)
    must_be_draft(fresh)
    questions = list(fresh.instrument.questions.all())
    if not questions:
        raise Refused(_("This version has no questions yet."), code="no_questions")
    if fresh.ends_on < clock.today():
        words = {"day": day_text(fresh.ends_on)}
        raise Refused(_("The last day of this wave, %(day)s, has passed. Change it first.") % words, code="over")
    _require_languages(questions)
    fresh.state = WaveState.OPEN
    return save(fresh)


def _require_languages(questions: Sequence[Question]) -> None:
    """Every question has its words in each language of the country: who reads another one is asked, too."""
    country = the_country()
    for code in country.languages[1:] if country else []:
        for each in questions:
            has_text = bool(str(each.translations.get(code, {}).get("text", "")).strip())
            if not has_text or any(not str(option.get(code, "")).strip() for option in each.options):
                words = {"key": each.key, "language": code}
                sentence = _("Question “%(key)s” or one of its answers has no words in “%(language)s”.")
                raise Refused(sentence % words, code="untranslated")


@action("wave.closed", needs=RUN, decides=itself)
def close_wave(wave: Wave, *, by: Actor, shown: str | None = None) -> Wave:
    """No more answers by link. What interviewers and papers brought by the last day can still be entered."""
    fresh = lock_latest(wave)
    must_be_open(fresh)
    fresh.state = WaveState.CLOSED
    fresh.ends_on = max(fresh.starts_on, min(fresh.ends_on, clock.today()))
    return save(fresh)


# --- Population ---------------------------------------------------------------------------------------------------


@action("wave.population_imported", needs=RUN)
def import_population(wave: Wave, *, by: Actor, rows: Sequence[Mapping[str, str]], source: str) -> Wave:
    """The people that answers are weighted to, from a table: a column for each variable and one `count`. Values are the keys of the
    answers of the question that gives the variable."""
    fresh = lock_latest(wave)
    must_not_be_published(fresh)
    fresh.targets = sound_targets(rows, fresh.instrument)
    fresh.targets_source = source.strip()
    names = [name for name in VARIABLES if any(row.get(name) for row in fresh.targets)]
    if fresh.is_sample:
        fresh.weighted_by = names
        fresh.method = WeightMethod.RAKE if fresh.method == WeightMethod.NONE else fresh.method
    note(rows=len(fresh.targets))
    return save(fresh)


def sound_targets(rows: Sequence[Mapping[str, str]], instrument: InstrumentVersion) -> list[dict[str, Any]]:
    if not rows:
        raise refuse("file", _("The table has no rows."), code="empty")
    if len(rows) > MOST_CELLS:
        raise refuse(
            "file",
            _("The table has too many rows: at most %(n)s.") % {"n": number_figures(MOST_CELLS)},
            code="too_long",
        )
    known = {q.variable: set(q.option_keys()) for q in instrument.questions.exclude(variable="")}
    columns = {str(name).strip() for name in rows[0] if name}
    if "count" not in columns or not columns - {"count"}:
        raise refuse("file", _("The table needs a column for each group and one called count."), code="no_columns")
    if strange := sorted(columns - {"count"} - set(known)):
        words = {"name": strange[0][:40], "known": ", ".join(sorted(known)) or "–"}
        sentence = _("The column “%(name)s” is no group that this survey asks for. It asks for: %(known)s.")
        raise refuse("file", sentence % words, code="unknown_column")
    return [_sound_target(row, number, known) for number, row in enumerate(rows, 2)]


def _sound_target(row: Mapping[str, str], line: int, known: Mapping[str, set[str]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, keys in known.items():
        value = str(row.get(name) or "").strip()
        if value and value not in keys:
            words = {"line": line, "value": value[:40], "name": name}
            raise refuse(
                "file", _("Line %(line)d: “%(value)s” is no answer for %(name)s.") % words, code="unknown_value"
            )
        if value:
            found[name] = value
    count = str(row.get("count") or "").strip().replace(",", "").replace(" ", "")
    if not (count.isascii() and count.isdigit() and len(count) < 11):
        raise refuse("file", _("Line %(line)d: the count is not a whole number.") % {"line": line}, code="bad_count")
    if not found:
        raise refuse("file", _("Line %(line)d names no group.") % {"line": line}, code="no_group")
    return found | {"count": int(count)}


# --- Who asks -----------------------------------------------------------------------------------------------------


@action("interviewer.added", needs=RUN)
def add_interviewer(wave: Wave, *, by: Actor, name: str, district: str = "") -> tuple[Interviewer, str]:
    """With the secret of their link, which is shown once: only its hash is stored."""
    fresh = lock_latest(wave)
    must_not_be_published(fresh)
    secret = secrets.token_urlsafe(24)
    if not name.strip():
        raise refuse("name", _("Enter a name."), code="missing")
    made = Interviewer(wave=fresh, name=name.strip(), district=district.strip(), link_hash=hash_of(secret))
    return save(made), secret


@action("interviewer.link_renewed", needs=RUN)
def renew_link(interviewer: Interviewer, *, by: Actor) -> tuple[Interviewer, str]:
    """For a lost link or another phone: the old one ends."""
    fresh = lock_latest(interviewer)
    must_not_be_published(fresh.wave)
    secret = secrets.token_urlsafe(24)
    fresh.link_hash, fresh.ended_on = hash_of(secret), None
    return save(fresh), secret


def must_have_link(interviewer: Interviewer) -> None:
    if not interviewer.link_hash:
        raise Refused(_("The link of this interviewer has ended already."), code="ended")


@action("interviewer.ended", needs=RUN)
def end_interviewer(interviewer: Interviewer, *, by: Actor) -> Interviewer:
    """Their link opens nothing any more. What they sent stays."""
    fresh = lock_latest(interviewer)
    must_have_link(fresh)
    fresh.link_hash, fresh.ended_on = "", clock.today()
    return save(fresh)


@action("sample_links.made", needs=RUN)
def make_links(wave: Wave, *, by: Actor, number: int) -> list[str]:
    """Secrets of so many personal links, shown once. To whom each goes is for whoever draws the sample: it is not stored here."""
    fresh = lock_latest(wave)
    must_not_be_published(fresh)
    if fresh.mode == WaveMode.OPEN:
        raise Refused(_("This wave takes answers by one open link."), code="open_wave")
    if not 1 <= number <= MOST_LINKS:
        raise refuse(
            "number", _("Enter a number from 1 to %(most)s.") % {"most": number_figures(MOST_LINKS)}, code="bad_value"
        )
    batch = int(fresh.sample_links.aggregate(last=Max("batch"))["last"] or 0) + 1
    made = [secrets.token_urlsafe(18) for _n in range(number)]
    hashes = sorted(hash_of(secret) for secret in made)  # in an order that says nothing
    save_many([SampleLink(wave=fresh, batch=batch, link_hash=each) for each in hashes], model=SampleLink)
    note(links=number)
    return made
