"""Which findings have a word: looked for in the texts that they share (models: FindingText), where two million rows would be read otherwise."""

from __future__ import annotations

import re

from django.db import connection
from django.db.models import BooleanField, Q, QuerySet
from django.db.models.expressions import RawSQL

from floreo.feeds.models import FindingText

SEARCHED = ("subject", "kind", "detail", "network", "service")
MOST_NAMES = 5_000  # that are looked up one by one; where more have the word, all addresses and names are read in their index
_LINE_ENDS = len(SEARCHED) - 2  # between what findings share
_PART = 3  # letters, from which on the index of texts knows a word
_AS_ADDRESS = re.compile(r"[0-9a-fA-F.:/]*\Z")


def having(word: str) -> Q:
    """The findings that hold the word anywhere in one of the columns that are searched: the same as `icontains` of each finds."""
    texts = list(_texts_with(word).values_list("pk", "text"))
    shared = [pk for pk, text in texts if text.count("\n") >= _LINE_ENDS]
    names = [text for _pk, text in texts if text.count("\n") < _LINE_ENDS]
    found = Q(searched__pk__among=shared)
    if _AS_ADDRESS.match(word) or len(names) > MOST_NAMES:
        return found | Q(subject__icontains=word)
    return found | Q(subject__among=names) if names else found


def _texts_with(word: str) -> QuerySet[FindingText]:
    texts = FindingText.objects.filter(text__icontains=word)
    if len(word) < _PART:
        return texts
    if connection.vendor == "postgresql":
        return texts.filter(RawSQL("floreo_threes(text) @> floreo_threes(%s)", [word], output_field=BooleanField()))
    # In quotation marks, so that what people type can never be an operator.
    quoted = '"' + word.replace('"', '""') + '"'
    threes = RawSQL("SELECT rowid FROM feeds_finding_threes WHERE feeds_finding_threes MATCH %s", [quoted])  # noqa: S611 -- a parameter
    return texts.filter(pk__in=threes)
