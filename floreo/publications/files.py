"""What may be published as a file: the same kinds that the vault takes, recognised by their content."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadedfile import UploadedFile

from floreo.core.errors import Missing, Refused
from floreo.evidence.caged import kind_in_a_cage
from floreo.evidence.presenters import unwelcome_sentence
from floreo.evidence.sniffing import Kind, Unwelcome
from floreo.publications.models import Publication


def checked_kind(upload: UploadedFile[Any]) -> Kind:
    """What the file is. Raises Refused, tied to the field, for what is not taken."""
    try:
        return kind_in_a_cage(upload, upload.name or "")
    except Unwelcome as why:
        sentence = unwelcome_sentence(why, upload.name or "")
        raise Refused(sentence, code=why.code, fields={"file": sentence}) from why


def opened_file(publication: Publication) -> Any:
    """The file, open. Raises Missing when there is none, or it is gone from the disk."""
    if not publication.file:
        raise Missing
    try:
        return publication.file.open("rb")
    except OSError:
        raise Missing from None
