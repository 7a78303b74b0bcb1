"""The mails of this app: the weekly e-mail, a reminder, and what a deputy is sent. Plain text, in the reader's language."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from floreo.core.tasks import Task
from floreo.core.wording import colon, day_text, short_day
from floreo.organisations.models import Person, User
from floreo.tasks.logic import DueGroup, in_parts
from floreo.tasks.presenters import PART_WORDS, heading, when_text

AT_MOST = 40  # things in one mail; the rest are on the page


@dataclass(frozen=True)
class Text:
    """A subject and a text. `is_secret`: it holds a link that answers without an account."""

    subject: str
    text: str
    is_secret: bool = False


def absolute(address: str) -> str:
    return address if address.startswith(("http://", "https://")) else f"{settings.SITE_ADDRESS}{address}"


def lines_of(item: Task, today: date, *, has_workspace: bool) -> list[str]:
    """One thing in two or three lines: how late, what, why, and where to go."""
    when = when_text(item, today)
    if item.due:
        when = _("%(when)s (%(day)s)") % {"when": when, "day": short_day(item.due)}
    found = [f"- {when}{colon()} {item.title}", f"  {item.why}"]
    if item.answer:
        found.append(_("  Answer without signing in: %(link)s") % {"link": absolute(item.answer)})
    elif has_workspace:
        found.append(f"  {absolute(item.href)}")
    return [line for line in found if line.strip()]


def weekly(name: str, items: Sequence[Task], today: date, *, country: str, has_workspace: bool) -> Text:
    """One message, worst first."""
    parts = in_parts(items, today)
    late = len(parts[DueGroup.OVERDUE])
    lines, shown = [], 0
    for part, found in parts.items():
        taken = found[: max(AT_MOST - shown, 0)]
        if taken:
            lines += ["", str(PART_WORDS[part]).upper(), ""]
            lines += [line for item in taken for line in lines_of(item, today, has_workspace=has_workspace)]
            shown += len(taken)
    if rest := len(items) - shown:
        lines += ["", ngettext("%(n)d more is on the page.", "%(n)d more are on the page.", rest) % {"n": rest}]
    opening = _("Good morning %(name)s,") % {"name": name}
    sentence = _("These are your tasks on %(day)s.") % {"day": day_text(today)}
    closing = (
        _closing()
        if has_workspace
        else [_("You receive this because a review requests an update from you. It stops when the request ends.")]
    )
    text = [opening, "", f"{sentence} {heading(late, len(items), now=len(parts[DueGroup.NOW]))}", *lines, "", *closing]
    subject = _("Your tasks, %(country)s cybersecurity strategy") % {"country": country}
    if late:
        overdue = ngettext("%(n)d overdue", "%(n)d overdue", late) % {"n": late}
        subject = f"{subject}{colon()} {overdue}"
    return Text(subject, "\n".join(text) + "\n", any(item.answer for item in items))


def news(name: str, items: Sequence[tuple[str, Task]], today: date, *, country: str, is_daily: bool) -> Text:
    """What is new for one person since the last e-mail, each with the kind of which it is. One message, however much there is."""
    lines: list[str] = []
    kind = ""
    for words, item in items[:AT_MOST]:
        if words != kind:
            lines += ["", words.upper(), ""]
            kind = words
        lines += lines_of(item, today, has_workspace=True)
    if (rest := len(items) - AT_MOST) > 0:
        lines += ["", ngettext("%(n)d more is on the page.", "%(n)d more are on the page.", rest) % {"n": rest}]
    subject = items[0][1].title
    if len(items) > 1:
        number = {"n": len(items), "country": country}
        subject = ngettext("%(n)d new task, %(country)s", "%(n)d new tasks, %(country)s", len(items)) % number
    opening = _("Good morning %(name)s,") if is_daily else _("Good day %(name)s,")
    closing = [
        _("All tasks: %(link)s") % {"link": absolute(reverse("workspace:home"))},
        _("Choose what you are notified of, and how often: %(link)s")
        % {"link": absolute(reverse("workspace:my_notifications"))},
    ]
    text = [opening % {"name": name}, *lines, "", *closing]
    return Text(subject, "\n".join(text) + "\n", any(item.answer for _words, item in items))


def _closing() -> list[str]:
    workspace, weekly_page = absolute(reverse("workspace:home")), absolute(reverse("workspace:weekly"))
    return [
        _("All tasks: %(link)s") % {"link": workspace},
        _("Change the day, or stop this e-mail: %(link)s") % {"link": weekly_page},
    ]


def send_reminder(to: str, items: Sequence[Task], today: date, *, by: str, country: str, has_workspace: bool) -> Text:
    """A person reminds another of what waits."""
    text = ngettext(
        "%(by)s sends you a reminder about a task in the cybersecurity strategy of %(country)s:",
        "%(by)s sends you a reminder about tasks in the cybersecurity strategy of %(country)s:",
        len(items),
    ) % {"by": by, "country": country}
    return _letter_text(to, items, today, text, has_workspace=has_workspace, country=country)


def escalation(
    to: str, items: Sequence[Task], today: date, *, by: str, country: str, deputy_of: str, has_workspace: bool
) -> Text:
    """The deputy is informed of what the person they replace was reminded of in vain."""
    text = _(
        "You are the deputy of %(person)s. %(by)s sent them a reminder about the following, in the "
        "cybersecurity strategy of %(country)s, and it is still open:"
    )
    text %= {"person": deputy_of, "by": by, "country": country}
    return _letter_text(to, items, today, text, has_workspace=has_workspace, country=country)


def _letter_text(
    to: str, items: Sequence[Task], today: date, sentence: str, *, has_workspace: bool, country: str
) -> Text:
    lines = [line for item in items[:AT_MOST] for line in lines_of(item, today, has_workspace=has_workspace)]
    if rest := len(items) - AT_MOST:
        lines += [ngettext("And %(n)d more.", "And %(n)d more.", rest) % {"n": rest}] if rest > 0 else []
    how = _("Reply to this e-mail, or give an update on the page above.")
    if not has_workspace and not any(item.answer for item in items):
        how = _("Reply to this e-mail with an update and the expected date.")
    text = [_("Good day %(name)s,") % {"name": to}, "", sentence, "", *lines, "", how]
    late = max((item.days_late(today) for item in items), default=0)
    subject = _("Reminder: %(title)s") % {"title": items[0].title}
    if late:
        subject = f"{subject} ({when_text(items[0], today)})"
    return Text(subject, "\n".join(text) + "\n", any(item.answer for item in items))


def language_of(reader: User | Person | None, otherwise: str) -> str:
    """In which language somebody is written to."""
    if isinstance(reader, User):
        return reader.language or (reader.person.language if reader.person else "") or otherwise
    return (reader.language if reader else "") or otherwise
