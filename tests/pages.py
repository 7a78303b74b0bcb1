"""Pages as tests read them: the markup without the line breaks and the indentation of the templates."""

from __future__ import annotations

import re

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
