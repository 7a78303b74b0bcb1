"""Entries: sent by the public form, agreed to by a guardian's own link, withdrawn by a link; and the points of the jury."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from floreo.core import clock, languages, outbox
from floreo.core.access import Actor
from floreo.core.action import action
from floreo.core.errors import NotAllowed, Refused
from floreo.core.keys import key
from floreo.core.links import hash_of
from floreo.core.plain_text import sound_text
from floreo.core.wording import day_text, number_figures
from floreo.core.writing import delete, lock_latest, refuse, require_text, save
from floreo.initiatives.access import Entrant, Guardian, Juror
from floreo.initiatives.files import KeptFile, kept, let_go
from floreo.initiatives.logic import LONGEST, MOST_POINTS, Phase, band_of, is_minor
from floreo.initiatives.mails import guardian_mail
from floreo.initiatives.models import (
    RUN,
    Competition,
    CompetitionEntry,
    EntryState,
    JuryConflict,
    JuryMember,
    JuryScore,
)
from floreo.organisations.models import Place

_LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # none that is read for another


@dataclass(frozen=True)
class Given:
    """What somebody sent in, and who they are."""

    title: str
    description: str
    age: int
    entrant_name: str
    category: str = ""
    team: str = ""
    school: str = ""
    guardian_name: str = ""
    guardian_mail: str = ""
    place: Place | None = None
    language: str = field(default_factory=languages.first)


def closed_sentence(competition: Competition) -> str:
    """Why no entry is taken, with the day."""
    phase, first, last = competition.phase, competition.opens_on, competition.closes_on
    if phase is Phase.COMING and first is not None:
        return _("Entries are taken from %(day)s.") % {"day": day_text(first)}
    if phase in {Phase.JUDGING, Phase.ENDED} and last is not None:
        return _("The last day was %(day)s. The entry was not sent.") % {"day": day_text(last)}
    return _("This competition is not open.")


def must_take_entries(competition: Competition) -> None:
    if competition.phase is not Phase.OPEN:
        raise Refused(closed_sentence(competition), code="closed")


def _reference(year: int) -> str:
    return f"ENT-{year}-" + "".join(secrets.choice(_LETTERS) for _n in range(6))


def sound_description(text: str) -> str:
    """The description as it is stored. Refuses one that says nothing or is too long."""
    if len(text) > 4 * LONGEST:  # not read at all: who sends megabytes waits for nothing
        raise refuse("description", _too_long(len(text)), code="too_long")
    words = sound_text(text)
    if not words:
        raise refuse("description", _("Describe the entry."), code="empty")
    if len(words) > LONGEST:
        raise refuse("description", _too_long(len(words)), code="too_long")
    return words


def _too_long(length: int) -> str:
    words = {"number": number_figures(length), "most": number_figures(LONGEST)}
    return _("The description has %(number)s characters. At most %(most)s fit.") % words


def _require_age(competition: Competition, age: int) -> None:
    if not competition.age_from <= age <= competition.age_to:
        words = {"from": competition.age_from, "to": competition.age_to}
        raise refuse("age", _("This competition is for ages %(from)d to %(to)d.") % words, code="age")


def _category(competition: Competition, given: str) -> str:
    names = competition.category_names()
    if not names:
        return ""
    if given not in names:
        raise refuse("category", _("Choose a category."), code="no_category")
    return given


def send_entry(
    competition: Competition,
    *,
    by: Actor,
    given: Given,
    secret: str,
    source_key: str = "",
    upload: UploadedFile[Any] | None = None,
) -> CompetitionEntry:
    """One entry by the form, with its file. `secret` is that of the link of who sent it, of which the hash is stored."""
    must_take_entries(competition)  # before the file is looked at
    if upload is not None and not competition.takes_files:
        raise refuse("file", _("This competition takes no files."), code="no_files")
    before = (
        CompetitionEntry.objects.filter(competition=competition, source_key=source_key).first() if source_key else None
    )
    if before is not None:
        return before
    with kept(upload) as file:
        made = take_entry(competition, by=by, given=given, secret=secret, source_key=source_key, file=file)
        if file is not None and made.file.name != file.place:
            let_go(file.place)  # the same form was taken in meanwhile, with its own copy
        return made


@action("entry.sent", needs=None, quiet=True)
def take_entry(
    competition: Competition,
    *,
    by: Actor,
    given: Given,
    secret: str,
    source_key: str = "",
    file: KeptFile | None = None,
) -> CompetitionEntry:
    """Anybody may, from its first to its last day. The entry of a minor waits for the guardian, who is written to; of the age only the band
    is kept."""
    fresh = lock_latest(competition)
    must_take_entries(fresh)
    before = CompetitionEntry.objects.filter(competition=fresh, source_key=source_key).first() if source_key else None
    if before is not None:  # a second press of the button, while the first was taken in
        return before
    _require_age(fresh, given.age)
    entry = CompetitionEntry(
        competition=fresh,
        reference=_reference(clock.today().year),
        category=_category(fresh, given.category),
        age_band=band_of(given.age),
        title=require_text(sound_text(given.title), field="title", sentence=_("Enter the title of the entry.")),
        description=sound_description(given.description),
        team=sound_text(given.team),
        school=sound_text(given.school),
        place=given.place,
        entrant_name=require_text(
            sound_text(given.entrant_name), field="entrant_name", sentence=_("Enter the name of who enters.")
        ),
        guardian_name=sound_text(given.guardian_name),
        guardian_mail=given.guardian_mail.strip(),
        language=given.language,
        received_on=clock.today(),
        link_hash=hash_of(secret),
        source_key=source_key,
    )
    if file is not None:
        entry.file.name = file.place
        entry.file_name, entry.media_type, entry.file_size = file.name, file.media_type, file.size
    if is_minor(given.age):
        return _wait_for_guardian(entry)
    entry.state, entry.agreed_on = EntryState.ENTERED, clock.today()
    entry.guardian_name = entry.guardian_mail = ""  # who is of age has none
    return save(entry)


def _wait_for_guardian(entry: CompetitionEntry) -> CompetitionEntry:
    require_text(entry.guardian_name, field="guardian_name", sentence=_("Enter the name of a parent or guardian."))
    require_text(entry.guardian_mail, field="guardian_mail", sentence=_("Enter the e-mail of a parent or guardian."))
    secret = secrets.token_urlsafe(32)
    entry.state, entry.guardian_hash = EntryState.WAITING, hash_of(secret)
    saved = save(entry)
    outbox.post(guardian_mail(saved, secret))
    return saved


def must_wait(entry: CompetitionEntry) -> None:
    if entry.state != EntryState.WAITING:
        raise Refused(_("The guardian has agreed already."), code="agreed")


@action("guardian.reminded", needs=RUN)
def remind_guardian(entry: CompetitionEntry, *, by: Actor) -> CompetitionEntry:
    """A new link in a new e-mail; the one before works no more."""
    fresh = lock_latest(entry)
    must_wait(fresh)
    must_not_be_over(fresh)
    return _wait_for_guardian(fresh)


def must_not_be_over(entry: CompetitionEntry) -> None:
    if entry.competition.has_ended:
        raise Refused(_("The result of this competition is published."), code="ended")


def _must_be_guardian(by: Actor, entry: CompetitionEntry) -> None:
    """With the link as it is now: an older one works no more."""
    if not isinstance(by, Guardian) or by.entry.pk != entry.pk:
        raise NotAllowed
    if not entry.guardian_hash or entry.guardian_hash != by.entry.guardian_hash:
        raise Refused(_("This link works no more. Ask for a new one."), code="link_ended")


@action("guardian.agreed", needs=None)
def agree(entry: CompetitionEntry, *, by: Actor, may_name: bool = False) -> CompetitionEntry:
    """By the guardian's own link: from now on the jury reads the entry. The name is public only where the guardian says so, apart from
    that. Pressed again, it says only the latter."""
    fresh = lock_latest(entry)
    _must_be_guardian(by, fresh)
    must_not_be_over(fresh)
    if fresh.state == EntryState.EXCLUDED:
        raise Refused(_("This entry was excluded: %(reason)s") % {"reason": fresh.reason}, code="excluded")
    fresh.state, fresh.may_name = EntryState.ENTERED, may_name
    fresh.agreed_on = fresh.agreed_on or clock.today()
    return save(fresh)


@action("guardian.name_withdrawn", needs=None)
def withdraw_name(entry: CompetitionEntry, *, by: Actor) -> CompetitionEntry:
    """By the guardian's own link, at any time: the name is not in the published result any more."""
    fresh = lock_latest(entry)
    _must_be_guardian(by, fresh)
    fresh.may_name = False
    return save(fresh)


def withdraw_entry(entry: CompetitionEntry, *, by: Actor) -> None:
    """By the link of who sent it, or of the guardian, at any time: the entry is removed, with its file and its points. After the result
    its line goes too, and the others keep their places."""
    let_go(remove_entry(entry, by=by))  # only once the row is gone: a file is not brought back


@action("entry.withdrawn", needs=None)
def remove_entry(entry: CompetitionEntry, *, by: Actor) -> str:
    """What `withdraw_entry` does to the row. Returns where its file lies."""
    fresh = lock_latest(entry)
    if isinstance(by, Guardian):
        _must_be_guardian(by, fresh)
    elif not isinstance(by, Entrant) or by.entry.pk != fresh.pk or not fresh.link_hash:
        raise NotAllowed
    outbox.forget_mail([key(fresh)])
    place = str(fresh.file.name or "")
    delete(fresh)
    return place


# --- The jury -----------------------------------------------------------------------------------------------------


def must_be_judging(competition: Competition) -> None:
    if competition.phase not in {Phase.OPEN, Phase.JUDGING}:
        raise Refused(_("The jury gives no points now."), code="not_judging")


def _must_be_juror(by: Actor, member: JuryMember) -> None:
    if not isinstance(by, Juror) or by.member.pk != member.pk:
        raise NotAllowed
    if not member.link_hash or member.link_hash != by.member.link_hash:
        raise Refused(_("This link works no more. Ask for a new one."), code="link_ended")


def _must_be_readable(member: JuryMember, entry: CompetitionEntry) -> None:
    """Of the same competition, and agreed to by the guardian: else the member does not even know of it."""
    if entry.competition_id != member.competition_id or entry.state != EntryState.ENTERED or entry.is_erased:
        raise NotAllowed


@action("jury.scored", needs=None)
def give_points(member: JuryMember, *, by: Actor, entry: CompetitionEntry, points: Mapping[int, int]) -> None:
    """One member's points of one entry, for every criterion. Sent again they take the place of the earlier ones: a member counts once."""
    fresh = lock_latest(member)
    _must_be_juror(by, fresh)
    must_be_judging(fresh.competition)
    read = lock_latest(entry)
    _must_be_readable(fresh, read)
    if JuryConflict.objects.filter(member=fresh, entry=read).exists():
        sentence = _("You said that you know who sent this entry, so you do not judge it.")
        raise Refused(sentence, code="conflict")
    criteria = {criterion.pk: criterion for criterion in fresh.competition.criteria.all()}
    missing = [f"points_{pk}" for pk in criteria if pk not in points]
    if missing:
        sentence = _("Give points for every criterion.")
        raise Refused(sentence, code="missing", fields=dict.fromkeys(missing, sentence))
    held = {score.criterion_id: score for score in JuryScore.objects.filter(member=fresh, entry=read)}
    for pk, criterion in criteria.items():
        number = points[pk]
        if not 0 <= number <= MOST_POINTS:
            sentence = _("Points go from 0 to %(most)d.") % {"most": MOST_POINTS}
            raise refuse(f"points_{pk}", sentence, code="range")
        score = held.get(pk) or JuryScore(member=fresh, entry=read, criterion=criterion)
        score.points = number
        save(score)


@action("jury.conflict", needs=None)
def declare_conflict(member: JuryMember, *, by: Actor, entry: CompetitionEntry) -> None:
    """The member knows who sent it: points that they gave it go, and they give it no others."""
    fresh = lock_latest(member)
    _must_be_juror(by, fresh)
    must_be_judging(fresh.competition)
    read = lock_latest(entry)
    _must_be_readable(fresh, read)
    for score in JuryScore.objects.filter(member=fresh, entry=read):
        delete(score)
    if not JuryConflict.objects.filter(member=fresh, entry=read).exists():
        save(JuryConflict(member=fresh, entry=read))


@action("jury.conflict_withdrawn", needs=None)
def withdraw_conflict(member: JuryMember, *, by: Actor, entry: CompetitionEntry) -> None:
    """Pressed by mistake: the member may judge it again. Both are in the history."""
    fresh = lock_latest(member)
    _must_be_juror(by, fresh)
    must_be_judging(fresh.competition)
    for row in JuryConflict.objects.filter(member=fresh, entry=entry):
        delete(row)
