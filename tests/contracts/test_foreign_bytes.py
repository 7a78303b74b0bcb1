"""Whoever gives foreign bytes to a parser is on this list: either it runs in the cage, or it says why it need not. And what is made to
stop a server is refused within its limits, while the memory of whoever asked stays as it was."""

from __future__ import annotations

import ast
import gzip
import hashlib
import io
import re
import resource
import zipfile
from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path

import pytest

from floreo.core import bounces
from floreo.core.cells import Unfit as BookUnfit
from floreo.core.cells import pages_in_a_cage
from floreo.core.mail_in.reading import parse_in_a_cage
from floreo.core.reading.caged import read_in_a_cage
from floreo.core.reading.document import Unreadable
from floreo.evidence.caged import kind_in_a_cage
from floreo.evidence.sniffing import Unwelcome
from floreo.feeds.caged import run_in_a_cage
from floreo.feeds.engine import problems
from floreo.feeds.engine.task import Source
from floreo.reports.word.caged import Unfit as TemplateUnfit
from floreo.reports.word.caged import fields_in_a_cage
from tests.conftest import ROOT
from tests.feeds.engine.nights import task

# Libraries that take bytes apart. Of email and csv only what reads: our own addresses and headers are made with the rest.
PARSERS = {
    "PIL",
    "bz2",
    "docx",
    "docxtpl",
    "dkim",
    "email",
    "gzip",
    "html.parser",
    "lxml",
    "lzma",
    "mailbox",
    "odf",
    "olefile",
    "openbadgeslib",
    "openpyxl",
    "pdfplumber",
    "pyarrow.csv",
    "pyarrow.json",
    "pymisp",
    "pypdf",
    "pypdfium2",
    "pysequoia",
    "python_calamine",
    "stix2",
    "tarfile",
    "xml",
    "yaml",
    "zipfile",
    "zlib",
    "csv",
    "cbor2",
    "pickle",
    "tomllib",
    "duckdb",
}
IN_THE_CAGE = {
    "floreo/certificates/credentials.py",
    "floreo/core/bounces.py",
    "floreo/core/file_text.py",
    "floreo/outreach/pictures.py",
    "floreo/core/mail_in/automatic.py",
    "floreo/core/mail_in/outlook.py",
    "floreo/core/mail_in/pgp.py",
    "floreo/core/mail_in/reading.py",
    "floreo/core/mail_in/signatures.py",
    "floreo/core/mail_in/text.py",
    "floreo/core/reading/readers/archive.py",
    "floreo/core/reading/readers/html.py",
    "floreo/core/reading/readers/kinds.py",
    "floreo/core/reading/readers/pdf.py",
    "floreo/core/reading/readers/pdf_words.py",
    "floreo/core/reading/readers/word.py",
    "floreo/core/workbooks.py",
    "floreo/evidence/containers.py",
    "floreo/evidence/pdf.py",
    "floreo/feeds/engine/opening.py",
    "floreo/feeds/engine/arrange/guess.py",
    "floreo/feeds/engine/arrange/select.py",
    "floreo/feeds/engine/reading/arranged.py",
    "floreo/feeds/engine/reading/json_columns.py",
    "floreo/feeds/engine/reading/json_plain.py",
    "floreo/feeds/engine/reading/csv_.py",
    "floreo/feeds/engine/reading/identity.py",
    "floreo/feeds/engine/rules.py",
    "floreo/feeds/engine/times.py",
    "floreo/frameworks/caged.py",
    "floreo/legislation/text/caged.py",
    "floreo/reports/word/template.py",
    "floreo/core/cells.py",
    "floreo/imports/caged.py",
}
OWN = "writes, or reads what this program wrote"
SHIPPED = "reads files of the program or of a pack that an administrator loads by hand"
NEEDS_NONE = {
    "floreo/strategy/outline/profiles.py": "TOML of our own writing, or of whoever has a shell; each value is checked",
    "floreo/strategy/drafting/lexicon.py": "files of the program itself: the words of each language",
    "floreo/advisories/catalogues.py": "two public catalogues of a fixed form, unpacked up to a number of bytes",
    "floreo/advisories/provider.py": OWN,
    "floreo/certificates/badges.py": OWN,
    "floreo/certificates/signatures.py": OWN,
    "floreo/organisations/branding/marks.py": "a file of the pack, which whoever has a shell puts there; small, without entities",
    "floreo/config/archive.py": "a backup that an administrator restores by hand; its parts are read one by one within limits",
    "floreo/config/backup.py": OWN,
    "floreo/consultation/logic.py": "a checksum of words; nothing is unpacked",
    "floreo/surveys/microdata.py": OWN,
    "floreo/workspace/surveys/forms.py": "a table of text, at most a megabyte, of a person who runs surveys; each cell is checked",
    "floreo/workspace/surveys/views.py": OWN,
    "floreo/core/delimited.py": "a table of text of bounded length, of a person who may import it; each cell is checked",
    "floreo/assessments/oscal/writing.py": OWN,
    "floreo/awareness/results_file.py": "same; refused whole where a cell could name a person",
    "floreo/workforce/importing.py": "same",
    "floreo/imports/files.py": "a table of text of bounded length, of a person who may import it; workbooks go into the cage",
    "floreo/imports/profiles.py": "TOML of our own writing, or of whoever has a shell; each value is checked",
    "floreo/workspace/spreadsheets/views.py": OWN,
    "floreo/workspace/training/cohort_views.py": OWN,
    "floreo/workspace/infrastructure/cascade_papers.py": OWN,
    "floreo/organisations/actions/proving.py": "a registry's file that a person of the team gives, unpacked block by block to a bounded size",
    "floreo/organisations/claims.py": "files that actions/proving.py compressed",
    "floreo/core/documents/pdf.py": OWN,
    "floreo/core/documents/word.py": OWN,
    "floreo/core/documents/word_frame.py": OWN,
    "floreo/config/doctor/mail.py": "an address of the settings",
    "floreo/core/exact_mail.py": OWN,
    "floreo/core/smime.py": "certificates of contacts that a person of the register entered, of bounded length, and the team's own",
    "floreo/core/openpgp.py": "keys of contacts that a person of the register entered, of bounded length",
    "floreo/core/outbox.py": "takes one address apart that passed the form's check",
    "floreo/portal/page_cache.py": OWN,
    "floreo/portal/views/csaf.py": OWN,
    "floreo/portal/views/observatory.py": OWN,
    "floreo/portal/views/about.py": "takes apart the sender that the settings name",
    "floreo/core/tables.py": OWN,
    "floreo/feeds/collectors/fetching.py": "one header of an answer, whose length http.client bounds",
    "floreo/config/cli_feeds.py": "TOML of whoever has a shell; each value is checked",
    "floreo/feeds/engine/arrange/model.py": SHIPPED,
    "floreo/feeds/engine/formats.py": SHIPPED,
    "floreo/feeds/engine/store/duck.py": OWN,
    "floreo/feeds/engine/store/questions.py": OWN,
    "floreo/feeds/notice_csv.py": OWN,
    "floreo/feeds/pack.py": SHIPPED,
    "floreo/feeds/ready_sources.py": SHIPPED,
    "floreo/feeds/texts.py": SHIPPED,
    "floreo/frameworks/export.py": OWN,
    "floreo/incidents/actions/messages.py": "takes one address apart that is then checked",
    "floreo/incidents/actions/sharing.py": OWN,
    "floreo/incidents/importing.py": "a table of bounded size that a person of the team gives",
    "floreo/incidents/exchange/misp.py": "JSON of bounded size that a person of the team gives; files in it are left out unread",
    "floreo/incidents/exchange/stix.py": "JSON of bounded size that a person of the team gives",
    "floreo/incidents/taxonomy/__init__.py": SHIPPED,
    "floreo/legislation/documents.py": OWN,
    "floreo/legislation/text/akn.py": "texts that this program wrote, and those of a pack; without entities, document types and network",
    "floreo/open_data/made.py": OWN,
    "floreo/packs/folder.py": SHIPPED,
    "floreo/reports/word/filling.py": OWN,
    "floreo/strategy/iati.py": OWN,
    "floreo/workspace/feeds/explorer.py": OWN,
    "floreo/workspace/feeds/stored.py": OWN,
}
# Who may call what is in the cage without a cage: the modules of the cage themselves, and this one by its own bytes.
READERS = {
    "floreo.evidence.sniffing": {"kind_of"},
    "floreo.evidence.pdf": {"kind_of_pdf"},
    "floreo.core.mail_in.reading": {"parse_mail"},
    "floreo.core.reading.reading": {"read_document"},
    "floreo.core.reading.readers.kinds": {"kind_of"},
    "floreo.feeds.engine.ingest": {"run"},
    "floreo.feeds.engine": {"ingest", "reading"},
    "floreo.feeds.engine.reading": {"open_report", "sample"},
    "floreo.feeds.engine.normalise": {"events_of"},
    "floreo.feeds.engine.arrange.guess": {"guess"},
    "floreo.feeds.engine.reading.arranged": {"header_of", "first_rows", "table_rows"},
    "floreo.reports.word.template": {"fields_used", "filled"},
}
MAY_READ = {
    "floreo/core/reading/caged.py",
    "floreo/core/reading/reading.py",
    "floreo/evidence/caged.py",
    "floreo/evidence/sniffing.py",
    "floreo/feeds/engine/caged.py",
    "floreo/feeds/engine/ingest.py",
    "floreo/feeds/engine/normalise.py",
    "floreo/feeds/actions/posting.py",  # at most a thousand events, checked as JSON and written again by us
    "floreo/legislation/text/caged.py",
    "floreo/reports/word/caged.py",
}


@cache
def sources() -> dict[str, ast.Module]:
    """Every file that names one of those modules, or a reader: to parse all takes longer than this whole test."""
    packages = {name.partition(".")[0] for name in PARSERS}  # `from pyarrow import json` names no "pyarrow.json"
    words = "|".join(re.escape(name) for name in [*packages, *READERS, "def caged"])
    named = re.compile(rf"\b({words})\b")
    texts = {str(path.relative_to(ROOT)): path.read_text() for path in sorted((ROOT / "floreo").rglob("*.py"))}
    return {path: ast.parse(text) for path, text in texts.items() if named.search(text)}


@pytest.fixture(scope="module", autouse=True)
def trees_are_left_to_nobody() -> Iterator[None]:
    """They are large, and what comes after is looked over for garbage together with them."""
    yield
    sources.cache_clear()


def imported(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """Module and name of each import, also within functions; for `import a.b` the name is ""."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, "") for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield from ((node.module, alias.name) for alias in node.names)


def is_parser(module: str, name: str) -> bool:
    whole = f"{module}.{name}" if name else module
    return any(whole == p or whole.startswith(f"{p}.") for p in PARSERS)


@pytest.mark.usefixtures("uncollected")
def test_whoever_takes_bytes_apart_runs_in_the_cage_or_says_why_not() -> None:
    users = {path for path, tree in sources().items() if any(is_parser(*each) for each in imported(tree))}
    assert users == IN_THE_CAGE | set(NEEDS_NONE)
    assert not IN_THE_CAGE & set(NEEDS_NONE)


@pytest.mark.long
@pytest.mark.usefixtures("uncollected")
def test_what_runs_in_the_cage_is_called_from_there_alone() -> None:
    users = {
        path for path, tree in sources().items() for module, name in imported(tree) if name in READERS.get(module, ())
    }
    assert users == MAY_READ


@pytest.mark.usefixtures("uncollected")
def test_no_module_of_the_cage_loads_django_by_itself() -> None:
    found = {
        path: tree
        for path, tree in sources().items()
        if any(isinstance(node, ast.FunctionDef) and node.name == "caged" for node in tree.body)
    }
    assert len(found) == 16
    assert [path for path, tree in found.items() if any(m.startswith("django") for m, _n in imported(tree))] == []


# Made to stop a server


@pytest.fixture
def flat() -> Iterator[None]:
    """The memory of this process grows by less than the file would take anywhere else."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    yield
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 120 * 1024  # kB


def packed(parts: dict[str, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as opened:
        for name, body in parts.items():
            opened.writestr(name, body)
    return made.getvalue()


def a_document(xml: bytes) -> bytes:
    types = (
        b'<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Override PartName="/word/document.xml" '
        b'ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>'
    )
    return packed({"[Content_Types].xml": types, "word/document.xml": xml})


def a_workbook(cell: str) -> bytes:
    """A sheet whose one cell lies far away."""
    from openpyxl.workbook import Workbook

    book = Workbook()
    page = book.active
    assert page is not None
    page.title = "actions"
    page[cell] = "x"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def nested_mail(deep: int) -> bytes:
    return b"From: reports@feed.example\n" + b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(deep)
    )


@pytest.mark.usefixtures("flat")
class TestWhatIsMadeToStopAServer:
    """A PDF that unfolds without end is in tests/core/test_cage.py."""

    def test_an_archive_that_unpacks_to_far_more(self) -> None:
        inner = packed({"a": bytes(60 << 20)})
        with pytest.raises(Unwelcome, match="bomb"):
            kind_in_a_cage(io.BytesIO(packed({f"{n}.zip": inner for n in range(12)})), "a.zip")

    def test_a_workbook_with_a_cell_far_away(self) -> None:
        (page,) = pages_in_a_cage(a_workbook("XFD1048576"), ["actions"])
        assert sum(map(len, page.rows)) == 0

    def test_a_workbook_that_unpacks_to_far_more(self) -> None:
        with pytest.raises(BookUnfit, match="too_large"):
            pages_in_a_cage(packed({"xl/workbook.xml": bytes(70 << 20)}), ["actions"])

    @pytest.mark.parametrize(
        "xml",
        [
            b"<a>" * 200_000,
            b'<!DOCTYPE a [<!ENTITY b "bbbbbbbb">' + b'<!ENTITY c "&b;&b;&b;&b;">' * 9 + b"]><a>&c;</a>",
            b"<a" + b' b="c"' * 300_000 + b"/>",
        ],
    )
    def test_a_word_file_of_deep_or_endless_xml(self, xml: bytes, tmp_path: Path) -> None:
        content = a_document(xml)
        with pytest.raises(TemplateUnfit):
            fields_in_a_cage(content, {})
        (tmp_path / "a.docx").write_bytes(content)
        with pytest.raises(Unreadable):
            read_in_a_cage(tmp_path / "a.docx")

    def test_a_mail_of_a_hundred_thousand_parts_in_each_other(self) -> None:
        mail = nested_mail(100_000)
        assert bounces.read_in_a_cage(mail).kind is bounces.Kind.OTHER
        assert parse_in_a_cage(mail) is None

    def test_a_report_whose_quote_is_never_closed(self, tmp_path: Path) -> None:
        """The file of the review: 20 kB, 20 MB inside, took 2.7 GB and 26 seconds."""
        rows = b'"' + b'2026-11-20 00:00:00,192.0.2.1,"x\n' * 650_000
        bomb, fine = tmp_path / "bomb.csv.gz", tmp_path / "fine.csv"
        bomb.write_bytes(gzip.compress(b"time,ip,text\n" + rows))
        fine.write_bytes(b"time,ip,text\n2026-11-20 00:00:00,192.0.2.1,x\n")
        files = [Source(str(p), hashlib.sha256(p.read_bytes()).hexdigest(), p.name) for p in (bomb, fine)]
        mapping = {"time": "time", "address": "ip"}
        work = task(tmp_path, *files, day=date(2026, 11, 20), format="csv", mapping=mapping)
        stopped, read = run_in_a_cage(work)
        assert (stopped.problem, stopped.is_whole) in {(problems.TOO_COSTLY, False), ("", True)}
        assert (read.rows, read.problem) == (1, "")

    def test_a_picture_of_few_bytes_and_very_many_points(self) -> None:
        huge = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + (60_000).to_bytes(4, "big") * 2 + bytes(30)
        with pytest.raises(Unwelcome, match="bomb"):
            kind_in_a_cage(io.BytesIO(huge), "a.png")
