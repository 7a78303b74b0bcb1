"""The catalogue of courses: institutions keep their own by a link; staff may enter, hide and import them.

What an institution adds or changes is published at once: it was invited by name, its link reaches only its own courses, and text is never
read as a page. The coordinator gets it as a task to look at, and can hide it; a hidden course stays hidden whatever its institution
changes."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from floreo.core import clock, languages, outbox
from floreo.core.access import Actor, must
from floreo.core.action import action, note
from floreo.core.errors import NotAllowed, Refused
from floreo.core.keys import key
from floreo.core.links import hash_of
from floreo.core.plain_text import first_too_long, sound_text
from floreo.core.spelling import plain
from floreo.core.writing import assign, delete, free_code, lock_latest, refuse, require_text, save
from floreo.frameworks.models import Item
from floreo.organisations.models import Organisation
from floreo.workforce.access import Keeper
from floreo.workforce.importing import Read
from floreo.workforce.logic import CourseDay
from floreo.workforce.mails import KIND_INSTITUTION, institution_mail
from floreo.workforce.models import RUN, CatalogueCourse, CatalogueRole, CourseDate, Institution
from floreo.workforce.queries import role_items

REMIND_EVERY = timedelta(days=182)  # twice a year
MOST_COURSES = 500  # of one institution
MOST_DATES = 24
MOST_CHARACTERS = 2000  # of what one learns
MOST_SEATS = 100_000
_TEXTS = ("title", "summary", "cost_text", "duration")


# --- Institutions -------------------------------------------------------------------------------------------------


def must_have_mail(institution: Institution) -> None:
    if not institution.mail:
        raise Refused(_("Enter its e-mail address first."), code="no_mail")


def must_have_link(institution: Institution) -> None:
    if not institution.has_link:
        raise Refused(_("This institution has no link that works."), code="ended")


def must_be_empty(institution: Institution) -> None:
    if institution.courses.exists():
        raise Refused(_("It has courses in the catalogue, so it cannot be removed."), code="has_courses")


@action("institution.added", needs=RUN)
def add_institution(*, by: Actor, organisation: Organisation, mail: str = "", language: str = "") -> Institution:
    """An organisation of the register that offers courses. Its link is sent by an act of its own."""
    if Institution.objects.filter(organisation=organisation).exists():
        raise refuse("organisation", _("This organisation is in the catalogue already."), code="taken")
    return save(Institution(organisation=organisation, mail=mail.strip(), language=language or languages.first()))


@action("institution.updated", needs=RUN)
def update_institution(institution: Institution, *, by: Actor, version: int | None = None, **facts: Any) -> Institution:
    fresh = lock_latest(institution, version)
    assign(fresh, facts)
    return save(fresh)


@action("institution.removed", needs=RUN)
def remove_institution(institution: Institution, *, by: Actor) -> None:
    must_be_empty(institution)
    outbox.withdraw_mail(KIND_INSTITUTION, key(institution))
    delete(institution)


@action("institution.link_sent", needs=RUN)
def send_link(institution: Institution, *, by: Actor) -> Institution:
    """Sends it a new link; an older one works no more. Only the hash of the secret is stored."""
    fresh = lock_latest(institution)
    must_have_mail(fresh)
    return _send(fresh)


def _send(institution: Institution) -> Institution:
    secret = secrets.token_urlsafe(32)
    day = clock.today()
    institution.link_hash = hash_of(secret)
    institution.invited_on = institution.invited_on or day
    institution.reminded_on = day
    saved = save(institution)
    outbox.post(institution_mail(saved, secret))
    return saved


@action("institution.link_ended", needs=RUN)
def end_link(institution: Institution, *, by: Actor) -> Institution:
    """Its link works no more, and an e-mail with it that waits is not sent. Its courses stay."""
    fresh = lock_latest(institution)
    must_have_link(fresh)
    outbox.withdraw_mail(KIND_INSTITUTION, key(fresh))
    fresh.link_hash = ""
    return save(fresh)


@action("institutions.reminded", needs=RUN, quiet=True)
def remind_institutions(*, by: Actor) -> int:
    """Twice a year, a new link to every institution that had one. The worker's."""
    before = clock.today() - REMIND_EVERY
    rows = Institution.objects.select_for_update().exclude(link_hash="").exclude(mail="")
    due = [each for each in rows if each.reminded_on is None or each.reminded_on <= before]
    for each in due:
        _send(each)
    return len(due)


# --- Courses ------------------------------------------------------------------------------------------------------


def must_be_offered(course: CatalogueCourse) -> None:
    if course.removed_on is not None:
        raise Refused(_("This course was removed already."), code="removed")


def must_be_shown(course: CatalogueCourse) -> None:
    must_be_offered(course)
    if course.is_hidden:
        raise Refused(_("This course is hidden already."), code="hidden")


def must_be_hidden(course: CatalogueCourse) -> None:
    must_be_offered(course)
    if not course.is_hidden:
        raise Refused(_("This course is not hidden."), code="shown")


def must_be_unread(course: CatalogueCourse) -> None:
    must_be_offered(course)
    if not course.needs_look:
        raise Refused(_("Somebody has looked at this course already."), code="looked_at")


def _must_own(by: Actor, institution: Institution) -> bool:
    """Whoever has the institution's link, as it is now, or who runs the catalogue. Whether it is by the link."""
    if not isinstance(by, Keeper):
        must(by, RUN, institution)
        return False
    if by.institution.pk != institution.pk:
        raise NotAllowed
    if not institution.link_hash or institution.link_hash != by.institution.link_hash:
        raise Refused(_("This link works no more. Ask for a new one."), code="link_ended")
    return True


@action("catalogue.course_added", needs=None)
def add_course(institution: Institution, *, by: Actor, **facts: Any) -> CatalogueCourse:
    """A course that the institution offers."""
    fresh = lock_latest(institution)
    by_link = _must_own(by, fresh)
    if fresh.courses.filter(removed_on=None).count() >= MOST_COURSES:
        raise Refused(_("More than %(n)d courses of one institution do not fit.") % {"n": MOST_COURSES}, code="many")
    course = CatalogueCourse(institution=fresh, checked_on=clock.today(), needs_look=by_link)
    return _write(course, facts)


@action("catalogue.course_changed", needs=None)
def change_course(course: CatalogueCourse, *, by: Actor, version: int | None = None, **facts: Any) -> CatalogueCourse:
    """By the institution or by staff; it counts as confirmed on that day."""
    fresh = lock_latest(course, version)
    by_link = _must_own(by, Institution.objects.get(pk=fresh.institution_id))
    must_be_offered(fresh)
    fresh.checked_on = clock.today()
    fresh.needs_look = by_link or fresh.needs_look
    return _write(fresh, facts)


def _write(course: CatalogueCourse, facts: dict[str, Any]) -> CatalogueCourse:
    dates: Sequence[CourseDay] | None = facts.pop("dates", None)
    roles: Iterable[Item] | None = facts.pop("roles", None)
    for name in _TEXTS:
        if name in facts:
            facts[name] = sound_text(str(facts[name]))
    assign(course, facts)
    _require_sound(course)
    if not course.code:
        course.code = free_code(CatalogueCourse, f"{course.institution.organisation.code}-{course.title}")
    saved = save(course)
    if dates is not None:
        _write_dates(saved, dates)
    if roles is not None:
        _write_roles(saved, roles)
    return saved


def _require_sound(course: CatalogueCourse) -> None:
    course.title = require_text(course.title, field="title", sentence=_("Enter the title of the course."))
    others = course.institution.courses.filter(removed_on=None).exclude(pk=course.pk).values_list("title", flat=True)
    if plain(course.title) in {plain(title) for title in others}:
        raise refuse("title", _("You have a course with this title already. Change that one."), code="title_taken")
    if course.address and not course.address.lower().startswith(("https://", "http://")):
        raise refuse("address", _("An address begins with https:// or http://."), code="bad_address")
    _require_length(course)
    _require_cost(course)


def _require_length(course: CatalogueCourse) -> None:
    if wrong := first_too_long({"summary": (course.summary, MOST_CHARACTERS)}):
        raise refuse(wrong[0], _("It is longer than %(most)d characters.") % {"most": wrong[1]}, code="too_long")


def _require_cost(course: CatalogueCourse) -> None:
    amount = course.cost_amount
    course.currency = (course.currency or "").strip().upper()
    if amount is not None and amount < 0:
        raise refuse("cost_amount", _("A cost is not negative."), code="negative")
    if amount == 0:
        course.is_free, course.cost_amount, course.currency = True, None, ""
    elif amount is not None and course.is_free:
        raise refuse("cost_amount", _("It costs nothing, so there is no amount. Clear one of the two."), code="both")
    elif amount is None:
        course.currency = ""
    elif len(course.currency) != 3 or not course.currency.isascii() or not course.currency.isalpha():
        raise refuse("currency", _("Write the currency with three letters, for example USD."), code="bad_currency")


def _write_dates(course: CatalogueCourse, dates: Sequence[CourseDay]) -> None:
    """Those days, and no others of the future: what was held stays, since it is counted."""
    if len(dates) > MOST_DATES:
        raise Refused(_("At most %(n)d dates of one course fit.") % {"n": MOST_DATES}, code="many_dates")
    wanted = {each.starts_on: each.seats for each in dates}
    if any(seats is not None and not 0 <= seats <= MOST_SEATS for seats in wanted.values()):
        raise refuse("dates", _("A number of seats is not negative, nor larger than 100,000."), code="bad_seats")
    held = {each.starts_on: each for each in course.dates.all()}
    for day, row in held.items():
        if day not in wanted and day >= clock.today():
            delete(row)
    for day, seats in wanted.items():
        row = held.get(day) or CourseDate(course=course, starts_on=day)
        if row.pk is None or row.seats != seats:
            row.seats = seats
            save(row)


def _write_roles(course: CatalogueCourse, roles: Iterable[Item]) -> None:
    wanted = {item.pk: item for item in roles}
    if len(wanted) != role_items().filter(pk__in=list(wanted)).count():
        raise refuse("roles", _("This is no role of a skills framework."), code="no_role")
    held = {row.item_id: row for row in course.course_roles.all()}
    for pk, row in held.items():
        if pk not in wanted:
            delete(row)
    for pk, item in wanted.items():
        if pk not in held:
            save(CatalogueRole(course=course, item=item))


@action("catalogue.course_removed", needs=None)
def remove_course(course: CatalogueCourse, *, by: Actor) -> CatalogueCourse:
    """It is offered no more: it leaves the catalogue, and what was held stays counted."""
    fresh = lock_latest(course)
    _must_own(by, Institution.objects.get(pk=fresh.institution_id))
    must_be_offered(fresh)
    fresh.removed_on, fresh.needs_look = clock.today(), False
    saved = save(fresh)
    for each in fresh.dates.filter(starts_on__gte=clock.today()):
        delete(each)
    return saved


@action("catalogue.confirmed", needs=None)
def confirm_courses(institution: Institution, *, by: Actor) -> int:
    """All courses of the institution are right as they are. Returns how many."""
    fresh = lock_latest(institution)
    _must_own(by, fresh)
    day = clock.today()
    rows = list(fresh.courses.filter(removed_on=None).exclude(checked_on=day).select_for_update())
    for course in rows:
        course.checked_on = day
        save(course)
    fresh.confirmed_on = day
    save(fresh)
    return len(rows)


@action("catalogue.course_hidden", needs=RUN)
def hide_course(course: CatalogueCourse, *, by: Actor, reason: str) -> CatalogueCourse:
    """Nobody outside finds it; its institution reads the reason at its link."""
    fresh = lock_latest(course)
    must_be_shown(fresh)
    fresh.hidden_reason = require_text(reason, field="reason", sentence=_("Say why it is hidden."))
    fresh.is_hidden, fresh.needs_look = True, False
    return save(fresh, at={"hidden_reason": "reason"})


@action("catalogue.course_shown", needs=RUN)
def show_course(course: CatalogueCourse, *, by: Actor) -> CatalogueCourse:
    fresh = lock_latest(course)
    must_be_hidden(fresh)
    fresh.is_hidden, fresh.hidden_reason, fresh.needs_look = False, "", False
    return save(fresh)


@action("catalogue.course_looked_at", needs=RUN)
def look_at(course: CatalogueCourse, *, by: Actor) -> CatalogueCourse:
    """What the institution wrote is in order."""
    fresh = lock_latest(course)
    must_be_unread(fresh)
    fresh.needs_look = False
    return save(fresh)


# --- From a file --------------------------------------------------------------------------------------------------


@action("catalogue.imported", needs=RUN)
def import_courses(*, by: Actor, read: Read) -> tuple[int, int]:
    """All rows of a file in which nothing is wrong; a course with the same institution and title is changed. Returns how many were added
    and changed."""
    if read.problems:
        raise Refused(
            ngettext(
                "Nothing was imported: %(count)d problem is to be corrected first.",
                "Nothing was imported: %(count)d problems are to be corrected first.",
                len(read.problems),
            )
            % {"count": len(read.problems)},
            code="problems",
        )
    added = changed = 0
    institutions: dict[int, Institution] = {}
    for row in read.rows:
        body = row.organisation
        if body.pk not in institutions:
            found = Institution.objects.filter(organisation=body).first()
            institutions[body.pk] = found if found is not None else save(Institution(organisation=body))
        institution = institutions[body.pk]
        facts = dict(row.facts)
        before = next(
            (c for c in institution.courses.filter(removed_on=None) if plain(c.title) == plain(str(facts["title"]))),
            None,
        )
        course = before or CatalogueCourse(institution=institution)
        course.checked_on = clock.today()
        try:
            _write(course, facts)
        except Refused as refusal:
            sentence = "; ".join(str(text) for text in refusal.fields.values()) or str(refusal.sentence)
            raise Refused(
                _("Line %(line)d: %(sentence)s") % {"line": row.line, "sentence": sentence}, code="bad_row"
            ) from refusal
        added, changed = added + (before is None), changed + (before is not None)
    note(file=read.name, sha256=read.sha256, added_courses=added, changed_courses=changed)
    return added, changed
