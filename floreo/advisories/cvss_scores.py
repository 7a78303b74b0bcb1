"""Scores of CVSS vectors, versions 2.0, 3.0, 3.1 and 4.0: the only module that knows the library `cvss`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from cvss import CVSS2, CVSS3, CVSS4
from cvss.exceptions import CVSSError

LONGEST = 300  # characters of a vector; the longest that means something has about 200


class BadVectorError(ValueError):
    """What was typed is no CVSS vector. Its text says why, in English, as the library does."""


@dataclass(frozen=True)
class Score:
    """What a vector says. `severity` is none, low, medium, high or critical, by the bands of CVSS 3 and 4 for every version;
    `metrics` are the base metrics under the names of FIRST's JSON schemas."""

    version: str
    vector: str
    base: Decimal
    severity: str
    metrics: Mapping[str, Any] = field(default_factory=dict)


def _class_of(vector: str) -> Any:
    """The class of the library for the version that the vector names; one without a prefix is of version 2."""
    if vector.startswith("CVSS:4."):
        return CVSS4
    return CVSS3 if vector.startswith("CVSS:3.") else CVSS2


def band(base: Decimal) -> str:
    """The qualitative severity of a base score."""
    for name, least in (("critical", 9), ("high", 7), ("medium", 4)):
        if base >= least:
            return name
    return "low" if base > 0 else "none"


def score_of(vector: str) -> Score:
    """Raises BadVectorError where it is none."""
    if len(vector) > LONGEST or not vector.isascii() or not vector.isprintable():
        raise BadVectorError("A vector is one line of text without spaces.")
    kind = _class_of(vector)
    try:
        found = kind(vector)
        metrics = found.as_json(minimal=True)
        base = Decimal(str(found.scores()[0]))
    except (CVSSError, KeyError, ValueError, IndexError) as error:
        raise BadVectorError(str(error)) from error
    version = {"CVSS2": "2.0", "CVSS4": "4.0"}.get(kind.__name__) or str(metrics["version"])
    return Score(version, vector, base, band(base), metrics)
