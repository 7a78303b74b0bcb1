"""The mail that alerts the duty contact of the national team."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from floreo.core import languages, outbox
from floreo.core.models import OutboxMail
from floreo.core.wording import colon, day_text, listed
from floreo.feeds.models import Feed, Finding, Notice, Reply, Run
from floreo.feeds.notice_mail import in_each, languages_for
from floreo.feeds.selection import Reach
from floreo.feeds.texts import title_for_others
from floreo.organisations.models import Organisation

KIND = "feeds.duty"
KEY_KIND = "signing.stopped"  # of no app whose mail is signed: core/protection.py
MOST_LINES = 20  # of each part; all are under My tasks
Grouped = Mapping[tuple[int, str], Sequence[Finding]]


@dataclass(frozen=True)
class News:
    """What the mail is about."""

    calls: Grouped
    findings: Grouped
    replies: Sequence[Reply] = ()
    notices: Sequence[Notice] = ()
    feeds: Sequence[Feed] = ()
    nights: Sequence[Run] = ()
    held_notices: int = 0  # organisations whose notices are held


def mails_of(team: Organisation, to: Sequence[Reach], news: News) -> list[OutboxMail]:
    """One to each address. It names organisations and kinds, never addresses of networks."""
    return [_mail(team, reach, news) for reach in to]


def key_mails(team: Organisation, to: Sequence[Reach], since: date) -> list[OutboxMail]:
    """That mail of the team waits for its key, one to each address. It leaves unsigned (KEY_KIND), and says nothing of any record."""
    return [_key_mail(team, reach, since) for reach in to]


def _key_mail(team: Organisation, reach: Reach, since: date) -> OutboxMail:
    languages = languages_for(reach.language)
    subject, text = in_each(languages, lambda: (_("On duty: e-mail of the team waits"), _key_text(team, since)))
    language = languages[0] if len(languages) == 1 else ""
    return outbox.letter(to=reach.address, subject=subject, text=text, kind=KEY_KIND, language=language)


def _key_text(team: Organisation, since: date) -> str:
    parts = [
        _(
            "Since %(day)s the key with which e-mail of the team is signed cannot be used. Notices, advisories, e-mails of "
            "cases and alerts to you wait. They leave by themselves once whoever runs the server has corrected the key."
        )
        % {"day": day_text(since)},
        _("Until then, look at what waits under My tasks: %(link)s") % {"link": _absolute(reverse("workspace:home"))},
        _("This e-mail is not signed, since it would wait for the same key."),
        _("You receive this because the register has your address as the contact of %(team)s for this.")
        % {"team": team.in_language("name")},
    ]
    return "\n\n".join(parts) + "\n"


def _mail(team: Organisation, reach: Reach, news: News) -> OutboxMail:
    languages = languages_for(reach.language)
    subject, text = in_each(languages, lambda: (_subject(news), _text(team, news)))
    language = languages[0] if len(languages) == 1 else ""
    return outbox.letter(to=reach.address, subject=subject, text=text, kind=KIND, language=language, is_secret=True)


def _subject(news: News) -> str:
    parts = []
    if n := _count(news.calls):
        parts.append(ngettext("%(n)d request for help", "%(n)d requests for help", n) % {"n": n})
    if n := _count(news.findings):
        parts.append(ngettext("%(n)d new critical finding", "%(n)d new critical findings", n) % {"n": n})
    if n := len(news.replies):
        parts.append(ngettext("%(n)d reply", "%(n)d replies", n) % {"n": n})
    if n := len(news.notices):
        parts.append(ngettext("%(n)d notice not delivered", "%(n)d notices not delivered", n) % {"n": n})
    if n := len(news.feeds):
        parts.append(ngettext("%(n)d silent feed", "%(n)d silent feeds", n) % {"n": n})
    if n := news.held_notices:
        parts.append(
            ngettext("notices to %(n)d organisation held", "notices to %(n)d organisations held", n) % {"n": n}
        )
    if n := len(news.nights):
        parts.append(ngettext("%(n)d unusual file held", "%(n)d unusual files held", n) % {"n": n})
    return _("On duty: %(what)s") % {"what": listed(parts)}


def _count(grouped: Grouped) -> int:
    return sum(map(len, grouped.values()))


def _text(team: Organisation, news: News) -> str:
    parts = [
        _part(_("These organisations ask for help:"), _lines(news.calls)),
        _part(_("New critical findings:"), _lines(news.findings)),
        _part(_("Organisations replied to notices:"), _replied(news.replies)),
        _part(_("Notices that were not delivered. Ask for another address:"), _undelivered(news.notices)),
        _part(_("Feeds that send nothing any more. Ask the sender:"), _silent(news.feeds)),
        _part(
            _("Notices that are many more than usual. None leaves until somebody sends them:"),
            _held_notices(news.held_notices),
        ),
        _part(
            _(
                "Files with far fewer or far more rows than usual. Until somebody decides, they close no finding and are in "
                "no notice:"
            ),
            _nights(news.nights),
        ),
        _("All of them, with what to do: %(link)s") % {"link": _absolute(reverse("workspace:home"))},
        _(
            "You receive this because the register has your address as the contact of %(team)s for this. Much that "
            "comes within a few minutes is in one e-mail."
        )
        % {"team": team.in_language("name")},
    ]
    return "\n\n".join(filter(None, parts)) + "\n"


def _part(heading: str, lines: Sequence[str]) -> str:
    return "\n".join([heading, *lines]) if lines else ""


def _replied(replies: Sequence[Reply]) -> list[str]:
    """By organisation, how many of each reply."""
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for reply in replies:
        found[reply.finding.organisation.successor().in_language("name")][str(reply.get_kind_display())] += 1
    lines = [
        "- "
        + _("%(name)s: %(replies)s")
        % {"name": name, "replies": ", ".join(f"{word} ({n})" for word, n in kinds.items())}
        for name, kinds in found.items()
    ]
    return _most(lines)


def _undelivered(notices: Sequence[Notice]) -> list[str]:
    return _most(
        [f"- {n.organisation.successor().in_language('name')}\n  {_absolute(n.get_absolute_url())}" for n in notices]
    )


def _silent(feeds: Sequence[Feed]) -> list[str]:
    return _most([f"- {feed.name}\n  {_absolute(feed.get_absolute_url())}" for feed in feeds])


def _held_notices(organisations: int) -> list[str]:
    if not organisations:
        return []
    words = ngettext("%(n)d organisation", "%(n)d organisations", organisations) % {"n": organisations}
    return [f"- {words}\n  {_absolute(reverse('workspace:notices_due'))}"]


def _nights(nights: Sequence[Run]) -> list[str]:
    """By feed, how many of its files are held."""
    number = Counter(night.feed_id for night in nights)
    feeds = {night.feed_id: night.feed for night in nights}
    return _most(
        [f"- {feed.name} ({number[pk]})\n  {_absolute(feed.get_absolute_url())}#nights" for pk, feed in feeds.items()]
    )


def _most(lines: list[str]) -> list[str]:
    left = len(lines) - MOST_LINES
    return lines[:MOST_LINES] + ([_("- and %(n)d more") % {"n": left}] if left > 0 else [])


def _lines(grouped: Grouped) -> list[str]:
    lines = []
    for found in list(grouped.values())[:MOST_LINES]:
        first = found[0]
        name = first.organisation.successor().in_language("name")
        title = title_for_others(first.kind, languages.now(), first.taxonomy)
        lines.append(f"- {name}{colon()} {title} ({len(found)})\n  {_absolute(first.get_absolute_url())}")
    left = len(grouped) - len(lines)
    return lines + ([_("- and %(n)d more") % {"n": left}] if left > 0 else [])


def _absolute(path: str) -> str:
    return str(settings.SITE_ADDRESS) + path
