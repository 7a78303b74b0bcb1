"""From a file to a draft with rows: kept first, read in the background, read again when the reading was cut off."""

from __future__ import annotations

import logging
import secrets
from dataclasses import asdict
from datetime import datetime
from functools import partial
from pathlib import Path

from django.core.files import File
from django.core.files.storage import default_storage
from django.db.models import F, Q
from django.utils.text import slugify
from django.utils.translation import gettext as _

from floreo.core.access import Actor, Permission, must
from floreo.core.action import action, note, trail
from floreo.core.errors import Missing, Refused
from floreo.core.leases import is_over, lease_end, renewed
from floreo.core.reading.caged import read_in_a_cage, refuse_unknown
from floreo.core.reading.document import Unreadable
from floreo.core.reading.sentences import unreadable_sentence
from floreo.core.scanning import refuse_infected
from floreo.core.uploads import digest_of, disk_full
from floreo.core.writing import save, save_many, touch
from floreo.strategy.actions.drafts.opening import openers_here
from floreo.strategy.drafting.certain import certain_in
from floreo.strategy.drafting.drafting import draft_rows
from floreo.strategy.drafting.rows import Draft
from floreo.strategy.models import DraftRow, DraftState, ImportDraft
from floreo.strategy.outline.passages import outline_of
from floreo.strategy.outline.reading import counted, unused_by_rows
from floreo.strategy.outline.stored import plan_of_rules
from floreo.strategy.presenters.drafts import failure_of, unreadable_failure

log = logging.getLogger(__name__)
TRIES = 3

_FEWEST = 3  # numbered passages and rows of tables of what may be a plan


class AlreadyHere(Refused):
    """The very same file was imported before; `draft` is what came of it."""

    def __init__(self, draft: ImportDraft):
        super().__init__(_("This file was already imported. Here is its draft."), code="already_here")
        self.draft = draft


def start_draft(path: Path, *, by: Actor, name: str) -> ImportDraft:
    """Keeps the file at `path`, which its person calls `name`, and has it read in the background.

    Refuses what is plainly not a text at once, and a file that is here already (AlreadyHere). The copying happens
    before the transaction, so that a slow disk holds nobody up; a file whose draft is not made does not stay."""
    must(by, Permission.IMPORT_REVIEW)
    name = _tidy(name)
    try:
        refuse_unknown(path, name=name)
    except Unreadable as refusal:
        raise Refused(unreadable_sentence(refusal), code=refusal.code) from refusal
    digest = digest_of(path)
    before = ImportDraft.objects.filter(sha256=digest).exclude(state=DraftState.DROPPED).first()
    if before is not None:
        raise AlreadyHere(before)
    refuse_infected(path, name=name, who=by.actor_name)
    kept = _store_file(path)
    try:
        return _start(kept, by=by, name=name, digest=digest)
    except BaseException:
        default_storage.delete(kept)
        raise


def _tidy(name: str) -> str:
    cleaned = "".join(c for c in name.replace("\\", "/").rsplit("/", 1)[-1] if c.isprintable()).strip()
    return cleaned[-200:] or _("text")


def _store_file(path: Path) -> str:
    """The file under a random name: what it is called is data, never a path on our disk."""
    name = f"imports/{secrets.token_hex(16)}"
    try:
        with path.open("rb") as opened:
            return default_storage.save(name, File(opened))
    except OSError as error:
        Path(default_storage.path(name)).unlink(missing_ok=True)
        raise disk_full(error) from error


@action("draft.started", needs=Permission.IMPORT_REVIEW)
def _start(kept: str, *, by: Actor, name: str, digest: str) -> ImportDraft:
    draft = ImportDraft(code=_free_code(name), file_name=name, file=kept, sha256=digest, started_by=by.actor_name[:200])
    return save(draft, full_clean=False)


def _free_code(name: str) -> str:
    base = slugify(name.rsplit(".", 1)[0].replace(".", " "))[:48].strip("-") or "text"
    taken = set(ImportDraft.objects.filter(code__startswith=base).values_list("code", flat=True))
    return next(code for code in (base, *(f"{base}-{n}" for n in range(2, len(taken) + 3))) if code not in taken)


def read_draft(draft_id: int, *, by: Actor) -> ImportDraft:
    """Reads the draft's file into rows, or notes why it cannot be read. Does nothing when that has been done: a reading
    cut off half-way is simply done again. The work happens outside of a transaction, since it may take a minute."""
    draft = ImportDraft.objects.filter(pk=draft_id).first()
    if draft is None:
        raise Missing
    if draft.state != DraftState.READING:
        return draft
    try:
        found = draft_rows(read_in_a_cage(Path(draft.file.path), name=draft.file_name, openers=openers_here()))
    except Unreadable as refusal:
        return _fail(draft, by=by, failure=unreadable_failure(refusal))
    except FileNotFoundError:
        return _fail(draft, by=by, failure=failure_of("file_lost"))
    except Exception:
        log.exception("reading draft %s failed", draft.code)
        return _fail(draft, by=by, failure=failure_of("broken"))
    if not found.rows and not _can_be_marked(found):
        return _fail(draft, by=by, failure=failure_of("no_rows"))
    return _store(draft, by=by, found=found)


def _can_be_marked(found: Draft) -> bool:
    """Whether a text from which the rules draft nothing has levels that a person can name in its outline."""
    left = counted(unused_by_rows(outline_of(found.document), found.rows))
    return left.numbered + left.rows >= _FEWEST


def _still_reading(draft: ImportDraft) -> ImportDraft | None:
    """The draft as it is now, held; None when another worker was quicker."""
    fresh = ImportDraft.objects.select_for_update().get(pk=draft.pk)
    return fresh if fresh.state == DraftState.READING else None


@action("draft.read", needs=None, quiet=True)  # the worker's, or whoever waits for it: changes nothing but the draft
def _store(draft: ImportDraft, *, by: Actor, found: Draft) -> ImportDraft:
    fresh = _still_reading(draft)
    if fresh is None:
        return ImportDraft.objects.get(pk=draft.pk)
    text = found.document
    # Not through `keep`: the whole text would enter the trail, where the file's hash says the same.
    fresh.kind, fresh.language, fresh.text = text.kind, text.language, text.text
    fresh.repaired, fresh.blocks = [list(m) for m in text.repaired], [asdict(b) for b in text.blocks]
    fresh.drafted = plan_of_rules(found.rows)
    fresh.state, fresh.failure = DraftState.OPEN, ""
    fresh.save()
    touch([fresh])
    trail().subject = fresh
    note(sha256=fresh.sha256, kind=text.kind, language=text.language, characters=len(text.text))
    certain = certain_in(found.rows, text.text)
    save_many(
        [
            DraftRow(
                draft=fresh,
                number=r.number,
                kind=r.kind,
                title=r.title[:500],
                fields=dict(r.fields),
                start=r.start,
                end=r.end,
                passage=r.passage,
                parent_number=r.parent,
                is_offer=r.number not in certain,
            )
            for r in found.rows
        ],
        model=DraftRow,
    )
    return fresh


@action("draft.failed", needs=None, quiet=True)  # as above
def _fail(draft: ImportDraft, *, by: Actor, failure: str) -> ImportDraft:
    fresh = _still_reading(draft)
    if fresh is None:
        return ImportDraft.objects.get(pk=draft.pk)
    fresh.state, fresh.failure = DraftState.FAILED, failure
    return save(fresh, full_clean=False)


@action("draft.read_again", needs=Permission.IMPORT_REVIEW)
def read_again(draft: ImportDraft, *, by: Actor) -> ImportDraft:
    """Puts a draft that failed, or waits too long, back into the queue."""
    fresh = ImportDraft.objects.select_for_update().get(pk=draft.pk)
    if fresh.state not in {DraftState.FAILED, DraftState.READING}:
        raise Refused(_("This text has already been read."), code="read_already")
    fresh.state, fresh.failure, fresh.attempts, fresh.claimed_until = DraftState.READING, "", 0, None
    return save(fresh, full_clean=False)


@action("draft.discarded", needs=Permission.IMPORT_REVIEW)
def discard_draft(draft: ImportDraft, *, by: Actor) -> ImportDraft:
    """Puts the draft aside. What it has become in the plan stays; so do file and rows, for the trail."""
    fresh = ImportDraft.objects.select_for_update().get(pk=draft.pk)
    fresh.state = DraftState.DROPPED
    return save(fresh, full_clean=False)


def _renew(draft: ImportDraft, until: datetime) -> None:
    ImportDraft.objects.filter(pk=draft.pk, state=DraftState.READING).update(claimed_until=until)


def read_waiting_drafts(*, by: Actor) -> int:
    """The job: reads every draft that waits, one after another. One whose worker died is read again, by another; one over
    which worker after worker dies is given up with a sentence. Returns how many were taken up."""
    free = Q(claimed_until=None) | is_over("claimed_until")
    count = 0
    for draft in ImportDraft.objects.filter(free, state=DraftState.READING).order_by("pk"):
        lease = lease_end()
        ours = ImportDraft.objects.filter(free, pk=draft.pk, state=DraftState.READING)
        if not ours.update(claimed_until=lease, attempts=F("attempts") + 1):
            continue  # another worker was quicker
        count += 1
        if draft.attempts >= TRIES:
            _fail(draft, by=by, failure=failure_of("stopped"))
            continue
        with renewed(partial(_renew, draft)):
            read_draft(draft.pk, by=by)
    return count
