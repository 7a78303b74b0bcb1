"""A pack that many tests read: its rows are in one transaction below those of the tests, which take back what each did."""

from __future__ import annotations

import pickle
import shutil
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.management.color import no_style
from django.db import connection, models, transaction

from tests.config.rows import Rows

Pack = tuple[str, bool]  # its name, and whether its nights of reports are taken in
Statements = list[tuple[str, Any]]

# PostgreSQL keeps the rows that tests took back until the transaction below them ends, and reads over them.
MOST_TESTS = 100 if connection.vendor == "postgresql" else 10**6


class Below:
    """The transaction below the tests. `pack` is what is in it, none when there is no such transaction."""

    def __init__(self) -> None:
        self.pack: Pack | None = None
        self.tests = 0
        self._atomic: transaction.Atomic | None = None

    def change_to(self, pack: Pack | None) -> None:
        self.tests += 1
        whole = self._atomic is None or (connection.in_atomic_block and not connection.needs_rollback)
        if self.pack == pack and whole and self.tests < MOST_TESTS:
            return
        if self._atomic is not None:
            if connection.in_atomic_block:
                transaction.set_rollback(True)
            self._atomic.__exit__(None, None, None)
        self._atomic, self.pack, self.tests = None, None, 0
        if pack is None:
            return
        self._atomic = transaction.atomic()
        self._atomic._from_testcase = True  # type: ignore[attr-defined]  # as Django's TestCase does: `durable` blocks ask
        self._atomic.__enter__()
        _say(pack)
        # PostgreSQL checks what was inserted here at the end of each test otherwise, and forgets it with the test's own transaction.
        connection.check_constraints()
        self.pack = pack


BELOW = Below()


def load(pack: Pack) -> Path:
    """Sees to the rows, unless they are below already, and to the files. Returns the folder of the data that the pack was
    prepared in; nobody writes there."""
    if BELOW.pack != pack:
        _say(pack)
    files, root = _folder(pack) / "files", Path(settings.MEDIA_ROOT)
    for name in _files(pack):
        place = root / name
        if not place.exists():
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(files / name, place)
    return _folder(pack)


@cache
def _files(pack: Pack) -> list[str]:
    files = _folder(pack) / "files"
    return [str(path.relative_to(files)) for path in files.rglob("*") if path.is_file()]


def _folder(pack: Pack) -> Path:
    return _prepared(pack)[1]


@cache
def _prepared(pack: Pack) -> tuple[Path, Path]:
    from tests.config.installation import pack_once  # late: it needs Django's settings

    name, with_nights = pack
    return pack_once(name, with_nights=with_nights)


def _say(pack: Pack) -> None:
    with connection.constraint_checks_disabled(), connection.cursor() as cursor:
        for sql, params in _statements(pack):
            cursor.execute(sql, params)


@cache
def _statements(pack: Pack) -> Statements:
    """What the database is given to hold the rows of a pack, ids and all. Said again it takes a tenth of loading it again."""
    read: Rows = pickle.loads(_prepared(pack)[0].read_bytes())
    rows: list[tuple[type[models.Model], list[models.Model]]] = [
        (apps.get_model(label), things) for label, things in read
    ]
    text: Statements = []

    def listen(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        text.append((sql, params))
        return execute(sql, params, many, context)

    with transaction.atomic():
        with connection.constraint_checks_disabled(), connection.execute_wrapper(listen):
            change = apps.get_model("feeds.findingchange")
            for model, things in sorted(rows, key=lambda pair: pair[0] is change):
                if model is change:  # the database made some of its own, of the findings before
                    model._default_manager.all().delete()
                for thing in things:
                    thing._state.adding = True
                model._default_manager.bulk_create(things, batch_size=500)
        transaction.set_rollback(True)
    if connection.vendor == "postgresql":
        text += [(statement, None) for statement in connection.ops.sequence_reset_sql(no_style(), [m for m, _ in rows])]
    return text
