"""Which findings have a word: looked for in the texts that they share (models: FindingText), where two million rows would be read otherwise."""

from __future__ import annotations

import re

from django.db import connection
from django.db.models import BooleanField, Q, QuerySet
from django.db.models.expressions import RawSQL

from floreo.feeds.models import Finding, FindingText

SEARCHED = ("subject", "kind", "detail", "network", "service")
MOST_PLACES = (
    5_000  # addresses and names that are looked up one by one; where more have the word, they are read in order
)
_PART = 3  # characters, from which on the index of texts knows a word
_AS_ADDRESS = re.compile(r"[0-9a-fA-F.:]*\Z")


def having(word: str) -> Q:
    """The findings that hold the word anywhere in one of the columns that are searched: the same as `icontains` of each finds."""
    pks: dict[str, list[int]] = {"\n": [], "\t": []}  # by the sign with which they begin (migrations/_texts.py)
    places: list[str] = []
    for pk, text in _texts_with(word).values_list("pk", "text"):
        if text[0] in pks:
            pks[text[0]].append(pk)
        else:
            places.append(text)
    if _AS_ADDRESS.match(word):  # of addresses there is no index of parts, but one that holds nothing else
        found = Finding.objects.order_by("subject").filter(subject__icontains=word).values_list("subject", flat=True)
        places = list(found[: MOST_PLACES + 1])
    either = Q(pk__in=[])
    if pks["\n"]:
        either |= Q(kind_text__pk__among=pks["\n"])
    if pks["\t"]:
        either |= Q(network_text__pk__among=pks["\t"])
    if len(places) > MOST_PLACES:
        return either | Q(subject__icontains=word)
    return either | Q(subject__among=sorted(set(places))) if places else either


def _texts_with(word: str) -> QuerySet[FindingText]:
    texts = FindingText.objects.filter(text__icontains=word)
    if len(word) < _PART:
        return texts
    if connection.vendor == "postgresql":
        return texts.filter(RawSQL("floreo_threes(text) @> floreo_threes(%s)", [word], output_field=BooleanField()))
    # In quotation marks, so that what people type can never be an operator.
    quoted = '"' + word.replace('"', '""') + '"'
    threes = RawSQL("SELECT rowid FROM feeds_finding_threes WHERE feeds_finding_threes MATCH %s", [quoted])
    return texts.filter(pk__in=threes)
