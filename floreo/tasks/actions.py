"""Writing of this app: reminders, escalations, private calendar addresses, the weekly e-mail."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from floreo.core import clock, languages, outbox
from floreo.core.access import Actor, Permission
from floreo.core.action import action, note
from floreo.core.audit import key
from floreo.core.errors import NotAllowed, Refused
from floreo.core.models import HeldBecause, OutboxMail
from floreo.core.private_routes import with_placeholders
from floreo.core.tasks import News, Task
from floreo.core.wording import day_text
from floreo.core.writing import delete, save
from floreo.organisations.models import Organisation, Person, User
from floreo.organisations.queries import the_country
from floreo.tasks import letters
from floreo.tasks.logic import may_remind_about
from floreo.tasks.models import (
    FeedKey,
    NotificationChoice,
    NotificationState,
    Reminder,
    ReminderKind,
    WeeklyMail,
)
from floreo.tasks.notifying import Rhythm, defaults
from floreo.tasks.queries import EVERYBODY, gathered, reminded_before

WORTHLESS_AFTER = timedelta(days=6)  # then the next weekly mail is about to come


@action("reminder.sent", needs=Permission.REMIND)
def send_reminder(whom: Organisation | Person, *, by: Actor, items: Sequence[Task]) -> list[Reminder]:
    """Reminds whoever answers for each of these things: the person it names, else the organisation's own address. What
    somebody was reminded of in the last two days is left out; when that is all of it, the answer is no."""
    _hold(whom)
    letters_for = _by_person(whom, _not_resting(whom, items))
    reached = {person: found for person, found in letters_for.items() if _address(whom, person)[1]}
    if not reached:
        lacking = next(iter(letters_for)) or whom
        given = _("%(who)s has no e-mail address in the register. Add one, then send a reminder.")
        raise Refused(given % {"who": _name(lacking)}, code="no_address")
    outbox.post_all(_held(whom, person) for person in letters_for if person not in reached)
    return [_send(ReminderKind.REMIND, whom, person, found, by=by) for person, found in reached.items()]


def _held(whom: Organisation | Person, person: Person | None) -> OutboxMail:
    """What would go to somebody of whom the register has no address."""
    name = _name(person or whom)
    subject = _("Reminder: %(who)s") % {"who": name}
    kind, why = f"reminder.{ReminderKind.REMIND}", HeldBecause.NO_ADDRESS
    return outbox.held(name=name, subject=subject, kind=kind, about=key(whom), why=why)


@action("reminder.escalated", needs=Permission.REMIND)
def escalate(whom: Organisation | Person, *, by: Actor, items: Sequence[Task]) -> list[Reminder]:
    """Notifies the deputies of those who were reminded of these things and still have them to do."""
    _hold(whom)
    today = clock.today()
    reminded = {name for n in reminded_before([i.key for i in items], today) for name in n.keys}
    chased = [item for item in items if item.key in reminded]
    if not chased:
        raise Refused(
            _(
                "No reminder has been sent for this yet. Send a reminder first; notify the deputy only if there "
                "is no answer."
            ),
            code="remind_first",
        )
    sent = []
    for person, found in _by_person(whom, _not_resting(whom, chased, ReminderKind.ESCALATION)).items():
        deputy = person.deputy if person else None
        if deputy is None or not deputy.email or not deputy.is_active:
            continue
        sent.append(_send(ReminderKind.ESCALATION, whom, deputy, found, by=by, deputy_of=person))
    if not sent:
        raise Refused(_no_deputy(whom, chased), code="no_deputy")
    return sent


def _no_deputy(whom: Organisation | Person, items: Sequence[Task]) -> str:
    named = Person.objects.filter(pk__in={i.person for i in items if i.person is not None}).first()
    if named is None:
        return _("No person is named for the open tasks of %(who)s. Name one on the action's page, with a deputy.") % {
            "who": _name(whom)
        }
    return _("%(person)s has no deputy with an e-mail address. Add one on their page in the register.") % {
        "person": named.name
    }


def _hold(whom: Organisation | Person) -> None:
    """Two who press at once: the second waits here, and then finds that it is done."""
    type(whom)._default_manager.select_for_update().get(pk=whom.pk)


def _not_resting(
    whom: Organisation | Person, items: Sequence[Task], kind: ReminderKind = ReminderKind.REMIND
) -> list[Task]:
    today = clock.today()
    keys = [item.key for item in items]
    if not keys:
        raise Refused(_("%(who)s has no open tasks.") % {"who": _name(whom)}, code="nothing_owed")
    free, until = may_remind_about(keys, reminded_before(keys, today, kind=kind), today)
    if not free:
        entries = _("A reminder was sent to %(who)s less than two days ago. Send the next one from %(day)s.")
        if kind is ReminderKind.ESCALATION:
            entries = _("The deputy for %(who)s was notified less than two days ago. Notify them again from %(day)s.")
        raise Refused(entries % {"who": _name(whom), "day": day_text(until or today)}, code="reminded_already")
    wanted = set(free)
    return [item for item in items if item.key in wanted]


def _name(whom: Organisation | Person) -> str:
    return whom.label if isinstance(whom, Organisation) else whom.name


def _by_person(whom: Organisation | Person, items: Sequence[Task]) -> dict[Person | None, list[Task]]:
    """Who gets a mail about which things; None is the organisation's own address."""
    ids = {i.person for i in items if i.person is not None}
    people = Person.objects.select_related("deputy").filter(pk__in=ids, is_active=True).in_bulk()
    reach: dict[Person | None, list[Task]] = defaultdict(list)
    for item in items:
        reach[people.get(item.person or 0)].append(item)
    return dict(reach)


def _address(whom: Organisation | Person, person: Person | None) -> tuple[str, str]:
    """Name and address of the one who gets the mail; the address is empty where there is none."""
    if person is not None and person.email:
        return person.name, person.email
    return _name(whom), whom.email


def _send(
    kind: ReminderKind,
    whom: Organisation | Person,
    person: Person | None,
    items: Sequence[Task],
    *,
    by: Actor,
    deputy_of: Person | None = None,
) -> Reminder:
    """Keeps the reminder and the mail that carries it, in one go."""
    to, address = _address(whom, person)
    country = the_country()
    language = letters.language_of(person, languages.first())
    has_workspace = User.objects.filter(email__iexact=address, is_active=True).exists()
    today = clock.today()
    with translation.override(language):
        place = country.in_language("name") if country else ""
        given = _in_language(items, by)
        words: dict[str, Any] = {"by": by.actor_name, "country": place, "has_workspace": has_workspace}
        if deputy_of is not None:
            text = letters.escalation(to, given, today, deputy_of=deputy_of.name, **words)
        else:
            text = letters.send_reminder(to, given, today, **words)
    body = whom if isinstance(whom, Organisation) else None
    headers = {"Reply-To": by.email} if isinstance(by, User) else {}
    letter = outbox.letter(
        to=address,
        subject=text.subject,
        text=text.text,
        kind=f"reminder.{kind}",
        language=language,
        is_secret=text.is_secret,
        headers=headers,
    )
    made = save(
        Reminder(
            kind=kind,
            organisation=body,
            person=person,
            to_name=to,
            keys=[item.key for item in items],
            text=with_placeholders(text.text) if text.is_secret else text.text,
            on=today,
            sent_by=by.actor_name,
        )
    )
    letter.about = key(made)
    made.mail = outbox.post(letter)
    return save(made)


def _in_language(items: Sequence[Task], by: Actor) -> list[Task]:
    """The same things, worded in the language that is active now."""
    wanted = {item.key for item in items}
    return [item for item in gathered(EVERYBODY, viewer=by) if item.key in wanted]


def _their_own(user: User, by: Actor) -> None:
    """A calendar and a mail are one's own: nobody sets them for another."""
    if not isinstance(by, User) or by.pk != user.pk:
        raise NotAllowed


@action("calendar.renewed", needs=Permission.WORKSPACE_OPEN)
def renew_feed(user: User, *, by: Actor) -> FeedKey:
    """A new address for the private calendar; the old one stops working at once."""
    _their_own(user, by)
    feed, made = FeedKey.objects.select_for_update().get_or_create(user=user)
    feed.link_version = 2 if made else feed.link_version + 1
    note(address=_("the old address no longer works"))
    return save(feed)


def remember_calendar(user: User, entries: Mapping[str, Any]) -> None:
    """What the calendar showed. No act of anybody: it only counts, so it is in no trail."""
    if not FeedKey.objects.filter(user=user).update(entries=entries):
        FeedKey.objects.get_or_create(user=user, defaults={"entries": entries})


@action("weekly_mail.set", needs=Permission.WORKSPACE_OPEN)
def set_weekly(user: User, *, by: Actor, weekday: int, is_on: bool) -> WeeklyMail:
    """On which day the weekly e-mail comes, or that it does not."""
    _their_own(user, by)
    if weekday not in range(7):
        raise Refused(
            _("Choose a day of the week."), code="no_weekday", fields={"weekday": _("Choose a day of the week.")}
        )
    found = WeeklyMail.objects.select_for_update().filter(user=user).first() or WeeklyMail(user=user)
    found.weekday, found.is_on = weekday, is_on
    return save(found)


@action("weekly_mail.sent", needs=Permission.WORKSPACE_OPEN, quiet=True)
def post_weekly(reader: User | Person, *, by: Actor, slot: date, text: letters.Text | None, language: str) -> bool:
    """Settles one week's mail for one reader: posts it, or notes that there was no task. False when it was settled
    already, by another worker."""
    of = {"user": reader} if isinstance(reader, User) else {"person": reader}
    row, _made = WeeklyMail.objects.select_for_update().get_or_create(**of)
    if row.last_on is not None and row.last_on >= slot:
        return False
    if text is None:  # there was no task: settled all the same, and nothing for the trail
        WeeklyMail.objects.filter(pk=row.pk).update(last_on=slot)
    else:
        row.last_on = slot
        save(row)
        letter = outbox.letter(
            to=reader.email,
            subject=text.subject,
            text=text.text,
            kind="weekly_mail.sent",
            about=key(reader),
            language=language,
            is_secret=text.is_secret,
            not_after=clock.now() + WORTHLESS_AFTER,
        )
        outbox.post(letter)
    return True


@action("notifications.set", needs=Permission.WORKSPACE_OPEN, quiet=True)
def set_notifications(
    user: User, *, by: Actor, rhythms: Mapping[News, Rhythm], weekday: int | None = None, is_on: bool = True
) -> User:
    """How often one is notified of each kind. What is as one's roles have it anyway is not kept, and follows them. With a `weekday`, when
    the weekly e-mail comes, too."""
    _their_own(user, by)
    usual = defaults(role for role, _organisation in user.grants())
    there = {each.news: each for each in NotificationChoice.objects.select_for_update().filter(user=user)}
    for news, rhythm in rhythms.items():
        row = there.get(news)
        if rhythm != usual[news]:
            row = row or NotificationChoice(user=user, news=news)
            row.rhythm = rhythm
            save(row)
        elif row is not None:
            delete(row)
    if weekday is not None:
        set_weekly(user, by=by, weekday=weekday, is_on=is_on)
    return user


@action("notifications.sent", needs=Permission.WORKSPACE_OPEN, quiet=True)
def post_notification(
    user: User,
    *,
    by: Actor,
    text: letters.Text | None,
    notified: Mapping[str, int],
    daily_on: date | None,
    language: str,
) -> bool:
    """Remembers of what the account was notified, and posts the e-mail, if there is one. False where another worker was first."""
    row, _made = NotificationState.objects.select_for_update().get_or_create(user=user)
    if daily_on is not None and row.daily_on is not None and row.daily_on >= daily_on and text is not None:
        return False
    facts = {"notified": dict(notified), "daily_on": daily_on or row.daily_on}
    NotificationState.objects.filter(pk=row.pk).update(**facts)
    if text is not None:
        outbox.post(
            outbox.letter(
                to=user.email,
                subject=text.subject,
                text=text.text,
                kind="notifications.sent",
                language=language,
                is_secret=text.is_secret,
                not_after=clock.now() + WORTHLESS_AFTER,
            )
        )
    return text is not None
