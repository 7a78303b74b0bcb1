"""Parts of pages that are made once for everybody ({% kept %}) hold words and addresses of the site, and nothing of a person, a request, a
record or a moment."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.template import engines
from django.template.base import Node, NodeList, TextNode, VariableNode
from django.template.defaulttags import IfNode
from django.templatetags.i18n import TranslateNode
from django.test import Client
from django.utils import translation

import floreo
from floreo.core import languages
from floreo.core.ui.templatetags.ui_lists import Address, kept

TAG = re.compile(r'{% kept "([^"]+)"([^%]*)%}')
VALUES = {
    "id",
    "section",
    "has_districts",
    "can_open_workspace",
}  # words of a template, and whether there is or may be something
NODES = (TextNode, TranslateNode, Address, IfNode, VariableNode)


def uses() -> list[tuple[str, set[str]]]:
    """Each template that is kept, with the values that it gets."""
    texts = [path.read_text(encoding="utf-8") for path in Path(floreo.__path__[0]).rglob("*.html")]
    found = [each for text in texts for each in TAG.findall(text)]
    return [(name, set(re.findall(r"(\w+)=", values))) for name, values in found]


def every(nodes: NodeList) -> list[Node]:
    found = []
    for node in nodes:
        found.append(node)
        if isinstance(node, IfNode):
            found += [each for _condition, inner in node.conditions_nodelists for each in every(inner)]
    return found


def test_what_is_kept_consists_of_words_and_addresses() -> None:
    names = uses()
    assert {"ui/site_nav.html", "ui/site_foot.html", "ui/site_search.html"} <= {name for name, _values in names}
    for name, values in names:
        assert values <= VALUES, name
        template = engines["django"].get_template(name).template  # type: ignore[attr-defined]  # Django's own
        other = [type(node).__name__ for node in every(template.nodelist) if not isinstance(node, NODES)]
        assert other == [], name
        shown = {str(node.filter_expression) for node in every(template.nodelist) if isinstance(node, VariableNode)}
        assert shown <= VALUES | {"u"}, name


def test_each_language_and_each_home_language_has_its_own() -> None:
    made = []
    for site, language in ((("en", "es"), "en"), (("en", "es"), "es"), (("es", "en"), "en"), (("es", "en"), "es")):
        with languages.of_site(site), translation.override(language):
            made.append(kept("ui/site_nav.html", section="home", has_districts=True))
    assert ['href="/es/' in each for each in made] == [False, True, False, False]
    assert ['href="/en/' in each for each in made] == [False, False, True, False]
    assert ["Estrategia" in each for each in made] == [False, True, False, True]
    with languages.of_site(("en", "es")), translation.override("en"):
        assert kept("ui/site_nav.html", section="home", has_districts=True) == made[0]
        assert kept("ui/site_nav.html", section="home", has_districts=False) != made[0]
        assert kept("ui/site_nav.html", section="data", has_districts=True) != made[0]


@pytest.mark.django_db
def test_a_value_is_escaped() -> None:
    assert "<b>" not in kept("ui/site_search.html", id='"><b>')
    assert Client().get("/").status_code == 200
