"""Sentences about drafts: why a file could not be read, what kind of row this is, which part a body had."""

from __future__ import annotations

import json
from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from floreo.strategy.drafting.document import Unreadable
from floreo.strategy.drafting.rows import Kind
from floreo.strategy.models import EditionPart

UNREADABLE: Mapping[str, str] = {
    "wrong_type": gettext_noop(
        "%(name)s is %(found)s. Only text, Markdown, HTML, Word (.docx) and PDF files are accepted. Save"
        " the strategy in one of these formats and upload it again."
    ),
    "not_text": gettext_noop(
        "%(name)s has the ending of a text file, but its content is not text. Open it in the program "
        "that made it and save it as Word or PDF."
    ),
    "empty": gettext_noop(
        "%(name)s contains no words. Check that it is the right file and that it opens on your computer."
    ),
    "encrypted": gettext_noop("%(name)s is protected by a password. Remove the password and upload the file again."),
    "scanned": gettext_noop(
        "%(name)s contains images of pages, not text. Run text recognition (OCR) on it, or upload the "
        "Word file it was made from."
    ),
    "too_large": gettext_noop(
        "%(name)s is %(size_mb)s MB; the limit is %(limit_mb)s MB. Upload the text without annexes and "
        "images, or in parts."
    ),
    "too_long": gettext_noop(
        "%(name)s has %(pages)s pages; the limit is %(limit)s. Upload the strategy without its annexes, or in parts."
    ),
    "bomb": gettext_noop(
        "%(name)s expands to a much larger size than expected, so it was not opened. Open it in Word, "
        "save it under a new name and upload that file."
    ),
    "damaged": gettext_noop(
        "%(name)s is damaged or incomplete, so it cannot be opened. Ask for the file again, or save it again."
    ),
    "language": gettext_noop(
        "%(name)s seems to be written in %(language)s. Drafts can be made only from English and Spanish "
        "texts. Upload a translation, or enter the strategy by hand."
    ),
    "no_rows": gettext_noop(
        "%(name)s does not look like a strategy: it has no title with a period, no pillars, objectives "
        "or actions. Check that it is the right file, or enter the strategy by hand."
    ),
    "stopped": gettext_noop(
        "Reading %(name)s was interrupted several times and has been stopped. Upload it in parts, or as plain text."
    ),
    "broken": gettext_noop(
        "%(name)s could not be read. The error is ours and was recorded; the file is saved. Try it as "
        "Word or plain text."
    ),
    "file_lost": gettext_noop("%(name)s is no longer on this server. Upload it again."),
}
# Words that the engine puts into its sentences.
_FOUND = (
    gettext_noop("a PNG image"),
    gettext_noop("a JPEG image"),
    gettext_noop("a GIF image"),
    gettext_noop("a TIFF image"),
    gettext_noop("a Windows program"),
    gettext_noop("a program"),
    gettext_noop("a Rich Text file"),
    gettext_noop("a RAR archive"),
    gettext_noop("a 7-Zip archive"),
    gettext_noop("a gzip archive"),
    gettext_noop("an Excel workbook"),
    gettext_noop("a PowerPoint file"),
    gettext_noop("an OpenDocument file"),
    gettext_noop("a ZIP archive"),
    gettext_noop("an old Office file (.doc)"),
    gettext_noop("a file of an unknown type"),
    gettext_noop("a script other than Latin"),
    gettext_noop("French"),
    gettext_noop("Portuguese"),
    gettext_noop("German"),
    gettext_noop("Italian"),
    gettext_noop("Dutch"),
    gettext_noop("Haitian Creole"),
)

KIND_WORDS: Mapping[str, Promise] = {
    Kind.EDITION: gettext_lazy("Edition"),
    Kind.OBJECTIVE_OVERALL: gettext_lazy("Overall objective"),
    Kind.PILLAR: gettext_lazy("Pillar"),
    Kind.OBJECTIVE: gettext_lazy("Objective"),
    Kind.ACTION: gettext_lazy("Action"),
    Kind.BODY: gettext_lazy("Organisation"),
    Kind.MEASURE: gettext_lazy("Measure under way"),
    Kind.TARGET: gettext_lazy("Target"),
    Kind.FUNDER: gettext_lazy("Funder"),
    Kind.OUTLET: gettext_lazy("Where it is published"),
}

# What the text calls a part, as an edition's part. "adopted" has none of its own: a person says which it is.
PARTS: Mapping[str, EditionPart | None] = {
    "launched": EditionPart.LAUNCHED,
    "guided": EditionPart.GUIDED,
    "coordinated": EditionPart.COORDINATED,
    "collaborated": EditionPart.COLLABORATED,
    "developed": EditionPart.COLLABORATED,
    "led": EditionPart.LED,
    "supported": EditionPart.SUPPORTED,
    "member": EditionPart.MEMBER,
    "funded": EditionPart.FUNDED,
    "adopted": None,
}


def failure_of(code: str, **facts: str | int) -> str:
    """A failure as a draft keeps it: its code and facts, so that each reader gets the sentence in their language."""
    return json.dumps({"code": code, **facts}, ensure_ascii=False)[:500]


def unreadable_failure(refusal: Unreadable) -> str:
    return failure_of(refusal.code, **refusal.sentence)


def failure_sentence(kept: str, *, name: str) -> str:
    """The sentence of a kept failure. What cannot be understood becomes the general sentence."""
    try:
        facts = dict(json.loads(kept))
        words = {key: _(value) if value in _FOUND else value for key, value in facts.items()}
        return _(UNREADABLE[str(facts["code"])]) % {"name": name, **words}
    except (ValueError, KeyError, TypeError):
        return _(UNREADABLE["broken"]) % {"name": name}


def found_words(refusal: Unreadable) -> str:
    """What the file was found to be, in the reader's language: "a PNG image". "" where the refusal is about something else."""
    if refusal.code == "not_text":
        return _("a file of an unknown type")
    found = str(refusal.sentence.get("found", ""))
    return _(found) if found in _FOUND else found


def unreadable_sentence(refusal: Unreadable) -> str:
    """The engine's refusal in the reader's language."""
    return failure_sentence(unreadable_failure(refusal), name=str(refusal.sentence.get("name", "")))
