"""The calls of a thread in one piece of memory.

CPython keeps the frames of Python calls in pieces of 16 kB. A call that does not fit takes a new piece from the system, and gives it back
as soon as it returns. Templates call each other some hundred deep: where a page's calls go to and fro across the end of a piece, each
crossing costs two system calls and a fault of the memory, up to three thousand for one page, which was half of its processor time. How
deep the end of a piece lies is chance: one line more anywhere moves it."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar

# A frame of 256 kB, for which CPython takes a piece of 512 kB. What the frame does not use is never touched, so it is no memory; the other half
# holds a thousand calls, which is as deep as Python goes.
_PLACES = 256 * 1024 // 8

Given = ParamSpec("Given")
Answer = TypeVar("Answer")


def _call(function: Callable[..., Any], args: Any, kwargs: Any) -> Any:
    return function(*args, **kwargs)


_call.__code__ = _call.__code__.replace(co_stacksize=_PLACES)


def in_one_piece(function: Callable[Given, Answer]) -> Callable[Given, Answer]:
    """`function`, so that whatever it calls has its frames in one piece of memory. For where work of many calls begins: a request, a
    job, a command."""

    @functools.wraps(function)
    def called(*args: Given.args, **kwargs: Given.kwargs) -> Answer:
        answer: Answer = _call(function, args, kwargs)
        return answer

    return called
