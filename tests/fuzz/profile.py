"""How long it goes on. In the gate the examples are the same each time, and few. `make fuzz` draws others, for as long as it is
asked, and goes on after a find, so that one fault hides no other."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from contextlib import suppress

import pytest
from hypothesis import HealthCheck, Phase, settings

SECONDS = float(
    os.environ.get("FLOREO_FUZZ_SECONDS", "0")
)  # for each test, by hand; the seed is pytest's --hypothesis-seed


class TimeIsUp(BaseException):
    """Ends a test by hand; hypothesis hands it on."""


class _ByHand:
    """What was found, by what went wrong where: the shortest request that did it."""

    found: dict[str, str] = {}
    count = 0
    until = 0.0


def examples(*, gate: int) -> Callable[[Callable[[], None]], Callable[[], None]]:
    """Makes a test with examples one that runs `gate` of them, or as many as there is time for."""

    def decorate(test: Callable[[], None]) -> Callable[[], None]:
        made = settings(
            max_examples=10**7 if SECONDS else gate,
            derandomize=not SECONDS,
            database=None,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )(test)

        def run() -> None:
            _ByHand.found, _ByHand.count, _ByHand.until = {}, 0, time.monotonic() + SECONDS
            with suppress(TimeIsUp):
                made()
            if SECONDS:
                print(f"\n{os.environ['PYTEST_CURRENT_TEST'].partition(' ')[0]}: {_ByHand.count} examples")
            if text := [f"{key}\n    {repeat[:4000]}" for key, repeat in sorted(_ByHand.found.items())]:
                pytest.fail("\n".join(text), pytrace=False)

        return run

    return decorate


def judge(wrong: list[str], place: str, repeat: str) -> None:
    """Fails where something is wrong; by hand, remembers it and goes on. `repeat` says how to do it again."""
    _ByHand.count += 1
    if not SECONDS:
        if wrong:
            pytest.fail(f"{place}: {wrong}\n    {repeat}", pytrace=False)
        return
    for each in wrong:
        key = f"{place}: {each}"
        if len(_ByHand.found.get(key, repeat + " ")) > len(repeat):
            _ByHand.found[key] = repeat
    if time.monotonic() > _ByHand.until:
        raise TimeIsUp
