"""Why a document could not be read, in the language of whoever asks: the sentences of Unreadable, translated. The only module
here that knows Django."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from floreo.core.reading.document import Unreadable

UNREADABLE: Mapping[str, str] = {
    "wrong_type": gettext_noop(
        "%(name)s is %(found)s. Only text, Markdown, HTML, Word (.docx) and PDF files are accepted. Save"
        " the document in one of these formats and upload it again."
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
        "%(name)s has %(pages)s pages; the limit is %(limit)s. Upload the document without its annexes, or in parts."
    ),
    "bomb": gettext_noop(
        "%(name)s expands to a much larger size than expected, so it was not opened. Open it in Word, "
        "save it under a new name and upload that file."
    ),
    "damaged": gettext_noop(
        "%(name)s is damaged or incomplete, so it cannot be opened. Ask for the file again, or save it again."
    ),
    "language": gettext_noop(
        "%(name)s seems to be written in %(language)s, in which texts cannot be read here. "
        "Upload a translation, or enter the content by hand."
    ),
}
# Words that the readers put into their sentences.
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


def unreadable_sentence(refusal: Unreadable) -> str:
    """The refusal in the reader's language."""
    return filled(UNREADABLE[refusal.code], refusal.sentence)


def filled(sentence: str, facts: Mapping[str, object]) -> str:
    """A sentence with its facts, both in the reader's language. Raises KeyError or TypeError for facts that do not fit."""
    return _(sentence) % {key: _(str(value)) if value in _FOUND else value for key, value in facts.items()}


def found_words(refusal: Unreadable) -> str:
    """What the file was found to be, in the reader's language: "a PNG image". "" where the refusal is about something else."""
    if refusal.code == "not_text":
        return _("a file of an unknown type")
    found = str(refusal.sentence.get("found", ""))
    return _(found) if found in _FOUND else found
