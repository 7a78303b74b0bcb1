"""A law with versions, and a treaty to hold it against."""

from __future__ import annotations

from datetime import date

from floreo.core.access import SYSTEM
from floreo.frameworks.models import Framework, Item, Version
from floreo.legislation.actions.instruments import add_instrument
from floreo.legislation.actions.versions import frame_of, put_read_version
from floreo.legislation.models import Instrument, LawVersion
from floreo.legislation.text.akn import Frame, to_xml
from floreo.legislation.text.caged import ReadLaw
from floreo.legislation.text.provisions import provisions_of
from tests.legislation.making import read

ACT_LINES = (
    "THE BOATS ACT",
    "PART I – PRELIMINARY",
    "1. Short title",
    "This is the Boats Act.",
    "2. Interpretation",
    "(1) In this Act—",
    "“boat” means a thing that floats;",
    "“sail” means a cloth.",
    "PART II – OFFENCES",
    "3. Theft",
    "(1) A person who takes a boat pays ten dollars.",
    "(2) A person who—",
    "(a) sinks a boat; or",
    "(b) burns a boat,",
    "pays fifty dollars.",
    "12. Register",
    "The Board keeps the register.",
)
BILL_LINES = (
    "1. Theft",
    "Section 3(1) of the principal Act is amended by deleting the words “ten dollars” and substituting the words “a dollar”.",
    "2. Smoke",
    "The principal Act is amended by inserting after section 3 the following section—",
    "“3A. Smoke",
    "No smoke on a boat.”.",
    "3. Ghost",
    "Section 77 of the principal Act is repealed.",
)


def make_law(code: str = "boats-act", *, kind: str = "act", **facts: object) -> Instrument:
    given = {"title": code.replace("-", " ").title(), "number": "9", "year": 2014, "dated": date(2014, 6, 24)} | facts
    return add_instrument(code, by=SYSTEM, kind=kind, **given)


def make_version(law: Instrument, code: str = "v1", *lines: str, dated: date = date(2014, 6, 24)) -> LawVersion:
    text = read(*(lines or ACT_LINES))
    facts = frame_of(law, dated=dated, language="en")
    head = Frame(
        facts["country"],
        facts["kind"],
        date.fromisoformat(facts["on"]),
        facts["number"],
        facts["title"],
        facts["language"],
    )
    found = ReadLaw(to_xml(text, head), tuple(text.doubts), len(text.body), "text")
    version = LawVersion(instrument=law, code=code, title=f"Text {code}", dated=dated, language="en")
    return put_read_version(law, by=SYSTEM, version=version, read=found, rows=provisions_of(found.xml)[1])


def make_treaty(code: str = "budapest", articles: int = 3) -> Framework:
    treaty = Framework.objects.create(
        code=code, title=f"The {code} convention", short_title=code.title(), publisher="CoE"
    )
    version = Version.objects.create(
        framework=treaty,
        code=f"{code}-2001",
        title=code,
        rule="sum",
        levels=[],
        unit="articles",
        items_stated=articles,
        items_kind="article",
        items_source="Its text",
        is_current=True,
    )
    for n in range(1, articles + 1):
        Item.objects.create(
            in_version=version, code=str(n), title=f"Article about boats {n}", kind="article", position=n
        )
    return treaty


def article(treaty: Framework, code: str = "1") -> Item:
    return Item.objects.get(in_version__framework=treaty, code=code)
