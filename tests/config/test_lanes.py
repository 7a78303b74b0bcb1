"""Threads for one kind of visitor, and places for one address: nobody takes them all."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import pytest

from floreo.config import rsgi
from floreo.config.rsgi import Full, Lane, OneByOne, Places, session_key

Found = TypeVar("Found")


def in_a_loop(main: Callable[[], Coroutine[Any, Any, Found]]) -> Found:
    """In a thread of its own: where a browser was driven before, this one keeps a running loop."""
    with ThreadPoolExecutor(1) as threads:
        return threads.submit(lambda: asyncio.run(main())).result()


def test_one_address_has_its_places_and_another_does_not_wait_for_them() -> None:
    async def main() -> tuple[int, bool]:
        places, at_work, let_go = Places(3), 0, asyncio.Event()

        async def greedy() -> None:
            nonlocal at_work
            async with places.one("203.0.113.9"):
                at_work += 1
                await let_go.wait()

        tasks = [asyncio.create_task(greedy()) for _each in range(20)]
        for _each in range(20):
            await asyncio.sleep(0)
        async with places.one("198.51.100.1"):  # at once, though seventeen wait
            found = at_work, bool(places._of)
        let_go.set()
        await asyncio.gather(*tasks)
        assert places._of == {}  # nothing is remembered of who has gone
        return found

    assert in_a_loop(main) == (3, True)


def test_a_lane_takes_as_many_as_may_wait_and_no_more() -> None:
    let_go = threading.Event()

    async def main() -> tuple[list[bool], bool]:
        lane = Lane("probe", 1, waiting=2)
        tasks = [asyncio.create_task(lane.run(lambda: let_go.wait(60))) for _each in range(3)]
        await asyncio.sleep(0)
        with pytest.raises(Full):
            await lane.run(lambda: True)
        let_go.set()
        done = await asyncio.gather(*tasks)
        return list(done), await lane.run(lambda: True)

    assert in_a_loop(main) == ([True, True, True], True)


def test_while_staff_wait_strangers_wait_a_moment_and_are_then_worked_on_one_by_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def main() -> tuple[list[int], int]:
        one_by_one, at_work, seen, let_go = OneByOne(), set[int](), list[int](), asyncio.Queue[None]()

        async def stranger(number: int) -> None:
            async with one_by_one.of_stranger():
                at_work.add(number)
                await let_go.get()
                at_work.remove(number)

        async def look() -> None:
            for _each in range(20):
                await asyncio.sleep(0)
            seen.append(len(at_work))

        before = [asyncio.create_task(stranger(number)) for number in range(3)]
        await look()  # nobody of the staff is there
        with one_by_one.of_staff():
            during = [asyncio.create_task(stranger(number)) for number in range(3, 7)]
            await look()  # those who had begun go on
            during[0].cancel()  # one leaves who waits
            for _each in range(3):
                let_go.put_nowait(None)
                await look()
            monkeypatch.setattr(rsgi, "HELD", 0.0)  # they have waited long enough
            one_by_one._let_on()
            for _each in range(2):
                await look()
                let_go.put_nowait(None)
        await look()  # the staff have their answer
        for _each in range(9):
            let_go.put_nowait(None)
        await asyncio.gather(*before, *during, return_exceptions=True)
        await look()
        return seen, len(one_by_one._waiting)

    assert in_a_loop(main) == ([3, 3, 2, 1, 0, 1, 1, 1, 0], 0)


def test_a_stranger_is_let_on_by_the_clock_though_the_staff_are_never_done(monkeypatch: pytest.MonkeyPatch) -> None:
    async def main() -> list[int]:
        one_by_one, done = OneByOne(), list[int]()

        async def stranger(number: int) -> None:
            async with one_by_one.of_stranger():
                done.append(number)

        with one_by_one.of_staff():
            await asyncio.gather(*(stranger(number) for number in range(3)))
        return done

    monkeypatch.setattr(rsgi, "HELD", 0.01)
    assert in_a_loop(main) == [0, 1, 2]


@pytest.mark.parametrize(
    ("cookies", "key"),
    [
        ("", ""),
        ("sessionid=abc", "abc"),
        ("csrftoken=x; sessionid=abc; other=y", "abc"),
        ("xsessionid=abc", ""),
        ("sessionid=", ""),
    ],
)
def test_the_key_of_a_session_is_read_from_the_cookies(cookies: str, key: str) -> None:
    assert session_key({"HTTP_COOKIE": cookies}) == key
