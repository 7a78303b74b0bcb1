"""The texts in which findings are looked for: of the many rows of a night at once, and of rows that came from a copy. For whatever else
writes a finding the database sees to them itself (migrations/_texts.py)."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet
from django.db.models.functions import MD5

from floreo.feeds.models import Finding, FindingText

_AT_ONCE = 5000
_NAME = re.compile(r"[^0-9a-fA-F.:]")


def give_texts_to(rows: Sequence[dict[str, Any]]) -> None:
    """Puts their texts into rows that are no findings yet, as the database would do one by one. Within an action."""
    new = [(row, kind_text(row), network_text(row)) for row in rows if row.get("kind_text_id") is None]
    wanted = {text for _row, *texts in new for text in texts}
    wanted |= {row["subject"] for row, *_texts in new if _NAME.search(row["subject"])}
    known = dict(_known(sorted(wanted)))
    if missing := sorted(wanted - known.keys()):
        texts = [FindingText(text=text) for text in missing]
        FindingText.objects.bulk_create(texts, batch_size=_AT_ONCE, ignore_conflicts=True)
        known |= dict(_known(missing))
    for row, kind, network in new:
        row["kind_text_id"], row["network_text_id"] = known[kind], known[network]


def kind_text(row: Mapping[str, Any]) -> str:
    return f"\n{row['kind']}\n{row['detail']}"


def network_text(row: Mapping[str, Any]) -> str:
    return f"\t{row['network']}\n{row['service']}"


def _known(texts: Sequence[str]) -> Iterator[tuple[str, int]]:
    for start in range(0, len(texts), _AT_ONCE):
        yield from _having(texts[start : start + _AT_ONCE]).values_list("text", "pk")


def _having(texts: Sequence[str]) -> QuerySet[FindingText]:
    """By the index of each database."""
    if connection.vendor == "postgresql":
        sums = [hashlib.md5(text.encode(), usedforsecurity=False).hexdigest() for text in texts]
        return FindingText.objects.annotate(md5=MD5("text")).filter(md5__in=sums)
    return FindingText.objects.filter(text__in=texts)


def give_texts() -> None:
    """Gives findings of a copy that was made without these texts theirs: the database makes each as the row is written. No change of
    what is known, so no entry in the trail."""
    if FindingText._meta.db_table in connection.introspection.table_names():
        Finding.objects.filter(Q(kind_text=None) | Q(network_text=None)).update(kind_text=None)
