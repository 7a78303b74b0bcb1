"""What one page costs: processor time of this process and questions to the database, made again and kept.

    .venv/bin/python -m benchmarks.pages [--rounds 40] [--profile /indicators/]

Each address is asked of the application as a thread of the web server asks it (`floreo/config/rsgi.py: run`), one request
after another. Processor time and not the clock, so that a busy machine disturbs little; it still disturbs, since processes
share caches. The sample country is loaded into a new folder under the temporary folder, or into FLOREO_DATA, whose country is
taken as it is. `--profile` prints what the time of one address goes to instead.
"""

from __future__ import annotations

import argparse
import cProfile
import os
import pstats
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from io import BytesIO
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from floreo.config.rsgi import Answer

WARM_UP = 5
PUBLIC = (
    "/",
    "/es/",
    "/strategy/",
    "/strategy/2025-2028/timeline/",
    "/strategy/2025-2028/pillars/1/",
    "/strategy/2025-2028/actions/1.1.1/",
    "/indicators/",
    "/organisations/",
    "/data/",
    "/help/",
)
ALWAYS_ANEW = ("/search/?q=law", "/api/v1/actions")
WORKSPACE = ("/workspace/", "/workspace/plan/2025-2028/", "/workspace/plan/2025-2028/actions/1.1.1/")


def ask(address: str, cookie: str = "") -> Answer:
    from floreo.config.rsgi import run

    path, _mark, query = address.partition("?")
    environ: dict[str, Any] = {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": f"198.51.100.{time.perf_counter_ns() % 250}",
        "HTTP_HOST": "localhost",
        "HTTP_ACCEPT_ENCODING": "gzip",
        "wsgi.url_scheme": "http",
        "wsgi.input": BytesIO(),
        "wsgi.errors": sys.stderr,
        **({"HTTP_COOKIE": cookie} if cookie else {}),
    }
    return run(environ)


def cost(rounds: int, work: Callable[[], Answer]) -> tuple[float, int]:
    """Median milliseconds of processor time, and questions to the database."""
    from django.db import connection

    for _ in range(WARM_UP):
        answer = work()
        if answer.status != 200:
            raise SystemExit(f"status {answer.status}")
    times = []
    for _ in range(rounds):
        began = time.process_time()
        work()
        times.append((time.process_time() - began) * 1000)
    asked = 0

    def count(execute: Any, *what: Any) -> Any:
        nonlocal asked
        asked += 1
        return execute(*what)

    with connection.execute_wrapper(count):
        work()
    return statistics.median(times), asked


def signed_in() -> str:
    """The cookie of somebody of the secretariat."""
    from django.test import Client

    from floreo.organisations.models import User

    client = Client(headers={"host": "localhost"})
    client.force_login(User.objects.filter(memberships__role="secretariat")[0])
    return "; ".join(f"{name}={morsel.value}" for name, morsel in client.cookies.items())


def table(rounds: int) -> None:
    from django.conf import settings

    from floreo.portal.page_cache import SHELF

    kept_for = settings.KEEP_PAGES_SECONDS
    print("| page | made anew, ms | questions | kept, ms | questions |\n|---|---|---|---|---|")
    for address in (*PUBLIC, *ALWAYS_ANEW):
        settings.KEEP_PAGES_SECONDS = 0
        anew, asked = cost(rounds, lambda address=address: ask(address))  # type: ignore[misc]
        kept = ""
        if address in PUBLIC:
            settings.KEEP_PAGES_SECONDS = kept_for
            SHELF.clear()
            again, few = cost(rounds, lambda address=address: ask(address))  # type: ignore[misc]
            kept = f"{again:.1f} | {few}"
        print(f"| {address} | {anew:.1f} | {asked} | {kept or ' | '} |", flush=True)
    cookie = signed_in()
    for address in WORKSPACE:
        anew, asked = cost(rounds, lambda address=address: ask(address, cookie))  # type: ignore[misc]
        print(f"| {address}, signed in | {anew:.1f} | {asked} | | |", flush=True)


def profile(address: str, rounds: int) -> None:
    from django.conf import settings

    settings.KEEP_PAGES_SECONDS = 0
    cookie = signed_in() if address.startswith("/workspace/") else ""
    for _ in range(WARM_UP):
        ask(address, cookie)
    with cProfile.Profile() as found:
        for _ in range(rounds):
            ask(address, cookie)
    for order in ("cumulative", "tottime"):
        pstats.Stats(found).sort_stats(order).print_stats(70)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--profile", default="")
    asked = parser.parse_args()
    given = os.environ.get("FLOREO_DATA")
    where: AbstractContextManager[str] = nullcontext(given) if given else tempfile.TemporaryDirectory(prefix="pages-")
    with where as folder:
        os.environ |= {"FLOREO_DATA": folder, "FLOREO_LOG_LEVEL": "ERROR"}
        words = ["--data", folder, "--pack", "isla-prueba", "up", "--prepare-only"]
        subprocess.run([sys.executable, "-m", "floreo.config.cli", *words], check=True, stdout=subprocess.DEVNULL)
        import floreo.config.rsgi  # noqa: F401 -- sets Django up, and settles memory, as the server does

        if asked.profile:
            profile(asked.profile, asked.rounds)
        else:
            table(asked.rounds)


if __name__ == "__main__":
    main()
