"""What is beside a snapshot: corrections, signatures; and what an edition taught."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import models
from django.utils.translation import gettext as _

from floreo.core import clock
from floreo.core.access import Actor, Permission
from floreo.core.action import action
from floreo.core.errors import Refused
from floreo.core.writing import delete, require_text, save
from floreo.evidence.actions import attach, store_file
from floreo.reports.models import Correction, Lesson, SignOff, Snapshot
from floreo.strategy.models import Edition


def _bounded(text: str, field: str, most: int) -> str:
    if len(text) > most:
        sentence = _("This text is longer than %(most)d characters. Shorten it.") % {"most": most}
        raise Refused(sentence, code="too_long", fields={field: sentence})
    return text.strip()


@action("report.corrected", needs=Permission.REPORT_MAKE)
def correct_snapshot(
    snapshot: Snapshot, *, by: Actor, where: str, instead: str, text: str = "", is_public: bool = True
) -> Correction:
    """Says beside a snapshot what in it is wrong and what is right. The snapshot stays as it is."""
    place = require_text(
        where, field="where", sentence=_("Enter where in the report the error is, for example “Money, 2026”.")
    )
    right = require_text(instead, field="instead", sentence=_("Enter the correct version and its source."))
    return save(
        Correction(
            snapshot=snapshot,
            where=_bounded(place, "where", 200),
            text=_bounded(text, "text", 500),
            instead=_bounded(right, "instead", 5000),
            on=clock.today(),
            by=by.actor_name,
            is_public=is_public,
        )
    )


def _with_corrections(snapshot: Snapshot) -> Iterable[models.Model | models.QuerySet[Any]]:
    return [snapshot, snapshot.corrections.all()]


@action("report.signed", needs=Permission.REVIEW_RUN, decides=_with_corrections)
def sign_off(
    snapshot: Snapshot,
    *,
    by: Actor,
    signed_name: str,
    signed_post: str,
    signed_on: date,
    language: str,
    pdf_sha256: str,
    note: str = "",
    scan: UploadedFile[Any] | None = None,
    shown: str | None = None,
) -> SignOff:
    """Records that somebody signed the report on paper: the fingerprint of the PDF in that `language`, with the corrections
    that were `shown` (`queries.signed_pdf_sha256`), is kept; the `scan` goes into the vault as evidence."""
    name = require_text(signed_name, field="signed_name", sentence=_("Enter the name of the person who signed."))
    post = require_text(
        signed_post, field="signed_post", sentence=_("Enter the post of the person who signed, for example “Minister”.")
    )
    if signed_on > clock.today():
        sentence = _("This date is in the future. Enter the day on which it was signed.")
        raise Refused(sentence, code="to_come", fields={"signed_on": sentence})
    if signed_on < snapshot.ends_on:
        sentence = _("The report's period had not ended on that day. Enter the day on which it was signed.")
        raise Refused(sentence, code="too_early", fields={"signed_on": sentence})
    signed = save(
        SignOff(
            snapshot=snapshot,
            signed_name=_bounded(name, "signed_name", 200),
            signed_post=_bounded(post, "signed_post", 200),
            signed_on=signed_on,
            language=language,
            pdf_sha256=pdf_sha256,
            note=_bounded(note, "note", 500),
            kept_by=by.actor_name,
        )
    )
    if scan is not None:
        title = _("Signed report %(code)s") % {"code": snapshot.code}
        attach(store_file(scan, by=by, title=title, dated=signed_on), by=by, thing=snapshot)
    return signed


@action("lesson.noted", needs=Permission.REPORT_MAKE)
def note_lesson(
    edition: Edition, *, by: Actor, title: str, text: str = "", reported_by: str = "", is_public: bool = True
) -> Lesson:
    """Something that the edition taught."""
    wording = require_text(title, field="title", sentence=_("Enter the lesson learned in one line."))
    last = Lesson.objects.filter(edition=edition).order_by("-position").values_list("position", flat=True).first()
    return save(
        Lesson(
            edition=edition,
            title=_bounded(wording, "title", 200),
            text=_bounded(text, "text", 5000),
            reported_by=_bounded(reported_by, "reported_by", 200),
            is_public=is_public,
            position=(last or 0) + 1,
        )
    )


@action("lesson.removed", needs=Permission.REPORT_MAKE)
def remove_lesson(lesson: Lesson, *, by: Actor) -> None:
    delete(lesson)
