"""What the team says of report types that no format knows; and reading once more what was read without it."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from floreo.core.access import Actor, Permission
from floreo.core.action import action
from floreo.core.writing import lock_latest, refuse, save
from floreo.feeds.actions.feeds import check_mapping
from floreo.feeds.models import TypeMapping


@action("type_mapping.set", needs=Permission.FEED_RUN)
def set_mapping(report_type: str, *, by: Actor, mapping: dict[str, Any], version: int | None = None) -> TypeMapping:
    """From now on reports of that type are read so. What was read before stays as it was read."""
    if not report_type:
        raise refuse("report_type", _("Enter the type of file."), code="missing")
    if not mapping:
        raise refuse("mapping", _("Choose the column that holds the IP address or the domain name."), code="no_subject")
    check_mapping(mapping)
    here = TypeMapping.objects.filter(report_type=report_type).first()
    text = lock_latest(here, version) if here is not None else TypeMapping(report_type=report_type)
    text.mapping = mapping
    return save(text)
