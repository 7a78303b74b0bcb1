"""The glossary holds: no text, no name in code and no address uses a word that the field does not use.

The table is `glossary.py`. Names that still wait for their new one are in `words_left.txt`, which only gets shorter."""

from __future__ import annotations

import ast
import csv
import io
import re
import tokenize
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest
from babel.messages.pofile import read_po
from django.apps import apps

from tests.contracts import glossary

# Read once, by one worker: the texts and names of everything.
pytestmark = [pytest.mark.one_database, pytest.mark.xdist_group("words"), pytest.mark.usefixtures("uncollected")]

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "floreo"
POS = sorted(PACKAGE.glob("**/locale/es/LC_MESSAGES/django.po"))
CODE = sorted(path for path in PACKAGE.rglob("*.py") if "migrations" not in path.parts)
OTHER_CODE = sorted(path for name in ("tests", "tools", "benchmarks", "docs") for path in (ROOT / name).rglob("*.py"))
TEMPLATES = sorted(path for end in ("html", "txt") for path in PACKAGE.glob(f"**/templates/**/*.{end}"))
STYLES = sorted((ROOT / "assets" / "css").glob("*.css"))
DATA = sorted([*ROOT.glob("packs/**/*.toml"), *ROOT.glob("frameworks/*.toml"), *PACKAGE.rglob("*.toml")])
PROSE = sorted([*ROOT.glob("packs/**/*.md"), *PACKAGE.glob("feeds/kinds/**/*.md"), *PACKAGE.glob("portal/help/*.md")])
# Not here: what quotes the words that its readers objected to.
QUOTING = {"readers.md"}
GUIDES = sorted(path for path in [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")] if path.name not in QUOTING)
SHEETS = sorted(ROOT.glob("packs/**/evidence/*.csv"))
LEFT = frozenset(
    line for line in glossary.LEFT_FILE.read_text("utf-8").splitlines() if line and not line.startswith("#")
)

# Words by which texts of others are read: not ours.
VOCABULARY = {PACKAGE / "strategy" / "drafting", PACKAGE / "core" / "reading" / "languages.py"}
# Values that are the words, the name or the address of a document: never ours to change.
QUOTED = {"official_wording", "official_title", "official_place", "wording", "source", "source_url", "url", "link"}
CODE_LIKE = re.compile(r"\S*[-_/.*]\S*")
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{\w*\}")
MARKUP = re.compile(r"<[^>]+>")
NO_PROSE = re.compile(
    r"^```.*?^```|`[^`]*`|(?<=\])\([^)]*\)", re.MULTILINE | re.DOTALL
)  # code and addresses in a guide
NAMES_OF_CODE = re.compile(r"`[^`]*`")
AFTER_HASH = re.compile(r"^[ \t]*#.*(?:\n[ \t]*#.*)*|#.*", re.MULTILINE)  # comments, and what only looks like one
LONG_STRING = re.compile(r'"""(.*?)"""', re.DOTALL)
HASH = re.compile(r"^[ \t]*#", re.MULTILINE)
UNSEEN = re.compile(
    r"\{#.*?#\}|\{%\s*comment.*?endcomment\s*%\}|<!--.*?-->|<script\b.*?</script>|<style\b.*?</style>", re.DOTALL
)
TEMPLATE_TAG = re.compile(r"\{%.*?%\}|\{\{.*?\}\}", re.DOTALL)
ATTRIBUTE = re.compile(r"\b(?:aria-label|title|placeholder|alt)=\"([^\"]*)\"")
OUR_CLASS = re.compile(r"\bfl-[a-z][\w-]*")
CSS_CLASS = re.compile(r"\.([A-Za-z_][\w-]*)")
CSS_NOISE = re.compile(r"/\*.*?\*/|\"[^\"]*\"|url\([^)]*\)", re.DOTALL)
CONVERTER = re.compile(r"<[^>]*>|\(\?P<[^)]*\)")
PART = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")


class Text(NamedTuple):
    """Words that somebody reads."""

    place: str
    language: str
    words: str
    interface: bool = False


class Name(NamedTuple):
    """A name that somebody who works on the code reads."""

    place: str
    name: str
    is_function: bool = False


# ---- what there is to read ---------------------------------------------------------------------------------------------


def messages() -> Iterator[Text]:
    """Every sentence of the program, and its Spanish."""
    for path in POS:
        name = path.relative_to(PACKAGE).parts[0]
        with path.open("rb") as source:
            for message in read_po(source, locale="es"):
                place = f"{name}/django.po:{message.lineno}"
                yield Text(place, "en", message.context or "")
                yield from (Text(place, "en", plain(words), interface=True) for words in several(message.id))
                yield from (Text(place, "es", plain(words), interface=True) for words in several(message.string))


def several(what: object) -> tuple[str, ...]:
    return tuple(map(str, what)) if isinstance(what, (list, tuple)) else (str(what),)


def plain(words: str) -> str:
    """Without placeholders and tags."""
    return MARKUP.sub(" ", PLACEHOLDER.sub(" ", words))


def template_texts() -> Iterator[Text]:
    """What a template shows without a translation, and what it says to a screen reader."""
    for path in TEMPLATES:
        source = TEMPLATE_TAG.sub(" ", UNSEEN.sub(" ", path.read_text("utf-8")))
        for words in [*ATTRIBUTE.findall(source), MARKUP.sub("\n", source)]:
            yield Text(place_of(path), "en", words, interface=True)


@cache
def code() -> tuple[list[Text], list[Name], list[Text]]:
    """What is in our Python: sentences that are not translated (what commands print, why something is not recorded),
    names of modules, functions, classes, arguments, variables and attributes, where they are made, and those comments
    and docstrings that have a word of the table in any sense."""
    texts: list[Text] = []
    names: list[Name] = []
    prose: list[Text] = []
    for path in CODE:
        source = path.read_text("utf-8")
        place, nodes = place_of(path), list(ast.walk(ast.parse(source)))
        if VOCABULARY.isdisjoint([path, *path.parents]):
            said = ((line, words) for line, words in literals(nodes) if " " in words.strip())
            texts += [Text(f"{place}:{line}", "en", plain(words)) for line, words in said]
        names += [Name(place, part) for part in path.relative_to(PACKAGE).with_suffix("").parts]
        names += names_in(nodes, place)
        prose += [Text(f"{place}:{line}", "en", words) for line, words in prose_in(source, nodes)]
    return texts, names, prose


def prose_in(source: str, nodes: Iterable[ast.AST]) -> Iterator[tuple[int, str]]:
    """The docstrings and comments of a file in which a word of the table may be wrong."""
    yield from ((line, words) for line, words in docstrings(nodes) if suspect().search(words))
    # Tokens take far longer than expressions, so only a file that has the word behind a # is taken apart.
    if any(suspect().search(joined(block)) for block in AFTER_HASH.findall(source)):
        yield from ((line, words) for line, words in comments(source) if suspect().search(words))


@cache
def other_prose() -> list[Text]:
    """The same of tests, tools and benchmarks. Nothing else here wants their trees, so only a file that may have such a
    word is parsed."""
    prose: list[Text] = []
    for path in OTHER_CODE:
        source = path.read_text("utf-8")
        seen = [*AFTER_HASH.findall(source), *LONG_STRING.findall(source)]
        if any(suspect().search(joined(words)) for words in seen):
            found = prose_in(source, list(ast.walk(ast.parse(source))))
            prose += [Text(f"{place_of(path)}:{line}", "en", words) for line, words in found]
    return prose


def docstrings(nodes: Iterable[ast.AST]) -> Iterator[tuple[int, str]]:
    """Each string that is a statement of its own."""
    for node in nodes:
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            yield node.lineno, " ".join(node.value.value.split())


def comments(source: str) -> Iterator[tuple[int, str]]:
    """Each comment; lines of comments that follow one another are one, since a sentence runs over them."""
    block: list[tokenize.TokenInfo] = []
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type != tokenize.COMMENT:
            continue
        is_alone = not token.line[: token.start[1]].strip()
        if block and not (is_alone and token.start == (block[-1].start[0] + 1, block[-1].start[1])):
            yield block[0].start[0], joined("\n".join(part.string for part in block))
            block = []
        block.append(token)
    if block:
        yield block[0].start[0], joined("\n".join(part.string for part in block))


def joined(block: str) -> str:
    """The words of a comment in one line, without the signs that begin its lines."""
    return " ".join(HASH.sub(" ", block).split())


@cache
def suspect() -> re.Pattern[str]:
    return pattern("|".join(glossary.ENGLISH))


def comment_texts(found: Iterable[Text]) -> Iterator[Text]:
    """Comments and docstrings without the names of code in them, and without phrases in which the word is right."""
    right = "|".join(glossary.RIGHT_IN_COMMENTS)
    for text in found:
        yield text._replace(words=pattern(right).sub(" ", NAMES_OF_CODE.sub(" ", text.words)))


def literals(nodes: Iterable[ast.AST]) -> Iterator[tuple[int, str]]:
    """Each string of a tree that is no docstring; one with values in it as a whole. A node comes before what is in it."""
    within = set[ast.AST]()
    for node in nodes:
        if isinstance(node, ast.Expr):
            within.add(node.value)  # a docstring, if it is a text
        elif isinstance(node, ast.JoinedStr) and node not in within:
            within |= set(ast.walk(node))
            yield node.lineno, "".join(str(p.value) if isinstance(p, ast.Constant) else "{}" for p in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in within:
            yield node.lineno, node.value


@cache
def data(path: Path) -> dict[str, object]:
    return tomllib.loads(path.read_text("utf-8"))


def data_texts() -> Iterator[Text]:
    """Every value of packs, frameworks and shipped data."""
    for path in DATA:
        for key, value, language in values(data(path)):
            place = f"{place_of(path)}, {key}"
            if key == "code":
                yield Text(place, "en", value.replace("-", " "))
            elif key not in QUOTED and not CODE_LIKE.fullmatch(value):
                yield Text(place, language, value)
    for path in PROSE:
        yield Text(place_of(path), "es" if path.stem.split(".")[-1] == "es" else "en", path.read_text("utf-8"))
    for path in SHEETS:
        with path.open(encoding="utf-8", newline="") as source:
            yield from (Text(place_of(path), "en", cell) for row in csv.reader(source) for cell in row)


def guide_texts() -> Iterator[Text]:
    """The guides, without what is code in them."""
    right = "|".join(glossary.RIGHT_IN_GUIDES)
    for path in GUIDES:
        yield Text(
            place_of(path), "en", pattern(right).sub(" ", " ".join(NO_PROSE.sub(" ", path.read_text("utf-8")).split()))
        )


def values(found: object, key: str = "", language: str = "en") -> Iterator[tuple[str, str, str]]:
    """Each string below a value, with its key and its language."""
    if isinstance(found, dict):
        for name, value in found.items():
            yield from values(value, name, "es" if name == "es" else language)
    elif isinstance(found, list):
        for value in found:
            yield from values(value, key, language)
    elif isinstance(found, str):
        yield key, found, language


def place_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def names_in(nodes: Iterable[ast.AST], place: str) -> Iterator[Name]:
    for node in nodes:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield Name(f"{place}:{node.lineno}", node.name, is_function=True)
        elif name := made_name(node):
            yield Name(f"{place}:{getattr(node, 'lineno', 0)}", name)
        yield from (Name(f"{place}:{getattr(node, 'lineno', 0)}", part) for part in address_parts(node))


def made_name(node: ast.AST) -> str:
    """The name that a node gives to something."""
    match node:
        case ast.ClassDef(name=name) | ast.arg(arg=name) | ast.alias(asname=str(name)):
            return name
        case ast.Name(id=name, ctx=ast.Store()) | ast.Attribute(attr=name, ctx=ast.Store()):
            return name
    return ""


def address_parts(node: ast.AST) -> list[str]:
    """The parts and the name of an address that `path()` declares."""
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in {"path", "re_path"}):
        return []
    given = [*node.args[:1], *(k.value for k in node.keywords if k.arg == "name")]
    routes = [part.value for part in given if isinstance(part, ast.Constant) and isinstance(part.value, str)]
    return [part for route in routes for part in CONVERTER.sub("", route).split("/") if part]


def other_names() -> Iterator[Name]:
    """Classes of style sheets and templates, names of templates, and the keys of data."""
    for path in STYLES:
        for name in CSS_CLASS.findall(CSS_NOISE.sub(" ", path.read_text("utf-8"))):
            yield Name(place_of(path), name)
    for path in TEMPLATES:
        yield Name(place_of(path), path.stem)
        yield from (Name(place_of(path), name) for name in OUR_CLASS.findall(path.read_text("utf-8")))
    for path in DATA:
        if PACKAGE not in path.parents:
            yield from (Name(place_of(path), key) for key in keys(data(path)))


def keys(found: object) -> Iterator[str]:
    if isinstance(found, dict):
        yield from found
        found = list(found.values())
    if isinstance(found, list):
        for value in found:
            yield from keys(value)


# ---- what the glossary says of it ---------------------------------------------------------------------------------------


@cache
def pattern(words: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{words})\b", re.IGNORECASE)


def wrong_in(text: Text) -> list[str]:
    """Each word of a text that the glossary bans: where it is, and the better one."""
    words = " ".join(text.words.split())
    for phrase in glossary.RIGHT[text.language]:
        words = pattern(phrase).sub(" ", words)
    tables = [
        glossary.TEXTS[text.language],
        *([glossary.INTERFACE] if text.interface and text.language == "en" else []),
    ]
    return [
        f"{text.place}: “{hit[0]}” in “{excerpt(words, hit)}”. Better: {better}"
        for table in tables
        for banned, better in table.items()
        for hit in pattern(banned).finditer(words)
    ]


def excerpt(words: str, hit: re.Match[str]) -> str:
    return words[max(hit.start() - 40, 0) : hit.end() + 40]


@cache
def better_name(name: str, *, is_function: bool) -> tuple[str, str] | None:
    """The first word of a name that the glossary bans, and the better one."""
    if name in glossary.RIGHT_NAMES:
        return None
    if better := match(glossary.WHOLE_NAMES, name.strip("_").lower()):
        return name, better
    for part in map(str.lower, PART.findall(name)):
        if better := better_part(part, is_function=is_function):
            return part, better
    return None


@cache
def better_part(part: str, *, is_function: bool) -> str:
    return match(glossary.NAMES, part) or (match(glossary.FUNCTIONS, part) if is_function else "")


def match(table: Mapping[str, str], word: str) -> str:
    return next((better for banned, better in table.items() if re.fullmatch(banned, word)), "")


@cache
def wrong_names() -> dict[str, list[str]]:
    """Each name that the glossary bans, with the places where it is made."""
    found: dict[str, list[str]] = defaultdict(list)
    for name in [*code()[1], *other_names()]:
        if wrong := better_name(name.name, is_function=name.is_function):
            found[name.name].append(f"{name.place}: “{wrong[0]}” in {name.name}. Better: {wrong[1]}")
    return found


def all_wrong(texts: Iterable[Text]) -> list[str]:
    return [wrong for text in texts for wrong in wrong_in(text)]


@pytest.mark.guards("the glossary holds on the screen")
def test_no_message_and_no_translation_uses_a_banned_word() -> None:
    assert all_wrong(messages()) == []


@pytest.mark.long
def test_no_template_shows_a_banned_word() -> None:
    assert all_wrong(template_texts()) == []


@pytest.mark.long
def test_no_sentence_in_code_uses_a_banned_word() -> None:
    assert all_wrong(code()[0]) == []


@pytest.mark.long
def test_no_comment_and_no_docstring_uses_a_banned_word() -> None:
    assert all_wrong(comment_texts([*code()[2], *other_prose()])) == []


@pytest.mark.long
def test_no_pack_framework_or_kind_uses_a_banned_word() -> None:
    assert all_wrong(data_texts()) == []


@pytest.mark.long
def test_no_guide_uses_a_banned_word() -> None:
    assert len(GUIDES) > 50
    assert all_wrong(guide_texts()) == []


@pytest.mark.long
def test_no_name_uses_a_banned_word() -> None:
    assert [place for name, places in wrong_names().items() if name not in LEFT for place in places] == []


@pytest.mark.long
def test_the_list_of_names_left_only_gets_shorter() -> None:
    """Take a name out of words_left.txt when it is renamed; add none."""
    assert sorted(LEFT - wrong_names().keys()) == []


@pytest.mark.long
def test_every_exception_is_used() -> None:
    everything: dict[str, list[str]] = {language: [] for language in glossary.RIGHT}
    for text in (*messages(), *template_texts(), *code()[0], *data_texts()):
        everything[text.language].append(" ".join(text.words.split()))
    unused = [
        phrase
        for language, phrases in glossary.RIGHT.items()
        for phrase in phrases
        if not pattern(phrase).search("\n".join(everything[language]))
    ]
    guides = "\n".join(" ".join(path.read_text("utf-8").split()) for path in GUIDES)
    unused += [phrase for phrase in glossary.RIGHT_IN_GUIDES if not pattern(phrase).search(guides)]
    prose = "\n".join(text.words for text in code()[2])
    unused += [phrase for phrase in glossary.RIGHT_IN_COMMENTS if not pattern(phrase).search(prose)]
    names = {name.name for name in [*code()[1], *other_names()]}
    assert (unused, sorted(glossary.RIGHT_NAMES.keys() - names)) == ([], [])


@pytest.mark.parametrize(
    ("language", "words", "found"),
    [
        ("en", "You owe one update.", "owe"),
        ("en", "The finding is Mended.", "Mended"),
        ("en", "A letter was sent.", "letter"),
        ("en", "Use small letters and digits.", ""),
        ("en", "The court hearing is on Monday.", ""),
        ("en", "Money promised", "promised"),
        ("es", "Bienvenida a Floreo", "Bienvenida a"),
        ("es", "Le damos la bienvenida a Floreo", ""),
        ("es", "Por reparar", "reparar"),
        ("es", "El puerto ya no debe responder.", ""),
        ("es", "Preparar la información", ""),
    ],
)
def test_a_planted_word_is_found(language: str, words: str, found: str) -> None:
    wrong = wrong_in(Text("here", language, words))
    assert bool(wrong) == bool(found)
    assert all(f"“{found}”" in line for line in wrong)


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("x = 1  # what was told\n", [(1, "told")]),
        ("# one,\n# and a sentence of\n# ours\n", [(1, "of ours")]),
        ("def f():\n    # how it stands\n    return 1  # told\n", [(2, "stands"), (3, "told")]),
        ('"""What a letter\nsays."""\n', [(1, "letter")]),
        ('class A:\n    x: int\n    """Who is told."""\n', [(3, "told")]),
        ("x = 1  # the field `told`, and letters and digits\n", []),
        ('x = "a # that is told"\n', []),  # no comment: sentences in code have a test of their own
        ("x = 1  # noqa: S308 -- a signed letter, small letters\n", []),
    ],
)
def test_a_word_planted_in_a_comment_is_found(source: str, found: list[tuple[int, str]]) -> None:
    prose = [Text(f"x.py:{line}", "en", words) for line, words in prose_in(source, list(ast.walk(ast.parse(source))))]
    wrong = [(wrong.split(": “")[0], wrong.split("“")[1].split("”")[0]) for wrong in all_wrong(comment_texts(prose))]
    assert wrong == [(f"x.py:{line}", word) for line, word in found]


@pytest.mark.parametrize(
    ("name", "is_function", "found"),
    [
        ("said_by", False, "said"),
        ("ToldState", False, "told"),
        ("fl-troubles", False, "troubles"),
        ("_keep_file", True, "keep"),
        ("keep_days", False, ""),
        ("turn", False, "turn"),
        ("valid_until", False, ""),
        ("essay", False, ""),
        ("interface", False, ""),
    ],
)
def test_a_planted_name_is_found(name: str, is_function: bool, found: str) -> None:
    wrong = better_name(name, is_function=is_function)
    assert (wrong[0] if wrong else "") == found


def test_a_record_begins_and_ends_on_days_of_these_names() -> None:
    fields = {
        f.name for model in apps.get_models() if model.__module__.startswith("floreo.") for f in model._meta.fields
    }
    assert fields & {"since", "until"} == set()
    assert {"starts_on", "ends_on"} <= fields
