"""What begins in one piece of memory gives the same answer, and costs no memory of its own wherever the end of a piece would lie."""

from __future__ import annotations

import inspect
import resource
import sys
import threading
from collections.abc import Callable

import pytest

from floreo.core.one_piece import in_one_piece


def faults_of(work: Callable[[], object]) -> int:
    """Pieces of memory that the system had to give this process meanwhile."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    work()
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before


def leaf() -> None:
    """A call that comes and goes."""


def deep(calls: int) -> None:
    """Goes that many calls down, and calls a hundred times at each depth: at one of them the end of a piece lies between."""
    for _ in range(100):
        leaf()
    if calls:
        deep(calls - 1)


@in_one_piece
def both(left: int, *, right: int) -> int:
    """A sum."""
    return left + right


def test_it_answers_as_before() -> None:
    assert both(2, right=3) == 5
    assert (both.__name__, both.__doc__) == ("both", "A sum.")
    assert in_one_piece(both)(2, right=3) == 5


@pytest.mark.long
def test_an_error_comes_through_and_says_where() -> None:
    @in_one_piece
    def broken() -> None:
        raise ValueError("no")

    with pytest.raises(ValueError, match=r"^no$") as caught:
        broken()
    assert caught.traceback[-1].name == "broken"
    assert [each.function for each in in_one_piece(inspect.stack)()[:2]] == ["_call", "called"]


@pytest.mark.long
def test_it_is_as_deep_as_python_goes() -> None:
    def down(left: int) -> int:
        return 1 + down(left - 1) if left else 0

    room = sys.getrecursionlimit() - len(inspect.stack()) - 20
    assert in_one_piece(down)(room) == room
    with pytest.raises(RecursionError):
        in_one_piece(down)(sys.getrecursionlimit() + 1)


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="counted for the pieces of Python 3.11")
def test_no_depth_asks_the_system_for_memory_again_and_again() -> None:
    found: list[int] = []

    def count() -> None:
        in_one_piece(deep)(400)
        found.append(faults_of(lambda: [in_one_piece(deep)(400) for _ in range(5)]))

    thread = threading.Thread(target=count)
    thread.start()
    thread.join()
    assert found[0] < 500  # without it 1,500: a hundred at each end of a piece, five times
