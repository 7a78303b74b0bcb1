"""Text that may be in an XML document, whatever people pasted."""

from __future__ import annotations

import re

_NEVER = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def sound(text: str) -> str:
    """`text` without what may be in no XML 1.0 document, so that a feed or an export never breaks off."""
    return _NEVER.sub("", text)
