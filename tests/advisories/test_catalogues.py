"""KEV and EPSS: the real catalogue, files that are none, and the fetch by schedule from a server on loopback."""

from __future__ import annotations

import gzip
import http.server
import json
import threading
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from floreo.advisories.actions.catalogues import load_due, load_epss, load_kev, replace_epss, replace_kev
from floreo.advisories.catalogues import NotACatalogueError, epss_of, kev_of
from floreo.advisories.models import EpssScore, KevEntry
from floreo.core.access import SYSTEM
from floreo.core.errors import NotAllowed, Refused
from floreo.organisations.models import User
from tests.conftest import SAMPLES
from tests.loopback import POLL

KEV = SAMPLES / "kev" / "known_exploited_vulnerabilities.json"
ENTRY = {
    "cveID": "CVE-2021-44228",
    "vendorProject": "Apache",
    "product": "Log4j2",
    "vulnerabilityName": "Apache Log4j2 Remote Code Execution Vulnerability",
    "dateAdded": "2021-12-10",
    "shortDescription": "=1+1",
    "requiredAction": "Update.",
    "dueDate": "2021-12-24",
    "knownRansomwareCampaignUse": "Known",
    "notes": "",
    "cwes": ["CWE-20"],
}
SMALL = json.dumps({"catalogVersion": "2026.11.24", "vulnerabilities": [ENTRY]}).encode()
CSV = (",".join(ENTRY) + "\n" + ",".join("CWE-20" if k == "cwes" else str(v) for k, v in ENTRY.items())).encode()
EPSS = b"""#model_version:v2025.03.14,score_date:2026-11-24T00:00:00+0000
cve,epss,percentile
CVE-2021-44228,0.94358,0.99957
CVE-2026-0001,0.5,0.9
CVE-2026-0002,0.0001,0.1
"""


@pytest.mark.long
@pytest.mark.skipif(not KEV.is_file(), reason="the sample of KEV is not here")
@pytest.mark.django_db
def test_the_real_catalogue_is_loaded_whole_and_again_changes_nothing() -> None:
    data = KEV.read_bytes()
    assert (load_kev(by=SYSTEM, data=data), load_kev(by=SYSTEM, data=data), KevEntry.objects.count()) == (
        1404,
        1404,
        1404,
    )
    entry = KevEntry.objects.get(cve="CVE-2021-44228")
    assert (entry.vendor, entry.product, entry.added_on, entry.ransomware, entry.catalogue) == (
        "Apache",
        "Log4j2",
        date(2021, 12, 10),
        True,
        "2025.08.25",
    )
    load_kev(by=SYSTEM, data=SMALL)
    assert KevEntry.objects.count() == 1  # what is not named any more goes


def test_both_forms_say_the_same() -> None:
    assert kev_of(SMALL).rows == kev_of(CSV).rows


@pytest.mark.django_db
def test_scores_are_kept_of_what_is_likely_or_named() -> None:
    assert load_epss(by=SYSTEM, data=gzip.compress(EPSS)) == 2
    load_kev(by=SYSTEM, data=json.dumps({"vulnerabilities": [ENTRY | {"cveID": "CVE-2026-0002"}]}).encode())
    assert load_epss(by=SYSTEM, data=EPSS) == 3
    score = EpssScore.objects.get(cve="CVE-2026-0001")
    assert (score.score, score.percentile, score.model, score.scored_on) == (
        0.5,
        0.9,
        "v2025.03.14",
        date(2026, 11, 24),
    )
    with pytest.raises(Refused, match="older"):
        load_epss(by=SYSTEM, data=EPSS.replace(b"2026-11-24", b"2026-11-23"))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff\xfe",
        b"{" * 200_000,
        b"{}",
        b'{"vulnerabilities": []}',
        b'{"vulnerabilities": [1]}',
        SMALL.replace(b"CVE-2021-44228", b"CVE-X"),
        SMALL.replace(b"2021-12-10", b"soon"),
        b"a,b\n1,2",
    ],
)
def test_a_file_that_is_no_catalogue_is_refused(data: bytes) -> None:
    with pytest.raises(NotACatalogueError):
        kev_of(data)


@pytest.mark.first_cases(2)
@pytest.mark.parametrize(
    "data",
    [
        b"",
        EPSS.replace(b"score_date", b"day"),
        EPSS.replace(b"epss", b"score", 1),
        EPSS.replace(b"0.5", b"5.0"),
        EPSS.replace(b"0.5", b"nan"),
        b"\x1f\x8bbroken",
        gzip.compress(EPSS)[:40],
        gzip.compress(b"0" * (129 * 1024 * 1024), compresslevel=1),
    ],
)
def test_a_file_that_is_no_scores_is_refused(data: bytes) -> None:
    with pytest.raises(NotACatalogueError):
        list(epss_of(data).rows)


@pytest.mark.django_db
def test_a_broken_file_leaves_what_was_there_and_strangers_load_none(observer: User) -> None:
    load_kev(by=SYSTEM, data=SMALL)
    with pytest.raises(Refused, match="row 1"):
        load_kev(by=SYSTEM, data=SMALL.replace(b"2021-12-10", b"soon"))
    with pytest.raises(NotAllowed):
        replace_kev(by=observer, kev=kev_of(SMALL))
    with pytest.raises(NotAllowed):
        replace_epss(by=observer, rows={}, epss=epss_of(EPSS))
    assert KevEntry.objects.count() == 1


class Server(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        body = {"/kev.json": SMALL, "/epss.csv.gz": gzip.compress(EPSS)}.get(self.path)
        self.send_response(200 if body else 404)
        self.send_header("Content-Length", str(len(body or b"")))
        self.end_headers()
        self.wfile.write(body or b"")

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 -- the name of the library
        return


@pytest.fixture
def server() -> Iterator[str]:
    made = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Server)
    threading.Thread(target=made.serve_forever, args=(POLL,), daemon=True).start()
    yield f"http://127.0.0.1:{made.server_port}"
    made.shutdown()
    made.server_close()


@pytest.mark.django_db
def test_both_are_fetched_from_where_the_installation_says(server: str, settings: Any) -> None:
    settings.KEV_URL = settings.EPSS_URL = ""
    assert load_due() == 0
    settings.KEV_URL, settings.EPSS_URL = f"{server}/kev.json", f"{server}/epss.csv.gz"
    settings.FETCH_PRIVATE = []
    assert (load_due(), KevEntry.objects.count()) == (0, 0)  # a closed network is not asked
    settings.FETCH_PRIVATE = ["127.0.0.0/8"]
    assert (load_due(), KevEntry.objects.count(), EpssScore.objects.count()) == (2, 1, 2)
    settings.KEV_URL = f"{server}/gone.json"
    assert (load_due(), KevEntry.objects.count()) == (1, 1)
