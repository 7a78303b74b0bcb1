"""Nothing that an app has stays unknown to the rest: the apps, the models, the verbs, the addresses and the permissions are
walked, not listed. What is forgotten when an app is added is named here."""

from __future__ import annotations

import ast
import importlib
import pkgutil
import re
import tomllib
from collections.abc import Callable, Iterator
from itertools import groupby
from pathlib import Path

import pytest
from django.apps import apps
from django.db import models
from django.test import Client
from django.urls import reverse
from django.utils import translation

import floreo
from floreo import offers
from floreo.core import action
from floreo.core.access import PERMISSION_WORDS, ROLES, Permission
from floreo.core.models import SearchEntry
from floreo.core.offers import Offers
from floreo.open_data.catalogue import public_tables
from floreo.organisations.models import User
from floreo.packs.folder import edition_files, top_files
from floreo.packs.reading import tables_of
from floreo.workspace.areas import areas

pytestmark = pytest.mark.one_database

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "floreo"
GUIDES = ROOT / "docs" / "guide"


def _source(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def _folders_with_models() -> set[str]:
    found = {path.relative_to(PACKAGE).parts[0] for path in PACKAGE.glob("*/models*")}
    return found | {path.parent.name for path in PACKAGE.glob("*/migrations")}


class TestApps:
    def test_every_app_with_models_is_in_the_one_tuple(self) -> None:
        assert _folders_with_models() - set(offers.APPS) == set()

    def test_every_app_in_the_tuple_has_a_declaration(self) -> None:
        assert [app for app in offers.APPS if not (PACKAGE / app / "offers.py").is_file()] == []

    def test_every_app_has_its_place_in_the_layers(self) -> None:
        contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
        layers = next(each["layers"] for each in contracts["contracts"] if each["type"] == "layers")
        named = {name.strip().removeprefix("floreo.") for layer in layers for name in layer.split("|")}
        assert set(offers.APPS) - named == set()

    def test_every_app_is_named_in_a_guide(self) -> None:
        """Of its own: the one that builds an app is of none."""
        guides = (path for path in sorted(GUIDES.glob("*.md")) if path.name != "add-a-desk.md")
        text = " ".join(path.read_text(encoding="utf-8") for path in guides)
        assert [app for app in offers.APPS if not re.search(rf"`(floreo/)?{app}/", text)] == []

    def test_no_two_apps_offer_one_name(self) -> None:
        """Each of these raises where two do."""
        asked = (offers.tables, offers.licences, offers.measures, offers.task_kinds, offers.pack_files)
        assert all(each() for each in (*asked, offers.search_kinds, offers.verbs, offers.jobs))


def _findable() -> Iterator[type[models.Model]]:
    return (model for model in apps.get_models() if hasattr(model, "search_entry"))


def _texts(node: ast.AST) -> set[str]:
    return {n.value for n in ast.walk(node) if isinstance(n, ast.Constant) and isinstance(n.value, str)}


def _kinds_in(model: type[models.Model]) -> set[str]:
    """The kinds that a model's `search_entry` may give: what is first in its Entry, or is assigned to that name."""
    source = _source(Path(str(importlib.import_module(model.__module__).__file__)))
    cls = next(n for n in ast.walk(source) if isinstance(n, ast.ClassDef) and n.name == model.__name__)
    function = next(n for n in cls.body if isinstance(n, ast.FunctionDef) and n.name == "search_entry")
    found: set[str] = set()
    for call in (n for n in ast.walk(function) if isinstance(n, ast.Call) and getattr(n.func, "id", "") == "Entry"):
        given = next((k.value for k in call.keywords if k.arg == "kind"), None) or call.args[0]
        assigned = (n for n in ast.walk(function) if isinstance(n, ast.Assign))
        named = {getattr(n.targets[0], "id", ""): n.value for n in assigned}
        found |= _texts(named.get(getattr(given, "id", ""), given))
    return found


class TestSearch:
    def test_every_model_that_can_be_found_is_of_kinds_that_an_app_offers(self) -> None:
        missing = {model.__name__: _kinds_in(model) - set(offers.search_kinds()) for model in _findable()}
        assert {name: kinds for name, kinds in missing.items() if kinds} == {}
        assert all(_kinds_in(model) for model in _findable())

    def test_every_kind_that_is_offered_can_be_found(self) -> None:
        given = set[str]().union(*(_kinds_in(model) for model in _findable()))
        assert set(offers.search_kinds()) - given == set()

    def test_no_kind_is_taken_for_another_in_the_index(self) -> None:
        """There it is one word: floreo/core/migrations/_search_index.py."""
        kinds = list(offers.search_kinds())
        assert [kind for kind in kinds if not re.fullmatch(r"[a-z]+(_[a-z]+)*", kind)] == []
        assert len({kind.replace("_", "") for kind in kinds}) == len(kinds)

    @pytest.mark.django_db
    def test_a_kind_without_a_rule_is_found_by_nobody(
        self, administrator: User, browser_of: Callable[[User], Client]
    ) -> None:
        for is_public in (True, False):
            SearchEntry.objects.create(
                key=f"x:{is_public}", kind="unheard-of", title="Harbour cranes", address="/x/", is_public=is_public
            )
        page = browser_of(administrator).get("/workspace/search/", {"q": "harbour"})
        assert (page.status_code, [entry.title for entry, _words in page.context["rows"]]) == (200, [])


def _all_verbs() -> set[str]:
    for module in pkgutil.walk_packages(floreo.__path__, "floreo."):
        importlib.import_module(module.name)
    return {verb for verb, function in action.VERBS.items() if function.__module__.startswith("floreo.")}


class TestVerbs:
    @pytest.mark.django_db
    def test_every_act_has_words_in_both_languages(self) -> None:
        words = offers.verbs()
        assert _all_verbs() - set(words) == set()
        with translation.override("es"):
            spanish = {verb: str(words[verb]) for verb in _all_verbs()}
        assert [verb for verb, text in spanish.items() if text == str(words[verb])] == []

    def test_every_word_is_of_an_act(self) -> None:
        assert set(offers.verbs()) - _all_verbs() == set()


class TestTables:
    def test_every_public_table_names_the_file_whose_licence_its_rows_have(self) -> None:
        assert [table.name for table in public_tables() if table.name not in offers.licences()] == []

    def test_every_such_file_is_one_of_a_pack(self) -> None:
        files = {*top_files(), *(f"editions/*/{name}" for name in edition_files())}
        assert set(offers.licences().values()) - files == set()

    def test_every_table_of_an_app_is_offered(self) -> None:
        missing = {}
        for app in offers.APPS:
            if (PACKAGE / app / "tables.py").is_file() or (PACKAGE / app / "tables").is_dir():
                tables = getattr(importlib.import_module(f"floreo.{app}.tables"), "TABLES", {})
                missing[app] = sorted(set(tables) - set(offers.tables()))
        assert {app: names for app, names in missing.items() if names} == {}
        assert len(missing) > 5

    def test_a_table_is_offered_under_its_own_name(self) -> None:
        assert {name: table.name for name, table in offers.tables().items() if name != table.name} == {}


def _kinds_of_tasks() -> dict[str, set[str]]:
    """The kind of every Task that an app's tasks.py makes."""
    found: dict[str, set[str]] = {}
    for app in offers.APPS:
        for path in PACKAGE.glob(f"{app}/tasks.py"):
            given = (
                k.value
                for n in ast.walk(_source(path))
                if isinstance(n, ast.Call)
                for k in n.keywords
                if k.arg == "kind"
            )
            found[app] = {n.value for n in given if isinstance(n, ast.Constant) and isinstance(n.value, str)}
    return {app: kinds for app, kinds in found.items() if app != "core"}


class TestTasks:
    def test_every_app_with_tasks_offers_them(self) -> None:
        assert [app for app in _kinds_of_tasks() if offers.offers_of(app).tasks is None] == []

    def test_every_kind_of_task_has_words(self) -> None:
        missing = {app: kinds - set(offers.task_kinds()) for app, kinds in _kinds_of_tasks().items()}
        assert {app: kinds for app, kinds in missing.items() if kinds} == {}

    def test_every_kind_with_words_is_one_of_a_task(self) -> None:
        assert set(offers.task_kinds()) - set[str]().union(*_kinds_of_tasks().values()) == set()


def _measures_in_code() -> set[str]:
    """Public functions of (period, filters) in every measures module."""
    found = set()
    for path in PACKAGE.glob("*/*measures.py"):
        for function in (n for n in _source(path).body if isinstance(n, ast.FunctionDef)):
            takes = [each.arg for each in function.args.args]
            if takes == ["period", "filters"] and getattr(function.returns, "id", "") == "Reading":
                found.add(function.name)
    return found


class TestMeasures:
    def test_every_measure_is_offered(self) -> None:
        assert _measures_in_code() - {each.function.__name__ for each in offers.measures().values()} == set()


class TestPacks:
    def test_every_shape_of_an_app_is_offered(self) -> None:
        missing = {}
        for app in offers.APPS:
            if (PACKAGE / app / "pack.py").is_file() or (PACKAGE / app / "pack").is_dir():
                shapes = getattr(importlib.import_module(f"floreo.{app}.pack"), "SHAPES", ())
                missing[app] = [s.__name__ for s in shapes if s not in offers.pack_shapes()]
        assert {app: shapes for app, shapes in missing.items() if shapes} == {}
        assert len(missing) > 5

    def test_every_file_of_an_app_is_offered(self) -> None:
        missing = {}
        for app in offers.APPS:
            if (PACKAGE / app / "pack.py").is_file():
                files = getattr(importlib.import_module(f"floreo.{app}.pack"), "FILES", {})
                missing[app] = sorted(set(files) - set(offers.pack_files()))
        assert {app: names for app, names in missing.items() if names} == {}

    def test_every_row_of_a_file_is_of_a_shape_that_makes_something(self) -> None:
        shaped = {shape for file in offers.pack_files().values() for shape in file.tables.values()}
        assert [shape.__name__ for shape in shaped if shape not in offers.pack_shapes()] == []

    def test_every_file_and_table_stands_in_the_guide(self) -> None:
        guide = (GUIDES / "add-a-country.md").read_text(encoding="utf-8")
        for name in (*top_files(), *edition_files()):
            named = re.search(rf"(?<!\w){re.escape(name)}", guide)  # whole: contact_drills.toml is no drills.toml
            assert named, f"docs/guide/add-a-country.md says nothing of {name}"
            silent = [t for t in tables_of(name) if f"[[{t}]]" not in guide and f"[{t}]" not in guide]
            assert (name, silent) == (name, [])


def _sources_but_access() -> Iterator[Path]:
    return (path for path in PACKAGE.rglob("*.py") if path != PACKAGE / "core" / "access.py")


def _asked_in_code() -> set[str]:
    """Permissions that our views, actions and rules ask for: X in Permission.X."""
    found = set()
    named = re.compile(r"\b(Permission|P)\s*\.")
    for path in _sources_but_access():
        text = path.read_text(encoding="utf-8")
        for node in ast.walk(ast.parse(text)) if named.search(text) else ():
            if isinstance(node, ast.Attribute) and getattr(node.value, "id", "") in {"Permission", "P"}:
                found.add(node.attr)
    return found


class TestPermissions:
    def test_every_permission_is_granted_by_a_role_that_is_not_the_administrator(self) -> None:
        granted = {p for role in ROLES.values() if role.name != "administrator" for p in role.grants}
        assert set(Permission) - granted <= {Permission.PACK_LOAD}

    @pytest.mark.guards("no permission that nothing asks for")
    def test_every_permission_is_asked_for_somewhere(self) -> None:
        assert {p.name for p in Permission} - _asked_in_code() == set()

    def test_every_permission_has_words(self) -> None:
        assert set(Permission) - set(PERMISSION_WORDS) == set()


class TestMenu:
    def test_every_link_leads_to_an_address(self) -> None:
        assert all(reverse(item.address) for item in offers.menu())

    def test_a_link_is_shown_to_whom_its_address_opens(self) -> None:
        needs = {f"workspace:{name}": needed for area in areas() for name, needed in area.needs.items()}
        differ = [i.address for i in offers.menu() if i.address in needs and needs[i.address] != i.needs]
        assert differ == []

    def test_every_room_can_be_reached_from_the_menu(self) -> None:
        linked = {item.address for item in offers.menu()}
        lost = [area.name for area in areas() if not any(f"workspace:{n}" in linked for n in area.needs)]
        assert lost == ["assignments"]  # its buttons are under lists and on the pages of what is assigned

    def test_sections_stand_apart(self) -> None:
        headings = [section for section, _items in groupby(item.section for item in offers.menu())]
        assert len(headings) == len(set(headings))


class TestJobs:
    def test_every_job_of_an_app_is_run(self) -> None:
        from floreo.config.jobs import JOBS  # only here: it reads every app

        assert {name for name in offers.jobs() if name not in JOBS} == set()


def test_the_worked_example_of_the_guide_names_every_part_of_a_declaration() -> None:
    guide = (GUIDES / "add-a-desk.md").read_text(encoding="utf-8")
    parts = list(Offers.__dataclass_fields__)
    assert [name for name in parts if not re.search(rf"\b{name}\b", guide)] == []
