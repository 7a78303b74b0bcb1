"""What is in the addresses of the workspace that name something: one example of each, by the address's name."""

from __future__ import annotations

from datetime import date
from typing import Any

from floreo.core import clock
from floreo.core.figures import Period
from floreo.core.keys import key
from floreo.core.outbox import post_test
from floreo.evidence.models import Attachment
from floreo.frameworks.models import Answer as Rated
from floreo.frameworks.models import Assessment, Contribution, PublishedScore
from floreo.meetings.models import AgendaItem, Committee, Decision, Seat
from floreo.organisations.models import Country, Organisation, User
from floreo.publications.models import Channel, Posting, Publication
from floreo.reports.actions import freeze_report, make_preview
from floreo.reports.models import Lesson, WordTemplate
from floreo.reviews.models import Answer, UpdateRequest
from floreo.strategy.models import Action, Grant, Payment, SourceDocument
from tests.factories import strategy as make


def things(secretariat: User) -> dict[str, Any]:
    """One of everything that an address may name, internal where that can be."""
    act = Action.objects.select_related("edition", "objective").filter(budget_lines__isnull=False).order_by("pk")[0]
    update_request = (
        UpdateRequest.objects.filter(review__state="open")
        .exclude(answers=None)
        .select_related("review__edition")
        .order_by("pk")[0]
    )
    answer = (
        Answer.objects.filter(update_request__review=update_request.review)
        .select_related("update_request__review")
        .order_by("pk")[0]
    )
    item = AgendaItem.objects.select_related("meeting__committee").order_by("pk")[0]
    of_the_nation = Rated.objects.filter(assessment__organisation=None)
    rated = of_the_nation.select_related("assessment__in_version__framework", "item").order_by("pk")[0]
    Assessment.objects.update(is_public=False)
    Committee.objects.update(is_public=False)
    Decision.objects.update(is_public=False)
    snapshot = freeze_report(act.edition, by=secretariat, period=Period(date(2026, 10, 5), date(2026, 10, 30)))
    made = WordTemplate.objects.create(
        code="paper",
        name="Paper",
        file_name="p.docx",
        content=b"x",
        sha256="x",
        size=1,
        kept_by="X",
        kept_on=make.TODAY,
    )
    document = SourceDocument.objects.create(
        code="quoted", title="Quoted", file_sha256="0" * 64, text_sha256="0" * 64, source="A library"
    )
    mail = post_test(by=secretariat, to="a@example.org")
    out = Publication.objects.create(
        code="out", kind="press", title="Out", language="en", text="x", state="published", published_at=clock.now()
    )
    channel = Channel.objects.order_by("pk")[0]
    posting = Posting.objects.create(publication=out, channel=channel, at=clock.now(), by_name="X")
    line = act.budget_lines.all()[0]
    payment = Payment.objects.first() or line.payments.create(on=make.TODAY, amount=1)
    contribution = Contribution.objects.order_by("pk").first() or Contribution.objects.create(
        item=rated.item, thing=key(act)
    )
    return {
        "act": act,
        "update_request": update_request,
        "answer": answer,
        "item": item,
        "rated": rated,
        "snapshot": snapshot,
        "preview": make_preview(snapshot, by=secretariat, name="The minister"),
        "template": made,
        "mail": mail,
        "document": document,
        "posting": posting,
        "line": line,
        "payment": payment,
        "contribution": contribution,
        "attachment": Attachment.objects.select_related("evidence").order_by("pk")[0],
        "grant": Grant.objects.order_by("pk")[0],
        "seat": Seat.objects.select_related("committee").order_by("pk")[0],
        "decision": Decision.objects.order_by("pk")[0],
        "channel": Channel.objects.order_by("pk")[0],
        "lesson": Lesson.objects.create(edition=act.edition, title="L"),
        "score": PublishedScore.objects.select_related("framework").order_by("pk")[0],
        "body": Organisation.objects.order_by("pk")[0],
    }


def _of(t: dict[str, Any]) -> dict[str, list[object]]:
    """What is in each address, by its name."""
    edition, review, meeting, rated = t["act"].edition.code, t["update_request"].review, t["item"].meeting, t["rated"]
    held = [meeting.committee.code, meeting.code]
    in_review, found, posted = [review.edition.code, review.code], t["attachment"], t["posting"]
    framework = rated.assessment.in_version.framework.code
    groups: list[tuple[str, list[object]]] = [
        ("send_reminder escalate", ["organisation", t["body"].code]),
        ("name_for_iati", [t["body"].code]),
        ("money report_preview freeze_report close_edition lessons rhythm new_review", [edition]),
        ("grant edit_grant remove_grant", [t["grant"].code]),
        ("budget_line place_line new_payment", [t["line"].pk]),
        ("edit_payment remove_payment", [t["payment"].pk]),
        ("attach_evidence", [key(t["act"])]),
        ("evidence_item edit_evidence replace_evidence withdraw_evidence", [found.evidence.code]),
        ("detach_evidence", [found.evidence.code, found.pk]),
        ("mail_letter mail_again mail_readdress mail_drop", [t["mail"].pk]),
        ("check_row doubt_row translate_row", ["actions", t["act"].pk]),
        ("site_command", ["make-official"]),
        ("add_document", [t["document"].code]),
        ("meeting record_meeting draw_agenda meeting_invitation", held),
        ("meeting_paper", [*held, "minutes"]),
        ("meeting_file", [*held, "minutes", "pdf"]),
        ("meeting_command", [*held, "cancel"]),
        ("edit_point move_point remove_point", [*held, t["item"].code]),
        ("committee edit_committee call_meeting new_seat", [meeting.committee.code]),
        ("edit_seat end_seat remove_seat", [t["seat"].committee.code, t["seat"].pk]),
        ("decision", [t["decision"].number]),
        ("decision_command", [t["decision"].number, "edit"]),
        ("publication publication_file publication_download new_posting", [posted.publication.code]),
        ("publication_command", [posted.publication.code, "edit"]),
        ("edit_channel", [t["channel"].code]),
        ("remove_posting", [posted.publication.code, posted.pk]),
        ("skip_channel", [posted.publication.code, t["channel"].code]),
        ("word_template_file retire_word_template", [t["template"].code]),
        ("report_preview_file", [edition, "docx"]),
        ("remove_lesson", [edition, t["lesson"].pk]),
        (
            "report correct_report sign_report publish_report schedule_report withdraw_report make_report_preview",
            [edition, t["snapshot"].code],
        ),
        ("withdraw_report_preview", [edition, t["snapshot"].code, t["preview"].pk]),
        ("report_file", [edition, t["snapshot"].code, "docx"]),
        ("approve_answer return_answer", [*in_review, t["answer"].pk]),
        ("review move_review remind_review widen_review close_review close_period_report", [*in_review]),
        ("approve_unchanged approve_many", [*in_review]),
        ("update_request remind_ask escalate_ask renew_ask", [*in_review, t["update_request"].pk]),
        ("contribution", [t["contribution"].thing]),
        ("remove_contribution", [t["contribution"].thing, t["contribution"].pk]),
        ("framework new_assessment new_score", [framework]),
        ("remove_score", [t["score"].framework.code, t["score"].pk]),
        ("check_item", [framework, rated.item.in_version.code, rated.item.code]),
        ("answer rate_item review_item take_back_review", [rated.assessment.code, rated.item.code]),
        ("attach_suggested", [rated.assessment.code, rated.item.code, found.evidence.code]),
        ("evidence_pack", [rated.assessment.code, "send", "xlsx"]),
        (
            "assessment compare_assessments close_assessment reopen_assessment publish_assessment unpublish_assessment",
            [rated.assessment.code],
        ),
    ]
    return {name: args for names, args in groups for name in names.split()}


def examples(country: Country, user: User) -> dict[str, list[object]]:
    return _of(things(user))
