"""What a Word template may not be, found out and filled in a cage (caged.py): broken, a bomb, a carrier of macros or of anything that
reaches out, a program. Imports no Django; the sentences are in refusing.py."""

from __future__ import annotations

import difflib
import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from typing import Any

import jinja2
from docxtpl import DocxTemplate
from jinja2 import nodes
from jinja2.sandbox import SandboxedEnvironment
from lxml import etree

from floreo.reports.word.caged import LARGEST, Spec, Unfit

UNPACKED = 60 * 1024 * 1024
MEMBERS = 2000
MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
# Parts that run or carry programs, whatever they are called.
_CARRIERS = re.compile(
    r"vbaProject|vbaData|activeX|embeddings/|oleObject|\.bin$|\.exe$|\.dll$|\.js$|\.vbs$", re.IGNORECASE
)
_REACHING = re.compile(
    r"\b(?:DDE|DDEAUTO|INCLUDETEXT|INCLUDEPICTURE|IMPORT|LINK|MACROBUTTON|DATABASE|RD|AUTOTEXT)\b", re.IGNORECASE
)
# Relations to what Word takes in, runs or shows by another program, whatever the part is called.
_CARRYING = re.compile(
    r"/(?:aFChunk|oleObject|package|control|activeXControlBinary|vbaProject|wordVbaData|subDocument|frame|ui/extensibility"
    r"|attachedToolbars|keyMapCustomizations|attachedTemplate|printerSettings)$",
    re.IGNORECASE,
)
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_FILTERS = {"upper", "lower", "capitalize", "trim", "length", "default", "join", "first", "last"}
_NODES = (
    nodes.Template,
    nodes.Output,
    nodes.TemplateData,
    nodes.Name,
    nodes.Getattr,
    nodes.For,
    nodes.If,
    nodes.Not,
    nodes.And,
    nodes.Or,
    nodes.Const,
    nodes.Compare,
    nodes.Operand,
    nodes.Filter,
    nodes.Test,
)
_TESTS = {"defined", "none"}
_DEEPEST = 2  # lists that are repeated in each other
_LOOP = {"index", "first", "last", "length"}


def environment() -> SandboxedEnvironment:
    """Where templates are filled: nothing undefined passes, no attribute of Python's own is reachable, texts are escaped."""
    made = SandboxedEnvironment(undefined=jinja2.StrictUndefined, autoescape=True)
    made.globals.clear()
    return made


def fields_used(content: bytes, known: Spec) -> list[str]:
    """The fields that the template uses. Raises Unfit with what is wrong."""
    parts = _opened(content)
    _no_programs(parts)
    _nothing_outside(parts)
    for part in parts.values():
        _no_reaching_fields(part)
    return _fields(content, known)


# -- the file ------------------------------------------------------------------------------------------------------------


def _broken() -> Unfit:
    return Unfit("damaged")


def _opened(content: bytes) -> dict[str, bytes]:
    """The parts that are XML, and the names of all. Sizes are looked at before anything is unpacked."""
    if len(content) > LARGEST:
        raise Unfit("too_large")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = archive.infolist()
            if len(members) > MEMBERS or sum(m.file_size for m in members) > UNPACKED:
                raise Unfit("bomb")
            if any(m.flag_bits & 1 for m in members):
                raise Unfit("encrypted")
            return {m.filename: _read(archive, m) for m in members}
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, ValueError) as error:
        raise _broken() from error


def _read(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes:
    """A part, read to no more than it says it holds, so that a lie about its size costs nothing."""
    with archive.open(member) as part:
        content = part.read(member.file_size + 1)
    if len(content) > member.file_size:
        raise _broken()
    text = content.replace(b"\x00", b"").upper() if _is_markup(content) else b""
    if b"<!DOCTYPE" in text or b"<!ENTITY" in text:
        raise Unfit("entities")
    return content


def _is_markup(content: bytes) -> bool:
    """Whether a part is XML, whatever its name says."""
    return content[:64].lstrip(b"\xef\xbb\xbf\xff\xfe\x00 \t\r\n").startswith(b"<")


def _tree(content: bytes) -> Any:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        return etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        raise _broken() from error


def _no_programs(parts: dict[str, bytes]) -> None:
    types = parts.get("[Content_Types].xml")
    if types is None or "word/document.xml" not in parts:
        raise _broken()
    kinds = {e.get("ContentType", "") for e in _tree(types)}
    if any("macroEnabled" in kind or "vba" in kind.lower() for kind in kinds) or any(
        _CARRIERS.search(n) for n in parts
    ):
        raise _carrier()
    if MAIN not in kinds:
        raise Unfit("kind")


def _carrier() -> Unfit:
    return Unfit("macros")


def _nothing_outside(parts: dict[str, bytes]) -> None:
    for name, content in parts.items():
        if not name.endswith(".rels"):
            continue
        for relation in _tree(content):
            if relation.get("TargetMode") != "External":
                if _CARRYING.search(relation.get("Type", "")):
                    raise _carrier()
                continue
            target = relation.get("Target", "")
            if not relation.get("Type", "").endswith("/hyperlink") or not target.startswith(
                ("https:", "http:", "mailto:")
            ):
                raise Unfit("outside", target=target[:80])


def _no_reaching_fields(content: bytes) -> None:
    """Looks at every part that is XML: which of them Word reads, its relations say, and not their names."""
    if not _is_markup(content):
        return
    for code in _codes(_tree(content)):
        if found := _REACHING.search(code):
            raise Unfit("outside_field", field=found[0].upper())


def _codes(root: Any) -> Iterator[str]:
    """The code of each field, put together as Word does: it may be in several pieces, with other fields in it."""
    open_ones: list[str] = []
    for element in root.iter(f"{_W}instrText", f"{_W}fldSimple", f"{_W}fldChar"):
        if element.tag == f"{_W}fldSimple":
            yield element.get(f"{_W}instr", "")
        elif element.tag == f"{_W}instrText":
            open_ones[-1:] = [(open_ones[-1] if open_ones else "") + (element.text or "")]
        elif element.get(f"{_W}fldCharType") == "begin":
            open_ones.append("")
        elif element.get(f"{_W}fldCharType") == "end" and open_ones:
            yield open_ones.pop()
    yield from open_ones


# -- the fields ----------------------------------------------------------------------------------------------------------


def _sources(content: bytes) -> Iterator[str]:
    """The template's text as docxtpl hands it on: body, headers, footers, footnotes, properties."""
    template = DocxTemplate(io.BytesIO(content))
    template.init_docx()
    yield template.patch_xml(template.get_xml())
    for uri in (template.HEADER_URI, template.FOOTER_URI):
        for _relation, part in template.get_headers_footers(uri):
            yield template.patch_xml(template.get_part_xml(part))
    for _relation, part in template.get_headers_footers(
        "http://schemas.openxmlformats.org/officeDocument/2006/relationships/footnotes"
    ):
        yield template.patch_xml(part.blob.decode())
    properties = template.docx.core_properties
    for name in ("author", "comments", "identifier", "language", "subject", "title", "category", "content_status"):
        yield str(getattr(properties, name) or "")


def _fields(content: bytes, known: Spec) -> list[str]:
    used: set[str] = set()
    try:
        sources = list(_sources(content))
    except Exception as error:  # docxtpl and python-docx raise whatever they meet in a broken file
        raise _broken() from error
    for source in sources:
        try:
            tree = environment().parse(source)
        except jinja2.TemplateSyntaxError as error:
            near = re.sub(r"<[^>]+>", "", source.splitlines()[error.lineno - 1])[:80] if source else ""
            raise Unfit("syntax", near=near.strip()) from error
        _Walk(used).visit(tree, dict(known))
    return sorted(used)


class _Walk:
    """Goes through a template's tree. What is not on the short list of what a report needs is refused."""

    def __init__(self, used: set[str]) -> None:
        self.used = used

    def visit(self, node: nodes.Node, known: dict[str, Any]) -> None:
        if not isinstance(node, _NODES):
            raise _more(node)
        match node:
            case nodes.For():
                self.loop(node, known)
                return
            case nodes.Name() | nodes.Getattr():
                self.used.add(self.resolve(node, known)[0])
                return
            case nodes.Filter() if node.name not in _FILTERS:
                raise Unfit("filter", name=node.name)
            case nodes.Test() if node.name not in _TESTS:
                raise Unfit("test", name=node.name)
        for child in node.iter_child_nodes():
            self.visit(child, known)

    def loop(self, node: nodes.For, known: dict[str, Any]) -> None:
        if sum(isinstance(meant, _Item) for name, meant in known.items() if name != "loop") >= _DEEPEST:
            raise _more(node)  # each item of a list for each of another, and so on: it would never be done
        name, inside = self.resolve(node.iter, known)
        if not isinstance(inside, dict) or not isinstance(node.target, nodes.Name) or node.recursive:
            raise Unfit("no_list", name=name)
        self.used.add(name)
        within = known | {node.target.name: _Item(name, inside), "loop": _Item("loop", dict.fromkeys(_LOOP))}
        for child in (*node.body, *([node.test] if node.test else [])):
            self.visit(child, within)
        for child in node.else_:
            self.visit(child, known)

    def resolve(self, node: nodes.Node, known: dict[str, Any]) -> tuple[str, Any]:
        """What a name means: how the list of fields writes it, and the names inside it."""
        if isinstance(node, nodes.Name):
            if node.name not in known:
                raise _unknown(node.name, known)
            found = known[node.name]
            return (found.name, found) if isinstance(found, _Item) else (node.name, found)
        if isinstance(node, nodes.Getattr):
            name, within = self.resolve(node.node, known)
            if not isinstance(within, _Item):
                raise _unknown(f"{name}.{node.attr}", known)
            if node.attr not in within.inside:
                raise _unknown(f"{name}[].{node.attr}", {f"{name}[].{k}": None for k in within.inside})
            return f"{name}[].{node.attr}", within.inside[node.attr]
        raise Unfit("calculation")


def _more(node: nodes.Node) -> Unfit:
    return Unfit("too_much", what=type(node).__name__.lower())


class _Item:
    """One item of a list while it is repeated."""

    def __init__(self, name: str, inside: Spec) -> None:
        self.name, self.inside = name, inside


def _unknown(name: str, known: dict[str, Any]) -> Unfit:
    near = difflib.get_close_matches(name, [k for k in known if k != "loop"], n=1, cutoff=0.5)
    return Unfit("unknown_field", name=name[:80], near=near[0]) if near else Unfit("unknown_field", name=name[:80])


def filled(content: bytes, values: dict[str, Any]) -> bytes:
    """The template filled. Raises Unfit where it cannot be."""
    template = DocxTemplate(io.BytesIO(content))
    try:
        template.render(values, jinja_env=environment(), autoescape=True)
    except jinja2.TemplateError as error:
        raise Unfit("not_filled") from error
    out = io.BytesIO()
    template.save(out)
    return out.getvalue()
