"""The bill of materials (CycloneDX 1.6): every package that an installation has, from the hashed lock, and what of npm is in the
wheel. The same tree gives the same bytes. The build of the wheel calls it (tools/wheel_hook.py).

    python tools/sbom.py               prints it
    python tools/sbom.py --licences    writes licences.toml again: SPDX names as the installed packages state them
"""

from __future__ import annotations

import base64
import json
import re
import sys
import tomllib
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from importlib import metadata
from os import environ
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
LICENCES = ROOT / "licences.toml"
NAMESPACE = uuid.UUID("0d3b0b5c-9b0c-5a38-9d0e-8f0c4b1c0f10")  # of serial numbers, which follow from the content
# Parts of npm packages that the wheel holds, in tools/assets.py: faces, and the stylesheet that is cut down.
SHIPPED = re.compile(r"@fontsource-variable/[a-z-]+|@tabler/core")


@dataclass(frozen=True)
class Locked:
    """A package as a lock names it."""

    name: str
    version: str
    kind: str  # of its address: pypi or npm
    hashes: tuple[tuple[str, str], ...]  # algorithm, hash in hexadecimal digits
    licence: str
    marker: str = ""  # where it is installed, if not everywhere
    wanted_by: tuple[str, ...] = ()

    @property
    def purl(self) -> str:
        return f"pkg:{self.kind}/{self.name.replace('@', '%40')}@{self.version}"


def of_python() -> Iterator[Locked]:
    """Every package of requirements.lock."""
    licences = tomllib.loads(LICENCES.read_text(encoding="utf-8"))
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    for entry in re.split(r"(?m)^(?=[a-z0-9])", text)[1:]:
        head = re.match(r"([a-z0-9.-]+)==([^\s;]+)(?: ; (.+?))? \\\n", entry)
        if head is None:
            raise ValueError(f"requirements.lock has an entry that cannot be read: {entry[:80]}")
        if head[1] not in licences:
            raise ValueError(
                f"licences.toml does not name {head[1]}: write it anew with `python tools/sbom.py --licences`"
            )
        hashes = tuple(("SHA-256", digest) for digest in sorted(re.findall(r"--hash=sha256:([0-9a-f]{64})", entry)))
        via = re.findall(r"(?m)^    # (?:via |  )([a-z0-9.-]+)(?: \(.*\))?$", entry)
        yield Locked(head[1], head[2], "pypi", hashes, licences[head[1]], head[3] or "", tuple(via))


def of_npm() -> Iterator[Locked]:
    """What of package-lock.json is in the wheel."""
    lock = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))
    for path, facts in sorted(lock["packages"].items()):
        name = path.removeprefix("node_modules/")
        if SHIPPED.fullmatch(name):
            algorithm, _dash, digest = facts["integrity"].partition("-")
            hashes = ((algorithm.upper().replace("SHA", "SHA-"), base64.b64decode(digest).hex()),)
            yield Locked(name, facts["version"], "npm", hashes, facts["license"], wanted_by=("floreo",))


def document() -> str:
    """The whole as JSON. Its moment is SOURCE_DATE_EPOCH, or left out."""
    from cyclonedx.model.bom import Bom
    from cyclonedx.model.component import Component, ComponentType
    from cyclonedx.output.json import JsonV1Dot6

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    own = Component(
        name=project["name"],
        version=project["version"],
        type=ComponentType.APPLICATION,
        bom_ref="floreo",
        description=project["description"],
        licenses=[_licence(project["license"])],
    )
    locked = [*of_python(), *of_npm()]
    bom = Bom(serial_number=uuid.uuid5(NAMESPACE, repr((project["version"], locked))))
    bom.metadata.component = own
    made = {each.purl: _component(each) for each in locked}
    for component in made.values():
        bom.components.add(component)
    for wanting, component in [(None, own), *((each, made[each.purl]) for each in locked)]:
        name = wanting.name if wanting else "floreo"
        bom.register_dependency(component, [made[each.purl] for each in locked if name in each.wanted_by])
    found: dict[str, Any] = json.loads(JsonV1Dot6(bom).output_as_string())
    del found["metadata"]["timestamp"]
    if moment := environ.get("SOURCE_DATE_EPOCH"):
        found["metadata"]["timestamp"] = datetime.fromtimestamp(int(moment), UTC).isoformat()
    return json.dumps(found, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def _component(locked: Locked) -> Any:
    from cyclonedx.model import HashAlgorithm, HashType, Property
    from cyclonedx.model.component import Component, ComponentScope, ComponentType
    from packageurl import PackageURL

    properties = [Property(name="floreo:installed-where", value=locked.marker)] if locked.marker else []
    return Component(
        name=locked.name,
        version=locked.version,
        type=ComponentType.LIBRARY,
        bom_ref=locked.purl,
        purl=PackageURL.from_string(locked.purl),
        scope=ComponentScope.OPTIONAL if locked.marker else ComponentScope.REQUIRED,
        # One for each file of that version that the lock permits: wheels of each platform, and the source.
        hashes=[HashType(alg=HashAlgorithm(algorithm), content=digest) for algorithm, digest in locked.hashes],
        licenses=[_licence(locked.licence)],
        properties=properties,
    )


def _licence(spdx: str) -> Any:
    from cyclonedx.model.license import DisjunctiveLicense, LicenseExpression

    return LicenseExpression(spdx) if " " in spdx else DisjunctiveLicense(id=spdx)


# Where the package states no SPDX name: read in its own licence file.
_READ = {
    "bluebell-akn": "LGPL-3.0-or-later",
    "cobalt": "LGPL-3.0-or-later",
    "cvss": "LGPL-3.0-or-later",
    "antlr4-python3-runtime": "BSD-3-Clause",
    "colorama": "BSD-3-Clause",
    "defusedxml": "PSF-2.0",
    "django-csp": "BSD-3-Clause",
    "dkimpy": "Zlib",
    "fido2": "BSD-2-Clause AND Apache-2.0 AND MPL-2.0",
    "jinja2": "BSD-3-Clause",
    "olefile": "BSD-2-Clause",
    "openbadgeslib": "LGPL-3.0-or-later",
    "pyld": "BSD-3-Clause",
    "pypdfium2": "BSD-3-Clause AND Apache-2.0",
    "python-dateutil": "Apache-2.0 OR BSD-3-Clause",
    "qrcode": "BSD-3-Clause AND MIT",
    "rfc3161-client": "Apache-2.0",
    "segno": "BSD-3-Clause",
    "sqlparse": "BSD-3-Clause",
    "stix2": "BSD-3-Clause",
    "stix2-patterns": "BSD-3-Clause",
}


@cache
def _spdx() -> Any:
    """All names of SPDX, read once."""
    from license_expression import get_spdx_licensing  # type: ignore[import-untyped]

    return get_spdx_licensing()


def stated(name: str) -> str:
    """The SPDX name or expression of an installed package, "" where none is stated."""
    if name in _READ:
        return _READ[name]
    facts = metadata.metadata(name)
    spdx = _spdx()
    for given in (*(facts.get_all("License-Expression") or []), *(facts.get_all("License") or [])):
        if given and len(given) < 100 and not spdx.validate(given).errors:
            return str(given)
    return "MIT" if "License :: OSI Approved :: MIT License" in (facts.get_all("Classifier") or []) else ""


def write_licences() -> None:
    names = sorted(set(re.findall(r"(?m)^([a-z0-9.-]+)==", (ROOT / "requirements.lock").read_text(encoding="utf-8"))))
    found = {name: stated(name) for name in names}
    if unknown := [name for name, licence in found.items() if not licence]:
        sys.exit(f"No licence is stated by {', '.join(unknown)}. Read its licence file, and add it to tools/sbom.py.")
    text = "# SPDX names of the packages in requirements.lock. `make lock` writes it.\n"
    LICENCES.write_text(text + "".join(f'{name} = "{licence}"\n' for name, licence in found.items()), encoding="utf-8")


if __name__ == "__main__":
    if "--licences" in sys.argv:
        write_licences()
    else:
        sys.stdout.write(document())
