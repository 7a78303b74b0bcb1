"""`floreo mail ingest`: e-mails and abuse reports in files become reports of incidents."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from django.utils.translation import gettext as _

from floreo.core import clock
from floreo.core.access import SYSTEM
from floreo.core.errors import Refused
from floreo.incidents.actions.mail import LARGEST_MAIL, Became, Taken, take_in_all, take_in_mail
from floreo.incidents.intake import xarf


def ingest(paths: Iterable[Path], *, echo: Callable[[str], None]) -> int:
    """Exit code 0 when every file was taken in, also before; 1 when one was not: the others are taken in all the same."""
    code = 0
    for path in paths:
        try:
            taken = _one(path)
        except Refused as refusal:
            echo(f"{path}: {refusal.sentence}")
            code = 1
        except OSError as error:
            echo(f"{path}: {error.strerror or error}")
            code = 1
        else:
            echo(f"{path}: {_sentence(taken)}")
    return code


def _one(path: Path) -> Taken:
    size = path.stat().st_size
    if size > LARGEST_MAIL:
        words = {"most": f"{LARGEST_MAIL // 1024**2} MB"}
        raise Refused(_("It is larger than %(most)s and was not read.") % words, code="too_large")
    content = path.read_bytes()
    if path.suffix.lower() in {".json", ".jsonl", ".xarf"}:
        return take_in_all(xarf.read_file(content, received_at=clock.now()), by=SYSTEM)
    return take_in_mail(content, by=SYSTEM, by_hand=True)


def _sentence(taken: Taken) -> str:
    names = ", ".join(each.reference for each in taken.reports) or (taken.case.reference if taken.case else "")
    if taken.already:
        return _("was taken in before: %(names)s") % {"names": names}
    sentences = {
        Became.REPORT: _("is the report %(names)s"),
        Became.MESSAGE: _("is a reply in the case %(names)s"),
        Became.ADDITION: _("was added to the report %(names)s"),
        Became.AUTOMATIC: _("is an automatic reply: %(names)s"),
        Became.RETURNED: _("is an e-mail that came back to us"),
    }
    return sentences[taken.became] % {"names": names}
