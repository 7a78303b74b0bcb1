"""Pages as tests read them: the markup without the line breaks and the indentation of the templates."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from django.test import Client

_BLOCKS = (
    "address|article|aside|blockquote|body|br|caption|dd|details|div|dl|dt|fieldset|figcaption|figure|footer|form|h1|h2|h3|h4|head"
    "|header|hr|html|input|label|legend|li|main|meta|nav|ol|option|p|section|select|summary|table|tbody|td|tfoot|th|thead|title|tr|ul"
)
_TAG = re.compile(r"<[^<>]*>")
_ROUND_BLOCKS = re.compile(rf"\s*(</?(?:{_BLOCKS})\b[^<>]*>)\s*")


def squeezed(html: str) -> str:
    """One space for every run of white space, none beside the tags of blocks."""
    tidy = _TAG.sub(lambda tag: re.sub(r"\s+(?=/?>$)", "", re.sub(r"\s+", " ", tag[0])), html)
    return re.sub(r"\s+", " ", _ROUND_BLOCKS.sub(r"\1", tidy))


def decide(browser: Client, address: str, facts: Mapping[str, Any] | None = None, **more: Any) -> Any:
    """Opens the form of a decision and sends it, with what it says that was read."""
    form = browser.get(address).content.decode()
    shown = re.search(r'name="shown"\s+value="([0-9a-f-]+)"', form)
    assert shown is not None, f"{address} is bound to nothing that was read"
    return browser.post(address, {**(facts or {}), "shown": shown[1]}, **more)
