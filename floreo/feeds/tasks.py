"""Tasks of feeds: calls for help, false alarms and corrections to see to, notices that have no address, feeds that are silent, and
kinds of report that wait for a mapping. Whoever handles findings, or runs feeds, has the task."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from django.db.models import Count, F, Min, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from floreo.assignments.models import Assignment
from floreo.core import clock
from floreo.core.access import Permission, reach
from floreo.core.keys import key
from floreo.core.tasks import ActionLink, News, Recipient, Task
from floreo.core.ui.locale import language
from floreo.core.wording import colon
from floreo.feeds import logic
from floreo.feeds.actions.notices import held_now
from floreo.feeds.actions.replies import FOR_THE_TEAM
from floreo.feeds.models import (
    AddressPool,
    Correction,
    CorrectionState,
    Feed,
    FeedFile,
    Finding,
    FindingEnding,
    HeldState,
    Reply,
    ReplyKind,
    Run,
    Severity,
    SteppedStart,
    SteppedState,
    TypeMapping,
)
from floreo.feeds.presenters.endings import ending_about
from floreo.feeds.presenters.noted import noted_text
from floreo.feeds.presenters.pools import evidence_text
from floreo.feeds.selection import on_duty
from floreo.feeds.texts import title_for_others
from floreo.feeds.watching import silent_feeds, undelivered, undelivered_alerts
from floreo.organisations.models import ContactRole, Organisation
from floreo.organisations.queries import bodies_of, successors

HANDLE, RUN = Permission.FINDING_HANDLE, Permission.FEED_RUN
WITHIN = {ReplyKind.NEED_HELP: timedelta(days=1), ReplyKind.FALSE_ALARM: timedelta(days=5)}
DECIDE_WITHIN = timedelta(days=5)
FINDING = "feeds.finding:"
_WRITTEN_TO = (ContactRole.ABUSE, ContactRole.TECHNICAL, ContactRole.MANAGEMENT, ContactRole.DUTY)


def waiting_tasks(recipient: Recipient, *, viewer: object, today: date) -> Iterable[Task]:
    """In a few queries, whatever there is."""
    if mine := recipient.organisations & bodies_of(reach(viewer, Permission.FEED_READ) or frozenset()):
        yield from _own_findings(frozenset(mine))
    if recipient.everybody or HANDLE in recipient.permissions:
        yield from _assigned()
        yield from _asked()
        yield from _corrections()
        yield from _without_address(today)
        yield from _came_back()
        yield from _alerts_came_back()
        yield from _ran_out(today)
        yield from _perhaps_pools()
        yield from _stepped_starts()
    if recipient.everybody or RUN in recipient.permissions:
        yield from _silent()
        yield from _failing()
        yield from _not_taken()
        yield from _unknown_types()
        yield from _held_files()
        yield from _nights()
        yield from _perhaps_differences()
        yield from _many_notices(today)


def _assigned() -> Iterator[Task]:
    """Open findings that somebody of the team has. Those that nobody has are in the list of findings: there are too many."""
    keys = Assignment.objects.filter(ends_at=None, key__startswith=FINDING).order_by().values_list("key", flat=True)
    ids = {int(each.rpartition(":")[2]) for each in keys}
    rows = Finding.objects.filter(pk__in=ids, state__in=logic.OPEN_STATES) if ids else Finding.objects.none()
    for each in rows.select_related("organisation__merged_into").order_by("severity_rank", "pk"):
        yield Task(
            key=key(each),
            kind="decide",
            title=f"{title_for_others(each.kind, language(), each.taxonomy)}{colon()} {each.subject}",
            why=f"{each.organisation.successor().in_language('name')}. {each.get_severity_display()}.",
            href=each.get_absolute_url(),
            since=each.opened_on,
            needs=HANDLE,
        )


def _own_findings(bodies: frozenset[int]) -> Iterator[Task]:
    """What is open at the addresses of one's own organisation: to fix, and to answer."""
    mine = Finding.objects.filter(state__in=logic.OPEN_STATES, organisation__in=bodies).order_by()
    rows = mine.values("organisation", "organisation__name").annotate(
        n=Count("pk"), first=Min("opened_on"), critical=Count("pk", filter=Q(severity=Severity.CRITICAL))
    )
    for row in rows.order_by("first", "organisation"):
        href = reverse("workspace:findings")
        title = ngettext("%(n)d open finding in your network", "%(n)d open findings in your network", row["n"])
        worst = ngettext("%(n)d is critical.", "%(n)d are critical.", row["critical"]) % {"n": row["critical"]}
        yield Task(
            key=f"feeds.own:{row['organisation']}",
            kind="decide",
            title=title % {"n": row["n"]},
            why=worst if row["critical"] else _("None of them is critical."),
            href=href,
            organisation=row["organisation"],
            since=row["first"],
            needs=Permission.FEED_READ,
            news=News.FINDING,
            size=row["n"],
            is_now=row["critical"] > 0,
            links=(ActionLink(_("Read and answer"), href),),
        )


def group_key(kind: str, organisation: int) -> str:
    """The task of all replies of one kind by one organisation: they are seen to together, by one person."""
    return f"feeds.answer:{kind}:{organisation}"


def _asked() -> Iterator[Task]:
    """Calls for help and false alarms, one an organisation and kind: they are seen to together."""
    waiting = Reply.objects.filter(kind__in=FOR_THE_TEAM, handled_at=None, finding__reply=F("kind"))
    grouped = waiting.order_by().values("finding__organisation", "finding__organisation__name", "kind")
    rows = grouped.annotate(n=Count("finding", distinct=True), first=Min("at"), one=Min("finding"))
    for row in rows.order_by("first", "finding__organisation"):
        name, n, kind = row["finding__organisation__name"], row["n"], ReplyKind(row["kind"])
        if kind is ReplyKind.NEED_HELP:
            words = ngettext(
                "%(name)s asks for help with %(n)d finding", "%(name)s asks for help with %(n)d findings", n
            )
        else:
            words = ngettext(
                "%(name)s reports %(n)d finding as a false alarm",
                "%(name)s reports %(n)d findings as false alarms",
                n,
            )
        href = f"{reverse('workspace:replies')}#{kind}-{row['finding__organisation']}"
        since = clock.day_of(row["first"])
        yield Task(
            key=group_key(kind, row["finding__organisation"]),
            kind="decide",
            title=words % {"name": name, "n": n},
            why=_("Reply to a notice of findings."),
            href=href,
            due=since + WITHIN[kind],
            since=since,
            needs=HANDLE,
            news=News.ANSWER,
            size=n,
            links=(ActionLink(_("Read and reply"), href),),
        )


def _corrections() -> Iterator[Task]:
    rows = Correction.objects.filter(state=CorrectionState.OPEN).select_related("organisation", "answer").order_by("pk")
    for each in rows:
        since = clock.day_of(each.answer.at)
        href = reverse("workspace:corrections")
        named = {"name": each.organisation.in_language("name"), "network": each.network}
        yield Task(
            key=key(each),
            kind="confirm",
            title=_("%(name)s reports that %(network)s is not theirs") % named,
            why=_(
                "The register shows something else. Correct the register, or give the reason for leaving it as it is."
            ),
            href=href,
            due=since + DECIDE_WITHIN,
            since=since,
            needs=HANDLE,
            links=(ActionLink(_("Approve or reject"), href),),
        )


def _without_address(today: date) -> Iterator[Task]:
    """Organisations with findings to whom no notice can go. Merged bodies are written to at their successor's."""
    open_findings = Finding.objects.filter(state__in=logic.OPEN_STATES).order_by().values("organisation")
    counts = {
        row["organisation"]: (row["n"], row["first"])
        for row in open_findings.annotate(n=Count("pk"), first=Min("opened_on"))
    }
    if not counts:
        return
    successor = successors()
    found: dict[int, tuple[int, date]] = {}
    for body, (n, first) in counts.items():
        before, since = found.get(successor.get(body, body), (0, first))
        found[successor.get(body, body)] = before + n, min(since, first)
    reached = Q(contacts__role__in=_WRITTEN_TO) & ~Q(contacts__email="")
    merged = Q(absorbed__contacts__role__in=_WRITTEN_TO) & ~Q(absorbed__contacts__email="")
    rows = Organisation.objects.filter(pk__in=found, email="").annotate(
        n=Count("contacts", filter=reached) + Count("absorbed__contacts", filter=merged)
    )
    for organisation in rows.filter(n=0).order_by("name", "pk"):
        n, since = found[organisation.pk]
        href = reverse("workspace:organisation", args=[organisation.code])
        text = ngettext(
            "We cannot notify %(name)s about %(n)d finding", "We cannot notify %(name)s about %(n)d findings", n
        )
        yield Task(
            key=f"{key(organisation)}:feeds.no_address",
            kind="confirm",
            title=text % {"name": organisation.in_language("name"), "n": n},
            why=_("The register has no address for this organisation. Find out whom to write to."),
            href=href,
            since=min(since, today),
            needs=HANDLE,
            links=(ActionLink(_("Add a contact"), href),),
        )


def _came_back() -> Iterator[Task]:
    """Addresses whose last notice of findings came back, or could not be sent."""
    for mail, notice in undelivered():
        organisation = notice.organisation.successor()
        href = reverse("workspace:organisation", args=[organisation.code])
        yield Task(
            key=f"{key(mail)}:feeds.came_back",
            kind="confirm",
            title=_("Notices to %(address)s do not arrive") % {"address": mail.to},
            why=_("%(name)s did not receive the notice of its findings. Ask them for another address.")
            % {"name": organisation.in_language("name")},
            href=href,
            since=notice.on,
            needs=HANDLE,
            news=News.FAULT,
            links=(ActionLink(_("Correct the contact"), href),),
        )


def _silent() -> Iterator[Task]:
    """Feeds of which no file has come for three times as long as it usually takes."""
    for feed, since in silent_feeds():
        href = feed.get_absolute_url()
        yield Task(
            key=f"{key(feed)}:silent",
            kind="renew",
            title=_("No file from %(feed)s") % {"feed": feed.name},
            why=_("The last file came more than three times the usual interval ago. Ask the sender."),
            href=href,
            due=clock.calendar_day(since),
            since=clock.day_of(since),
            needs=RUN,
            news=News.FAULT,
            links=(ActionLink(_("View the feed"), href),),
        )


def _not_taken() -> Iterator[Task]:
    """Feeds for which something came that was not taken, or could not be read, until a person saw it."""
    for feed in Feed.objects.exclude(not_taken_at=None).order_by("name", "pk"):
        href = feed.get_absolute_url()
        assert feed.not_taken_at is not None  # by the query
        since = clock.day_of(feed.not_taken_at)
        yield Task(
            key=f"{key(feed)}:not_taken",
            kind="decide",
            title=_("Look at what came for %(feed)s and was not taken") % {"feed": feed.name},
            why=noted_text(feed),
            href=href,
            due=since + DECIDE_WITHIN,
            since=since,
            needs=RUN,
            news=News.HELD,
            links=(ActionLink(_("View the feed"), href),),
        )


def _alerts_came_back() -> Iterator[Task]:
    """Addresses of the duty contact to which alerts do not arrive."""
    if (found := on_duty()) is None:
        return
    href = reverse("workspace:organisation", args=[found[0].code])
    for mail in undelivered_alerts():
        yield Task(
            key=f"{key(mail)}:feeds.alert",
            kind="confirm",
            title=_("Alerts to the duty contact %(address)s do not arrive") % {"address": mail.to},
            why=_("Nobody on duty is notified of requests for help and critical findings there. Correct the contact."),
            href=href,
            since=clock.day_of(mail.created_at),
            needs=HANDLE,
            news=News.HELD,
            is_now=True,
            links=(ActionLink(_("Correct the contact"), href),),
        )


def _failing() -> Iterator[Task]:
    """Feeds that could not be fetched several times in a row."""
    for feed in Feed.objects.filter(is_active=True, failures__gte=logic.FAILING_AFTER).order_by("name", "pk"):
        href = feed.get_absolute_url()
        why = ngettext("%(n)d attempt failed. %(words)s", "%(n)d attempts in a row failed. %(words)s", feed.failures)
        yield Task(
            key=f"{key(feed)}:failing",
            kind="renew",
            title=_("Files of %(feed)s cannot be fetched") % {"feed": feed.name},
            why=why % {"n": feed.failures, "words": noted_text(feed)},
            href=href,
            needs=RUN,
            news=News.HELD,
            links=(ActionLink(_("View the feed"), href),),
        )


def _unknown_types() -> Iterator[Task]:
    """Kinds of report that no format knows and nobody has mapped."""
    unknown = FeedFile.objects.filter(is_known_type=False).exclude(report_type="")
    unknown = unknown.exclude(report_type__in=TypeMapping.objects.values("report_type"))
    rows = unknown.order_by().values("report_type").annotate(n=Count("pk"), first=Min("received_at"))
    for row in rows.order_by("report_type"):
        href = reverse("workspace:feed_type", args=[row["report_type"]])
        since = clock.day_of(row["first"])
        text = ngettext(
            "%(n)d file of this type was saved as received.",
            "%(n)d files of this type were saved as received.",
            row["n"],
        )
        yield Task(
            key=f"feeds.type:{row['report_type']}",
            kind="decide",
            title=_("Describe files of the type %(type)s") % {"type": row["report_type"]},
            why=text % {"n": row["n"]},
            href=href,
            due=since + DECIDE_WITHIN,
            since=since,
            needs=RUN,
            news=News.HELD,
            links=(ActionLink(_("Match its columns"), href),),
        )


def _held_files() -> Iterator[Task]:
    """Files from mails whose sender is not proven, feed by feed."""
    feeds = Feed.objects.filter(held_files__state=HeldState.HELD)
    feeds = feeds.annotate(files=Count("held_files"), first=Min("held_files__received_at")).order_by("name", "pk")
    for feed in feeds:
        href = f"{feed.get_absolute_url()}#held"
        since = clock.day_of(feed.first)
        text = ngettext(
            "%(n)d file is held: nothing proves who sent it.",
            "%(n)d files are held: nothing proves who sent them.",
            feed.files,
        )
        yield Task(
            key=f"{key(feed)}:held",
            kind="decide",
            title=_("Release or discard the held files of %(feed)s") % {"feed": feed.name},
            why=text % {"n": feed.files},
            href=href,
            due=since + DECIDE_WITHIN,
            since=since,
            needs=RUN,
            news=News.HELD,  # of the first that is held: whoever forges mail could else have the team mailed at will
            links=(ActionLink(_("Look at the files"), href),),
        )


def _nights() -> Iterator[Task]:
    """Nights out of line, feed by feed."""
    feeds = Feed.objects.filter(runs__in=Run.objects.waiting())
    for feed in feeds.annotate(nights=Count("runs"), first=Min("runs__day")).order_by("name", "pk"):
        href = f"{feed.get_absolute_url()}#nights"
        text = ngettext(
            "%(n)d file has far fewer or far more rows than usual. Until you decide, it closes no finding and is in no notice.",
            "%(n)d files have far fewer or far more rows than usual. Until you decide, they close no finding and are in no notice.",
            feed.nights,
        )
        yield Task(
            key=f"{key(feed)}:nights",
            kind="decide",
            title=_("Accept or refuse unusual files of %(feed)s") % {"feed": feed.name},
            why=text % {"n": feed.nights},
            href=href,
            due=feed.first + DECIDE_WITHIN,
            since=feed.first,
            needs=RUN,
            news=News.HELD,
            size=feed.nights,
            links=(ActionLink(_("Look at the files"), href),),
        )


def _ran_out(today: date) -> Iterator[Task]:
    """Acceptances, false alarms and *not ours* whose day has passed: those that were made of many findings in one press are one task."""
    rows = FindingEnding.objects.ran_out(today).select_related("finding", "feed").order_by("ends_on", "pk")
    together: dict[tuple[object, ...], list[FindingEnding]] = {}
    for each in rows:
        press = (each.kind, each.ends_on, each.made_on, each.made_by, each.reason)
        together.setdefault(press if each.finding_id else (each.pk,), []).append(each)
    for group in together.values():
        first = group[0]
        href = f"{reverse('workspace:finding_endings')}#{'ran-out' if len(group) > 1 else f'ending-{first.pk}'}"
        day_after = (first.ends_on or today) + timedelta(days=1)
        what = ngettext("%(n)d finding", "%(n)d findings", len(group)) % {"n": len(group)}
        named = {"kind": first.get_kind_display(), "what": what if len(group) > 1 else ending_about(first)}
        yield Task(
            key=key(first) if len(group) == 1 else _key_of_press(first),
            kind="decide",
            title=_("%(kind)s: the day has passed for %(what)s") % named,
            why=_("What is still seen is open again. Extend it with a reason, or end it."),
            href=href,
            since=day_after,
            due=day_after + DECIDE_WITHIN,
            needs=HANDLE,
            size=len(group),
            links=(ActionLink(_("Extend or end it"), href),),
        )


def _key_of_press(ending: FindingEnding) -> str:
    """The same while fewer and fewer of the press are left."""
    words = hashlib.sha256(f"{ending.made_by} {ending.reason}".encode()).hexdigest()
    return f"feeds.ran_out:{ending.kind}:{ending.made_on}:{ending.ends_on}:{words[:12]}"


def _perhaps_differences() -> Iterator[Task]:
    """Feeds of which nobody has said what a file holds, and which look as if most days held changes only."""
    feeds = {feed.pk: feed for feed in Feed.objects.filter(delivery="", is_active=True)}
    since = clock.today() - timedelta(days=60)
    rows: dict[tuple[int, str], dict[date, int]] = {}
    runs = Run.objects.filter(feed__in=feeds, day__gte=since).order_by()
    for feed_id, report_type, day, number in runs.values_list("feed_id", "report_type", "day", "rows"):
        rows.setdefault((feed_id, report_type), {})[day] = number
    looks_so = {feed_id for (feed_id, _type), days in rows.items() if logic.whole_weekday(days) is not None}
    for feed in sorted((feeds[pk] for pk in looks_so), key=lambda one: (one.name, one.pk)):
        href = reverse("workspace:edit_feed", args=[feed.code])
        yield Task(
            key=f"{key(feed)}:difference",
            kind="decide",
            title=_("Find out what each file of %(feed)s holds") % {"feed": feed.name},
            why=_(
                "One day of the week has more than twice as many rows as the others, as if these held changes only. Until you decide, only that day shows that something is fixed."
            ),
            href=href,
            since=clock.today(),
            needs=RUN,
            links=(ActionLink(_("Change the feed"), href),),
        )


def _perhaps_pools() -> Iterator[Task]:
    """Networks that look dynamic or shared, for a person to confirm."""
    for each in AddressPool.objects.offered().order_by("made_on", "pk"):
        href = f"{reverse('workspace:address_pools')}#pool-{each.pk}"
        yield Task(
            key=key(each),
            kind="decide",
            title=_("Confirm how the addresses of %(network)s are used") % {"network": each.prefix},
            why=_("%(kind)s, as it looks: %(evidence)s. Until you decide, silence of a scan counts there as a fix.")
            % {"kind": each.get_kind_display(), "evidence": evidence_text(each)},
            href=href,
            since=each.made_on,
            needs=HANDLE,
            links=(ActionLink(_("Look at the networks"), href),),
        )


def _stepped_starts() -> Iterator[Task]:
    """Drafts of a stepped start, for another person of the team to agree to."""
    for each in SteppedStart.objects.filter(state=SteppedState.DRAFT).order_by("made_on", "pk"):
        yield Task(
            key=key(each),
            kind="decide",
            title=_("Agree to the stepped start of notices of %(kind)s, or not")
            % {"kind": title_for_others(each.kind, language())},
            why=_("Drafted by %(who)s. Another person of the team agrees to it; until then notices go as usual.")
            % {"who": each.made_by},
            href=each.get_absolute_url(),
            since=each.made_on,
            due=each.begins_on,
            needs=HANDLE,
            links=(ActionLink(_("Look at the draft"), each.get_absolute_url()),),
        )


def _many_notices(today: date) -> Iterator[Task]:
    """Notices that are not sent by themselves, since they are many more than usual."""
    waiting = held_now(today)
    if waiting:
        href = reverse("workspace:notices_due")
        yield Task(
            key=f"feeds.notices:{today}",
            kind="decide",
            title=_("Send today's notices, or find out why they are so many"),
            why=_("%(n)d organisations are to be notified, many more than usual. They wait for a person.")
            % {"n": waiting},
            href=href,
            due=today,
            since=today,
            needs=HANDLE,
            news=News.HELD,
            links=(ActionLink(_("Look at the notices"), href),),
        )
