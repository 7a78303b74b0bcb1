"""What a long command says while it works: a line for each step, a bar where something counts, in the language of who waits."""

from __future__ import annotations

import pytest
from django.utils.translation import gettext_lazy as _l

from floreo.config.commands.starting import echo, steps_shown
from floreo.config.terminal import language
from floreo.core import progress

READING = _l("Reading the country pack")
WRITING = _l("Writing what the pack holds")


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "C.UTF-8")


def work() -> None:
    progress.at(READING)
    for done in (0, 10, 20):
        progress.at(WRITING, done, 20)
    echo("Done.")


def test_in_a_file_each_step_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    with steps_shown():
        work()
    assert capsys.readouterr().out == "Reading the country pack ...\nWriting what the pack holds ...\nDone.\n"


def test_at_a_terminal_a_bar_grows_and_other_lines_stand_below(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    monkeypatch.setenv("COLUMNS", "100")
    with steps_shown():
        work()
    lines = [[part.rstrip() for part in line.split("\r")] for line in capsys.readouterr().out.rstrip("\n").split("\n")]
    assert lines == [
        ["", "Reading the country pack ...", "Reading the country pack"],
        [
            "",
            f"Writing what the pack holds  [{'.' * 24}] 0 %",
            f"Writing what the pack holds  [{'#' * 12}{'.' * 12}] 50 %",
            f"Writing what the pack holds  [{'#' * 24}] 100 %",
            "Writing what the pack holds",
        ],
        ["Done."],
    ]


def test_quiet_says_results_alone(capsys: pytest.CaptureFixture[str]) -> None:
    with steps_shown(quiet=True):
        work()
    assert capsys.readouterr().out == "Done.\n"


def test_nobody_is_told_where_no_command_waits(capsys: pytest.CaptureFixture[str]) -> None:
    progress.at(READING)
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    ("settings", "spoken"),
    [
        ({"LANG": "es_BZ.UTF-8"}, "es"),
        ({"LANG": "es_BZ.UTF-8", "LC_ALL": "fr"}, "fr"),
        ({"LANG": "C.UTF-8"}, "en"),
        ({"LANG": "../../etc"}, "en"),
        ({"LANG": "xx_XX"}, "en"),
        ({}, "en"),
    ],
)
def test_the_language_is_that_of_the_terminal(
    monkeypatch: pytest.MonkeyPatch, settings: dict[str, str], spoken: str
) -> None:
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    assert language() == spoken


def test_steps_are_said_in_spanish(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "es_BZ.UTF-8")
    with steps_shown():
        progress.at(READING)
    assert capsys.readouterr().out == "Leyendo el paquete del país ...\n"
