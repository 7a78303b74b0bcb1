"""Why a Word template is not taken, in sentences that say how to correct it."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _l

from floreo.core.errors import Refused
from floreo.reports.presenters import ReportSummary
from floreo.reports.word.caged import LARGEST, Unfit, fields_in_a_cage, filled_in_a_cage
from floreo.reports.word.fields import spec, values

_DAMAGED = _l("This Word file is damaged or incomplete. Open it in Word, save it as .docx and send the new file.")
_WORDS: dict[str, Promise] = {
    "damaged": _DAMAGED,
    "too_large": _l("The template is larger than %(limit)d MB. Reduce the size of its pictures."),
    "bomb": _l("Unpacked, this file is much larger than a Word file. It was not opened."),
    "encrypted": _l("This file has a password. Save it without one."),
    "entities": _l("This file defines entities, which Word files do not. It was not opened."),
    "kind": _l("This is not a plain Word document. Save it as .docx, not as a template or another type."),
    "macros": _l(
        "This file can run macros or contains a program. Save it as a plain Word document (.docx) without them."
    ),
    "outside": _l("This file loads something from outside (%(target)s). Put it into the file, or remove it."),
    "outside_field": _l("This file contains the Word field %(field)s, which loads content from outside. Remove it."),
    "syntax": _l("A field is not valid near “%(near)s”: write {{ name }}, and end each {%% for %%}."),
    "filter": _l("A template cannot use the filter “%(name)s”."),
    "test": _l("A template cannot use the test “%(name)s”."),
    "no_list": _l("“%(name)s” is not a list that can be repeated."),
    "calculation": _l("A field must be a name from the list of fields. Calculations are not filled in."),
    "too_much": _l(
        "A template can show fields, repeat lists and check whether something exists. “%(what)s” is not allowed."
    ),
    "unknown_field": _l("There is no field “%(name)s”. Use a field from the list of fields."),
    "not_filled": _l("The template could not be filled in. Check its fields, and send it again."),
}
_NEAR = _l("There is no field “%(name)s”. Did you mean “%(near)s”?")
_CODES = {
    "entities": "bomb",
    "outside_field": "outside",
    "filter": "too_much",
    "test": "too_much",
    "calculation": "too_much",
}


def refuse(sentence: str, code: str) -> Refused:
    return Refused(sentence, code=code, fields={"file": sentence})


def check(content: bytes) -> list[str]:
    """The fields that the template uses. Raises Refused with what is wrong and how to correct it."""
    try:
        return fields_in_a_cage(content, spec())
    except Unfit as unfit:
        raise _refused(unfit) from unfit


def fill(content: bytes, summary: ReportSummary) -> bytes:
    """The template filled with the report, in the reader's language. Its content was checked when it was kept."""
    try:
        return filled_in_a_cage(content, values(summary))
    except Unfit as unfit:
        raise Refused(_WORDS["not_filled"], code="not_filled") from unfit


def _refused(unfit: Unfit) -> Refused:
    words = _NEAR if "near" in unfit.facts and unfit.code == "unknown_field" else _WORDS.get(unfit.code, _DAMAGED)
    facts = {"limit": LARGEST >> 20, **unfit.facts}
    return refuse(str(words) % facts if "%" in str(words) else str(words), _CODES.get(unfit.code, unfit.code))
