"""What threat reports offer to the rest of the product."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy as pgettext

from floreo.core.access import SYSTEM, Permission
from floreo.core.figures import Direction, Measure
from floreo.core.offers import THREATS, Job, MenuItem, Offers, PackFile, SearchKind
from floreo.feeds import measures, pack
from floreo.feeds.actions.collect import collect_from_folders, fetch_due, read_mail
from floreo.feeds.actions.endings import open_what_ran_out
from floreo.feeds.actions.feeds import settle_waiting
from floreo.feeds.actions.ingesting import read_waiting
from floreo.feeds.actions.numbering import number_changes
from floreo.feeds.actions.pools import offer_pools
from floreo.feeds.actions.retention import compact_and_retain
from floreo.feeds.actions.watching import watch
from floreo.feeds.proposals import KINDS
from floreo.feeds.tasks import waiting_tasks
from floreo.feeds.waits import waits_for_files, waits_for_looks

OFFERS = Offers(
    search_kinds=(SearchKind("notice", _("Notice"), Permission.FEED_READ),),
    measures={
        "findings_open_per_1000_addresses": Measure(
            measures.findings_open_per_1000_addresses,
            _("Open findings per 1,000 addresses"),
            "findings",
            _("findings open at IPv4 addresses"),
            _("IPv4 addresses in the register"),
            decimals=2,
            direction=Direction.DOWN,
            knows_past=False,
        ),
        **{
            function.__name__: Measure(
                function,
                title,
                "%",
                _("findings that scans show to be fixed"),
                _("findings of scans first seen within a year"),
                version=2,
                decimals=1,
                waits=waits_for_looks,
            )
            for function, title in (
                (measures.share_findings_fixed_within_7_days, _("Share of findings shown to be fixed within 7 days")),
                (measures.share_findings_fixed_within_30_days, _("Share of findings shown to be fixed within 30 days")),
                (measures.share_findings_fixed_within_90_days, _("Share of findings shown to be fixed within 90 days")),
            )
        },
        "median_days_to_fix": Measure(
            measures.median_days_to_fix,
            _("Median days until a finding is shown to be fixed, with those still open"),
            "days",
            _("findings that scans show to be fixed"),
            _("findings of scans first seen within a year"),
            version=2,
            direction=Direction.DOWN,
            waits=waits_for_looks,
        ),
        "fixed_more_where_notified": Measure(
            measures.fixed_more_where_notified,
            _("Findings fixed where notified, compared with not yet notified"),
            "percentage points",
            _("findings fixed within a step where the organisation had been notified"),
            _("findings open at the start of a step where the organisation had been notified"),
            decimals=1,
            waits=waits_for_looks,
        ),
        "share_notices_answered": Measure(
            measures.share_notices_answered,
            _("Share of notices of findings with a reply"),
            "%",
            _("notices with a reply"),
            _("notices sent, left out, or never sent although findings were open"),
            version=2,
        ),
        "share_constituency_verified_contact": Measure(
            measures.share_constituency_verified_contact,
            _("Share of organisations with networks whose contact is verified"),
            "%",
            _("organisations with a contact who replied within a year"),
            _("organisations with networks, addresses or domains"),
            knows_past=False,
        ),
        "rejects_per_million": Measure(
            measures.rejects_per_million,
            _("Rows of files that could not be read, per million"),
            "rows",
            _("rejected rows"),
            _("rows read"),
            direction=Direction.DOWN,
            waits=waits_for_files,
        ),
    },
    discussed=dict.fromkeys(("feeds.finding", "feeds.reply", "feeds.correction"), Permission.FINDING_HANDLE),
    tasks=waiting_tasks,
    proposal_kinds=KINDS,
    pack_shapes=pack.SHAPES,
    pack_files=tuple(PackFile(name, shapes) for name, shapes in pack.FILES.items()),
    jobs=(
        Job("fetched reports", partial(fetch_due, by=SYSTEM), timedelta(minutes=1), lane="outside"),
        Job("watched folders", partial(collect_from_folders, by=SYSTEM), timedelta(seconds=30), lane="feeds"),
        Job("mailed reports", partial(read_mail, by=SYSTEM), timedelta(minutes=5), lane="outside"),
        Job("waiting reports", partial(read_waiting, by=SYSTEM), timedelta(seconds=5), lane="feeds"),
        Job("feeds that were changed", partial(settle_waiting, by=SYSTEM), timedelta(seconds=5), lane="feeds"),
        Job("numbers of changes", number_changes, timedelta(seconds=5)),
        Job("silent feeds and notices that came back", partial(watch, by=SYSTEM), timedelta(minutes=1), lane="feeds"),
        Job("endings that ran out", partial(open_what_ran_out, by=SYSTEM), timedelta(hours=1), lane="feeds"),
        Job("networks that look shared", partial(offer_pools, by=SYSTEM), timedelta(days=1), lane="night"),
        Job("stored events", partial(compact_and_retain, by=SYSTEM), timedelta(days=1), lane="night"),
    ),
    assigned_with={"feeds.finding": Permission.FINDING_HANDLE, "feeds.correction": Permission.FINDING_HANDLE},
    verbs={
        "answer.unhandled": _("took back that a reply was handled"),
        "answer.handled": _("handled a reply"),
        "correction.accepted": _("corrected the register as requested"),
        "correction.refused": _("left the register unchanged"),
        "pool.marked": _("marked a network as dynamic or shared"),
        "pool.confirmed": _("confirmed that a network is dynamic or shared"),
        "pool.refused": _("decided that a network is not dynamic or shared"),
        "pool.ended": _("ended the mark of a network as dynamic or shared"),
        "pools.offered": _("offered networks that look dynamic or shared"),
        "held.all_discarded": _("discarded the held files of a feed"),
        "held.discarded": _("discarded a held file"),
        "held.kept": _("held a file whose sender is not proven"),
        "held.released": _("released a held file"),
        "notices.held": _("held far more notices than usual"),
        "notices.unheld": _("let notices go by themselves again"),
        "notices.released": _("sent the notices that were held"),
        "run.accepted": _("accepted an unusual file of a feed"),
        "run.refused": _("refused an unusual file of a feed"),
        "notice.link_ended": _("ended the links of a notice"),
        "notice.received": _("confirmed that the notice arrived"),
        "notice.resent": _("sent the notice again"),
        "notice.sent": _("sent the notice"),
        "notice.undelivered": _("noted that the notice was not delivered"),
        "notice.skipped": _("left out a notice"),
        "notice_rule.changed": _("changed a notice rule"),
        "notice_rule.made": _("added a notice rule"),
        "notice_rule.moved": _("moved a notice rule"),
        "notice_rule.removed": _("removed a notice rule"),
        "stepped_start.agreed": _("agreed to a stepped start of notices"),
        "stepped_start.discarded": _("decided not to carry out a stepped start of notices"),
        "stepped_start.drafted": _("drafted a stepped start of notices"),
        "stepped_start.stopped": _("stopped a stepped start of notices"),
        "duty.alerted": _("alerted the duty contact"),
        "duty.alerted_of_key": _("alerted the duty contact that e-mail waits for a key"),
        "duty.undelivered": _("noted that an alert to the duty contact was not delivered"),
        "ending.made": _("ended findings"),
        "ending.renewed": _("extended the ending of findings"),
        "ending.undone": _("undid the ending of findings"),
        "endings.ran_out": _("opened findings whose ending had run out"),
        "events.let_go": _("deleted events past their retention period"),
        "feed.address_made": _("made a new secret address for the feed"),
        "feed.back": _("noted that files of the feed come again"),
        "feed.changed": _("changed the feed"),
        "feed.settled": _("calculated the findings of the feed again"),
        "feed.failing": _("noted that files of the feed cannot be fetched"),
        "feed.night_held": _("held files of the feed that are out of line"),
        "feed.made": _("added the feed"),
        "feed.not_taken": _("noted that something that came for the feed was not taken"),
        "feed.problem_seen": _("looked at what was not taken"),
        "feed.silent": _("noted that no file of the feed comes any more"),
        "feed_rule.changed": _("changed the rule"),
        "feed_rule.made": _("added the rule"),
        "feed_rule.moved": _("moved a rule"),
        "feed_rule.removed": _("removed the rule"),
        "feed_rule.switched": _("switched the rule on or off"),
        "finding.answer_taken_back": _("withdrew a reply"),
        "finding.answer_undone": _("took back replies about findings that they had just given"),
        "finding.answered": _("replied about findings, through the link in a notice"),
        "finding.answered_signed_in": _("replied about findings"),
        "operator_text.checked": _("checked a text for operators"),
        "report.given_back": _("stopped reading a file"),
        "report.read_again": _("had a file read as it is described"),
        "report.received": _("received a file"),
        "reports.read": _("read files"),
        "sample.night_told": _("played a night of the sample country"),
        "type_mapping.set": _("matched the columns"),
    },
    menu=(
        MenuItem(THREATS, _("Findings"), "workspace:findings", Permission.FEED_READ, 10, "findings"),
        MenuItem(
            THREATS,
            _("Replies to notices"),
            "workspace:replies",
            Permission.FINDING_HANDLE,
            25,
            "replies",
            everywhere=True,
        ),
        MenuItem(THREATS, pgettext("feed", "Notices"), "workspace:notices", Permission.FEED_READ, 20, "digests"),
        MenuItem(THREATS, _("Explore events"), "workspace:explorer", Permission.FEED_READ, 30, "explorer"),
        MenuItem(
            THREATS,
            _("Corrections"),
            "workspace:corrections",
            Permission.FEED_READ,
            40,
            "corrections",
            everywhere=True,
        ),
        MenuItem(THREATS, _("Feeds"), "workspace:feeds", Permission.FEED_READ, 50, "feeds", everywhere=True),
    ),
)
