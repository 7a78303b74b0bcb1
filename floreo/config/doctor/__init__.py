"""`floreo doctor`: what is wrong with this installation, in plain words, each with what to do. It only looks."""

from floreo.config.doctor.examining import as_json, as_text, examine, sound
from floreo.config.doctor.findings import BAD, GOOD, WATCH, Check, Finding
from floreo.config.doctor.machine import LEAST_FREE, MACHINE
from floreo.config.doctor.records import RECORDS

__all__ = [
    "BAD",
    "GOOD",
    "LEAST_FREE",
    "MACHINE",
    "RECORDS",
    "WATCH",
    "Check",
    "Finding",
    "as_json",
    "as_text",
    "examine",
    "sound",
]
