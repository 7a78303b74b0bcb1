"""A disk with no room left: pages are read, whatever would write says why it cannot, and work goes on when there is room again."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from benchmarks.killing.site import Answer, Browser
from tests.config.installation import prepared, said_at_first_start
from tests.config.test_processes import up

pytestmark = [pytest.mark.one_database, pytest.mark.long]  # a disk is filled
SENTENCE = "There is no space left on the server, so nothing was saved."


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    place = tmp_path / "disk"
    place.mkdir()
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=30m", "none", str(place)], capture_output=True, check=False
    )
    if done.returncode != 0:
        pytest.skip("this machine makes no small file system")
    try:
        yield place
    finally:
        subprocess.run(["umount", "-l", str(place)], check=True)


def fill(path: Path) -> None:
    block = b"x" * 4096
    with path.open("wb", buffering=0) as file, suppress(OSError):
        while True:
            file.write(block)


def refused(answer: Answer) -> bool:
    return answer.status == 503 and SENTENCE in answer.body.decode()


def test_a_full_disk_is_said_and_reading_goes_on(small_disk: Path, tmp_path: Path) -> None:
    installation = prepared(small_disk / "data", "loaded")
    accounts = dict(re.findall(r"^  \w+ +(\S+) +(\S+)$", said_at_first_start("loaded"), re.MULTILINE))
    with up(installation, tmp_path / "log", word="web", healthy="worker not at work") as running:
        person = Browser(running.port)
        person.sign_in("secretariat@example.org", accounts["secretariat@example.org"])

        def add(name: str) -> Answer:
            return person.form("/workspace/organisations/new/", name=name, kind="agency")

        def sign_in() -> Answer:
            facts = {"login": "lead@example.org", "password": accounts["lead@example.org"]}
            return Browser(running.port).form("/account/login/", **facts)

        assert add("Before").status == 302
        installation.rows("PRAGMA wal_checkpoint(TRUNCATE)")  # else it has room of its own
        fill(small_disk / "filler")
        pages = ("/", "/es/", "/search/?q=plan", "/workspace/", "/workspace/organisations/")
        assert {path: person.ask("GET", path).status for path in pages} == dict.fromkeys(pages, 200)
        assert Browser(running.port).ask("GET", "/search/?q=plan").status == 200
        assert refused(add("While"))
        assert refused(sign_in())
        large = person.form_with_file(
            "/workspace/evidence/new/", "a.txt", b"words\n" * 200_000, title="Large", tlp="GREEN"
        )
        assert refused(large)
        (small_disk / "filler").unlink()
        assert (add("After").status, sign_in().status) == (302, 302)
    names = {row[0] for row in installation.rows("SELECT name FROM organisations_organisation")}
    assert names & {"Before", "While", "After"} == {"Before", "After"}
    assert installation.rows("PRAGMA integrity_check") == [("ok",)]
