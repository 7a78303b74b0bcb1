"""The sentences about a document that cannot be read: the same in the readers and in the catalogue, and in both languages."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.utils.translation import override

from floreo.core.reading.document import DEFAULT, SENTENCES, Unreadable
from floreo.core.reading.readers.kinds import kind_of
from floreo.core.reading.sentences import UNREADABLE, unreadable_sentence


def test_the_sentences_of_the_reader_are_those_that_are_translated(tmp_path: Path) -> None:
    ours = {code: re.sub(r"\{(\w+)\}", r"%(\1)s", words) for code, words in SENTENCES.items()}
    assert ours == UNREADABLE
    for head in (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"II*\x00", b"MZ", b"{\\rtf", b"7z\xbc\xaf"):
        path = tmp_path / "bill.pdf"
        path.write_bytes(head + bytes(100))
        with pytest.raises(Unreadable) as refused:
            kind_of(path, name="bill.pdf", limits=DEFAULT)
        with override("es"):
            assert str(refused.value.sentence["found"]) not in unreadable_sentence(refused.value)
