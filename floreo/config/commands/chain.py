"""The audit chain, and its signed heads."""

from __future__ import annotations

import argparse
import time
from pathlib import Path

from floreo.config.commands.starting import echo
from floreo.config.heads import authority as certificates_in
from floreo.config.heads import key
from floreo.core import audit, heads, state
from floreo.core.errors import Refused
from floreo.core.models import SignedHead

_NAMED = 50  # of the rows that differ


def verify(asked: argparse.Namespace) -> int:
    """Exit code 0 when the chain holds and every row is as it left it, 1 when not."""
    started, breaks = time.monotonic(), list(audit.walk(expected=asked.head))
    head = audit.head()
    for each in breaks:
        echo(f"Entry {each.number}: {each.reason}.")
    verdict = "The chain does not hold." if breaks else "The chain holds."
    echo(f"{verdict} {head.number} entries walked in {time.monotonic() - started:.1f} s. Head {head.hash}")
    started, differences = time.monotonic(), state.differences()
    for difference in differences[:_NAMED]:
        echo(f"{difference}.")
    if len(differences) > _NAMED:
        echo(f"And {len(differences) - _NAMED} more.")
    verdict = (
        f"{len(differences)} rows are not as the chain left them." if differences else "Every row is as it left it."
    )
    echo(f"{verdict} Compared in {time.monotonic() - started:.1f} s.")
    kept = _kept_heads(asked.heads, asked.key, asked.authority) if asked.heads else []
    return 1 if breaks or differences or kept else 0


def sign(_asked: argparse.Namespace) -> int:
    made = heads.sign_newest(key()) or SignedHead.objects.last()
    echo(heads.as_line(made) if made else "The chain is empty: there is nothing to sign.")
    return 0


def _kept_heads(path: Path, keys: list[Path], authority: Path | None) -> list[str]:
    """What is wrong with signed heads that somebody kept; said, and given back."""
    try:
        lines, trusted = path.read_text("ascii").splitlines(), [heads.public_of(key.read_bytes()) for key in keys]
    except (OSError, ValueError) as problem:
        raise Refused(f"The signed heads or a key cannot be read: {problem}", code="unreadable") from problem
    certificates = certificates_in(authority) if authority else []
    found = list(heads.problems(lines, trusted=trusted, authority=certificates))
    for each in found:
        echo(each)
    if not found:
        signer = "a key that you trust" if trusted else "the key of the first of them; say which you trust with --key"
        echo(f"All {len(lines)} signed heads are in the chain, signed with {signer}.")
        stamped = sum('"timestamp"' in line for line in lines)
        checked = "the authority's own" if authority else "which --authority checks"
        echo(f"{stamped} of them have a timestamp, {checked}." if stamped else "None of them has a timestamp.")
    return found
