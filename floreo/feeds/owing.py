"""What feeds owe: calls for help, false alarms and corrections to see to, letters that have no address, feeds that are silent, and
kinds of report that wait for a mapping. Whoever handles findings, or runs feeds, owes it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta

from django.db.models import Count, Exists, F, Max, Min, OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from floreo.core import clock
from floreo.core.access import Permission
from floreo.core.keys import key
from floreo.core.models import MailState, OutboxMail
from floreo.core.owing import Owed, OwedKind, Press, Whose
from floreo.feeds import logic
from floreo.feeds.actions.answering import FOR_THE_TEAM
from floreo.feeds.actions.feeds import BY_HAND
from floreo.feeds.holding_links import moment
from floreo.feeds.models import Answer, Correction, CorrectionState, Digest, Feed, Finding, Report, Said, TypeMapping
from floreo.organisations.models import ContactRole, Organisation
from floreo.organisations.queries import heirs

HANDLE, RUN = Permission.FINDING_HANDLE, Permission.FEED_RUN
WITHIN = {Said.NEED_HELP: timedelta(days=1), Said.FALSE_ALARM: timedelta(days=5)}
DECIDE_WITHIN = timedelta(days=5)
LETTER = "feeds.digest"
LOOK_BACK = timedelta(days=60)
SILENT_AFTER = 3  # times as long as a feed usually takes
_WRITTEN_TO = (ContactRole.ABUSE, ContactRole.TECHNICAL, ContactRole.MANAGEMENT, ContactRole.DUTY)


def owed(whose: Whose, *, viewer: object, today: date) -> Iterable[Owed]:
    """In a few queries, whatever there is."""
    if whose.everybody or HANDLE in whose.permissions:
        yield from _asked()
        yield from _corrections()
        yield from _without_address(today)
        yield from _came_back()
    if whose.everybody or RUN in whose.permissions:
        yield from _silent()
        yield from _unknown_types()


def _day(at: datetime) -> date:
    return timezone.localtime(at).date()


def _asked() -> Iterator[Owed]:
    """Calls for help and false alarms, one an organisation and kind: they are seen to together."""
    waiting = Answer.objects.filter(said__in=FOR_THE_TEAM, handled_at=None, finding__said=F("said"))
    grouped = waiting.order_by().values("finding__organisation", "finding__organisation__name", "said")
    rows = grouped.annotate(n=Count("finding", distinct=True), first=Min("at"), one=Min("finding"))
    for row in rows.order_by("first", "finding__organisation"):
        name, n, said = row["finding__organisation__name"], row["n"], Said(row["said"])
        if said is Said.NEED_HELP:
            words = ngettext(
                "%(name)s asks for help with %(n)d finding", "%(name)s asks for help with %(n)d findings", n
            )
        else:
            words = ngettext(
                "%(name)s says that %(n)d finding is a false alarm",
                "%(name)s says that %(n)d findings are false alarms",
                n,
            )
        href = reverse("workspace:finding", args=[row["one"]])
        since = _day(row["first"])
        yield Owed(
            key=f"feeds.answer:{said}:{row['finding__organisation']}",
            kind=OwedKind.DECIDE,
            title=words % {"name": name, "n": n},
            why=_("Answered to a letter of findings."),
            href=href,
            due=since + WITHIN[said],
            since=since,
            needs=HANDLE,
            presses=(Press(_("Read and reply"), href),),
        )


def _corrections() -> Iterator[Owed]:
    rows = Correction.objects.filter(state=CorrectionState.OPEN).select_related("organisation", "answer").order_by("pk")
    for each in rows:
        since = _day(each.answer.at)
        href = reverse("workspace:corrections")
        named = {"name": each.organisation.in_language("name"), "network": each.network}
        yield Owed(
            key=key(each),
            kind=OwedKind.CONFIRM,
            title=_("%(name)s says that %(network)s is not theirs") % named,
            why=_("The register says otherwise: correct it, or say why it stays."),
            href=href,
            due=since + DECIDE_WITHIN,
            since=since,
            needs=HANDLE,
            presses=(Press(_("Decide"), href),),
        )


def _without_address(today: date) -> Iterator[Owed]:
    """Organisations with findings to whom no letter can go. Merged bodies are written to at their heir's."""
    standing = Finding.objects.filter(state__in=logic.OPEN_STATES).order_by().values("organisation")
    counts = {
        row["organisation"]: (row["n"], row["first"])
        for row in standing.annotate(n=Count("pk"), first=Min("opened_on"))
    }
    if not counts:
        return
    heir = heirs()
    found: dict[int, tuple[int, date]] = {}
    for body, (n, first) in counts.items():
        before, since = found.get(heir.get(body, body), (0, first))
        found[heir.get(body, body)] = before + n, min(since, first)
    reached = Q(contacts__role__in=_WRITTEN_TO) & ~Q(contacts__email="")
    merged = Q(absorbed__contacts__role__in=_WRITTEN_TO) & ~Q(absorbed__contacts__email="")
    rows = Organisation.objects.filter(pk__in=found, email="").annotate(
        n=Count("contacts", filter=reached) + Count("absorbed__contacts", filter=merged)
    )
    for organisation in rows.filter(n=0).order_by("name", "pk"):
        n, since = found[organisation.pk]
        href = reverse("workspace:organisation", args=[organisation.code])
        said = ngettext("%(name)s cannot be told of %(n)d finding", "%(name)s cannot be told of %(n)d findings", n)
        yield Owed(
            key=f"{key(organisation)}:feeds.no_address",
            kind=OwedKind.CONFIRM,
            title=said % {"name": organisation.in_language("name"), "n": n},
            why=_("The register has no address of theirs. Find out whom to write to."),
            href=href,
            since=min(since, today),
            needs=HANDLE,
            presses=(Press(_("Add a contact"), href),),
        )


def _came_back() -> Iterator[Owed]:
    """Addresses whose last letter of findings came back, or could not be sent."""
    failed = (MailState.BOUNCED, MailState.STUCK)
    rows = OutboxMail.objects.filter(kind=LETTER, state__in=failed, changed_at__gt=clock.now() - LOOK_BACK)
    later = OutboxMail.objects.filter(to=OuterRef("to"), kind=LETTER, state=MailState.SENT, pk__gt=OuterRef("pk"))
    mails = {mail.to: mail for mail in rows.exclude(Exists(later)).order_by("-pk")}
    if not mails:
        return
    ids = {mail.about.rpartition(":")[2] for mail in mails.values()}
    digests = {key(d): d for d in Digest.objects.filter(pk__in=ids).select_related("organisation__merged_into")}
    for address, mail in sorted(mails.items()):
        digest = digests.get(mail.about)
        if digest is None or address not in digest.to:
            continue
        organisation = digest.organisation.heir()
        href = reverse("workspace:organisation", args=[organisation.code])
        yield Owed(
            key=f"{key(mail)}:feeds.came_back",
            kind=OwedKind.CONFIRM,
            title=_("Letters to %(address)s do not arrive") % {"address": address},
            why=_("%(name)s was not told of its findings. Ask them for another address.")
            % {"name": organisation.in_language("name")},
            href=href,
            since=digest.on,
            needs=HANDLE,
            presses=(Press(_("Mend the contact"), href),),
        )


def _silent() -> Iterator[Owed]:
    """Feeds of which no file has come for three times as long as it usually takes."""
    now = moment(clock.today())  # a sample country's calendar stands still, and its feeds with it
    for feed in (
        Feed.objects.filter(is_active=True)
        .exclude(code=BY_HAND)
        .annotate(last=Max("reports__received_at"))
        .order_by("name", "pk")
    ):
        last = feed.last
        allowed = timedelta(minutes=feed.every_minutes * SILENT_AFTER)
        if last is None or now - last <= allowed:
            continue
        href = feed.get_absolute_url()
        yield Owed(
            key=f"{key(feed)}:silent",
            kind=OwedKind.RENEW,
            title=_("No file from %(feed)s") % {"feed": feed.name},
            why=_("The last one came longer ago than three times what is usual. Ask whoever sends it."),
            href=href,
            due=_day(last + allowed),
            since=_day(last + allowed),
            needs=RUN,
            presses=(Press(_("Look at the feed"), href),),
        )


def _unknown_types() -> Iterator[Owed]:
    """Kinds of report that no format knows and nobody has mapped."""
    unknown = Report.objects.filter(is_known_type=False).exclude(report_type="")
    unknown = unknown.exclude(report_type__in=TypeMapping.objects.values("report_type"))
    rows = unknown.order_by().values("report_type").annotate(n=Count("pk"), first=Min("received_at"))
    for row in rows.order_by("report_type"):
        href = reverse("workspace:feed_type", args=[row["report_type"]])
        since = _day(row["first"])
        said = ngettext(
            "%(n)d report of it was kept as it came.", "%(n)d reports of it were kept as they came.", row["n"]
        )
        yield Owed(
            key=f"feeds.type:{row['report_type']}",
            kind=OwedKind.DECIDE,
            title=_("Say what reports of the type %(type)s mean") % {"type": row["report_type"]},
            why=said % {"n": row["n"]},
            href=href,
            due=since + DECIDE_WITHIN,
            since=since,
            needs=RUN,
            presses=(Press(_("Map its columns"), href),),
        )
