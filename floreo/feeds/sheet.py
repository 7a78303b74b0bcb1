"""The page of one notice, for whoever holds its link: findings by kind, worst first, and what was pressed on it. No HTML."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from floreo.core import languages
from floreo.core.errors import Refused
from floreo.core.ui import locale
from floreo.core.whole import whole
from floreo.feeds.actions.replies import MOST_NOTE, answer, record_received, take_back
from floreo.feeds.holding_links import Holder
from floreo.feeds.lines import IN_FILE, EvidenceLines, codes_of, lines_in_notice, most_in_file
from floreo.feeds.models import Finding, FixClaim, Reply, ReplyKind, Severity
from floreo.feeds.pools import Pools
from floreo.feeds.presenters.finding_text import in_order, state_words, why_text
from floreo.feeds.presenters.pools import how_to_find
from floreo.feeds.texts import KindText, text_of
from floreo.organisations.queries import bodies_of

SHOWN_OF_A_KIND = 25  # as rows on the first page; a kind opened by itself shows more
MOST_ROWS = 500
MOST_LINES = 1000  # evidence lines on the page: of many findings fewer each


@dataclass(frozen=True)
class Evidence:
    """What sources saw of one finding: its newest lines, how many there are, and how many of them the file has."""

    lines: EvidenceLines
    in_file: int
    title: str
    how_to_find: str  # the customer, where the address is not one's alone

    @property
    def more(self) -> str:
        """Where those are that the page does not show; "" where it shows all."""
        shown, total, in_file = map(locale.number, (len(self.lines.shown), self.lines.total, self.in_file))
        facts = {"shown": shown, "total": total, "in_file": in_file}
        if not self.lines.left_out:
            return ""
        if self.in_file >= self.lines.total:
            return _("The newest %(shown)s of %(total)s observations. The file has all of them.") % facts
        return (
            _(
                "The newest %(shown)s of %(total)s observations. The file has the newest %(in_file)s; ask us if you need "
                "the others."
            )
            % facts
        )


@dataclass(frozen=True)
class ShownFinding:
    """One finding as the page shows it."""

    finding: Finding
    where: str
    news: str
    reply: str  # the last reply, in words
    mine: bool  # said by this notice's link, so it can be taken back here
    evidence: Evidence | None = None  # None: not asked for, or nothing is kept


@dataclass
class Section:
    """One kind: what it is, and its findings."""

    kind: str
    words: KindText
    severity: str
    worst: str
    total: int = 0
    rows: list[ShownFinding] = field(default_factory=list)

    @property
    def hidden(self) -> int:
        return self.total - len(self.rows)


class AnswerForm(forms.Form):
    reply = forms.ChoiceField(
        label=_l("What is the state of this finding?"),
        choices=ReplyKind.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _l("Choose a state.")},
    )
    remark = forms.CharField(
        label=_l("Is there anything we should know?"),
        required=False,
        max_length=MOST_NOTE,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_l(
            "Describe what you found, why it is not yours, or what help you need. Do not enter passwords here."
        ),
    )


class Sheet:
    """Everything on the page. `only`: one kind, opened by itself."""

    def __init__(self, holder: Holder, *, only: str = "") -> None:
        self.holder, self.notice, self.only = holder, holder.notice, only
        successor = self.notice.organisation.successor()
        self.in_notice = self.notice.lines.count()
        rows = Finding.objects.filter(lines__notice=self.notice, organisation__in=bodies_of([successor.pk]))
        self.findings = sorted(rows.select_related("feed"), key=lambda f: (f.severity_rank, f.kind, in_order(f)))
        self.may_answer = holder.may_answer
        self.form = AnswerForm()
        self.chosen: set[int] = {self.findings[0].pk} if len(self.findings) == 1 else set()
        self.everything, self.kinds = False, set[str]()  # ticked as such
        self.unknown = set[int | None]()  # ticked, and not of this notice

    @property
    def moved(self) -> int:
        """How many of the findings in the notice have gone to another organisation since."""
        return self.in_notice - len(self.findings)

    @property
    def counts(self) -> list[tuple[str, int]]:
        return Counter(str(state_words(f)) for f in self.findings).most_common()

    @property
    def answered(self) -> int:
        return sum(bool(f.reply) for f in self.findings)

    def sections(self, *, with_lines: bool = True) -> list[Section]:
        """By kind. `with_lines`: with what sources saw of the findings that are rows of the page."""
        found: dict[str, Section] = {}
        mine = self._answered_here() if self.may_answer else set()
        most = MOST_ROWS if self.only else SHOWN_OF_A_KIND
        for finding in self.findings:
            if self.only and finding.kind != self.only:
                continue
            section = found.get(finding.kind) or found.setdefault(finding.kind, _section(finding))
            section.total += 1
            if len(section.rows) < most:
                section.rows.append(_row(finding, is_mine=finding.pk in mine))
        sections = list(found.values())
        if with_lines:
            evidence = self._evidence([row.finding for section in sections for row in section.rows])
            for section in sections:
                section.rows = [replace(row, evidence=evidence.get(row.finding.pk)) for row in section.rows]
        return sections

    def _evidence(self, findings: list[Finding]) -> dict[int, Evidence]:
        """The lines that the file has too, of all findings in one question: those that were taken in as this organisation's."""
        pools = Pools.now()
        uses = {finding.pk: pools.kind_of(finding.ip) for finding in findings}
        titles = {finding.pk: _("Latest observations of %(where)s") % {"where": finding.where} for finding in findings}
        most = max(1, min(IN_FILE, MOST_LINES // max(len(findings), 1)))
        found = lines_in_notice(findings, uses, codes=codes_of(self.notice.organisation), most=most)
        return {
            pk: Evidence(lines, min(lines.total, most_in_file(uses[pk])), titles[pk], how_to_find(uses[pk]))
            for pk, lines in found.items()
        }

    def _answered_here(self) -> set[int]:
        """What was said last by this very notice's link, and what the team has not seen to."""
        rows = Reply.objects.filter(notice=self.notice, handled_at=None)
        return set(rows.values_list("finding_id", flat=True))

    def whys(self) -> list[str]:
        """Why it came to them, once a reason."""
        return [why_text(*each) for each in dict.fromkeys((f.reason, f.network) for f in self.findings)]

    def fill(self, posted: QueryDict) -> None:
        """What was typed and ticked: single findings, whole kinds, or everything. Shown again whatever becomes of it."""
        self.form = AnswerForm(posted)
        self.everything, self.kinds = "everything" in posted, set(posted.getlist("kind"))
        ids = {whole(str(each)) for each in posted.getlist("finding")}
        self.unknown = ids - {f.pk for f in self.findings}
        self.chosen = {f.pk for f in self.findings if self.everything or f.pk in ids or f.kind in self.kinds}

    def press(self, posted: QueryDict) -> str:
        """What was pressed: "received", "back" or "answer". Raises Refused; returns "" when the form needs correcting."""
        if "received" in posted:
            record_received(self.notice, by=self.holder)
            return "received"
        if "back" in posted:
            pk = whole(str(posted["back"]))
            take_back(self.notice, by=self.holder, findings=[pk] if pk is not None else [])
            return "back"
        if self.unknown:
            sentence = _("A finding that you selected is not in this notice, or is no longer yours. Reload the page.")
            raise Refused(sentence, code="not_here")
        if not self.form.is_valid():
            return ""
        if not self.chosen:
            self.form.add_error(None, _("Select the findings above."))
            return ""
        reply = dict.fromkeys(self.chosen, str(self.form.cleaned_data["reply"]))
        answer(self.notice, by=self.holder, replies=reply, remark=self.form.cleaned_data["remark"])
        return "answer"


def _section(finding: Finding) -> Section:
    words = text_of(finding.kind, finding.taxonomy, languages.now())
    return Section(finding.kind, words, finding.severity, str(Severity(finding.severity).label))


def _row(finding: Finding, *, is_mine: bool) -> ShownFinding:
    replies = str(ReplyKind(finding.reply).label) if finding.reply else ""
    if finding.claim:
        replies = str(FixClaim(finding.claim).label)
    return ShownFinding(finding, finding.where, str(state_words(finding)), replies, is_mine)
