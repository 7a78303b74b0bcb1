"""From a pack's folder to a checked Pack: every file read, every row validated, all problems reported at once.
Reads files only; asks the database nothing."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Annotated, Any

from django.db import models
from pydantic import AfterValidator, TypeAdapter, ValidationError

from floreo.core import languages
from floreo.core.access import ROLES
from floreo.core.pack import PackEntry, Setting, Shape, Strict, spoken_in
from floreo.evidence import pack as evidence
from floreo.frameworks import library
from floreo.legislation import pack as legislation
from floreo.offers import pack_files, pack_shapes
from floreo.packs import checks, folder, shape
from floreo.packs.folder import PackShape
from floreo.packs.problems import PackRefused, Problem, did_you_mean, from_validation
from floreo.strategy.outline.profiles import NoProfile, of_toml
from floreo.strategy.pack_levels import with_levels
from floreo.strategy.pack_own import with_own_fields, with_terms


def _role(name: str) -> str:
    if name not in ROLES:
        raise ValueError(f"“{name}” is not one of: {', '.join(ROLES)}")
    return name


class AccountShape(Strict):
    """[[account]] in accounts.toml: a ready account of a sample pack. Its password is made when the pack is loaded."""

    email: str
    name: str
    role: Annotated[str, AfterValidator(_role)]
    organisation: str = ""
    person: str = ""
    language: str = ""
    leads_cases: list[str] = []  # references of cases of the pack


def tables_of(name: str) -> Mapping[str, type[Strict]]:
    """Which tables the file of that name may hold, and the shape of each."""
    if name == folder.ACCOUNTS_FILE:
        return {"account": AccountShape}
    file = pack_files().get(name)
    return file.tables if file else {}


@dataclass(frozen=True)
class Pack:
    """A pack that has passed every check."""

    code: str
    title: str
    version: str
    folder: Path
    digest: str
    is_sample: bool
    rows: tuple[PackEntry, ...]  # in the order in which they are made
    accounts: tuple[AccountShape, ...]
    manifest: Mapping[str, Any]  # files and sources, as pack.toml lists them


@dataclass
class _Reader:
    """What has been read so far, and what was wrong with it."""

    home: Path
    files: Mapping[str, Path]
    sources: dict[str, tuple[str, str]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    rows: list[PackEntry] = field(default_factory=list)
    broken: set[type[models.Model] | None] = field(default_factory=set)  # kinds of which a row could not be read
    accounts: list[AccountShape] = field(default_factory=list)

    def toml(self, name: str) -> dict[str, Any]:
        """The tables of a file; of a CSV file the one that it may hold."""
        tables = tables_of(Path(name).name)
        if name.endswith(".csv"):
            rows = folder.read_csv(self.files[name], name)
            found = rows if isinstance(rows, Problem) else dict.fromkeys(tables, rows)
        else:
            found = folder.read_toml(self.files[name], name)
        if isinstance(found, Problem):
            self.problems.append(found)
            self.broken |= {getattr(shape, "makes", None) for shape in tables.values()}
            return {}
        return found

    def shape(self, item: Any, shape: type[Strict], *, file: str, word: str, number: int) -> Strict | None:
        try:
            return shape.model_validate(self._with_sources(item, file=file, word=word))
        except ValidationError as wrong:
            self.problems += from_validation(wrong, file=file, word=word, item=item, number=number, shape=shape)
            self.broken.add(getattr(shape, "makes", None))
            return None

    def _with_sources(self, item: Any, *, file: str, word: str) -> Any:
        """`item` with each source_key replaced by the source and the address that pack.toml gives under that key."""
        if isinstance(item, list):
            return [self._with_sources(inner, file=file, word=word) for inner in item]
        if not isinstance(item, dict):
            return item
        full = {k: self._with_sources(v, file=file, word=word) for k, v in item.items()}
        key = full.pop("source_key", None)
        if key is None:
            return full
        if key not in self.sources:
            row = f"{word} “{item.get('code') or item.get('title') or item.get('name') or ''}”"
            sentence = f"pack.toml has no [[source]] with the key “{key}”{did_you_mean(str(key), self.sources)}"
            self.problems.append(Problem(file, row, "source_key", sentence))
            return full
        title, url = self.sources[key]
        return {"source": title, "source_url": url} | full

    def items(self, name: str, tables: Mapping[str, type[Strict]]) -> Iterator[tuple[Strict, int]]:
        """Each row of a file as its shape, with its number in its table."""
        for word, found in self.toml(name).items():
            if word not in tables:
                sentence = f"“{word}” is not a table of this file{did_you_mean(word, tables)}"
                self.problems.append(Problem(name, "", "", sentence))
                continue
            for number, item in enumerate(found if isinstance(found, list) else [found], 1):
                shaped = self.shape(item, tables[word], file=name, word=word, number=number)
                if shaped is not None:
                    yield shaped, number

    def table_file(self, name: str, tables: Mapping[str, type[Strict]], setting: Setting) -> None:
        for shaped, number in self.items(name, tables):
            if isinstance(shaped, AccountShape):
                self.accounts.append(shaped)
            elif isinstance(shaped, Shape):
                self.rows += shaped.rows(replace(setting, file=name, number=number))

    def framework_file(self, name: str, setting: Setting, languages: list[str]) -> None:
        shapes = list(self.items(name, library.TABLES))
        self.problems += [Problem(name, *found) for found in library.problems_of(shapes)]
        self.rows += library.rows_of(shapes, replace(setting, file=name), languages)

    def edition_files(self, name: str, setting: Setting) -> None:
        found = folder.edition_of(name)
        if found is None:
            return
        code, file = found
        self.table_file(name, tables_of(file), replace(setting, edition=code, holder=code))
        stated = [row.key for row in self.rows if row.file == name and row.word == "edition"]
        if file == "edition.toml" and stated != [code]:
            self.problems.append(Problem(name, "edition", "code", f"must be “{code}”, like the folder it lies in"))


def _pack_file(reader: _Reader) -> PackShape:
    """pack.toml, without which nothing else can be read."""
    if "pack.toml" not in reader.files:
        raise PackRefused([Problem(str(reader.home), "", "", "holds no pack.toml, so it is not a pack")])
    shaped = reader.shape(reader.toml("pack.toml"), PackShape, file="pack.toml", word="pack", number=1)
    if not isinstance(shaped, PackShape):
        raise PackRefused(reader.problems)
    reader.sources = {source.key: (source.title, source.url) for source in shaped.source}
    return shaped


def _pages(reader: _Reader, languages: list[str]) -> dict[str, dict[str, str]]:
    """{"about": {"en": "Markdown"}} from the pages folder."""
    pages: dict[str, dict[str, str]] = {}
    for name, path in reader.files.items():
        if (found := folder.page_of(name)) is None:
            continue
        page, language = found
        text = folder.read_text(path, name)
        if isinstance(text, Problem):
            reader.problems.append(text)
        elif language not in languages:
            sentence = f"is in “{language}”, which pack.toml does not list among the country's languages"
            reader.problems.append(Problem(name, "", "", sentence))
        else:
            pages.setdefault(page, {})[language] = text.strip()
    return pages


def _country(reader: _Reader, shaped: PackShape, setting: Setting) -> PackEntry:
    """The country with its pages; the page "report" is where to report an incident."""
    pages = _pages(reader, shaped.country.languages)
    report = pages.pop("report", {})
    first = shaped.country.languages[0]
    row = next(iter(shaped.country.rows(replace(setting, file="pack.toml"))))
    translations = {code: dict(texts) for code, texts in shaped.country.translations.items()}
    for language, text in report.items():
        if language != first:
            translations.setdefault(language, {})["report_text"] = text
    for language, texts in shaped.branding.translations.items():
        translations.setdefault(language, {}).update(texts)
    more = {
        "programme": shaped.branding.programme,
        "branding": shape.branding_of(shaped, reader.files, reader.problems),
        "pack": shaped.code,
        "pages": pages,
        "report_text": report.get(first, ""),
        "translations": translations,
        "levels": [level.model_dump() for level in shaped.level],
        "terms": [term.model_dump() for term in shaped.term],
        "action_fields": [each.kept() for each in shaped.action_field],
    }
    return replace(row, fields={**row.fields, **more})


def _outlines(reader: _Reader) -> None:
    """Gives each place its outline from the GeoJSON file."""
    if folder.SHAPES_FILE not in reader.files:
        return
    try:
        features = json.loads(reader.files[folder.SHAPES_FILE].read_bytes())["features"]
        outlines = {f["properties"]["code"]: f["geometry"] for f in features}
    except (ValueError, KeyError, TypeError):
        sentence = "is not a GeoJSON FeatureCollection whose features have properties.code"
        reader.problems.append(Problem(folder.SHAPES_FILE, "", "", sentence))
        return
    places = {row.key for row in reader.rows if row.word == "place"}
    reader.problems += checks.outline_problems(outlines, places, file=folder.SHAPES_FILE)
    reader.rows = [
        replace(row, fields={**row.fields, "shape": outlines.get(row.key)}) if row.word == "place" else row
        for row in reader.rows
    ]


def _evidence_files(reader: _Reader) -> None:
    """Gives each piece of evidence that is a file what there is to say of that file."""
    rows = []
    for row in reader.rows:
        name = row.fields["file"] if row.word == "evidence" else ""
        facts = evidence.facts_of_file(name, reader.files) if name else {}
        if isinstance(facts, str):
            reader.problems.append(Problem(row.file, row.name, "file", facts))
            facts = {}
        rows.append(replace(row, fields={**row.fields, **facts}))
    reader.rows = rows


def _law_texts(reader: _Reader) -> None:
    """Gives each version of a law the text of its file: Akoma Ntoso, held against its schema."""
    rows = []
    for row in reader.rows:
        name = row.fields["file_name"] if row.word == "law_version" else ""
        facts = legislation.facts_of_file(name, reader.files) if name else {}
        if isinstance(facts, str):
            reader.problems.append(Problem(row.file, row.name, "file", facts))
            facts = {}
        rows.append(replace(row, fields={**row.fields, **facts}))
    reader.rows = rows


def _manifest(shaped: PackShape) -> dict[str, Any]:
    as_json: TypeAdapter[Any] = TypeAdapter(Any)
    plain = as_json.dump_python({"files": [f.model_dump() for f in shaped.file]}, mode="json")
    return {**plain, "sources": [s.model_dump() for s in shaped.source]}


def _retrieved(shaped: PackShape) -> date:
    """The day on which the figures were taken from where they are; a sample's, the day on which it is stopped."""
    days = [note.retrieved for note in shaped.file if note.retrieved and note.path == "indicators.toml"]
    days += [note.retrieved for note in shaped.file if note.retrieved]
    return shaped.country.calendar_day or next(iter(days), date(2000, 1, 1))


def _in_order(rows: list[PackEntry]) -> tuple[PackEntry, ...]:
    order: dict[type[models.Model], int] = {shape.makes: n for n, shape in enumerate(pack_shapes())}
    return tuple(sorted(rows, key=lambda row: order[row.makes]))


def _library(languages: list[str]) -> _Reader:
    """The frameworks that ship with the product, as rows of the pack: the same checks, and the same difference. Their
    translations are taken in the country's languages."""
    reader = _Reader(Path(), folder.library_files())
    for name in reader.files:
        reader.framework_file(name, Setting(), languages)
    return reader


def _marks_problems(path: Path, name: str) -> list[Problem]:
    text = folder.read_text(path, name)
    if isinstance(text, Problem):
        return [text]
    try:
        of_toml(text)
    except NoProfile as wrong:
        return [Problem(name, "", "", f"holds no marks that an outline can be read with: {wrong}")]
    return []


def _shipped(own: list[PackEntry], languages: list[str]) -> _Reader:
    """Files of a pack that come with the product, but for the rows that the pack has itself."""
    reader = _Reader(Path(), folder.shipped_files())
    have = {(row.word, row.key) for row in own}
    for name in reader.files:
        reader.table_file(name, tables_of(Path(name).name), Setting())
    reader.rows = [spoken_in(row, languages) for row in reader.rows if (row.word, row.key) not in have]
    return reader


def read_accounts(home: Path) -> list[AccountShape]:
    """The ready accounts of a pack that is loaded, which was read whole and found well before."""
    reader = _Reader(home, folder.files_in(home))
    if folder.ACCOUNTS_FILE in reader.files:
        reader.table_file(folder.ACCOUNTS_FILE, tables_of(folder.ACCOUNTS_FILE), Setting())
    return reader.accounts


def read_pack(home: Path, *, is_measure: Callable[[str], bool]) -> Pack:
    """The pack in the folder `home`. Raises PackRefused with every problem found. `is_measure` knows the catalogue."""
    reader = _Reader(home, folder.files_in(home))
    shaped = _pack_file(reader)
    with languages.of_site(shaped.country.languages):  # a row that names no language is in the country's first
        return _read(reader, shaped, is_measure=is_measure)


def _read(reader: _Reader, shaped: PackShape, *, is_measure: Callable[[str], bool]) -> Pack:
    is_sample = shaped.country.is_sample
    reader.problems += folder.file_problems(reader.files, shaped.file, is_sample=is_sample)
    checked = (shaped.checked.by, shaped.checked.on) if shaped.checked and is_sample else None
    setting = Setting(reported_by=shaped.title, reported_on=_retrieved(shaped), is_sample=is_sample, checked=checked)
    shipped = _library(shaped.country.languages)
    reader.problems, reader.broken = reader.problems + shipped.problems, reader.broken | shipped.broken
    reader.rows += [_country(reader, shaped, setting), *shipped.rows]
    for name in reader.files:
        if name in folder.top_files():
            reader.table_file(name, tables_of(name), setting)
        elif folder.is_framework(name):
            reader.framework_file(name, setting, shaped.country.languages)
        elif folder.is_marks(name):
            reader.problems += _marks_problems(reader.files[name], name)
        else:
            reader.edition_files(name, setting)
    common = _shipped(reader.rows, shaped.country.languages)
    reader.problems, reader.broken = reader.problems + common.problems, reader.broken | common.broken
    reader.rows += common.rows
    _outlines(reader)
    _evidence_files(reader)
    _law_texts(reader)
    fields = [each.kept() for each in shaped.action_field]
    places = {row.key for row in reader.rows if row.word == "place"}
    reader.rows, wrong = with_own_fields(with_levels(reader.rows, len(shaped.level)), fields, places)
    reader.rows, unknown = with_terms(reader.rows, [term.model_dump() for term in shaped.term])
    reader.problems += [Problem(row.file, row.name, field, sentence) for row, field, sentence in (*wrong, *unknown)]
    rows = _in_order(checks.numbered(reader.rows, {s.word for s in pack_shapes() if s.repeats}))
    reader.problems += shape.problems_in(shaped)
    reader.problems += checks.problems_in(rows, shaped.country, is_measure=is_measure, broken=reader.broken)
    reader.problems += checks.account_problems(
        [(a.email, a.organisation, a.person) for a in reader.accounts], rows, file="accounts.toml"
    )
    if reader.problems:
        raise PackRefused(reader.problems)
    return Pack(
        code=shaped.code,
        title=shaped.title,
        version=shaped.version,
        folder=reader.home,
        digest=folder.digest_of(reader.home),
        is_sample=is_sample,
        rows=rows,
        accounts=tuple(reader.accounts),
        manifest=_manifest(shaped),
    )
