"""What a directory asks, read from what it sent: a filter, a page, a change. Nothing of it reaches the database but a value to compare with."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from floreo.api.scim.resources import MOST, PATCH, USER
from floreo.core.errors import Refused

Fields = Mapping[str, str]


class ScimRefused(Refused):
    """A refusal with the word that SCIM has for it (RFC 7644, 3.12)."""

    def __init__(self, sentence: str, *, kind: str = "", status: int = 400) -> None:
        super().__init__(sentence, code=kind or "refused")
        self.kind, self.status = kind, status


# --- Filters ------------------------------------------------------------------------------------------------------

# One comparison with one quoted value, and nothing before or after it.
_FILTER = re.compile(
    r'\s*(?P<name>(?:urn:[A-Za-z0-9:._-]+:)?[A-Za-z.]+|emails\[type eq "work"\]\.value)\s+[eE][qQ]\s+(?P<value>"(?:[^"\\]|\\.)*")\s*',
    re.ASCII,
)
_COLUMNS: Fields = {
    "username": "email__iexact",
    "emails": "email__iexact",
    "emails.value": "email__iexact",
    'emails[type eq "work"].value': "email__iexact",
    "externalid": "in_directory__external_id",
    "id": "id",
}


def condition(text: str) -> dict[str, Any]:
    """What the filter compares, as keywords of a query. Raises ScimRefused for any other filter."""
    if not text.strip():
        return {}
    found = _FILTER.fullmatch(text) if len(text) <= 500 else None
    column = _COLUMNS.get(found["name"].removeprefix(f"{USER}:").lower()) if found else None
    if found is None or column is None:
        raise _no_filter()
    try:
        value = json.loads(found["value"])
    except ValueError:
        raise _no_filter() from None
    if not isinstance(value, str) or "\x00" in value:
        raise _no_filter()
    if column == "id":
        return {"pk": int(value) if value.isascii() and value.isdecimal() and len(value) < 18 else 0}
    return {column: value}


def _no_filter() -> ScimRefused:
    sentence = _(
        "This filter is not supported. Use one comparison: userName, externalId, id or emails.value, eq, and a quoted value."
    )
    return ScimRefused(sentence, kind="invalidFilter")


@dataclass(frozen=True)
class Page:
    """Which of the users: from `start` (1 is the first), at most `count`."""

    start: int
    count: int


def page(asked: Fields) -> Page:
    return Page(max(_whole(asked.get("startIndex", ""), 1), 1), min(max(_whole(asked.get("count", ""), MOST), 0), MOST))


def _whole(text: str, usual: int) -> int:
    if not text:
        return usual
    if not re.fullmatch(r"-?[0-9]{1,9}", text):
        raise ScimRefused(_("Give whole numbers as startIndex and count."), kind="invalidValue")
    return int(text)


# --- Changes ------------------------------------------------------------------------------------------------------


@dataclass
class Change:
    """What is to be different; None is left as it is."""

    active: bool | None = None
    external_id: str | None = None


KEPT_HERE = frozenset({"username", "displayname", "emails", "id", "meta", "schemas"})


def body_of(text: bytes) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise ScimRefused(_("Send an object of JSON."), kind="invalidSyntax")
    return found


def replaced(sent: Mapping[str, Any], now: Mapping[str, Any]) -> Change:
    """Of a whole resource (PUT). What is kept here is passed over, but for the name by which the account signs in."""
    name = sent.get("userName")
    if not isinstance(name, str):
        raise ScimRefused(_("Send userName: the address of the account."), kind="invalidValue")
    if name.lower() != str(now["userName"]).lower():
        raise _kept_here("userName")
    change = Change()
    if "active" in sent:
        change.active = _flag(sent["active"])
    change.external_id = _external(sent.get("externalId", ""))
    return change


def patched(sent: Mapping[str, Any], now: Mapping[str, Any]) -> Change:
    """Of a PATCH. Refused as a whole where one operation cannot be done."""
    operations = sent.get("Operations")
    if PATCH not in (sent.get("schemas") or ()) or not isinstance(operations, list) or not 0 < len(operations) <= 50:
        raise ScimRefused(_("Send a PatchOp with a list of Operations."), kind="invalidSyntax")
    change = Change()
    for operation in operations:
        _put_operation(change, operation, now)
    return change


def _put_operation(change: Change, operation: Any, now: Mapping[str, Any]) -> None:
    verb = str(operation.get("op", "")).lower() if isinstance(operation, dict) else ""
    if verb not in {"add", "replace", "remove"}:
        raise ScimRefused(_("An operation is add, replace or remove."), kind="invalidSyntax")
    path, value = operation.get("path"), operation.get("value")
    if path is None:
        if verb == "remove":
            raise ScimRefused(_("To remove something, name it by its path."), kind="noTarget")
        if not isinstance(value, dict):
            raise ScimRefused(_("Without a path, the value is an object."), kind="invalidValue")
        for name, each in value.items():
            _put_value(change, str(name), each, now)
        return
    if not isinstance(path, str):
        raise ScimRefused(_("A path is text."), kind="invalidPath")
    _put_value(change, path, "" if verb == "remove" else value, now, is_removed=verb == "remove")


def _put_value(change: Change, path: str, value: Any, now: Mapping[str, Any], *, is_removed: bool = False) -> None:
    name = path.removeprefix(f"{USER}:")
    if name.lower() == "active" and not is_removed:
        change.active = _flag(value)
    elif name.lower() == "externalid":
        change.external_id = _external(value)
    elif name.lower().partition(".")[0].partition("[")[0] in KEPT_HERE | {"active"}:
        if is_removed or not _is_same(name, value, now):
            raise _kept_here(name)
    else:
        sentence = _("This service keeps no attribute named %(name)s. Leave it out of the mapping of the directory.")
        raise ScimRefused(sentence % {"name": name[:60]}, kind="invalidPath")


def _is_same(name: str, value: Any, now: Mapping[str, Any]) -> bool:
    held = next((now[key] for key in now if key.lower() == name.lower()), None)
    return held is not None and (value == held or str(value).lower() == str(held).lower())


def _kept_here(name: str) -> ScimRefused:
    sentence = _("%(name)s is kept here and not by the directory. Only active and externalId can be changed.")
    return ScimRefused(sentence % {"name": name[:60]}, kind="mutability")


def _flag(value: Any) -> bool:
    """Some directories send it as text."""
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.lower() in {"true", "false"}:
        return value.lower() == "true"
    raise ScimRefused(_("active is true or false."), kind="invalidValue")


def _external(value: Any) -> str:
    if value is None:
        return ""
    if not isinstance(value, str) or len(value) > 200 or "\x00" in value:
        raise ScimRefused(_("externalId is a text of at most 200 characters."), kind="invalidValue")
    return value
