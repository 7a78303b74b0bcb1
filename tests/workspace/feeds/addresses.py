"""Examples for the addresses of threat reports."""

from __future__ import annotations

from datetime import timedelta

from floreo.core import clock
from floreo.feeds.models import (
    AddressPool,
    Correction,
    Feed,
    FeedFile,
    FeedRule,
    Finding,
    FindingEnding,
    HeldFile,
    Notice,
    NoticeRule,
    Reply,
    Run,
    SteppedStart,
)
from floreo.organisations.models import Country, Organisation, User


def examples(country: Country, user: User) -> dict[str, list[object]]:
    now, today = clock.now(), clock.today()
    feed, body = Feed.objects.order_by("pk")[0], Organisation.objects.order_by("pk")[0]
    file = FeedFile.objects.create(
        feed=feed, sha256="0" * 64, name="2026-11-20-scan_ssl.csv", day=today, report_type="scan_ssl", received_at=now
    )
    finding = Finding.objects.create(
        organisation=body,
        subject="192.0.2.7",
        ip="192.0.2.7",
        kind="open-telnet",
        feed=feed,
        first_seen=now,
        last_seen=now,
        first_day=today,
        last_day=today,
        opened_on=today,
    )
    notice = Notice.objects.create(
        organisation=body,
        contact_role="abuse",
        on=today,
        start=today,
        end=today,
        link_until=now + timedelta(days=30),
        posted_at=now,
    )
    reply = Reply.objects.create(finding=finding, notice=notice, kind="not_ours", at=now, replied_by="X")
    correction = Correction.objects.create(answer=reply, organisation=body, network="192.0.2.0/25", reason="address")
    rule = FeedRule.objects.first() or FeedRule.objects.create(name="X", does="drop", reason="x")
    notice_rule = NoticeRule.objects.first() or NoticeRule.objects.create()
    held = HeldFile.objects.create(
        feed=feed, sha256="1" * 64, name="held.csv", size=1, sender="a@example.org", reason="unsigned", received_at=now
    )
    ending = FindingEnding.objects.create(
        kind="accepted", finding=finding, reason="X", made_by="X", made_on=today, ends_on=today + timedelta(days=9)
    )
    pools = [
        AddressPool.objects.create(
            organisation=body, prefix=prefix, kind="nat", state=state, made_by="X", made_on=today, findings=4, days=2
        )
        for prefix, state in (("192.0.2.0/25", "offered"), ("192.0.2.128/25", "active"))
    ]
    starts = [
        SteppedStart.objects.create(
            kind="open-telnet", begins_on=today, state=state, reason="X", made_by="X", made_on=today
        )
        for state in ("draft", "agreed")
    ]
    night = Run.objects.create(feed=feed, report_type="scan_ssl", day=now.date(), held="fewer")
    groups: list[tuple[str, list[object]]] = [
        (
            "feed edit_feed feed_problem_seen upload_report try_feed map_feed arrange_feed discard_all_held feed_address",
            [feed.code],
        ),
        ("release_held discard_held", [held.pk]),
        ("accept_run refuse_run", [night.pk]),
        ("feed_type arrange_type", ["scan_ssl"]),
        ("operator_text check_operator_text", ["open-telnet"]),
        ("feed_report report_rejects", [file.pk]),
        ("feed_rule edit_feed_rule switch_feed_rule move_feed_rule remove_feed_rule", [rule.pk]),
        ("finding answer_finding report_finding end_finding", [finding.pk]),
        ("renew_finding_ending undo_finding_ending", [ending.pk]),
        ("confirm_address_pool refuse_address_pool", [pools[0].pk]),
        ("end_address_pool", [pools[1].pk]),
        ("stepped_start agree_stepped_start discard_stepped_start", [starts[0].pk]),
        ("stop_stepped_start", [starts[1].pk]),
        ("see_to_answer", [finding.pk, reply.pk]),
        ("notice resend_notice end_notice_link", [notice.pk]),
        ("skip_notice", [body.code, "abuse"]),
        ("notice_words", [body.code]),
        ("edit_notice_rule move_notice_rule remove_notice_rule", [notice_rule.pk]),
        ("accept_correction refuse_correction", [correction.pk]),
    ]
    return {name: given for names, given in groups for name in names.split()}
