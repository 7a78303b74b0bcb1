"""The shapes of the incidents app's files in a country pack, and how their rows become objects."""

from __future__ import annotations

from floreo.core.offers import PackFile
from floreo.core.pack import Shape
from floreo.incidents.pack.cases import (
    CaseOrganisationShape,
    CaseShape,
    CaseTaskShape,
    CustodyShape,
    EvidenceShape,
    HappeningShape,
    IntakeShape,
    LinkShape,
    LogShape,
    MergeShape,
    MessageShape,
    ObservableShape,
    PauseShape,
    ReportShape,
    SubmissionShape,
)
from floreo.incidents.pack.rules import ClockRuleShape, HolidayShape, PlaybookShape
from floreo.incidents.playbooks import SHIPPED

# In the order in which they are made: what a row points to comes before it.
SHAPES: tuple[type[Shape], ...] = (
    PlaybookShape,
    ClockRuleShape,
    HolidayShape,
    IntakeShape,
    CaseShape,
    CaseOrganisationShape,
    HappeningShape,
    LogShape,
    ObservableShape,
    CaseTaskShape,
    EvidenceShape,
    CustodyShape,
    MessageShape,
    SubmissionShape,
    PauseShape,
    LinkShape,
    MergeShape,
    ReportShape,
)
_NO_REAL = "cases and reports of a real country come in by its channels or by an import, never with its files"
FILES: tuple[PackFile, ...] = (
    PackFile("playbooks.toml", {"playbook": PlaybookShape}, shipped=SHIPPED),
    PackFile("clock_rules.toml", {"clock_rule": ClockRuleShape, "holiday": HolidayShape}),
    PackFile("incidents.toml", {"intake": IntakeShape, "case": CaseShape, "report": ReportShape}, only_sample=_NO_REAL),
    PackFile("incident_cases.csv", {"case": CaseShape}, only_sample=_NO_REAL),
    PackFile("incident_reports.csv", {"report": ReportShape}, only_sample=_NO_REAL),
)
