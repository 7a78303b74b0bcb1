"""Tables that are stacked on a telephone: each value under the head of its column, and no head over nothing."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from django.template import Context, Template
from django.test import Client

from floreo.core.ui.templatetags.ui import stacked
from floreo.organisations.models import User
from tests.factories import strategy as make
from tests.indicators.making import make_indicator
from tests.pages import squeezed

FLOREO = Path(__file__).resolve().parents[3] / "floreo"


@pytest.mark.parametrize(
    ("cell", "has_head"),
    [
        ('<td role="cell" data-h="For"><div>2026</div></td>', True),
        ('<td role="cell" data-h="For">0</td>', True),
        ('<td role="cell" data-h="For"><span>–</span></td>', True),
        ('<td data-h="Select"><input type="checkbox" name="pick"></td>', True),
        ('<td data-h="Mark"><svg><use href="#s-done" /></svg></td>', True),
        ('<td role="cell" data-h="For"></td>', False),
        ('<td role="cell" class="fl-num" data-h="For" id="a">\n  <div>\n  </div>\n</td>', False),
        ('<td role="cell"\n  data-h="For"\n><span> </span><span class="fl-sub">&nbsp;</span></td>', False),
    ],
)
def test_a_cell_has_a_head_where_something_is_in_it(cell: str, *, has_head: bool) -> None:
    row = '<tr role="row"><th role="rowheader">A</th>%s<td role="cell" data-h="Next">b</td></tr>'
    done = stacked(row % cell)
    assert done == row % (cell if has_head else re.sub(r'\sdata-h="[^"]*"', "", cell))


def test_a_table_is_stacked_by_the_tag_alone() -> None:
    rows = '<tbody><tr><td data-h="Note"><span></span></td><td data-h="Value">1</td></tr></tbody>'
    for stack, heads in ((True, 1), (False, 2)):
        text = "{% datatable title=title stack=stack %}" + rows + "{% enddatatable %}"
        html = Template(text).render(Context({"title": "Values", "stack": stack}))
        assert (html.count("data-h="), html.count('data-h="Value"')) == (heads, 1)


def test_every_table_that_is_stacked_leaves_out_the_heads_of_empty_cells() -> None:
    """By the tag, or by its filter where a page draws the table by itself."""
    own = {path: text for path in FLOREO.rglob("*.html") if "fl-stack" in (text := path.read_text("utf-8"))}
    assert len(own) > 5
    assert [str(path) for path, text in own.items() if "stacked" not in text] == []


def test_a_page_writes_no_head_over_an_empty_cell(
    administrator: User, browser_of: Callable[[User], Client], db: None
) -> None:
    make.make_country()
    make_indicator()
    page = squeezed(browser_of(administrator).get("/workspace/indicators/").content.decode())
    assert (
        '<td role="cell" class="fl-num fl-nb" data-h="Latest"><div><span class="fl-note">No value yet</span></div></td>'
        in page
    )
    assert '<td role="cell" class="fl-nb"><div></div></td>' in page
    assert re.findall(r"<td[^>]*data-h[^>]*>(?:<[^>]*>)*</td>", page) == []
