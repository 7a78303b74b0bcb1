"""The mails of feeds: a notice of findings, the receipt of what was answered, what the team says to it. In the contact's language,
or in all of the country's, one after the other in one mail."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from floreo.core import languages, outbox
from floreo.core.keys import key
from floreo.core.models import OutboxMail
from floreo.core.wording import capital, colon, day_text, short_day, who_text
from floreo.feeds import notice_csv
from floreo.feeds.engine.store import Wanted
from floreo.feeds.genuine import number_of
from floreo.feeds.holding_links import page_of
from floreo.feeds.lines import codes_of
from floreo.feeds.logic import rank
from floreo.feeds.models import Correction, Finding, Notice, PoolKind, Reply, ReplyKind, Severity
from floreo.feeds.pools import Pools
from floreo.feeds.presenters.finding_text import NEWS_WORDS, in_order, role_text, tlp_text, why_text
from floreo.feeds.presenters.pools import how_to_find
from floreo.feeds.selection import GOOD, Change, DraftNotice, Item, Reach
from floreo.feeds.texts import text_of
from floreo.organisations.queries import the_country
from floreo.organisations.sender import sender

KIND = "feeds.notice"
MOST_OF_A_KIND = 10  # addresses in the text; all are in the file
MOST_KINDS = 12  # explained in the text, the worst; all are on the page
MOST_WHY = 10
MOST_IN_FILE = 5000  # a mail stays below what servers take; the page has the whole
LINE = "\n\n" + "-" * 60 + "\n\n"


def genuine_page() -> str:
    """The whole address of the public page that says how to check a notice, in the language of the moment."""
    return str(settings.SITE_ADDRESS) + reverse("portal:notices")


def languages_for(text: str) -> list[str]:
    """In which a mail is written: as the contact said, else all of the country's that we speak."""
    return [text] if text in languages.site() else list(languages.site())


def in_each(languages: Sequence[str], write: Callable[[], tuple[str, str]]) -> tuple[str, str]:
    """Subject and text, written once a language."""
    subjects, texts = [], []
    for language in languages:
        with translation.override(language):
            subject, text = write()
        subjects.append(subject)
        texts.append(text)
    return " / ".join(dict.fromkeys(subjects)), LINE.join(dict.fromkeys(texts))


def _mail(
    notice: Notice, to: str, languages: Sequence[str], write: Callable[[], tuple[str, str]], **facts: object
) -> OutboxMail:
    subject, text = in_each(languages, write)
    given = {"kind": KIND, "about": key(notice), "is_secret": True, "headers": {"Reply-To": sender().reply}} | facts
    language = languages[0] if len(languages) == 1 else ""
    return outbox.letter(to=to, subject=subject, text=text, language=language, **given)  # type: ignore[arg-type]  # as `letter` names them


def file_of(notice: Notice, items: Iterable[Item]) -> outbox.Attachment:
    """The file that goes with a notice, the same for all its addresses."""
    return outbox.Attachment("findings.csv", notice_csv.as_csv(_rows(items), codes=codes_of(notice.organisation)))


def _rows(items: Iterable[Item]) -> list[Finding]:
    return [item.finding for item in items if item.news not in GOOD][:MOST_IN_FILE]


def wanted_ahead(letters: Iterable[DraftNotice], pools: Pools) -> tuple[list[Wanted], int]:
    """Which evidence lines the files of these notices to one organisation will have, and how many at most."""
    wanted: list[Wanted] = []
    number = 0
    for letter in letters:
        of_one, lines = notice_csv.wanted_ahead(_rows(letter.items), pools, codes=codes_of(letter.organisation))
        wanted += of_one
        number += lines
    return wanted, number


def mails_of(notice: Notice, to: Sequence[Reach], items: Sequence[Item], *, asked_role: str) -> list[OutboxMail]:
    """One mail to each address, each with a link of its own."""
    file, pools = file_of(notice, items), Pools.now()
    return [
        _mail(
            notice,
            reach.address,
            languages_for(reach.language),
            _Text(notice, place, items, asked_role, pools, may_answer=reach.may_answer).write,
            attachment=file,
            not_after=notice.link_until,
        )
        for place, reach in enumerate(to)
    ]


class _Text:
    """Writes the notice for one address."""

    def __init__(
        self,
        notice: Notice,
        place: int,
        items: Sequence[Item],
        asked_role: str,
        pools: Pools,
        *,
        may_answer: bool,
    ) -> None:
        self.notice, self.place, self.asked_role = notice, place, asked_role
        self.may_answer = may_answer
        self.bad = [item for item in items if item.news not in GOOD]
        self.good = [item for item in items if item.news in GOOD]
        self.kinds: dict[str, list[Finding]] = defaultdict(list)
        for item in sorted(self.bad, key=lambda i: (i.finding.severity_rank, in_order(i.finding))):
            self.kinds[item.finding.kind].append(item.finding)
        self.pools = pools
        self.news = {item.finding.pk: item.news for item in items}

    def write(self) -> tuple[str, str]:
        parts = [
            f"TLP:{self.notice.tlp}. {tlp_text(self.notice.tlp)}",
            self._opening(),
            self._how_to_answer(),
            self._answered(),
            *self._findings_text(),
            self._why(),
            self._closing(),
        ]
        return self._subject(), "\n\n".join(part for part in parts if part) + "\n"

    def _subject(self) -> str:
        named = {"n": len(self.bad), "organisation": self.notice.organisation.label}
        worst = sum(i.finding.severity == Severity.CRITICAL for i in self.bad)
        if not self.bad:
            return _("%(organisation)s: not seen any more, thank you") % named
        text = (
            ngettext(
                "%(organisation)s: %(n)d finding in your network",
                "%(organisation)s: %(n)d findings in your network",
                len(self.bad),
            )
            % named
        )
        if worst:
            text += ngettext(", %(n)d critical", ", %(n)d critical", worst) % {"n": worst}
        return f"[TLP:{self.notice.tlp}] {text}"

    def _opening(self) -> str:
        name = {"organisation": self.notice.organisation.in_language("name")}
        if not self.bad:
            return (
                _("Good day. The reports no longer show the findings that you reported as fixed at %(organisation)s.")
                % name
            )
        text = ngettext(
            "Good day. We have %(n)d security finding to report in the network of %(organisation)s.",
            "Good day. We have %(n)d security findings to report in the network of %(organisation)s.",
            len(self.bad),
        ) % {"n": len(self.bad), **name}
        counts = Counter(item.news for item in self.bad)
        order = (Change.CONTRADICTED, Change.BACK, Change.NEW, Change.CURRENT)
        return f"{text}\n{capital('; '.join(f'{NEWS_WORDS[n]}{colon()} {counts[n]}' for n in order if counts[n]))}."

    def _how_to_answer(self) -> str:
        link = page_of(self.notice, self.place, get_language() or "")
        day = day_text(self.notice.link_until.date())
        if not self.bad or not self.may_answer:
            text = _("You can see everything on this page until %(day)s:") % {"day": day} + f"\n{link}"
            if self.may_answer:
                return text
            sentence = _(
                "The register does not let %(address)s reply to notices. Ask a colleague who may, or the team."
            )
            return f"{text}\n{sentence % {'address': self.notice.to[self.place]}}"
        text = _(
            "Reply on this page: fixed, working on it, not ours, false alarm, or need help. You need no "
            "account and no password. The page is open until %(day)s:"
        )
        return f"{text % {'day': day}}\n{link}\n" + _(
            "Anyone with the link can reply for you, and we notify you of each reply. Give it only to the "
            "person who will fix this."
        )

    def _answered(self) -> str:
        """What became of what they said: praise or question."""
        lines = []
        shown = [i.finding for i in self.good if i.news is Change.SHOWN]
        fixed = [i.finding for i in self.good if i.news is Change.FIXED]
        again = [i.finding for i in self.bad if i.news is Change.CONTRADICTED]
        if shown:
            lines += [
                _("You reported this as fixed, and the reports no longer show it. Thank you:"),
                *self._places(shown),
            ]
        if fixed:
            lines += [_("The reports no longer show this either:"), *self._places(fixed)]
        if again:
            lines += [
                _(
                    "You reported this as fixed, but it was seen again afterwards. Please check it again, or send us"
                    " any information that may help:"
                ),
                *self._places(again),
            ]
        return "\n".join(lines)

    def _places(self, findings: Sequence[Finding]) -> list[str]:
        lines = [f"- {f.where}{colon()} {self._title(f)}" for f in findings[:MOST_OF_A_KIND]]
        left = len(findings) - len(lines)
        return lines + ([_("- and %(n)d more") % {"n": left}] if left > 0 else [])

    def _title(self, finding: Finding) -> str:
        return text_of(finding.kind, finding.taxonomy, languages.now()).title

    def _findings_text(self) -> list[str]:
        kinds = list(self.kinds.values())
        parts = [self._finding_text(number, found) for number, found in enumerate(kinds[:MOST_KINDS], start=1)]
        if rest := kinds[MOST_KINDS:]:
            lines = [f"- {self._title(found[0])}{colon()} {len(found)}" for found in rest]
            parts.append("\n".join([_("Other findings, with the steps to take on the page:"), *lines]))
        return parts

    def _finding_text(self, number: int, found: Sequence[Finding]) -> str:
        """One kind: what it is, what to do, and where."""
        words = text_of(found[0].kind, found[0].taxonomy, languages.now())
        severity = Severity(min((f.severity for f in found), key=rank)).label
        lines = [f"{number}. {words.title} ({severity})", "", words.means, words.matters, "", _("What to do:")]
        if note := languages.not_yet_here(words.language):
            lines[1:1] = ["", note]
        lines += [f"  {at}) {step}" for at, step in enumerate(words.steps, start=1)]
        if words.check:
            lines.append(_("How to check: %(how)s") % {"how": words.check})
        if words.link:
            lines.append(_("More: %(link)s") % {"link": words.link})
        lines += ["", _("Where:"), *(self._place(f) for f in found[:MOST_OF_A_KIND])]
        uses = dict.fromkeys(self.pools.kind_of(f.ip) for f in found)
        lines += filter(None, map(how_to_find, uses))
        if PoolKind.NAT in uses:
            lines.append(
                _(
                    "The attached file has a row for each observation there, with its time, source port and destination. "
                    "Where its column lines_left_out is not 0, the file on the page has more."
                )
            )
        if (left := len(found) - MOST_OF_A_KIND) > 0:
            lines.append(_("- and %(n)d more, in the attached file and on the page") % {"n": left})
        return "\n".join(lines)

    def _place(self, finding: Finding) -> str:
        facts = [str(NEWS_WORDS[self.news[finding.pk]]), _("last seen %(day)s") % {"day": short_day(finding.last_day)}]
        facts += [" ".join(text.split()) for text in (finding.detail, finding.service) if text]
        return f"- {finding.where}{colon()} {', '.join(facts)}"

    def _why(self) -> str:
        """Why this came to them: once a reason, not once a finding."""
        reasons = list(dict.fromkeys((i.finding.reason, i.finding.network) for i in self.bad or self.good))
        lines = [f"- {why_text(*each)}" for each in reasons[:MOST_WHY]]
        if (left := len(reasons) - MOST_WHY) > 0:
            lines.append(_("- and %(n)d more, on the page") % {"n": left})
        lines.append(role_text(self.notice.contact_role, self.asked_role))
        if self.may_answer:
            lines.append(_("If something is not yours, reply “not ours” on the page and we will correct the register."))
        return "\n".join([_("Why did you receive this?"), *lines])

    def _closing(self) -> str:
        team = sender()
        country = the_country()
        named = {"team": team.name, "country": country.in_language("name") if country else "", "reply": team.reply}
        lines = [_("This notice is from %(team)s. Reply to this e-mail, or write to %(reply)s.") % named]
        if team.phone:
            lines.append(_("Telephone: %(phone)s") % {"phone": team.phone})
        lines.append(_("We do not scan your network. Others report to us what is visible from outside."))
        lines.append(_("Number of this notice: %(number)s") % {"number": number_of(self.notice)})
        lines.append(_("How to check that this notice is genuine: %(link)s") % {"link": genuine_page()})
        return "\n".join(lines)


# What follows a notice.


def receipt(notice: Notice, place: int, answers: Sequence[Reply], *, replied_by: str) -> OutboxMail:
    """A mail to each address of a notice whenever somebody answers by its link: what was said, and how to take it back."""

    def write() -> tuple[str, str]:
        counts = Counter(answer.kind for answer in answers)
        lines = [f"- {ReplyKind(kind).label}{colon()} {n}" for kind, n in counts.most_common()]
        places = [f"- {a.finding.where}{colon()} {ReplyKind(a.kind).label}" for a in answers[:MOST_OF_A_KIND]]
        if (left := len(answers) - MOST_OF_A_KIND) > 0:
            places.append(_("- and %(n)d more") % {"n": left})
        name = {"organisation": notice.organisation.in_language("name"), "who": who_text(replied_by)}
        text = [
            _("Somebody replied for %(organisation)s, %(who)s:") % name,
            "\n".join(lines),
            "\n".join(places),
            _(
                "If this was not you or somebody you trust, withdraw the reply on the same page, and reply to "
                "this e-mail so that we end the link:"
            )
            + f"\n{page_of(notice, place, get_language() or '')}",
            _("A reply does not close a finding. If it is seen again, we will notify you again."),
        ]
        return _("%(organisation)s: reply received") % {"organisation": notice.organisation.label}, "\n\n".join(
            text
        ) + "\n"

    return _mail(
        notice,
        notice.to[place],
        languages_of(notice, notice.to[place]),
        write,
        kind="feeds.receipt",
        not_after=notice.link_until,
    )


def languages_of(notice: Notice, address: str) -> list[str]:
    """In which an address of a notice is written to."""
    contact = notice.organisation.contacts.filter(email__iexact=address).first()
    return languages_for(contact.language if contact else "")


def reply(answer: Reply, to: str, words: str, *, by: str) -> OutboxMail:
    """What the team says to a call for help or a false alarm."""
    notice = answer.notice
    assert notice is not None  # whoever answered signed in reads it in the workspace

    def write() -> tuple[str, str]:
        finding = answer.finding
        about = _("You wrote about %(where)s: %(reply)s") % {
            "where": finding.where,
            "reply": ReplyKind(answer.kind).label,
        }
        text = [about, words, _("From %(who)s, %(team)s.") % {"who": by, "team": sender().name}]
        return _("Reply to: %(reply)s") % {"reply": ReplyKind(answer.kind).label}, "\n\n".join(text) + "\n"

    return _mail(notice, to, languages_of(notice, to), write, kind="feeds.reply", about=key(answer), is_secret=False)


def decided(correction: Correction, to: str, *, by: str) -> OutboxMail:
    """What was decided about "not ours"."""
    notice = correction.answer.notice
    assert notice is not None  # as above

    def write() -> tuple[str, str]:
        network = {"network": correction.network}
        if correction.state == "accepted":
            sentence = _(
                "You reported that %(network)s is not yours. You were right: we corrected the register, and you "
                "will receive no more notices about it."
            )
        else:
            sentence = _("You reported that %(network)s is not yours. We checked it, and the register stays as it is.")
        text = [
            sentence % network,
            correction.decision,
            _("From %(who)s, %(team)s.") % {"who": by, "team": sender().name},
        ]
        return _("%(network)s: decision") % network, "\n\n".join(part for part in text if part) + "\n"

    return _mail(
        notice, to, languages_of(notice, to), write, kind="feeds.decided", about=key(correction), is_secret=False
    )
