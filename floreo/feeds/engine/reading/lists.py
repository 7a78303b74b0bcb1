"""Plain lists: an address, name, URL or mailbox a line, perhaps made harmless (hxxp://example[.]org), perhaps with a remark."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from floreo.feeds.engine.events import Reject
from floreo.feeds.engine.opening import Block
from floreo.feeds.engine.reading.blocks import Rejects, Rows, kept_texts

COLUMNS = ("ip", "port", "fqdn", "url", "account")
_REMARK = re.compile(r"(?:^|\s)\s*(?:#|;|//).*$")
_HOSTS = re.compile(r"^(?:0\.0\.0\.0|127\.0\.0\.1|::1?)\s+(?=\S*[a-zA-Z]\S*$)")  # as files named hosts block names
_DOT = re.compile(r"\[\.\]|\(\.\)|\{\.\}|\[dot\]|\(dot\)", re.IGNORECASE)
_SCHEME = re.compile(r"^(h(?:xx|tt)ps?|fxp|ftp|meow|[a-z][a-z0-9+.-]*)(?:\[:\]|:)(?://|\[//\])", re.IGNORECASE)
_V4 = re.compile(r"^[\d.]+$")
_V6 = re.compile(r"^[0-9a-fA-F:]*:[0-9a-fA-F:]*:[0-9a-fA-F:.]*(?:%\S+)?$")
_NETWORK = re.compile(r"^[0-9a-fA-F:.]+/\d{1,3}$")
_PORT = re.compile(r"^(?:\[([0-9a-fA-F:.%\w]+)\]|([^:\s]+)):(\d+)$")
_NAME = re.compile(r"^(?:\*\.)?(?:[^\W_](?:[\w-]{0,61}[^\W_])?|_[\w-]{1,62})(?:\.(?:[\w-]{1,63}))+\.?$")
_MAILBOX = re.compile(r"^[^@\s/]+@[^@\s/]+$")
Row = dict[str, str]


def bare(line: str) -> str:
    """The line without its remark."""
    return _REMARK.sub("", line).strip()


def entry(line: str) -> Row | None:
    """What one line names, by column; None when it is nothing that can be named."""
    text = _HOSTS.sub("", line.strip()).strip("\"'<>,")
    text = _DOT.sub(".", text).replace("[@]", "@").replace("[at]", "@")
    if found := _SCHEME.match(text):
        scheme = found[1].lower().replace("hxx", "htt").replace("fxp", "ftp").replace("meow", "http")
        return {"url": f"{scheme}://{text[found.end() :]}"}
    text = text.replace("[:]", ":")
    if any(pattern.match(text) for pattern in (_NETWORK, _V4, _V6)):
        return {"ip": text}
    if found := _PORT.match(text):
        inner = entry(found[1] or found[2])
        return {**inner, "port": found[3]} if inner and inner.keys() <= {"ip", "fqdn"} else None
    return _name(text)


def _name(text: str) -> Row | None:
    host, slash, _ = text.partition("/")
    if _MAILBOX.match(text) and _NAME.match(text.split("@")[1]):
        return {"account": text}
    if _NAME.match(text):
        return {"fqdn": text.removeprefix("*.").rstrip(".").lower()}
    return {"url": f"http://{text}"} if slash and " " not in text and entry(host) else None


@dataclass
class Reader:
    """Reads the blocks of one list."""

    def read(self, blocks: Iterable[Block]) -> Iterator[Rows]:
        for block in blocks:
            rejects = Rejects()
            rows: list[Row] = []
            lines: list[int] = []
            texts: list[str] = []
            for line, raw in enumerate(block.data.splitlines(), block.line):
                whole = raw.decode("utf-8").replace("\0", "")
                if not (text := bare(whole)):
                    continue
                if (found := entry(text)) is None:
                    rejects.add(line, whole, Reject.NO_SUBJECT)
                    continue
                rows.append(found)
                lines.append(line)
                texts.append(whole)
            table = pa.table({c: pa.array([row.get(c) for row in rows], pa.string()) for c in COLUMNS})
            yield Rows(table, np.array(lines, np.uint64), kept_texts(texts), rejects.table(), len(block.data))
