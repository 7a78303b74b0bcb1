"""Which findings go into whose notice today, and why. Reads only; `actions/notices.py` writes what is chosen here.

A finding's rule is the first that fits. What is due goes into one notice an organisation, role and day, whatever the rules say:
what is to go at once takes along whatever else is due. Days are the country's."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from floreo.core.models import HeldBecause
from floreo.core.policy import Tlp
from floreo.feeds import logic, stepped
from floreo.feeds.models import Every, Finding, FindingState, FixClaim, Notice, NoticeRule, Run, Severity
from floreo.organisations.models import Contact, ContactRole, Kind, Organisation
from floreo.organisations.queries import bodies_of, successors

MORNING = 7  # o'clock: notices that keep to a day, week or month leave from then on
_NEXT = (ContactRole.ABUSE, ContactRole.TECHNICAL, ContactRole.MANAGEMENT)  # asked in this order when a role has nobody
_CRITICAL_AGAIN = 3  # days until what is critical and still there is said again
_GOOD_NEWS = timedelta(days=60)  # what was fixed longer ago is no news


class Change(StrEnum):
    """What a notice has to say of a finding."""

    NEW = "new"
    BACK = "back"  # fixed once, seen again
    CONTRADICTED = "contradicted"  # they said it is fixed; it was seen again
    CURRENT = "current"  # notified before, still there
    SHOWN = "shown"  # they said it is fixed, and it is
    FIXED = "fixed"  # nobody said so, but it is


GOOD = (Change.SHOWN, Change.FIXED)


@dataclass(frozen=True)
class Reach:
    """One address that a notice goes to. No `language`: all of the country's. `may_answer`: whether the register lets it reply."""

    address: str
    language: str = ""
    may_answer: bool = True


@dataclass(frozen=True)
class Item:
    """One finding in a notice."""

    finding: Finding
    news: Change
    rule: NoticeRule


@dataclass
class DraftNotice:
    """A notice to be written: to whom, of which days, with what."""

    organisation: Organisation
    role: str  # of the contacts that it goes to; OTHER for the organisation's own address
    asked_role: str  # that the rule asks for
    to: tuple[Reach, ...]
    start: date
    end: date
    items: list[Item] = field(default_factory=list)

    @property
    def tlp(self) -> str:
        return strictest(item.finding.feed.tlp for item in self.items)


@dataclass
class Plan:
    """What would go out for one organisation. `unreachable`: something is due, and nobody can be written to."""

    organisation: Organisation
    letters: list[DraftNotice] = field(default_factory=list)
    unreachable: int = 0
    held: dict[str, list[Finding]] = field(default_factory=dict)  # by why: HeldBecause


def default_rules() -> tuple[NoticeRule, ...]:
    """What holds where the team has set nothing: critical things at once, the rest once a week, to the abuse contact."""
    return (
        NoticeRule(
            worst=Severity.CRITICAL, contact_role=ContactRole.ABUSE, every=Every.AT_ONCE, resend_days=_CRITICAL_AGAIN
        ),
        NoticeRule(contact_role=ContactRole.ABUSE, every=Every.WEEK, resend_days=7),
    )


EVERY_WORDS: Mapping[str, Promise] = {
    Every.AT_ONCE: _("immediately"),
    Every.DAY: _("once a day"),
    Every.WEEK: _("once a week"),
    Every.MONTH: _("once a month"),
    Every.NEVER: _("never"),
}


def strictest(labels: Iterable[str]) -> str:
    """The label that allows least."""
    order = list(Tlp.values)
    return max(labels, key=order.index, default=str(Tlp.AMBER))


def fits(rule: NoticeRule, finding: Finding, organisation: int) -> bool:
    """Whether a rule speaks about this finding. `organisation` acts for the finding's own today."""
    return (
        rule.organisation_id in (None, organisation, finding.organisation_id)
        and rule.kind in ("", finding.kind)
        and (not rule.worst or logic.rank(finding.severity) <= logic.rank(rule.worst))
    )


def for_critical(rule: NoticeRule, finding: Finding) -> NoticeRule:
    """The rule as it holds for that finding: one that names neither a kind nor a severity ("once a month") delays nothing critical. Who
    wants that makes a rule for critical findings."""
    if finding.severity != Severity.CRITICAL or rule.kind or rule.worst or rule.every in (Every.AT_ONCE, Every.NEVER):
        return rule
    urgent = copy(rule)
    urgent.every, urgent.resend_days = Every.AT_ONCE, min(rule.resend_days, _CRITICAL_AGAIN)
    return urgent


def period_of(every: str, today: date) -> tuple[date, date] | None:
    """The days that a notice of this rhythm is about when it leaves today: the week or month before; None for never."""
    match every:
        case Every.AT_ONCE | Every.DAY:
            return today, today
        case Every.WEEK:
            monday = today - timedelta(days=today.weekday())
            return monday - timedelta(days=7), monday - timedelta(days=1)
        case Every.MONTH:
            last = today.replace(day=1) - timedelta(days=1)
            return last.replace(day=1), last
    return None


def changes_of(finding: Finding) -> Change | None:
    """What there is to say of it, whenever that is; None when its organisation knows already and nothing can be added."""
    notified = finding.notified_on
    if finding.state == FindingState.FIXED:
        if notified is None or finding.notified_state == FindingState.FIXED:
            return None  # nobody was worried with it, or they know
        return Change.SHOWN if finding.claim == FixClaim.SHOWN else Change.FIXED
    if notified is None:
        return Change.BACK if finding.state == FindingState.REOPENED else Change.NEW
    if finding.notified_state == FindingState.FIXED or finding.opened_on > notified:
        return Change.BACK
    if finding.claim == FixClaim.CONTRADICTED and finding.replied_on is not None and finding.replied_on >= notified:
        return Change.CONTRADICTED
    return Change.CURRENT


def is_due(finding: Finding, news: Change, rule: NoticeRule, today: date) -> bool:
    """Whether it is in today's notice of that rule."""
    period = period_of(rule.every, today)
    if period is None:
        return False
    if news in (Change.NEW, Change.BACK):
        return finding.opened_on <= period[1]
    if news is Change.CURRENT:
        notified = finding.notified_on
        assert notified is not None  # else it would be news
        return notified + timedelta(days=rule.resend_days) <= today and finding.last_day > notified
    return True


class Chooser:
    """Rules and merged bodies, read once for all organisations."""

    def __init__(self, today: date, *, hour: int | None = None) -> None:
        self.today, self.hour = today, hour
        self.rules = (*NoticeRule.objects.order_by("position", "pk"), *default_rules())
        self.successors = successors()
        self.steps = stepped.waiting_until(today)

    def organisations(self) -> list[Organisation]:
        """Who may have to be notified: one successor each."""
        ids = set(candidates(self.today).order_by().values_list("organisation_id", flat=True).distinct())
        return list(
            Organisation.objects.filter(pk__in={self.successors.get(pk, pk) for pk in ids}).order_by("name", "pk")
        )

    def plan(self, organisation: Organisation) -> Plan:
        """What goes to an organisation today."""
        plan = Plan(organisation)
        bodies = bodies_of([organisation.pk])
        sent = list(Notice.objects.filter(organisation__in=bodies).order_by("-on", "-pk")[:200])
        reach = Contacts(organisation, bodies)
        grouped: dict[str, list[Item]] = defaultdict(list)
        asked: dict[str, tuple[str, tuple[Reach, ...]]] = {}
        today_too = {d.contact_role for d in sent if d.on == self.today}
        left_out = {d.contact_role for d in sent if d.on == self.today and not d.to}
        for item in self._due(organisation, bodies, plan):
            wanted = item.finding.route if item.finding.route in ContactRole.values else item.rule.contact_role
            role, to = reach.of(wanted)
            if not to:
                plan.unreachable += item.news not in GOOD
                continue
            if role in today_too:
                why = HeldBecause.LEFT_OUT if role in left_out else HeldBecause.LATELY
                plan.held.setdefault(why, []).append(item.finding)
            asked.setdefault(role, (wanted, to))
            grouped[role].append(item)
        for role, items in grouped.items():
            letter = self._notice(items, [d for d in sent if d.contact_role == role])
            if letter is not None:
                start, end, chosen = letter
                plan.letters.append(DraftNotice(organisation, role, *asked[role], start, end, chosen))
        return plan

    def _due(self, organisation: Organisation, bodies: set[int], plan: Plan) -> Iterator[Item]:
        rows = candidates(self.today).filter(organisation__in=bodies).select_related("feed")
        for finding in rows.order_by("severity_rank", "kind", "subject", "port", "pk"):
            news = changes_of(finding)
            if news is None:
                continue
            if self._waits(organisation, finding) and news not in GOOD:
                plan.held.setdefault(HeldBecause.STEPPED, []).append(finding)
                continue
            rule = for_critical(next(r for r in self.rules if fits(r, finding, organisation.pk)), finding)
            if rule.every == Every.NEVER and news not in GOOD:
                plan.held.setdefault(HeldBecause.MUTED, []).append(finding)
            if is_due(finding, news, rule, self.today):
                yield Item(finding, news, rule)

    def _waits(self, organisation: Organisation, finding: Finding) -> bool:
        """Whether its organisation is notified of the kind at a later step."""
        return (organisation.pk, finding.kind) in self.steps and not stepped.is_urgent(finding.severity)

    def _notice(self, items: list[Item], sent: Sequence[Notice]) -> tuple[date, date, list[Item]] | None:
        """The days and findings of one notice; None when there was one today, its days are reported, or nothing is to say."""
        if any(d.on == self.today for d in sent):
            return None
        periods = {every: period_of(every, self.today) for every in {i.rule.every for i in items}}
        notified = {every for every, p in periods.items() if p and any(d.start <= p[0] and d.end >= p[1] for d in sent)}
        left = [i for i in items if i.rule.every not in notified]
        urgent = any(i.rule.every == Every.AT_ONCE and i.news not in GOOD for i in left)
        is_early = self.hour is not None and self.hour < MORNING
        if not any(i.news is not Change.FIXED for i in left) or (is_early and not urgent):
            return None
        spans = [p for i in left if (p := periods[i.rule.every]) is not None]
        return min(s for s, _e in spans), max(e for _s, e in spans), left


class Contacts:
    """Whom an organisation can be written to at, read once."""

    def __init__(self, organisation: Organisation, bodies: set[int]) -> None:
        self.organisation = organisation
        self.by_role: dict[str, dict[str, Reach]] = defaultdict(dict)
        rows = list(Contact.objects.filter(organisation__in=bodies).exclude(email="").order_by("pk"))
        known = {row.email.lower() for row in rows}
        self._silent = known - {
            row.email.lower() for row in rows if row.may_answer
        }  # one who has two roles needs one that may
        # Its own contacts first; those of bodies merged into it serve where it has none of that role.
        for contact in sorted(rows, key=lambda c: c.organisation_id != organisation.pk):
            of_role = self.by_role[contact.role]
            if contact.organisation_id == organisation.pk or not of_role:
                of_role.setdefault(contact.email.lower(), self._reach(contact.email, contact.language))

    def of(self, role: str) -> tuple[str, tuple[Reach, ...]]:
        """The contacts of that role, else of the next that has any, else the organisation's own address."""
        chain = (role, *(r for r in _NEXT if r != role)) if role != ContactRole.OTHER else (role,)
        for each in chain:
            if self.by_role.get(each):
                return str(each), tuple(self.by_role[each].values())
        own = self.organisation.email
        return str(ContactRole.OTHER), (self._reach(own),) if own else ()

    def _reach(self, address: str, language: str = "") -> Reach:
        return Reach(address, language, may_answer=address.lower() not in self._silent)


def candidates(today: date) -> QuerySet[Finding]:
    """Findings that a notice may have to name: those that are open, and those fixed lately that a notice named as open. What
    was last seen on a night out of line waits for a person."""
    held = Run.objects.exclude(held="").filter(
        feed=OuterRef("feed"), report_type=OuterRef("report_type"), day=OuterRef("last_day")
    )
    fixed = Q(state=FindingState.FIXED, notified_on__isnull=False, fixed_on__gte=today - _GOOD_NEWS)
    rows = Finding.objects.filter(Q(state__in=logic.OPEN_STATES) | fixed & ~Q(notified_state=F("state")))
    return rows.exclude(Exists(held))


def preview(today: date) -> list[Plan]:
    """What would go to whom if notices left now, without sending anything."""
    chooser = Chooser(today)
    return [p for o in chooser.organisations() if (p := chooser.plan(o)).letters or p.unreachable or p.held]


__all__ = ["GOOD", "Change", "Chooser", "Contacts", "DraftNotice", "Item", "Plan", "Reach", "preview", "strictest"]


def on_duty() -> tuple[Organisation, tuple[Reach, ...]] | None:
    """The national team, and at which addresses it is alerted: its contacts "Round the clock", else its next contact."""
    teams = Organisation.objects.filter(kind=Kind.CSIRT, merged_into=None).order_by("-is_public", "name", "pk")
    known = [(team, Contacts(team, bodies_of([team.pk])).of(ContactRole.DUTY)) for team in teams]
    reached = [(team, role, to) for team, (role, to) in known if to]
    best = min(reached, key=lambda one: one[1] != ContactRole.DUTY, default=None)  # the first of those that are alike
    return (best[0], best[2]) if best else None
