"""One event through the API, end to end: a program sends it over HTTP to the web server, it is judged by the engine, kept on
disk, and the answer says so. One after another over one connection, as a sensor does; the median counts.

    python -m benchmarks.feeds.one_event [--data var/bench] [--rounds 300] [--port 8799]

Makes an installation of its own below the data folder with the sample country. What the worker then takes to make findings of
all of them is reported too.
"""

from __future__ import annotations

import http.client
import json
import os
import statistics
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.feeds import measuring

BAR = 20.0  # ms
WARM_UP = 20
INSIDE = """
import django; django.setup()
from floreo.core.access import SYSTEM
from floreo.feeds.actions.feeds import make_feed
from floreo.organisations.actions.tokens import make_token
from floreo.feeds.models import Feed
from floreo.organisations.models import Membership, User
user = User.objects.filter(email="sensor@example.org").first() or User.objects.create(email="sensor@example.org", name="Sensor")
Membership.objects.get_or_create(user=user, role="responder")
feed = Feed.objects.filter(code="bench").first() or make_feed("Bench", by=SYSTEM, collector="api", code="bench")
print("word", make_token(user, by=SYSTEM, name="bench")[1])
"""
TAKE_IN = """
import time, django; django.setup()
from floreo.core.access import SYSTEM
from floreo.feeds.actions.ingesting import read_waiting
from floreo.feeds.models import FeedFile
began = time.perf_counter()
read_waiting(by=SYSTEM)
print("took", time.perf_counter() - began, sum(FeedFile.objects.filter(feed__code="bench").values_list("rows", flat=True)))
"""


def inside(program: str, env: dict[str, str]) -> list[str]:
    output = subprocess.run([sys.executable, "-c", program], env=env, check=True, capture_output=True, text=True).stdout
    return output.splitlines()[-1].split()


def event(number: int) -> bytes:
    at = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    output = {
        "time.source": at,
        "source.ip": f"198.51.100.{number % 250 + 1}",
        "source.port": 1024 + number,
        "protocol.transport": "tcp",
        "classification.taxonomy": "vulnerable",
        "classification.type": "vulnerable-system",
        "classification.identifier": "open-rdp",
        "feed.name": "honeypot",
    }
    return json.dumps(output).encode()


def sent(port: int, word: str, count: int) -> list[float]:
    """Milliseconds of each."""
    headers = {"Authorization": f"Bearer {word}", "Content-Type": "application/json", "Host": f"localhost:{port}"}
    door, times = http.client.HTTPConnection("127.0.0.1", port, timeout=30), []
    for number in range(count):
        began = time.perf_counter()
        door.request("POST", "/api/v1/feeds/bench/events", event(number), headers)
        answer = door.getresponse()
        body = answer.read()
        times.append((time.perf_counter() - began) * 1000)
        assert answer.status == 202, (answer.status, body)
    return times


def wait_for(port: int) -> None:
    for _ in range(300):
        try:
            http.client.HTTPConnection("127.0.0.1", port, timeout=2).request("GET", "/api/v1/")
        except OSError:
            time.sleep(0.2)
        else:
            return
    sys.exit("the server does not come up")


def environment(folder: Path) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith("FLOREO_")}
    return kept | {
        "FLOREO_DATA": str(folder),
        "DJANGO_SETTINGS_MODULE": "floreo.config.settings",
        "FLOREO_LOG_LEVEL": "ERROR",
    }


if __name__ == "__main__":
    given = measuring.asked(__doc__, rounds=300, port=8799)
    env = environment(given.data / "one-event")
    floreo = [sys.executable, "-m", "floreo.config.cli", "--data", env["FLOREO_DATA"]]
    subprocess.run(
        [*floreo, "up", "--pack", "isla-prueba", "--prepare-only"], env=env, check=True, stdout=subprocess.DEVNULL
    )
    word = inside(INSIDE, env)[1]
    server = subprocess.Popen([*floreo, "web", "--port", str(given.port)], env=env, stdout=subprocess.DEVNULL)
    try:
        wait_for(given.port)
        times = sent(given.port, word, given.rounds + WARM_UP)[WARM_UP:]
    finally:
        server.terminate()
        server.wait()
    _took, seconds, rows = inside(TAKE_IN, env)
    times.sort()
    holds = measuring.say(
        "ms for one event through the API",
        BAR,
        statistics.median(times),
        p95=round(times[int(len(times) * 0.95)], 2),
        events=given.rounds,
        worker_seconds=round(float(seconds), 3),
        worker_rows=int(rows),
    )
    sys.exit(not holds)
