"""The publisher's own wording from the publisher's own file: read in the cage, matched by code, kept with the file's hash, once."""

from __future__ import annotations

import hashlib
import io
import json
import os
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.test import Client

from floreo.config.cli_frameworks import columns_of, load_file
from floreo.core import languages
from floreo.core.access import SYSTEM
from floreo.core.errors import NotAllowed, Refused
from floreo.core.models import AuditEntry
from floreo.frameworks import export, presenters, queries
from floreo.frameworks.actions import load_wording
from floreo.frameworks.caged import MOST_TEXT, Unfit, items_in_a_cage
from floreo.frameworks.logic import Purpose
from floreo.frameworks.models import Item, PublisherFile, Version, Wording
from tests.conftest import ROOT
from tests.frameworks.making import TODAY, make_assessment, make_version

# A part of NIST's own catalogue (public domain); where it comes from is in its metadata.
NIST = ROOT / "tests" / "frameworks" / "files" / "nist-csf-2-part.json"
CONTROLS = NIST.with_name("nist-sp-800-53-part.json")
CSV = "Number;Question;Part of\nA-1;Is there a law?\nand is it in force?;A\nB-1;A team;B\nC-9;Nobody knows;B\n"


def load(path: Path, code: str, *maps: str, adds: bool = False) -> tuple[int, str]:
    out = io.StringIO()
    return load_file(path, framework=code, maps=maps, adds=adds, out=out), out.getvalue()


def a_file(folder: Path, content: str | bytes, name: str = "list.csv") -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


# What is read


def test_a_catalogue_is_read_in_the_order_of_its_publisher_without_what_is_withdrawn() -> None:
    read = items_in_a_cage(NIST.read_bytes(), {})
    assert read.title == "Electronic Version of NIST Cybersecurity Framework 2.0 1.2.0"
    assert [item.codes[0] for item in read.items] == [
        "GV",
        "GV.PO",  # before GV.OV: the file is in the order of the alphabet, its sort-id is not
        "GV.PO-01",
        "GV.PO-02",
        "GV.OV",
        "GV.OV-01",
        "GV.OV-02",
        "GV.OV-03",
        "ID",
        "ID.AM",
        "ID.AM-05",
        "ID.AM-07",
    ]
    assert read.withdrawn == 3  # ID.AM-06, ID.BE and ID.BE-01
    policy = read.items[1]
    assert (policy.heading, policy.parent, policy.kind) == ("Policy", "GV", "category")
    assert policy.text == "Organizational cybersecurity policy is established, communicated, and enforced"
    assert read.items[2].heading == ""  # its title is its code


def test_a_statement_in_parts_keeps_its_lines_and_names_its_parameters() -> None:
    """As NIST SP 800-53 has them."""
    control = {
        "id": "ac-1",
        "title": "Policy and Procedures",
        "params": [{"id": "ac-1_prm_1", "label": "organization-defined personnel"}],
        "props": [{"name": "label", "value": "AC-1"}],
        "parts": [
            {
                "name": "statement",
                "parts": [
                    {
                        "name": "item",
                        "props": [{"name": "label", "value": "a."}],
                        "prose": "Disseminate to {{ insert: param, ac-1_prm_1 }}:",
                    },
                    {"name": "guidance", "prose": "Not the wording."},
                ],
            },
            {"name": "guidance", "prose": "Nor this."},
        ],
    }
    catalogue = {"catalog": {"groups": [{"id": "ac", "title": "Access Control", "controls": [control]}]}}
    found = items_in_a_cage(json.dumps(catalogue).encode(), {}).items[1]
    assert (found.codes, found.heading) == (("AC-1", "ac-1"), "Policy and Procedures")
    assert found.text == "a. Disseminate to [organization-defined personnel]:"


def test_a_choice_that_a_parameter_gives_is_read_with_the_statement() -> None:
    items = {item.codes[0]: item for item in items_in_a_cage(CONTROLS.read_bytes(), {}).items}
    assert items["AC-1"].text.splitlines()[:2] == [
        "a. Develop, document, and disseminate to [organization-defined personnel or roles]:",
        "1. [Selection (one or more): organization-level; mission/business process-level; system-level] access control policy that:",
    ]
    assert items["AC-2.2"].text == (
        "Automatically [Selection: remove; disable] temporary and emergency accounts after [time period]."
    )


def test_an_enhancement_hangs_beside_its_control_and_each_label_is_a_code_of_it() -> None:
    read = items_in_a_cage(CONTROLS.read_bytes(), {})
    assert [(item.codes, item.parent, item.is_group) for item in read.items] == [
        (("AC", "ac"), "", True),
        (("AC-1", "ac-1", "AC-01"), "AC", False),
        (("AC-2", "ac-2", "AC-02"), "AC", False),
        (("AC-2.1", "ac-2.1", "AC-02(01)", "AC-2(1)"), "AC", False),
        (("AC-2.2", "ac-2.2", "AC-02(02)", "AC-2(2)"), "AC", False),
    ]
    assert read.withdrawn == 1  # AC-2(10)


def test_groups_without_an_identifier_get_one_from_their_title_and_prose_is_no_item() -> None:
    """As the Australian manual has them; the words are our own."""
    control = {
        "id": "own-1",
        "title": "Control: own-1",
        "parts": [
            {"name": "overview", "prose": "Why."},
            {"name": "statement", "prose": "**Staff** read [the manual](#4ab)."},
        ],
    }
    prose = {"title": "Purpose", "parts": [{"name": "overview", "prose": "What this text is for."}]}
    groups = [
        prose,
        {"title": "Staff training", "groups": [{"title": "Staff training", "controls": [control]}, prose]},
    ]
    read = items_in_a_cage(json.dumps({"catalog": {"groups": groups}}).encode(), {})
    assert [(i.codes, i.heading, i.text, i.parent) for i in read.items] == [
        (("Staff-training",), "Staff training", "", ""),
        (("Staff-training-2",), "Staff training", "", "Staff-training"),
        (("own-1",), "", "Staff read the manual.", "Staff-training-2"),
    ]


def test_a_text_that_is_cut_says_so() -> None:
    parts = [{"name": "statement", "prose": "x" * (MOST_TEXT + 1)}]
    catalogue = {"catalog": {"controls": [{"id": "a", "parts": parts}]}}
    text = items_in_a_cage(json.dumps(catalogue).encode(), {}).items[0].text
    assert (len(text), text[-5:]) == (MOST_TEXT, "x […]")


def test_a_table_is_read_by_its_header_in_csv_and_in_a_workbook() -> None:
    columns = columns_of(["Number=code", "Question=text", "Part of=parent"])
    text = 'A list\n\nNumber,Question,Part of\nA-1,"Is there a law,\nin force?",A\n,no code,\nB-1,A team,B\n'
    book = openpyxl.Workbook()
    book.active.append(["Read me first"])  # type: ignore[union-attr]  # a new workbook has a sheet
    page = book.create_sheet("Questions")
    for row in (["Number", "Question", "Part of"], ["A-1", "Is there a law,\nin force?", "A"], ["B-1", "A team", "B"]):
        page.append(row)
    out = io.BytesIO()
    book.save(out)
    for content in (text.encode("utf-8-sig"), out.getvalue()):
        read = items_in_a_cage(content, columns)
        assert [(i.codes[0], i.text, i.parent) for i in read.items] == [
            ("A-1", "Is there a law,\nin force?", "A"),
            ("B-1", "A team", "B"),
        ]


def deep(levels: int) -> bytes:
    return b'{"catalog": {"groups": ' + b'[{"id": "a", "groups": ' * levels + b"[]" + b"}]" * levels + b"}}"


def packed(size: int) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("xl/workbook.xml", bytes(size))
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"%PDF-1.7\n", "not_readable"),
        (b"\xd0\xcf\x11\xe0old", "old_excel"),
        (b'{"profile": {}}', "not_a_catalogue"),
        (b'{"catalog": {"groups": 3}}', "unreadable"),
        (b'{"catalog": ', "unreadable"),
        (b'{"catalog": {}}', "no_items"),
        (deep(5000), "unreadable"),
        (packed(70 << 20), "too_large"),
        (packed(10), "unreadable"),
        (b"PK\x03\x04 not an archive", "unreadable"),
        (b"colour,shape\nred,round\n", "no_header"),
        (b"code,title\n", "no_items"),
        (b"code,title\nA-1,One\na-1,Two\n", "twice"),
        (b"", "no_header"),
    ],
)
def test_what_holds_no_items_is_refused(content: bytes, code: str) -> None:
    with pytest.raises(Unfit) as refused:
        items_in_a_cage(content, {})
    assert refused.value.code == code


# What is kept


@pytest.mark.usefixtures("real_country")
def test_nists_own_catalogue_gives_its_wording_and_says_what_is_where() -> None:
    code, said = load(NIST, "nist-csf")
    sha256 = hashlib.sha256(NIST.read_bytes()).hexdigest()
    assert code == 0
    assert said.splitlines() == [
        f"nist-csf-2-part.json (Electronic Version of NIST Cybersecurity Framework 2.0 1.2.0), SHA-256 {sha256}",
        "NIST CSF 2.0 (2024): 12 of 12 items of the file are here.",
        "Withdrawn by the publisher, and not read: 3.",
        "In the file, not here: 0.",
        "Here, not in the file: 122.",
        f"    {', '.join(ours_without(NIST)[:30])}, and 92 more",
        "Wordings loaded or changed: 12.",
        "106 of 106 items that its publisher counts (Outcome).",
    ]
    item = Item.objects.get(in_version__code="nist-csf-2", code="GV.OV-03")
    assert item.worded
    assert item.worded.text == item.title  # the shipped title is NIST's own wording
    page = Client().get("/frameworks/nist-csf/").content.decode()
    assert "Results of organization-wide cybersecurity risk management" in page  # of a category: not its title
    assert f"SHA-256 {sha256}, loaded on" in page


def ours_without(path: Path) -> list[str]:
    theirs = {item.codes[0] for item in items_in_a_cage(path.read_bytes(), {}).items}
    codes = Item.objects.filter(in_version__code="nist-csf-2").order_by("position").values_list("code", flat=True)
    return [code for code in codes if code not in theirs]


@pytest.mark.usefixtures("today")
def test_a_mapped_table_words_our_items_and_the_same_file_again_changes_nothing(tmp_path: Path) -> None:
    version = make_version()
    path = a_file(tmp_path, CSV.replace("law?\nand is it in force?", "law, in force?"))
    maps = ("Number=code", "Question=text")
    code, said = load(path, "own", *maps)
    assert code == 0
    assert "OWN, own-1: 2 of 3 items of the file are here." in said
    assert "In the file, not here: 1.\n    C-9\n" in said
    assert "Here, not in the file: 3.\n    A, A-2, B\n" in said
    file = PublisherFile.objects.get()
    assert (file.name, file.loaded_on) == ("list.csv", TODAY)
    assert file.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert [(w.item.code, w.text) for w in Wording.objects.order_by("position")] == [
        ("A-1", "Is there a law, in force?"),
        ("B-1", "A team"),
    ]
    before = AuditEntry.objects.count()
    code, said = load(path, "own-1", *maps)
    assert (code, "Nothing changed: this wording was loaded before." in said) == (0, True)
    assert (AuditEntry.objects.count(), PublisherFile.objects.count()) == (before, 1)
    newer = a_file(tmp_path, "code,text\nB-1,A team of five\n", "newer.csv")
    assert load(newer, "own")[0] == 0
    assert {w.item.code: (w.text, w.file.name) for w in Wording.objects.all()} == {
        "A-1": ("Is there a law, in force?", "list.csv"),
        "B-1": ("A team of five", "newer.csv"),
    }
    assert version.items.count() == 5  # nothing was added


@pytest.mark.usefixtures("today")
def test_the_filled_pack_follows_the_publishers_order_and_shows_its_wording(tmp_path: Path) -> None:
    assessment = make_assessment()
    path = a_file(tmp_path, "code,title,text\nA-2,Second,=Is there a rule?\nA-1,First,Is there a law?\n")
    assert load(path, "own")[0] == 0
    sheet = queries.sheet(assessment.in_version, assessment, SYSTEM)
    rows = export.filled(sheet, Purpose.SEND, TODAY)
    assert [row.line.item.code for row in rows] == ["A", "A-2", "A-1", "B", "B-1"]
    notes = [presenters.wording_text(file) for file in sheet.wording_files]
    assert notes == [
        (
            "Wording of the publisher, from list.csv, SHA-256 "
            f"{hashlib.sha256(path.read_bytes()).hexdigest()}, loaded on 24 November 2026."
        )
    ]
    book = openpyxl.load_workbook(io.BytesIO(export.workbook(sheet, rows, headline="OWN 2026", notes=notes)))
    page = book.worksheets[0]
    assert [cell.value for cell in page[1]][:4] == ["Code", "Item", "Wording of the publisher", "Level"]
    assert (page["C3"].value, page["C3"].data_type) == ("Second\n=Is there a rule?", "s")
    assert book.worksheets[1]["A2"].value == notes[0]


@pytest.mark.usefixtures("today")
def test_a_framework_without_a_loaded_file_has_no_column_for_it() -> None:
    assessment = make_assessment()
    sheet = queries.sheet(assessment.in_version, assessment, SYSTEM)
    rows = export.filled(sheet, Purpose.SEND, TODAY)
    book = openpyxl.load_workbook(io.BytesIO(export.workbook(sheet, rows, headline="OWN", notes=[])))
    assert [cell.value for cell in book.worksheets[0][1]][:3] == ["Code", "Item", "Level"]


@pytest.mark.usefixtures("today")
def test_what_is_only_known_is_held_once_its_items_are_added(tmp_path: Path) -> None:
    version = make_version()
    version.items.filter(is_rated=True).delete()
    path = a_file(tmp_path, "code,text,parent\nA-1,A law,A\nA-2,A rule,A\nB-1,A team,B\n")
    code, said = load(path, "own")
    assert (code, said.startswith("No item of “list.csv” has a code of OWN, own-1.")) == (1, True)
    code, said = load(path, "own", adds=True)
    assert (code, "Items added from the file: 3." in said, Version.objects.get().is_held) == (0, True, True)
    assert [(i.code, i.title, i.is_rated, i.confirmed) for i in Item.objects.filter(kind="indicator")] == [
        ("A-1", "A law", True, False),
        ("A-2", "A rule", True, False),
        ("B-1", "A team", True, False),
    ]
    assert make_assessment().answers.count() == 3


@pytest.mark.usefixtures("today")
def test_items_added_from_a_catalogue_are_rated_and_their_titles_are_as_printed() -> None:
    version = make_version()
    version.items.filter(is_rated=True).delete()
    version.items.all().delete()
    Version.objects.filter(pk=version.pk).update(items_stated=4)
    code, said = load(CONTROLS, "own", adds=True)
    assert (code, "4 of 4 items that its publisher counts" in said) == (0, True)
    assert [(i.code, i.title, i.is_rated, i.is_doubtful) for i in version.items.order_by("position")] == [
        ("AC", "Access Control", False, False),
        ("AC-1", "Policy and Procedures", True, False),
        ("AC-2", "Account Management", True, False),
        ("AC-2.1", "Automated System Account Management", True, False),
        ("AC-2.2", "Automated Temporary and Emergency Account Management", True, False),
    ]
    assert version.items.get(code="AC-2.1").wording_lines == (
        "",  # its title says it
        "Support the management of system accounts using [automated mechanisms].",
    )


@pytest.mark.usefixtures("today")
def test_a_title_that_is_cut_from_a_text_is_doubted(tmp_path: Path) -> None:
    version = make_version()
    version.items.filter(is_rated=True).delete()
    with languages.of_site(["en", "es"]):  # not those of the site that some other test loaded last
        assert load(a_file(tmp_path, f"code,text,parent\nA-1,{'word ' * 60},A\n"), "own", adds=True)[0] == 0
    item = version.items.get(code="A-1")
    assert (len(item.title), item.is_doubtful) == (200, True)
    assert item.doubt == "The title is the beginning of the text in the file that was loaded here"
    assert item.in_language("doubt", "es") == "El título es el comienzo del texto en el archivo que se cargó aquí"


@pytest.mark.usefixtures("today")
@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (
            "code,text,parent\nA-1,x,\nA 9,y,A\n",
            "The item “A 9” of the file cannot be added: a code has at most 40 characters",
        ),
        ("code,text,parent\nZ-9,y,Z\n", "The item Z-9 cannot be added: there is no item Z that it could be part of."),
        ("code,text,parent\nA-1.1,y,A-1\n", "The item A-1.1 cannot be added below A-1, which is rated itself."),
    ],
)
def test_what_cannot_be_added_is_refused_and_nothing_is_kept(tmp_path: Path, content: str, sentence: str) -> None:
    version = make_version()
    code, said = load(a_file(tmp_path, content), "own", adds=True)
    assert (code, said.startswith(sentence)) == (1, True)
    assert (version.items.count(), PublisherFile.objects.count()) == (5, 0)


@pytest.mark.usefixtures("today")
def test_every_refusal_is_a_sentence(tmp_path: Path) -> None:
    make_version()
    good = a_file(tmp_path, "code,text\nA-1,x\n")
    assert load(good, "nope")[1] == "There is no framework “nope”. There are: own, own-1.\n"
    assert load(tmp_path / "gone.csv", "own")[1] == f"File not found: {tmp_path / 'gone.csv'}.\n"
    assert load(a_file(tmp_path, "a;b\nc;d\n", "x.csv"), "own")[1].startswith(
        "No row of “x.csv” names a column of codes and one of titles or texts. Its columns are: a, b. Say which"
    )
    assert load(good, "own", "Question=words")[1].startswith("--map Question=words: write the column, “=”, and one of")
    with pytest.raises(Refused):
        columns_of(["no sign"])
    assert not PublisherFile.objects.exists()


# Whole files of publishers: docs/guide/add-a-framework.md says where they are. They are not part of this project.

WHOLE = [  # file, SHA-256, its options, items and withdrawn items that the publisher's file holds, groups among them
    (
        "NIST_SP-800-53_rev5_catalog.json",
        "1645df6a370dcb931db2e2d5d70c2f77bc89c38499a416c23a70eb2c0e595bcc",
        {},
        (1034, 182, 20),
    ),
    ("ISM_catalog.json", "237ea09362b8449ed5c5ee85de4725a0468ee73d13af7cf61c26d4e6ac47f12d", {}, (1754, 0, 562)),
    (
        "aws_security-hub.oscal.json",
        "3a1ff7047002329b27434d48d0e1ef7ce8e4a07a4a5a1400cadde0b91f45b7d4",
        {},
        (529, 0, 77),
    ),
    (
        "1003.csv",
        "2b92a41846192262099846b022537eca34c1708d601707aa4e9d09ef18b4dab0",
        {"code": "CWE-ID", "title": "Name", "text": "Description"},
        (130, 0, 0),
    ),
]


@pytest.mark.parametrize(("name", "sha256", "columns", "counts"), WHOLE, ids=[row[0] for row in WHOLE])
def test_a_whole_file_of_a_publisher_is_read_item_by_item(
    name: str, sha256: str, columns: dict[str, str], counts: tuple[int, int, int]
) -> None:
    path = Path(os.environ.get("PUBLISHERS_FILES", "")) / name
    if not os.environ.get("PUBLISHERS_FILES") or not path.is_file():
        pytest.skip(f"{name} is not part of this project: name the folder that holds it in PUBLISHERS_FILES")
    content = path.read_bytes()
    assert hashlib.sha256(content).hexdigest() == sha256
    read = items_in_a_cage(content, columns)
    assert (len(read.items), read.withdrawn, sum(item.is_group for item in read.items)) == counts


@pytest.mark.usefixtures("today")
def test_a_wording_is_public_only_where_its_licence_lets_it_be(tmp_path: Path) -> None:
    version = make_version()
    assert load(a_file(tmp_path, "code,text\nA-1,Is there a law in force?\n"), "own")[0] == 0
    assert "Is there a law in force?" not in Client().get("/frameworks/own/").content.decode()
    Version.objects.filter(pk=version.pk).update(wording_is_public=True)
    assert "Is there a law in force?" in Client().get("/frameworks/own/").content.decode()


@pytest.mark.usefixtures("today")
def test_only_who_reviews_frameworks_loads_a_wording(user_with: Any) -> None:
    version, read = make_version(), items_in_a_cage(b"code,text\nA-1,x\n", {})
    with pytest.raises(NotAllowed):
        load_wording(version, by=user_with("lead"), read=read, name="list.csv", sha256="0" * 64)
    assert not Wording.objects.exists()
