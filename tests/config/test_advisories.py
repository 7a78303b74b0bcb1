"""`make advisories` says what is known, and calls unknown what nobody could be asked about."""

from __future__ import annotations

from typing import Any

import pytest

from tools.advisories import npm_lines, python_lines

pytestmark = pytest.mark.one_database
UNKNOWN = "unknown: no index of advisories reachable"
SOUND: dict[str, Any] = {"name": "django", "version": "5.2.9", "vulns": []}
WEAK = {
    "name": "lxml",
    "version": "4.6.2",
    "vulns": [{"id": "PYSEC-2021-19", "fix_versions": ["4.6.3"], "aliases": []}],
}
SKIPPED = {"name": "six", "skip_reason": "Dependency not found on PyPI and could not be audited: six (1.17.0)"}


@pytest.mark.parametrize(
    ("packages", "said"),
    [
        ([], [(False, UNKNOWN)]),
        ([SKIPPED, SKIPPED], [(False, UNKNOWN)]),
        ([SOUND], [(False, "none known for 1 packages")]),
        ([SOUND, SKIPPED], [(False, f"{UNKNOWN} for 1 of 2 packages")]),
        ([SOUND, WEAK], [(True, "lxml 4.6.2: PYSEC-2021-19, corrected in 4.6.3")]),
    ],
)
def test_what_pip_audit_could_not_look_up_is_not_called_sound(packages: list[Any], said: list[Any]) -> None:
    assert list(python_lines({"dependencies": packages, "fixes": []})) == said
    assert list(python_lines({})) == [(False, UNKNOWN)]


def test_npm_that_reaches_no_index_is_not_called_sound_either() -> None:
    assert list(npm_lines({"error": {"summary": "audit endpoint returned an error"}})) == [(False, UNKNOWN)]
    assert list(npm_lines({"vulnerabilities": {}, "metadata": {"dependencies": {"total": 5}}})) == [
        (False, "none known for 5 packages")
    ]
    weak = {"lodash": {"range": "<4.17.21", "severity": "high"}}
    assert list(npm_lines({"vulnerabilities": weak})) == [(True, "lodash <4.17.21: high")]
