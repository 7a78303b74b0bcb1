"""Numbers for changes of findings that are committed. A number is no fact of record, so it leaves no entry."""

from __future__ import annotations

import secrets

from django.db import connection, transaction

from floreo.feeds.models import ChangeStream, FindingChange

_AT_ONCE = 5000
_GIVE = f"UPDATE {FindingChange._meta.db_table} SET number = %s WHERE id = %s"  # noqa: S608 -- the model's own name


def number_changes() -> int:
    """The job. Each change that waits gets a number above all that were ever given. Returns how many.

    Whoever gives numbers holds the row of the stream until they are committed, so a lower number is never seen after a higher one. A
    change that a transaction is about to change again is left to the next time: it loses its number anyhow, and nobody waits here for the
    end of a night that is being read."""
    count = 0
    while FindingChange.objects.filter(number=None).exists():
        given = _number_some()
        count += given
        if not given:
            break
    return count


@transaction.atomic
def _number_some() -> int:
    now = ChangeStream.objects.select_for_update().get(pk=stream().pk)  # held until the transaction ends
    waiting = FindingChange.objects.filter(number=None).select_for_update(skip_locked=True)
    pks = list(waiting.order_by("pk").values_list("pk", flat=True)[:_AT_ONCE])
    with connection.cursor() as cursor:
        cursor.executemany(_GIVE, [(now.last + place, pk) for place, pk in enumerate(pks, start=1)])
    ChangeStream.objects.filter(pk=now.pk).update(last=now.last + len(pks))
    return len(pks)


def stream() -> ChangeStream:
    """The one row, which is made when it is asked for first."""
    return ChangeStream.objects.get_or_create(pk=1, defaults={"name": _new_name()})[0]


def begin_new_stream() -> None:
    """The database is not what it was when numbers were given: a backup came back, perhaps of a version without changes. Places in the
    stream of before are worth nothing."""
    if ChangeStream._meta.db_table in connection.introspection.table_names():
        ChangeStream.objects.update(name=_new_name())


def _new_name() -> str:
    return secrets.token_hex(6)
