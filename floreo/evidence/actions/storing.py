"""Keeping a file, a link or a record: once, however often it is handed in."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import date
from typing import Any, TypedDict, Unpack

from django.core.files.uploadedfile import UploadedFile
from django.db import models, transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from floreo.core import keys
from floreo.core.access import Actor, Permission, can, must, reach
from floreo.core.action import action
from floreo.core.errors import Missing, NotAllowed, Taken
from floreo.core.policy import Tlp
from floreo.core.scanning import refuse_infected
from floreo.core.writing import refuse, save
from floreo.evidence import files
from floreo.evidence.actions.checking import check
from floreo.evidence.caged import kind_in_a_cage
from floreo.evidence.models import Evidence, EvidenceKind
from floreo.evidence.presenters import unwelcome_sentence
from floreo.evidence.sniffing import Kind, Unwelcome, ending_of
from floreo.organisations.models import Organisation

_WORDS_OF_ADDRESSES = {"new", "to"}  # pages of the vault, so no codes of evidence


class Facts(TypedDict, total=False):
    """What is said of evidence when it is kept."""

    organisation: Organisation | None
    tlp: str
    is_public: bool
    note: str
    dated: date | None
    valid_until: date | None
    source: str
    source_url: str


def store_file(
    upload: UploadedFile[Any],
    *,
    by: Actor,
    title: str = "",
    also: Callable[[Evidence], object] | None = None,
    **facts: Unpack[Facts],
) -> Evidence:
    """Keeps a file under its hash. One that is here already and not withdrawn is returned as it is, and says so
    (`already_here`). Refuses programs, scripts, macros and what nobody can look into, whatever they are called.

    The bytes reach the disk before the transaction opens, so that a slow disk holds nobody up; a file whose row is not
    made does not stay. `also` is done with what was kept in the same transaction: where it refuses, nothing is kept."""
    must(by, Permission.EVIDENCE_KEEP)
    name = files.tidy(upload.name or "")
    digest = files.digest_of(upload)
    if (here := _here(by, sha256=digest)) is not None:
        if also is not None:
            also(here)
        return here
    kind = welcome(upload, name)
    refuse_infected(upload, name=name, who=by.actor_name)
    made = _made(EvidenceKind.FILE, by=by, title=title or _title_of(name), facts=facts)
    made.file_name, made.media_type = safe_name(name, kind), kind.media_type
    made.size, made.sha256 = upload.size, digest
    must(by, Permission.EVIDENCE_KEEP, made)
    check(made, by=by)
    made.file.name = files.put(upload)
    try:
        with transaction.atomic():
            kept = _store_once(made, by=by, sha256=digest)
            if also is not None:
                also(kept)
    except BaseException:
        files.let_go(made.file.name)
        raise
    if kept is not made:
        files.let_go(made.file.name)
    return kept


def store_link(url: str, *, by: Actor, title: str, **facts: Unpack[Facts]) -> Evidence:
    """Keeps an address. Whether it answers is looked at later, once a week."""
    must(by, Permission.EVIDENCE_KEEP)
    url = url.strip()
    if (here := _here(by, url=url)) is not None:
        return here
    made = _made(EvidenceKind.LINK, by=by, title=title, facts=facts)
    made.url = url
    return _store_once(made, by=by, url=url)


def store_record(thing: models.Model, *, by: Actor, title: str, **facts: Unpack[Facts]) -> Evidence:
    """Keeps a record that is here already (minutes, an approved answer) as evidence of something else."""
    must(by, Permission.EVIDENCE_KEEP)
    name = keys.key(thing)
    if (here := _here(by, record=name)) is not None:
        return here
    made = _made(EvidenceKind.RECORD, by=by, title=title, facts=facts)
    made.record = name
    return _store_once(made, by=by, record=name)


def _here(by: Actor, **same: str) -> Evidence | None:
    """The same thing, where it was kept before and `by` may know of it."""
    found = Evidence.objects.visible_to(by).not_withdrawn().filter(**same).order_by("pk").first()
    if found is not None:
        found.already_here = True
    return found


def welcome(upload: UploadedFile[Any], name: str) -> Kind:
    """What the file is by its content. Refuses, at `file`, an empty one and all that nobody can look into."""
    if not upload.size:
        raise refuse("file", _("The file “%(name)s” is empty. Choose another.") % {"name": name}, code="empty")
    try:
        return kind_in_a_cage(upload, name)
    except Unwelcome as refusal:
        raise refuse("file", unwelcome_sentence(refusal, name), code=refusal.code) from refusal
    finally:
        upload.seek(0)


def _title_of(name: str) -> str:
    words = name.rsplit(".", 1)[0].replace("_", " ").strip()
    return " ".join(words.split()) or name


def safe_name(name: str, kind: Kind) -> str:
    """As it came, with the ending that its content has: a name never makes a computer run it."""
    alike = {"jpg": {"jpg", "jpeg", "jpe"}, "tif": {"tif", "tiff"}, "html": {"html", "htm"}, "txt": {"txt", "log"}}
    if ending_of(name) in alike.get(kind.ending, {kind.ending}):
        return name
    return f"{name[:190]}.{kind.ending}"


def _owner(by: Actor) -> Organisation | None:
    """Whose evidence it is when nobody chose: their own body's, where they keep for one only."""
    own = reach(by, Permission.EVIDENCE_KEEP)
    if own is None:
        return None
    if len(own) != 1:
        raise refuse("organisation", _("Choose the organisation that the evidence belongs to."), code="whose")
    return Organisation.objects.get(pk=next(iter(own)))


def _made(kind: EvidenceKind, *, by: Actor, title: str, facts: Facts) -> Evidence:
    given: dict[str, Any] = {name: v.strip() if isinstance(v, str) else v for name, v in facts.items()}
    if given.get("organisation") is None:
        given["organisation"] = _owner(by)
    made = Evidence(kind=kind, title=" ".join(title.split())[:300], kept_by=by.actor_name[:200], **given)
    made.code = _free_code(made.title)
    return made


def _free_code(title: str) -> str:
    base = slugify(title)[:60].strip("-") or "evidence"
    if base in _WORDS_OF_ADDRESSES:
        base = f"{base}-1"
    return base if not Evidence.objects.filter(code=base).exists() else f"{base}-{secrets.token_hex(3)}"


def _store_once(made: Evidence, *, by: Actor, **same: str) -> Evidence:
    """Keeps the row. Two people at the same instant: the second gets what the first kept, or another code."""
    try:
        return _store(made, by=by, same=same)
    except Taken:
        made.code = f"{made.code[:70]}-{secrets.token_hex(3)}"
        return _store(made, by=by, same=same)


@action("evidence.added", needs=Permission.EVIDENCE_KEEP, quiet=True)
def _store(made: Evidence, *, by: Actor, same: dict[str, str]) -> Evidence:
    here = _here(by, **same)
    if here is not None:
        return here
    check(made, by=by)
    made.pk = None
    return save(made)


def may_have(evidence: Evidence, by: Actor) -> None:
    """Raises Missing when `by` may not know of it, NotAllowed when they may keep no evidence at all."""
    if not can(by, Permission.EVIDENCE_KEEP):
        raise NotAllowed
    if not Evidence.objects.visible_to(by).filter(pk=evidence.pk).exists():
        raise Missing


__all__ = ["Facts", "Tlp", "may_have", "store_file", "store_link", "store_record"]
