"""Drawing the files of an edition's digital copy, and keeping them until the plan says something else."""

from __future__ import annotations

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from floreo.core import clock
from floreo.core.access import SYSTEM, Actor, Permission
from floreo.core.action import action
from floreo.core.ui.papers import bytes_of
from floreo.core.uploads import disk_full
from floreo.core.writing import save
from floreo.organisations.queries import the_country
from floreo.publications.copies import StrategyCopy, as_json, copy_of, digest_of, document_of
from floreo.publications.models import Copy
from floreo.strategy.models import Edition

KINDS = ("pdf", "docx", "json")


def drawn(known: StrategyCopy, kind: str) -> bytes:
    """The bytes of that file, made now."""
    if kind == "json":
        return as_json(known)
    return bytes_of(document_of(known, country=the_country(), made_on=clock.today()), kind)


def current_copy(known: StrategyCopy, edition: Edition, kind: str) -> Copy | None:
    """The kept file of a public edition, where it still says what the plan says."""
    found = Copy.objects.filter(edition=edition, language=known.language, kind=kind).first()
    is_current = found is not None and found.digest == digest_of(known)
    return found if is_current and found and default_storage.exists(str(found.file.name)) else None


def kept_copy(edition: Edition, kind: str, language: str) -> Copy:
    """The file of a public edition as the public may have it: the one that was kept, else drawn now and kept."""
    known = copy_of(edition, None, language)
    return current_copy(known, edition, kind) or save_copy(
        edition, by=SYSTEM, known=known, kind=kind, body=drawn(known, kind)
    )


@action("copy.drawn", needs=Permission.PUBLICATION_PUBLISH)
def save_copy(edition: Edition, *, by: Actor, known: StrategyCopy, kind: str, body: bytes) -> Copy:
    """Keeps one file in the place of the one before. It was drawn already: nobody else can write while this runs."""
    Edition.objects.select_for_update().get(pk=edition.pk)  # of two that drew at once, the later is kept
    row = Copy.objects.filter(edition=edition, language=known.language, kind=kind).first()
    row = row or Copy(edition=edition, language=known.language, kind=kind)
    before = str(row.file.name or "")
    try:
        row.file.name = default_storage.save(f"copies/{edition.code}.{known.language}.{kind}", ContentFile(body))
    except OSError as error:
        raise disk_full(error) from error
    row.digest, row.size, row.made_at = digest_of(known), len(body), clock.now()
    save(row)
    if before:
        default_storage.delete(before)
    return row


def draw_stale(*, by: Actor) -> int:
    """Every file of every public edition that no longer says what the plan says. The worker's."""
    country = the_country()
    languages = country.languages if country else []
    before = set(Copy.objects.values_list("pk", "digest"))
    kept = [
        kept_copy(edition, kind, language)
        for edition in Edition.objects.visible_to(None)
        for language in languages
        for kind in KINDS
    ]
    return sum((copy.pk, copy.digest) not in before for copy in kept)
