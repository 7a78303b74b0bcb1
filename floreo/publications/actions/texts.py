"""Reading the words of published files, so that the search finds them. The worker's: files are other people's bytes, and are read in a
cage."""

from __future__ import annotations

import logging
from pathlib import Path

from floreo.core import clock, search
from floreo.core.cage import Died
from floreo.core.reading.caged import read_in_a_cage
from floreo.core.reading.document import Unreadable
from floreo.publications.models import FileText, Publication

log = logging.getLogger(__name__)
AT_ONCE = 5  # files of one run
LONGEST = 200_000  # signs that are kept of one file
READABLE = frozenset(
    {
        "application/pdf",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "text/plain",
        "text/markdown",
        "text/html",
    }
)


def read_files() -> int:
    """Reads the next files of which the words are not known yet, and puts them into the index. The number of files."""
    known = FileText.objects.values("sha256")
    rows = Publication.objects.exclude(file="").exclude(sha256="").exclude(sha256__in=known)
    waiting = list(rows.filter(media_type__in=READABLE).order_by("pk")[:AT_ONCE])
    for publication in waiting:
        FileText.objects.get_or_create(
            sha256=publication.sha256, defaults={"text": _words_of(publication), "read_at": clock.now()}
        )
        search.refresh(publication)
    return len(waiting)


def _words_of(publication: Publication) -> str:
    """The text of its file; nothing of one that cannot be read, which is noted once and not tried again."""
    try:
        found = read_in_a_cage(Path(publication.file.path), name=publication.file_name)
    except (Unreadable, Died, OSError) as problem:
        log.info("The words of %s are not searched: %s", publication.code, problem)
        return ""
    return found.text.replace("\x00", " ")[:LONGEST]
