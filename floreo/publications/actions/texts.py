"""Reading the words of published files, so that the search finds them. The worker's: files are other people's bytes, and are read in a
cage."""

from __future__ import annotations

import logging
from pathlib import Path

from django.db import transaction

from floreo.core import clock, search
from floreo.core.cage import Died
from floreo.core.file_text import READABLE, words_in_a_cage
from floreo.publications.models import FileText, Publication

log = logging.getLogger(__name__)
AT_ONCE = 5  # files of one run


def read_files() -> int:
    """Reads the next files of which the words are not known yet, and puts them into the index. The number of files."""
    known = FileText.objects.values("sha256")
    rows = Publication.objects.exclude(file="").exclude(sha256="").exclude(sha256__in=known)
    waiting = list(rows.filter(media_type__in=READABLE).order_by("pk")[:AT_ONCE])
    for publication in waiting:
        words = {"text": _words_of(publication), "read_at": clock.now()}
        with transaction.atomic():
            FileText.objects.get_or_create(sha256=publication.sha256, defaults=words)
            # That somebody withdrew or corrected it meanwhile counts: the index gets it as it is now.
            fresh = Publication.objects.select_for_update().filter(pk=publication.pk).first()
            if fresh is not None:
                search.refresh(fresh)
    return len(waiting)


def _words_of(publication: Publication) -> str:
    """The text of its file; nothing of one that cannot be read, which is noted once and not tried again."""
    try:
        read = words_in_a_cage(Path(publication.file.path), media_type=publication.media_type)
    except Died:
        log.exception("The words of %s could not be read", publication.code)
        return ""
    if read.problem:
        log.info("The words of %s are not searched: %s", publication.code, read.problem)
    return read.text
