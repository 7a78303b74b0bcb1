"""The wheel holds everything: installed into a clean environment, away from the checkout, it serves the site. Production
needs neither Node nor network."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import urllib.error
import urllib.request
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
pytestmark = [pytest.mark.wheel, pytest.mark.xdist_group("wheel"), pytest.mark.long]  # a wheel is built and installed


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("dist")
    subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(out), str(ROOT)],
        check=True,
        capture_output=True,
    )
    return next(out.glob("*.whl"))


def test_it_holds_all_that_the_checkout_holds_and_what_is_built(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    tracked = ["git", "ls-files", "floreo", "packs", "frameworks"]
    ours = subprocess.run(tracked, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    moved = {"packs": "floreo/country_packs", "frameworks": "floreo/framework_files"}
    expected = {moved.get(top, top) + mark + rest for top, mark, rest in (name.partition("/") for name in ours)}
    assert sorted(expected - names) == []
    built = {
        "floreo/static_built/css/floreo.css",
        "floreo/static_built/fonts/piazzolla-latin-wght-normal.woff2",
    }
    assert sorted(built - names) == []
    assert not [n for n in names if n.startswith(("tests/", "node_modules/"))]


def test_it_holds_the_bill_of_materials_and_prints_it(wheel: Path, tmp_path: Path) -> None:
    """The same bytes as the tree gives, twice; and by the command."""
    again = subprocess.run([sys.executable, "tools/sbom.py"], cwd=ROOT, capture_output=True, check=True).stdout
    (name,) = [n for n in zipfile.ZipFile(wheel).namelist() if n.endswith(".dist-info/sboms/floreo.cdx.json")]
    assert zipfile.ZipFile(wheel).read(name) == again
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path)
    command = [sys.executable, "-S", "-m", "floreo.config.cli", "licences"]  # without any library
    env = {"PYTHONPATH": str(tmp_path), "PATH": "/usr/bin:/bin"}
    done = subprocess.run([*command, "--json"], cwd=tmp_path, env=env, capture_output=True, check=True)
    assert done.stdout == again
    done = subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, check=True)
    assert re.search(rb"(?m)^django +5\.2\S* +BSD-3-Clause$", done.stdout)
    assert not (tmp_path / "var").exists()


def _clean_environment(folder: Path, wheel: Path) -> Path:
    """A new environment that sees this one's libraries (no network here) and, of our code, only the wheel."""
    venv.create(folder, with_pip=False)
    python = folder / "bin" / "python"
    site = Path(
        subprocess.run(
            [python, "-c", "import sysconfig; print(sysconfig.get_paths()['purelib'])"],
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
    )
    theirs = Path(
        subprocess.run(
            [sys.executable, "-c", "import sysconfig; print(sysconfig.get_paths()['purelib'])"],
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
    )
    for each in theirs.iterdir():
        if not each.name.startswith(("floreo", "__pycache__")):
            (site / each.name).symlink_to(each)
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)
    return python


def test_it_serves_from_a_clean_environment(wheel: Path, tmp_path: Path) -> None:
    python = _clean_environment(tmp_path / "env", wheel)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    env = {"PATH": "/usr/bin:/bin", "HOME": str(tmp_path), "LANG": os.environ.get("LANG", "C.UTF-8")}
    command = [
        str(python),
        "-m",
        "floreo.config.cli",
        "--data",
        str(tmp_path / "data"),
        "up",
        "--pack",
        "isla-prueba",
        "--port",
        str(port),
    ]
    process = subprocess.Popen(
        command, cwd=tmp_path, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    try:
        body = _opened(f"http://127.0.0.1:{port}/", process)
        css = body.split('rel="stylesheet" href="')[1].split('"')[0]
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{css}", timeout=10) as answer:
            assert answer.status == 200
        assert "Isla Prueba" in body
        with pytest.raises(urllib.error.HTTPError, match="404"):  # a page for those who build Floreo
            urllib.request.urlopen(f"http://127.0.0.1:{port}/about/pieces/", timeout=30)
    finally:
        process.terminate()
        process.wait(timeout=20)


def _opened(address: str, process: subprocess.Popen[str]) -> str:
    """What it answers, once it says that it does."""
    assert process.stdout is not None
    printed = []
    for line in process.stdout:
        printed.append(line)
        if line.startswith("Stop it"):
            with urllib.request.urlopen(address, timeout=60) as answer:
                return str(answer.read().decode())
    raise AssertionError("the server stopped:\n" + "".join(printed))
