"""What rows of a spreadsheet can become here: the targets of all apps, and those that somebody may write."""

from __future__ import annotations

from collections.abc import Mapping

from floreo.core.access import can
from floreo.core.errors import Missing
from floreo.core.importing import ImportTarget
from floreo.offers import import_targets


def target_of(name: str) -> ImportTarget:
    """Raises Missing."""
    found = import_targets().get(name)
    if found is None:
        raise Missing
    return found


def targets_for(viewer: object) -> Mapping[str, ImportTarget]:
    """Those that `viewer` may bring in."""
    return {name: target for name, target in import_targets().items() if can(viewer, target.needs)}
