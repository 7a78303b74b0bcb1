"""The same call twice is done once: a program sends a key of its own with a call, and a repeated call gets the first one's answer.

The row of the key is written in the transaction of what the call does. Of two at once the second waits for the first on either database:
SQLite lets one writer in, PostgreSQL holds the second at the unique row. Where the first is refused nothing is kept, and the second is a
first one."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _

from floreo.core import clock
from floreo.core.errors import Refused
from floreo.core.links import hash_of
from floreo.organisations.models import ApiToken, KeptAnswer

KEPT_FOR = timedelta(hours=48)
Answer = tuple[int, dict[str, Any]]


def once(request: HttpRequest, key: str | None, do: Callable[[], Answer], *, is_check: bool = False) -> Answer:
    """What `do` answers, or what it answered to the same key before. A check does all of it and then undoes it; a key counts for nothing
    then. Raises Refused for a key that came with another call."""
    with transaction.atomic():
        if is_check:
            _status, body = do()
            transaction.set_rollback(True)
            return 200, body | {"checked": True}
        if not key:
            return do()
        kept, is_new = _held(request.token, key, _call_of(request))  # type: ignore[attr-defined]  # floreo/api/programs.py
        if not is_new:
            request.is_replayed = True  # type: ignore[attr-defined]  # floreo/api/guard.py
            return kept.status, kept.answer
        kept.status, kept.answer = do()
        kept.save()
        return kept.status, kept.answer


def after(request: HttpRequest, key: str | None, do: Callable[[], Answer]) -> Answer:
    """The same for what takes seconds and is by itself done once, as a file is kept once: no transaction is open meanwhile."""
    if not key:
        return do()
    with transaction.atomic():
        kept, is_new = _held(request.token, key, _call_of(request))  # type: ignore[attr-defined]  # as above
        transaction.set_rollback(is_new)
    if not is_new:
        request.is_replayed = True  # type: ignore[attr-defined]  # as above
        return kept.status, kept.answer
    status, body = do()
    with transaction.atomic():
        kept, is_new = _held(request.token, key, _call_of(request))  # type: ignore[attr-defined]  # as above
        if is_new:
            kept.status, kept.answer = status, body
            kept.save()
    return status, body


def _held(token: ApiToken, key: str, body_hash: str) -> tuple[KeptAnswer, bool]:
    """The row of that key, and whether it is a new one, ours to fill."""
    key_hash, now = hash_of(key), clock.machine()
    KeptAnswer.objects.filter(token=token, key_hash=key_hash, made_at__lt=now - KEPT_FOR).delete()
    row = KeptAnswer(token=token, key_hash=key_hash, body_hash=body_hash, made_at=now)
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        row = KeptAnswer.objects.get(token=token, key_hash=key_hash)
        if row.body_hash != body_hash:
            raise Refused(
                _(
                    "This Idempotency-Key came with another call before. Choose a new one for each thing that you write."
                ),
                code="key_reused",
            ) from None
        return row, False
    return row, True


def _call_of(request: HttpRequest) -> str:
    """A hash of method, address and all that was sent; of files, of their content."""
    found = hashlib.sha256(f"{request.method} {request.get_full_path()}\n".encode())
    if request.FILES:
        for name, value in sorted(request.POST.items()):
            found.update(f"{name}={value}\n".encode("utf-8", "replace"))
        for name, file in sorted(request.FILES.items()):
            digest = hashlib.sha256()
            for piece in file.chunks():  # type: ignore[union-attr]  # one file under each name
                digest.update(piece)
            file.seek(0)  # type: ignore[union-attr]
            found.update(f"{name}={file}:{digest.hexdigest()}\n".encode())  # its name and its content
    else:
        found.update(request.body)
    return found.hexdigest()


def let_go_of_old() -> int:
    """Answers that are kept no longer. Returns how many there were."""
    return KeptAnswer.objects.filter(made_at__lt=clock.machine() - KEPT_FOR).delete()[0]
