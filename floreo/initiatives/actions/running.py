"""Competitions: prepared, announced, judged, their result published, and who entered erased afterwards."""

from __future__ import annotations

import secrets
from datetime import date, timedelta
from typing import Any

from django.db.models import Max
from django.utils.translation import gettext as _

from floreo.core import clock, languages, outbox
from floreo.core.access import Actor
from floreo.core.action import action, note
from floreo.core.errors import Refused
from floreo.core.keys import key
from floreo.core.links import hash_of
from floreo.core.writing import assign, delete, free_code, lock_latest, refuse, require_text, save
from floreo.initiatives.files import let_go
from floreo.initiatives.logic import NEVER_AGREED_DAYS, Phase, erased_from, names_in
from floreo.initiatives.mails import KIND_JURY, jury_mail
from floreo.initiatives.models import (
    RUN,
    Competition,
    CompetitionEntry,
    CompetitionState,
    Criterion,
    EntryState,
    JuryMember,
)
from floreo.initiatives.queries import results_of

# What people entered under: it does not change once somebody did.
_FIXED = frozenset({"age_from", "age_to", "categories", "takes_files", "erase_after_days"})


def must_be_draft(competition: Competition) -> None:
    if competition.state != CompetitionState.DRAFT:
        raise Refused(_("This competition is announced already."), code="announced")


def must_not_have_ended(competition: Competition) -> None:
    if competition.has_ended:
        raise Refused(_("The result is published and cannot be changed."), code="ended")


def must_have_no_entries(competition: Competition) -> None:
    if competition.entries.exists():
        raise Refused(_("Somebody has entered already."), code="has_entries")


def must_have_no_scores(competition: Competition) -> None:
    must_not_have_ended(competition)
    if competition.jury.filter(scores__isnull=False).exists():
        raise Refused(_("The jury has given points already, so its criteria stay as they are."), code="has_scores")


def must_be_judged(competition: Competition) -> None:
    must_not_have_ended(competition)
    if competition.phase is not Phase.JUDGING:
        raise Refused(_("Entries are still taken, or it has not opened. Wait until it has closed."), code="not_closed")


def _require_sound(competition: Competition) -> None:
    require_text(competition.title, field="title", sentence=_("Enter the title of the competition."))
    first, last = competition.opens_on, competition.closes_on
    if first and last and first > last:
        raise refuse("closes_on", _("The last day is before the first. Change one of them."), code="dates_in_order")
    if competition.age_from > competition.age_to:
        raise refuse("age_to", _("The ages are the wrong way round."), code="ages_in_order")
    names = competition.category_names()
    if len(set(names)) != len(names):
        raise refuse("categories", _("A category is there twice."), code="twice")
    if any(len(name) > 200 for name in names):
        raise refuse("categories", _("A category has at most 200 characters."), code="too_long")


@action("competition.prepared", needs=RUN)
def prepare(*, by: Actor, code: str = "", **facts: Any) -> Competition:
    """A draft, with one criterion to begin with."""
    made = Competition()
    assign(made, facts)
    _require_sound(made)
    made.code = free_code(Competition, made.title, wanted=code.strip())
    saved = save(made)
    save(Criterion(competition=saved, number=1, title=_("Idea and content")))
    return saved


@action("competition.updated", needs=RUN)
def update(competition: Competition, *, by: Actor, version: int | None = None, **facts: Any) -> Competition:
    """Until the result. What was announced to entrants does not change once somebody entered."""
    fresh = lock_latest(competition, version)
    must_not_have_ended(fresh)
    changed = {name for name in _FIXED if name in facts and facts[name] != getattr(fresh, name)}
    if changed and fresh.entries.exists():
        sentence = _("Somebody has entered under this already, so it cannot change.")
        raise Refused(sentence, code="fixed", fields=dict.fromkeys(sorted(changed), sentence))
    assign(fresh, facts)
    _require_sound(fresh)
    if fresh.state != CompetitionState.DRAFT and not (fresh.opens_on and fresh.closes_on):
        raise refuse("closes_on", _("It is announced, so it has a first and a last day."), code="missing")
    return save(fresh)


@action("competition.announced", needs=RUN)
def announce(competition: Competition, *, by: Actor) -> Competition:
    """From now on everybody sees it; entries are taken from its first to its last day."""
    fresh = lock_latest(competition)
    must_be_draft(fresh)
    if fresh.opens_on is None or fresh.closes_on is None:
        raise Refused(_("Enter first when it opens and when its last day is."), code="no_days")
    if not fresh.rules.strip():
        raise Refused(_("Write the rules first: a guardian agrees to them."), code="no_rules")
    if not fresh.criteria.exists():
        raise Refused(_("Add a criterion first: the jury gives points for it."), code="no_criteria")
    fresh.state = CompetitionState.PUBLISHED
    return save(fresh)


@action("competition.removed", needs=RUN)
def remove(competition: Competition, *, by: Actor) -> None:
    must_be_draft(competition)
    must_have_no_entries(competition)
    delete(competition)


# --- Criteria and jury --------------------------------------------------------------------------------------------


@action("criterion.added", needs=RUN)
def add_criterion(competition: Competition, *, by: Actor, title: str, weight: int = 1, **facts: Any) -> Criterion:
    fresh = lock_latest(competition)
    must_have_no_scores(fresh)
    last = fresh.criteria.aggregate(last=Max("number"))["last"] or 0
    made = Criterion(competition=fresh, number=last + 1)
    assign(made, {"title": title, "weight": weight, **facts})
    return save(made)


@action("criterion.updated", needs=RUN)
def update_criterion(criterion: Criterion, *, by: Actor, version: int | None = None, **facts: Any) -> Criterion:
    must_have_no_scores(lock_latest(criterion.competition))
    fresh = lock_latest(criterion, version)
    assign(fresh, facts)
    return save(fresh)


@action("criterion.removed", needs=RUN)
def remove_criterion(criterion: Criterion, *, by: Actor) -> None:
    competition = lock_latest(criterion.competition)
    must_have_no_scores(competition)
    if competition.state != CompetitionState.DRAFT and competition.criteria.count() < 2:
        raise Refused(_("The jury needs at least one criterion."), code="last")
    delete(criterion)


@action("jury.invited", needs=RUN)
def invite_juror(competition: Competition, *, by: Actor, name: str, mail: str, language: str = "") -> JuryMember:
    """Sends a member of the jury their link. Invited again, they get a new one, and the one before works no more."""
    fresh = lock_latest(competition)
    must_not_have_ended(fresh)
    words = require_text(name, field="name", sentence=_("Enter the name."))
    found = fresh.jury.filter(name__iexact=words).first()
    member = lock_latest(found) if found is not None else JuryMember(competition=fresh, name=words)
    secret = secrets.token_urlsafe(32)
    member.mail, member.language, member.link_hash = mail.strip(), language or languages.first(), hash_of(secret)
    saved = save(member)
    outbox.post(jury_mail(saved, secret))
    return saved


@action("jury.ended", needs=RUN)
def end_juror(member: JuryMember, *, by: Actor) -> JuryMember:
    """Their link works no more, and their points do not count any more where no result is published."""
    fresh = lock_latest(member)
    must_not_have_ended(fresh.competition)
    outbox.withdraw_mail(KIND_JURY, key(fresh))
    for score in fresh.scores.all():
        delete(score)
    fresh.link_hash = ""
    return save(fresh)


# --- Result -------------------------------------------------------------------------------------------------------


def _refuse_names(entries: list[CompetitionEntry]) -> None:
    """A title that names the child would publish the name."""
    named = []
    for entry in entries:
        names = () if entry.may_name else (entry.entrant_name,)
        if names_in(f"{entry.title} {entry.school}", *names, entry.guardian_name):
            named.append(entry.reference)
    if named:
        sentence = _(
            "The title or the school of %(entries)s holds the name of the entrant or the guardian, and would be published. Change"
            " the title first."
        )
        raise Refused(sentence % {"entries": ", ".join(named)}, code="names")


@action("competition.result_published", needs=RUN)
def publish_result(competition: Competition, *, by: Actor) -> Competition:
    """Computes the result from the jury's points and publishes it: title, school, category and age band of each entry, and no name
    unless its guardian agreed to that. The links of the jury end."""
    fresh = lock_latest(competition)
    must_be_judged(fresh)
    results = results_of(fresh)
    if not results.ranked:
        raise Refused(_("The jury has not given any points yet."), code="no_points")
    if results.unjudged:
        references = ", ".join(entry.reference for entry in results.unjudged)
        raise Refused(
            _("Nobody has judged %(entries)s by all criteria. Ask the jury, or exclude it with a reason.")
            % {"entries": references},
            code="unjudged",
        )
    _refuse_names([line.entry for line in results.ranked])
    for line in results.ranked:
        line.entry.points, line.entry.rank = line.points, line.place
        save(line.entry)
    for member in fresh.jury.exclude(link_hash=""):
        outbox.withdraw_mail(KIND_JURY, key(member))
        member.link_hash = ""
        save(member)
    fresh.state, fresh.result_on = CompetitionState.ENDED, clock.today()
    note(entries=len(results.ranked))
    return save(fresh)


@action("entry.retitled", needs=RUN)
def retitle_entry(entry: CompetitionEntry, *, by: Actor, title: str, school: str = "") -> CompetitionEntry:
    """The title and school as they will be published: without the name of a child."""
    fresh = lock_latest(entry)
    must_not_have_ended(fresh.competition)
    fresh.title = require_text(title, field="title", sentence=_("Enter the title of the entry."))
    fresh.school = school.strip()
    return save(fresh)


@action("entry.excluded", needs=RUN)
def exclude_entry(entry: CompetitionEntry, *, by: Actor, reason: str) -> CompetitionEntry:
    """The jury does not read it, and it has no place in the result."""
    fresh = lock_latest(entry)
    must_not_have_ended(fresh.competition)
    if fresh.state == EntryState.EXCLUDED:
        raise Refused(_("This entry is excluded already."), code="excluded")
    fresh.reason = require_text(reason, field="reason", sentence=_("Say why it is excluded."))
    fresh.state = EntryState.EXCLUDED
    return save(fresh)


# --- Erasing ------------------------------------------------------------------------------------------------------


def erase_due(*, by: Actor) -> int:
    """After the result and the days that were announced: names, addresses, descriptions, teams and files of its entries go, and so do
    entries whose guardian never agreed. What is published stays. The worker's. Returns of how many entries."""
    number, places = erase_names(by=by)
    for place in places:  # only once the rows are written: a file is not brought back
        let_go(place)
    return number


@action("competition.names_erased", needs=RUN, quiet=True)
def erase_names(*, by: Actor) -> tuple[int, list[str]]:
    """What `erase_due` does to the rows: of how many entries, and which files are to go."""
    today, number, places = clock.today(), 0, list[str]()
    for competition in Competition.objects.filter(erased_on=None).exclude(state=CompetitionState.DRAFT):
        number += _remove_never_agreed(competition, today, places)
        if competition.result_on is None or today < erased_from(competition.result_on, competition.erase_after_days):
            continue
        fresh = lock_latest(competition)
        for entry in fresh.entries.filter(is_erased=False).select_for_update():
            places.append(str(entry.file.name or ""))
            _erase(entry)
            number += 1
        fresh.erased_on = today
        save(fresh)
    if number:
        note(erased=number)
    return number, places


def _remove_never_agreed(competition: Competition, today: date, places: list[str]) -> int:
    last = competition.closes_on
    if last is None or today <= last + timedelta(days=NEVER_AGREED_DAYS):
        return 0
    waiting = list(competition.entries.filter(state=EntryState.WAITING))
    for entry in waiting:
        places.append(str(entry.file.name or ""))
        outbox.forget_mail([key(entry)])
        delete(entry)
    return len(waiting)


def _erase(entry: CompetitionEntry) -> None:
    outbox.forget_mail([key(entry)])
    entry.entrant_name = entry.guardian_name = entry.guardian_mail = entry.team = entry.description = ""
    entry.file, entry.file_name, entry.media_type, entry.file_size = "", "", "", 0
    entry.link_hash = entry.guardian_hash = ""
    entry.may_name, entry.is_erased = False, True
    if entry.rank is None:  # not in the result: nothing of it is public
        entry.title, entry.school = "–", ""
    save(entry)
