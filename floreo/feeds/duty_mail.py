"""The mail that alerts the duty contact of the national team."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from floreo.core import languages, outbox
from floreo.core.models import OutboxMail
from floreo.core.wording import listed
from floreo.feeds.models import Finding
from floreo.feeds.notice_mail import in_each, languages_for
from floreo.feeds.selection import Reach
from floreo.feeds.texts import title_for_others
from floreo.organisations.models import Organisation

KIND = "feeds.duty"
MOST_LINES = 20  # of each part; all are under My tasks
Grouped = Mapping[tuple[int, str], Sequence[Finding]]


def mails_of(team: Organisation, to: Sequence[Reach], calls: Grouped, findings: Grouped) -> list[OutboxMail]:
    """One to each address. It names organisations and kinds, never addresses of networks."""
    return [_mail(team, reach, calls, findings) for reach in to]


def _mail(team: Organisation, reach: Reach, calls: Grouped, findings: Grouped) -> OutboxMail:
    languages = languages_for(reach.language)
    subject, text = in_each(languages, lambda: (_subject(calls, findings), _text(team, calls, findings)))
    language = languages[0] if len(languages) == 1 else ""
    return outbox.letter(to=reach.address, subject=subject, text=text, kind=KIND, language=language, is_secret=True)


def _subject(calls: Grouped, findings: Grouped) -> str:
    parts = []
    if n := _count(calls):
        parts.append(ngettext("%(n)d request for help", "%(n)d requests for help", n) % {"n": n})
    if n := _count(findings):
        parts.append(ngettext("%(n)d new critical finding", "%(n)d new critical findings", n) % {"n": n})
    return _("On duty: %(what)s") % {"what": listed(parts)}


def _count(grouped: Grouped) -> int:
    return sum(map(len, grouped.values()))


def _text(team: Organisation, calls: Grouped, findings: Grouped) -> str:
    parts = []
    if calls:
        parts.append("\n".join([_("These organisations ask for help:"), *_lines(calls)]))
    if findings:
        parts.append("\n".join([_("New critical findings:"), *_lines(findings)]))
    parts.append(_("All of them, with what to do: %(link)s") % {"link": _absolute(reverse("workspace:home"))})
    parts.append(
        _(
            "You receive this because the register has your address as the contact of %(team)s for this. Much that "
            "comes within a few minutes is in one e-mail."
        )
        % {"team": team.in_language("name")}
    )
    return "\n\n".join(parts) + "\n"


def _lines(grouped: Grouped) -> list[str]:
    lines = []
    for found in list(grouped.values())[:MOST_LINES]:
        first = found[0]
        name = first.organisation.successor().in_language("name")
        title = title_for_others(first.kind, languages.now(), first.taxonomy)
        lines.append(f"- {name}: {title} ({len(found)})\n  {_absolute(first.get_absolute_url())}")
    left = len(grouped) - len(lines)
    return lines + ([_("- and %(n)d more") % {"n": left}] if left > 0 else [])


def _absolute(path: str) -> str:
    return str(settings.SITE_ADDRESS) + path
