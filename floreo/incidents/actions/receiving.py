"""How a report becomes a row, whichever channel brought it."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from floreo.core import clock
from floreo.core.access import Actor, Permission, must
from floreo.core.action import action
from floreo.core.errors import Refused, Taken
from floreo.core.writing import refuse, require_sound_time, save
from floreo.incidents import files, moments
from floreo.incidents.files import Kept
from floreo.incidents.incoming import Incoming
from floreo.incidents.logic import new_report_reference
from floreo.incidents.models import Report, ReportFile
from floreo.organisations.models import Organisation, Place


@dataclass(frozen=True)
class Received:
    """The report, and whether it had been taken in before."""

    report: Report
    already: bool = False


def receive(incoming: Incoming, *, by: Actor) -> Received:
    """Takes a report in. The same source again gives the same report and changes nothing. Files reach the disk before the
    transaction opens; where the row is not made they go again."""
    must(by, Permission.INCIDENT_HANDLE)
    if (here := _here(incoming)) is not None:
        return Received(here, already=True)
    try:
        with files.stored(incoming.files) as kept:
            return Received(_receive(by=by, incoming=incoming, kept=kept))
    except Taken:  # two at once: the other was first
        here = _here(incoming)
        if here is None:
            raise
        return Received(here, already=True)


def _here(incoming: Incoming) -> Report | None:
    return Report.objects.filter(source_key=incoming.source_key[:200]).first()


@action("incident_report.received", needs=Permission.INCIDENT_HANDLE)
def _receive(*, by: Actor, incoming: Incoming, kept: list[Kept]) -> Report:
    _require_times(incoming)
    at = moments.now()  # in a sample country its own day: nothing there is later
    report = Report(
        reference=incoming.reference or new_report_reference(at.year),
        channel=incoming.channel,
        source_key=incoming.source_key[:200],
        received_at=min(incoming.received_at, at),
        happened_at=min(incoming.happened_at, at) if incoming.happened_at else None,
        noticed_at=min(incoming.noticed_at, at) if incoming.noticed_at else None,
        language=incoming.language[:5],
        kind=incoming.kind,
        subject=_one_line(incoming.subject or incoming.text),
        text=incoming.text.replace("\x00", " ").strip(),
        reporter_name=_one_line(incoming.reporter_name),
        reporter_mail=incoming.reporter_mail.strip()[:254],
        reporter_phone=_one_line(incoming.reporter_phone)[:40],
        organisation_name=_one_line(incoming.organisation_name),
        organisation=Organisation.objects.filter(code=incoming.organisation).first() if incoming.organisation else None,
        place=Place.objects.filter(code=incoming.place).first() if incoming.place else None,
        is_in_danger=incoming.is_in_danger,
        wants_police=incoming.wants_police,
        concerns_child=incoming.concerns_child,
        answers=_answers(incoming),
        doubts=list(incoming.doubts),
        rsit=incoming.rsit[:80],
        tlp=incoming.tlp,
        finding_key=incoming.finding_key,
        link_hash=incoming.link_hash,
        is_exercise=incoming.is_exercise,
    )
    save(report)
    for each in kept:
        add_file(report, each)
    return report


def add_file(report: Report, kept: Kept) -> ReportFile:
    """A kept file as a row of its report. Within an action."""
    made = ReportFile(
        report=report,
        name=kept.name,
        media_type=kept.media_type[:100],
        size=kept.size,
        sha256=kept.sha256,
        doubt=kept.doubt,
    )
    made.file.name = kept.place
    return save(made)


def _answers(incoming: Incoming) -> dict[str, object]:
    seen = [list(pair) for pair in incoming.observables[:200]]
    more: dict[str, object] = {"observables": seen} if seen else {}
    return dict(incoming.answers) | more


def _one_line(text: str) -> str:
    """In one line of at most 200 characters; a longer one ends with three dots and is whole in the text."""
    line = " ".join(text.replace("\x00", " ").split())
    return line if len(line) <= 200 else line[:197] + "..."


def _require_times(incoming: Incoming) -> None:
    at = clock.machine()
    for name in ("received_at", "happened_at", "noticed_at"):
        require_sound_time(getattr(incoming, name), field=name)
    if incoming.received_at > at:
        raise refuse("received_at", _("That time is still to come. Enter when it was received."), code="future")
    for name in ("happened_at", "noticed_at"):
        moment = getattr(incoming, name)
        if moment is not None and moment > incoming.received_at:
            sentence = _("That is after it was reported. Correct one of the times.")
            raise Refused(sentence, code="after_report", fields={name: sentence})
