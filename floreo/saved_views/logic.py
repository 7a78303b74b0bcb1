"""What of an address a saved view keeps. Plain Python."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlencode

MOST_OF_ONE = 50  # views that one account keeps
MOST_CHARACTERS = 1_000
_LEFT_OUT = frozenset(
    {"after", "download", "all", "at", "select"}
)  # where one was in the list, and what was done with it


def kept_query(query: str) -> str:
    """The filters and words of a list, without the page that was shown: "q=port&state=open". Raises ValueError for what no list has."""
    if len(query) > MOST_CHARACTERS or "\x00" in query or "%00" in query:
        raise ValueError(query[:80])
    pairs = parse_qsl(query.lstrip("?"), keep_blank_values=False, max_num_fields=40)
    return urlencode(sorted((name, value) for name, value in pairs if name not in _LEFT_OUT))


def is_page(path: str) -> bool:
    """Whether it is the path of a page of the workspace, without language and host."""
    return path.startswith("/workspace/") and len(path) <= 300 and "//" not in path and "\\" not in path
