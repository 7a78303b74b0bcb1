"""Judges OSCAL that Floreo wrote by the models of compliance-trestle, and writes what tests compare with. Nothing of Floreo is used.

    python tools/check_oscal.py check FILE...     reads assessment results and plans (JSON, or a ZIP of them); fails at the first error
    python tools/check_oscal.py schemas FOLDER    writes the JSON Schema that the models give of themselves
    python tools/check_oscal.py sample FILE       writes invented assessment results, made of the models alone

Runs where compliance-trestle 5.2.0 is installed, in an environment of its own: it brings 35 packages, some pinned to one version, and is
no part of the development environment (tests/assessments/oscal/README.md)."""

from __future__ import annotations

import importlib
import json
import sys
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

MODELS = {"assessment-results": "assessment_results", "plan-of-action-and-milestones": "poam"}
FLOREO = "urn:uuid:9056ff01-c952-4f6b-9a7c-f7af37ed224c"
_SPACE = UUID("5b0f8a52-4d43-4d6f-9d3e-0a3f4b1f7f10")


def _model(kind: str) -> Any:
    return importlib.import_module(f"trestle.oscal.{MODELS[kind]}").Model


def check(paths: list[str]) -> None:
    for name, content in _files(paths):
        (kind,) = json.loads(content)
        _model(kind).model_validate_json(content)
        print(f"{name}: {kind}, read by trestle")


def _files(paths: list[str]) -> Iterator[tuple[str, bytes]]:
    for path in paths:
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as opened:
                yield from ((name, opened.read(name)) for name in opened.namelist())
        else:
            yield path, Path(path).read_bytes()


def schemas(folder: str) -> None:
    for kind in MODELS:
        text = json.dumps(_bare(_model(kind).model_json_schema(by_alias=True)), sort_keys=True)
        (Path(folder) / f"{kind}.schema.json").write_text(text + "\n")


def _bare(part: Any) -> Any:
    """Without titles and descriptions, which judge nothing."""
    if isinstance(part, dict):
        return {k: _bare(v) for k, v in part.items() if not (k in {"title", "description"} and isinstance(v, str))}
    return [_bare(each) for each in part] if isinstance(part, list) else part


def sample(path: str) -> None:
    """Two rounds of an invented assessor over the items of the framework that tests make; the older one is first."""
    common, models = (importlib.import_module(f"trestle.oscal.{n}") for n in ("common", "assessment_results"))
    version = importlib.import_module("trestle.oscal").OSCAL_VERSION

    def uuid(name: str) -> str:
        return str(uuid5(_SPACE, name))

    def day(number: int) -> datetime:
        return datetime(2026, 11, number, 9, 0, tzinfo=UTC)

    def observation(name: str, text: str) -> Any:
        return common.Observation(uuid=uuid(name), description=text, methods=["EXAMINE"], collected=day(3))

    def finding(control: str, state: str, text: str, seen: str = "", props: Any = None) -> Any:
        related = [common.RelatedObservation(observation_uuid=uuid(seen))] if seen else None
        return common.Finding(
            uuid=uuid(f"{control} {text}"),
            title=f"Finding on {control}",
            description=text,
            props=props,
            target=common.FindingTarget(
                type="objective-id", target_id=control, status=common.ObjectiveStatus(state=state)
            ),
            related_observations=related,
        )

    def result(title: str, start: int, observations: Any, findings: Any) -> Any:
        controls = [common.SelectControlById(control_id=code) for code in ("a-1", "A-2", "B-1")]
        return models.Result(
            uuid=uuid(title),
            title=title,
            description="An invented assessment.",
            start=day(start),
            reviewed_controls=common.ReviewedControls(
                control_selections=[common.ControlSelections(include_controls=controls)]
            ),
            observations=observations,
            findings=findings,
        )

    level = [
        common.Property(name="level", ns="https://assessor.example.org/ns", value="9"),
        common.Property(name="level", ns=FLOREO, value="0.5"),
    ]
    older = result("Spring round", 1, None, [finding("A-1", "not-satisfied", "There was no law.")])
    newest = result(
        "Autumn round",
        2,
        [observation("law", "There is a law of 2024."), observation("rule", "Its rules are half written.")],
        [
            finding("a-1_obj", "satisfied", "Judged by an invented assessor.", "law"),
            finding("A-2", "not-satisfied", "Judged by an invented assessor.", "rule", level),
            finding("B-1", "not-satisfied", "Nobody is hired."),
            finding("Z-9", "satisfied", "Of another framework."),
        ],
    )
    assessor = common.Parties(uuid=uuid("assessor"), type="organization", name="An invented assessor")
    whole = models.AssessmentResults(
        uuid=uuid("whole"),
        metadata=common.Metadata(
            title="Assessment by somebody else",
            last_modified=day(4),
            version="1.0",
            oscal_version=version,
            roles=[common.Role(id="assessor", title="Assessor")],
            parties=[assessor],
        ),
        import_ap=models.ImportAp(href="https://assessor.example.org/plan.json"),
        results=[older, newest],
    )
    whole.oscal_write(Path(path))


def main() -> None:
    match sys.argv[1:]:
        case ["check", *paths] if paths:
            check(paths)
        case ["schemas", folder]:
            schemas(folder)
        case ["sample", path]:
            sample(path)
        case _:
            raise SystemExit(__doc__)


if __name__ == "__main__":
    main()
