"""Files of a stage: attached and removed by whoever writes it, until it is submitted. With it they go to the team, and stay on record."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from floreo.core.access import Actor
from floreo.core.action import action
from floreo.core.errors import Refused
from floreo.core.scanning import refuse_infected
from floreo.core.writing import delete, lock_latest, refuse, save
from floreo.evidence import files
from floreo.evidence.actions.storing import safe_name, welcome
from floreo.obligations import moments
from floreo.obligations.actions.writing import must_be_open, must_be_writable, must_write
from floreo.obligations.models import NotificationStage, StageFile

MOST_FILES = 10  # of one stage
FOLDER = "notifications"


def attach_file(stage: NotificationStage, *, by: Actor, upload: UploadedFile[Any]) -> StageFile:
    """Refuses programs, scripts, macros, what nobody can look into, and what a virus scanner finds. The bytes reach the disk before
    the transaction opens; a file whose row is not made does not stay. The same file twice is one."""
    _must_take_files(stage, by)
    name, digest = files.tidy(upload.name or ""), files.digest_of(upload)
    here: StageFile | None = stage.files.filter(sha256=digest).first()
    if here is not None:
        return here
    kind = welcome(upload, name)
    refuse_infected(upload, name=name, who=by.actor_name)
    made = StageFile(
        stage=stage,
        name=safe_name(name, kind)[:200],
        media_type=kind.media_type,
        size=upload.size or 0,
        sha256=digest,
        at=moments.now(),
        by=by.actor_name[:200],
    )
    made.file.name = files.put(upload, folder=FOLDER)
    try:
        return _attach(stage, by=by, made=made)
    except BaseException:
        files.let_go(str(made.file.name))
        raise


def _must_take_files(stage: NotificationStage, by: Actor) -> None:
    must_write(by, stage.notification)
    must_be_open(stage.notification)
    must_be_writable(stage)
    if stage.files.count() >= MOST_FILES:
        raise refuse("file", _("A stage has at most %(n)d files.") % {"n": MOST_FILES}, code="too_many")


@action("notification.file_attached", needs=None)
def _attach(stage: NotificationStage, *, by: Actor, made: StageFile) -> StageFile:
    fresh = lock_latest(stage)
    _must_take_files(fresh, by)
    made.stage = fresh
    return save(made)


def must_not_be_submitted(file: StageFile) -> None:
    if file.is_submitted:
        raise Refused(_("This file was submitted: it stays on record."), code="submitted")


@action("notification.file_removed", needs=None)
def remove_file(file: StageFile, *, by: Actor) -> None:
    """One that was not submitted yet. Its bytes go with it."""
    fresh = lock_latest(file)
    must_write(by, fresh.stage.notification)
    must_be_open(fresh.stage.notification)
    must_not_be_submitted(fresh)
    place = str(fresh.file.name)
    delete(fresh)
    transaction.on_commit(lambda: files.let_go(place))


def broken_files() -> Iterator[str]:
    """A sentence for each file of a notification that is gone from the disk, or is not the one that was attached."""
    for row in StageFile.objects.select_related("stage__notification").order_by("pk").iterator(chunk_size=200):
        words = {"name": str(row), "about": row.stage.notification.reference}
        try:
            with row.file.open("rb") as opened:
                digest = hashlib.file_digest(opened, "sha256").hexdigest()
        except OSError:
            yield _("The file “%(name)s” of %(about)s is no longer on the disk. Restore it from a backup.") % words
            continue
        if digest != row.sha256:
            yield _("The file “%(name)s” of %(about)s is not the one that was saved: its hash differs.") % words
