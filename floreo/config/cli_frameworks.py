"""`floreo framework load`: the publisher's wording of a framework's items, from the publisher's own file."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path
from typing import TextIO

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from floreo.core.access import SYSTEM
from floreo.core.errors import Refused
from floreo.frameworks.actions import load_wording
from floreo.frameworks.caged import FIELDS, MOST_BYTES, MOST_ITEMS, ItemsRead, Unfit, items_in_a_cage
from floreo.frameworks.models import Framework, Version
from floreo.frameworks.presenters import held_words, known_text

NAMED = 30  # items that are named, of those that one side lacks
_UNFIT: dict[str, Promise] = {
    "too_large": _l("“%(name)s” is larger, or takes more memory or time, than a list of items may. It was not read."),
    "too_many": _l("“%(name)s” holds more than %(most)d items. It was not read."),
    "old_excel": _l("“%(name)s” is a workbook of the old format (.xls), or has a password. Save it as .xlsx."),
    "not_readable": _l("“%(name)s” is not an OSCAL catalogue (JSON), a workbook (.xlsx) or a CSV file."),
    "not_a_catalogue": _l(
        "“%(name)s” is JSON, but not an OSCAL catalogue: “catalog” is missing. It holds: %(detail)s."
    ),
    "unreadable": _l("“%(name)s” is damaged and cannot be read."),
    "no_items": _l("“%(name)s” holds no item."),
    "no_header": _l(
        "No row of “%(name)s” names a column of codes and one of titles or texts. Its columns are: %(detail)s. Say which "
        'is which: --map "Column=code" --map "Column=text".'
    ),
    "twice": _l("The code “%(detail)s” is in “%(name)s” more than once. Which row is meant cannot be known."),
}


def load_file(path: Path, *, framework: str, maps: Iterable[str], adds: bool, out: TextIO) -> int:
    """Loads the file and prints what it and our list have in common and not. Exit code 0, or 1 for a sentence instead."""
    try:
        version = version_of(framework)
        read, sha256 = _read(path, columns_of(maps))
        loaded = load_wording(version, by=SYSTEM, read=read, name=path.name, sha256=sha256, adds=adds)
    except Refused as refusal:
        print(str(refusal.sentence), file=out)
        return 1
    matched, title = loaded.matched, version.in_language("title")
    name = f"{path.name} ({read.title})" if read.title else path.name
    print(_("%(name)s, SHA-256 %(sha256)s") % {"name": name, "sha256": sha256}, file=out)
    words = {"title": title, "same": len(matched.pairs), "file": len(read.items), "changed": loaded.changed}
    print(_("%(title)s: %(same)d of %(file)d items of the file are here.") % words, file=out)
    if read.withdrawn:
        print(_("Withdrawn by the publisher, and not read: %(n)d.") % {"n": read.withdrawn}, file=out)
    if loaded.added:
        print(_("Items added from the file: %(n)d.") % {"n": len(loaded.added)}, file=out)
    _name(_("In the file, not here: %(n)d."), [item.codes[0] for item in matched.only_in_file], out=out)
    _name(_("Here, not in the file: %(n)d."), [item.code for item in matched.only_here], out=out)
    if loaded.changed:
        print(_("Wordings loaded or changed: %(changed)d.") % words, file=out)
    else:
        print(_("Nothing changed: this wording was loaded before."), file=out)
    fresh = Version.objects.select_related("framework").get(pk=version.pk)
    print(known_text(fresh) or held_words(fresh), file=out)
    return 0


def _name(sentence: str, codes: list[str], *, out: TextIO) -> None:
    print(sentence % {"n": len(codes)}, file=out)
    if codes:
        more = _(", and %(n)d more") % {"n": len(codes) - NAMED} if len(codes) > NAMED else ""
        print(f"    {', '.join(codes[:NAMED])}{more}", file=out)


def version_of(code: str) -> Version:
    """The version of that code, or the current one of the framework of that code."""
    rows = Version.objects.select_related("framework")
    found = rows.filter(code=code).first() or rows.filter(framework__code=code).order_by("-is_current", "-pk").first()
    if found is None:
        known = ", ".join([*Framework.objects.values_list("code", flat=True), *rows.values_list("code", flat=True)])
        sentence = _("There is no framework “%(code)s”. There are: %(known)s.")
        raise Refused(sentence % {"code": code, "known": known or "–"}, code="no_framework")
    return found


def columns_of(maps: Iterable[str]) -> dict[str, str]:
    """--map "Question=text" as {"text": "Question"}."""
    found: dict[str, str] = {}
    for given in maps:
        column, _sign, field = given.rpartition("=")
        if not column.strip() or field.strip() not in FIELDS:
            sentence = _("--map %(given)s: write the column, “=”, and one of: %(fields)s.")
            raise Refused(sentence % {"given": given, "fields": ", ".join(FIELDS)}, code="bad_map")
        found[field.strip()] = " ".join(column.split())
    return found


def _read(path: Path, columns: dict[str, str]) -> tuple[ItemsRead, str]:
    """The items of the file and its SHA-256. Raises Refused."""
    words: dict[str, object] = {"name": path.name, "most": MOST_ITEMS, "detail": ""}
    if not path.is_file():
        raise Refused(_("File not found: %(path)s.") % {"path": path}, code="no_file")
    if path.stat().st_size > MOST_BYTES:
        raise Refused(str(_UNFIT["too_large"]) % words, code="too_large")
    try:
        content = path.read_bytes()
        return items_in_a_cage(content, columns), hashlib.sha256(content).hexdigest()
    except OSError as wrong:
        sentence = _("“%(name)s” cannot be read: %(reason)s.")
        raise Refused(sentence % {"name": path.name, "reason": wrong.strerror or wrong}, code="no_file") from wrong
    except Unfit as unfit:
        words["detail"] = unfit.detail or "–"
        raise Refused(str(_UNFIT.get(unfit.code, _UNFIT["unreadable"])) % words, code=unfit.code) from unfit
