"""Reading the words of files of the vault, so that the search finds them. The worker's: files are other people's bytes, and are read in a
cage."""

from __future__ import annotations

import logging
from datetime import timedelta
from pathlib import Path

from django.db import transaction
from django.db.models import F, Q

from floreo.core import clock, search
from floreo.core.cage import Died
from floreo.core.file_text import Problem, Read, words_in_a_cage
from floreo.evidence.models import Evidence, EvidenceKind, FileText

log = logging.getLogger(__name__)
AT_ONCE = 5  # files of one run
AGAIN = timedelta(days=1)  # a file that was gone may have been restored


def read_files() -> int:
    """Reads the next files of which the words are not known, and puts them into the index. Returns how many it looked at."""
    gone = Q(file_text__problem=Problem.GONE, file_text__read_at__lt=clock.now() - AGAIN)
    changed = Q(file_text__isnull=False) & ~Q(file_text__sha256=F("sha256"))  # by a pack
    rows = Evidence.objects.not_withdrawn().filter(Q(file_text=None) | gone | changed, kind=EvidenceKind.FILE)
    waiting = list(rows.order_by("pk")[:AT_ONCE])
    for evidence in waiting:
        _note(evidence, _words_of(evidence))
    return len(waiting)


def forget_words(evidence: Evidence) -> None:
    """Of a file that is withdrawn, the words go before it is saved, so that none is found."""
    FileText.objects.filter(evidence=evidence).delete()


def _words_of(evidence: Evidence) -> Read:
    try:
        return words_in_a_cage(Path(evidence.file.path), media_type=evidence.media_type)
    except Died:
        log.exception("The words of %s could not be read", evidence.code)
        return Read(problem=Problem.DAMAGED)


def _note(evidence: Evidence, read: Read) -> None:
    """What somebody changed meanwhile counts: the index gets it as it is now, and nothing of what was withdrawn."""
    with transaction.atomic():
        rows = Evidence.objects.select_for_update().not_withdrawn()
        fresh = rows.filter(pk=evidence.pk, sha256=evidence.sha256).first()
        if fresh is None:
            return
        words = {"text": read.text, "is_cut": read.is_cut, "problem": read.problem or "", "read_at": clock.now()}
        FileText.objects.update_or_create(evidence=fresh, defaults={"sha256": fresh.sha256, **words})
        search.refresh(fresh)
