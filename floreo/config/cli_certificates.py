"""`floreo certificates check`: what the public page says of a badge, for a file. Nothing is fetched; the record is this installation's own."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TextIO

from django.utils.translation import gettext as _

from floreo.certificates import checking, reading
from floreo.certificates.logic import Verdict

VALID, NOT_ACCEPTED, NOT_READ, NOT_KNOWN = 0, 1, 2, 3  # exit codes


def check(path: Path, *, as_json: bool, out: TextIO) -> int:
    """Prints the verdict, then every field that the badge states, the issuer first. Exit code 0 for one that is genuine and valid; 1 for one
    that is not to be accepted; 2 where no badge could be read; 3 where it is not known here whether it is genuine or valid."""
    try:
        with path.open("rb") as file:
            content = file.read(reading.LARGEST + 1)
    except OSError as problem:
        words = {"path": path, "reason": problem.strerror or type(problem).__name__}
        print(_("%(path)s cannot be read: %(reason)s.") % words, file=out)
        return NOT_READ
    found = checking.check_badge(content)
    if as_json:
        print(json.dumps(_for_machines(found), ensure_ascii=False, indent=2), file=out)
    else:
        _print(found, out=out)
    return code_of(found.verdict)


def code_of(verdict: Verdict) -> int:
    if verdict is Verdict.VALID:
        return VALID
    if verdict is Verdict.NO_BADGE:
        return NOT_READ
    return NOT_KNOWN if verdict in checking.NOT_KNOWN_HERE else NOT_ACCEPTED


def _print(found: checking.Check, *, out: TextIO) -> None:
    print(f"{checking.headline(found)}.", file=out)
    print(checking.explanation(found), file=out)
    for words, value in checking.stated(found.read):
        print(f"  {words}: {value}", file=out)
    for words, value in checking.particulars(found.read):
        print(f"  {words}: {value}", file=out)
    if found.certificate is not None:
        words, state = found.certificate.number, checking.state_text(found.certificate.state)
        print(_("On record here as %(number)s: %(state)s.") % {"number": words, "state": state}, file=out)
    if found.differs:
        names = ", ".join(checking.difference_text(name) for name in found.differs)
        print(_("It differs from the certificate on record in: %(names)s.") % {"names": names}, file=out)


def _for_machines(found: checking.Check) -> dict[str, object]:
    read, kept = found.read, found.certificate
    return {
        "verdict": found.verdict.value,
        "issuer": {"name": read.issuer_name, "id": read.issuer_id},
        "holder": read.holder,
        "title": read.title,
        "valid_from": read.valid_from,
        "valid_until": read.valid_until,
        "id": read.id,
        "achievement": read.achievement,
        "signature": read.signature.value,
        "key": read.key,
        "fault": read.fault.value if read.fault else None,
        "status_lists": list(read.status_lists),
        "record": kept.number if kept is not None else None,
        "differs": list(found.differs),
    }
