"""Writes the sample country's sixty days of reports (packs/isla-prueba/reports/), always the same bytes.

    python tools/sample_reports.py

One folder a night, named by its day; every address, number and name is set aside for documentation. What goes wrong
in a real night goes wrong here too: rows cut off, columns renamed, a report nobody knows, a file that ends too early."""

from __future__ import annotations

import csv
import gzip
import io
import shutil
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path
from random import Random

HOME = Path(__file__).resolve().parents[1] / "packs" / "isla-prueba" / "reports"
FIRST, NIGHTS = date(2026, 9, 26), 60  # the last is the day on which the sample country's calendar is stopped
LABEL = "isla_prueba"

_SCAN = "timestamp severity ip protocol port hostname tag asn geo region city naics hostname_source sector"
_CERTIFICATE = (
    "cert_length subject_common_name issuer_common_name cert_issue_date cert_expiration_date sha1_fingerprint "
    "cert_serial_number ssl_version signature_algorithm key_algorithm"
)
_EVENT = (
    "timestamp protocol src_ip src_port src_asn src_geo src_region src_city src_hostname src_naics src_sector "
    "device_vendor device_type device_model severity dst_ip dst_port dst_asn dst_geo dst_region dst_city dst_hostname "
    "dst_naics dst_sector public_source infection family tag application version event_id ssl_cipher ssl_servername"
)
COLUMNS = {
    "scan_rdp": f"{_SCAN} handshake rdp_protocol {_CERTIFICATE} sha256_fingerprint sha512_fingerprint md5_fingerprint "
    "tlsv13_support tlsv13_cipher jarm",
    "scan_telnet": f"{_SCAN} banner",
    "scan_ssl_poodle": f"{_SCAN} device_vendor device_type device_model device_version device_sector handshake "
    f"cipher_suite ssl_poodle {_CERTIFICATE} subject_organization_name subject_organization_unit_name subject_country "
    "subject_state_or_province_name subject_locality_name subject_street_address subject_postal_code subject_surname "
    "subject_given_name subject_email_address subject_business_category subject_serial_number "
    "issuer_organization_name issuer_organization_unit_name issuer_country issuer_state_or_province_name "
    "issuer_locality_name issuer_street_address issuer_postal_code issuer_surname issuer_given_name "
    "issuer_email_address issuer_business_category issuer_serial_number sha256_fingerprint sha512_fingerprint "
    "md5_fingerprint http_response_type http_code http_reason content_type http_connection www_authenticate "
    "set_cookie server_type content_length transfer_encoding http_date cert_valid self_signed cert_expired "
    "browser_trusted validation_level browser_error tlsv13_support tlsv13_cipher raw_cert raw_cert_chain jarm "
    "page_sha256fp",
    "event4_sinkhole": _EVENT,
    "event6_sinkhole": _EVENT,
    "compromised_website": f"{_SCAN} application url http_host category system detected_since server redirect_target "
    "cc_url family status account detail public_source",
    # No such report exists: what a provider's newest one looks like to a program that is older.
    "scan_parrot": "timestamp ip protocol port hostname tag asn geo parrot_version parrot_words",
}
EVERY = {
    "scan_rdp": (1, 0),
    "event4_sinkhole": (1, 0),
    "scan_ssl_poodle": (2, 0),
    "scan_telnet": (2, 1),
    "event6_sinkhole": (7, 4),
    "compromised_website": (7, 6),
}  # report -> every so many nights, beginning with which
FAMILIES = ("andromeda", "mirai", "avalanche-generic", "nymaim", "vpnfilter")


@dataclass(frozen=True)
class Trouble:
    """One problem at one address, from a night to a night, perhaps more than once."""

    report: str
    ip: str
    asn: int
    port: int
    spells: tuple[tuple[int, int], ...]
    says: dict[str, str] = field(default_factory=dict)  # further columns

    def stands(self, night: int) -> bool:
        return any(first <= night <= last for first, last in self.spells)


# Those that reports/answers.toml speaks of. The rest is drawn.
NAMED = (
    # A bank that fixes within the week; its prefix lies in the telephone company's network.
    Trouble("scan_rdp", "198.51.100.66", 64497, 3389, ((3, 9),)),
    Trouble("scan_ssl_poodle", "198.51.100.67", 64497, 443, ((6, 40),)),
    Trouble("event4_sinkhole", "198.51.100.68", 64497, 49811, ((31, 34),), {"family": "andromeda"}),
    # A telephone company that says it is fixed, and is not.
    Trouble("scan_telnet", "198.51.100.20", 64497, 23, ((1, 59),)),
    Trouble("scan_rdp", "198.51.100.21", 64497, 3389, ((0, 59),)),
    # A university: works on it, then fixes it; one comes back.
    Trouble("event4_sinkhole", "192.0.2.140", 64499, 51234, ((9, 27),), {"family": "mirai"}),
    Trouble("scan_rdp", "192.0.2.141", 64499, 3389, ((4, 14), (33, 59))),
    # The chamber's addresses, which the register gave to its provider.
    Trouble("scan_rdp", "203.0.113.98", 64498, 3389, ((2, 59),)),
    Trouble("scan_telnet", "203.0.113.99", 64498, 23, ((3, 59),)),
    # Two claim these.
    Trouble("scan_telnet", "203.0.113.162", 64501, 2323, ((7, 59),)),
    # The control network, of which its owner says that it is not theirs.
    Trouble("scan_telnet", "192.0.2.200", 64500, 23, ((15, 45),)),
    Trouble("scan_rdp", "192.0.2.201", 64500, 3389, ((50, 59),)),
    # Ministries in the government's network; a ministry's website on a machine abroad.
    Trouble("scan_rdp", "192.0.2.40", 64496, 3389, ((8, 20),)),
    Trouble("scan_ssl_poodle", "192.0.2.70", 64496, 443, ((0, 59),)),
    Trouble("event4_sinkhole", "192.0.2.41", 64496, 50022, ((44, 59),), {"family": "nymaim"}),
    Trouble(
        "compromised_website",
        "203.0.113.200",
        64511,
        80,
        ((20, 50),),
        {
            "http_host": "www.education.example",
            "url": "/calendar/index.php",
            "category": "webshell",
            "application": "http",
            "tag": "webshell",
        },
    ),
    Trouble(
        "compromised_website",
        "198.51.100.70",
        64497,
        443,
        ((40, 59),),
        {
            "http_host": "forms.island-bank.example",
            "url": "/login.html",
            "category": "phishing",
            "application": "https",
        },
    ),
    # A pump station at the telephone company's, and the network of a holder whom nobody can write to.
    Trouble("scan_telnet", "198.51.100.98", 64497, 23, ((11, 59),)),
    Trouble("scan_rdp", "192.0.2.226", 64502, 3389, ((5, 59),)),
    # A network without a holder, and an address that only its number gives.
    Trouble("scan_rdp", "203.0.113.226", 64504, 3389, ((5, 59),)),
    Trouble("event4_sinkhole", "203.0.113.245", 64502, 50100, ((22, 30),), {"family": "mirai"}),
)

# Network, number, hosts to draw from, how many problems, how many nights one lasts.
DRAWN = (
    ("192.0.2.", 64496, range(2, 15), 7, (3, 14)),
    ("192.0.2.", 64496, range(17, 30), 4, (10, 30)),  # of an office that was merged into another
    ("192.0.2.", 64499, range(142, 188), 12, (6, 35)),
    ("198.51.100.", 64497, range(22, 62), 26, (10, 45)),
    ("198.51.100.", 64497, range(112, 250), 18, (5, 50)),
    ("203.0.113.", 64498, range(3, 90), 26, (8, 40)),
    ("203.0.113.", 64501, range(130, 158), 7, (5, 25)),
    ("203.0.113.", 64511, range(193, 222), 6, (20, 59)),  # it belongs to none here
)
REPORTS = (("scan_rdp", 3389), ("scan_telnet", 23), ("scan_ssl_poodle", 443), ("event4_sinkhole", 0))
V6 = ("2001:db8:2::", "2001:db8:3::", "2001:db8:4::", "2001:db8:ff::")
V6_ASN = {"2001:db8:2::": 64497, "2001:db8:3::": 64498, "2001:db8:4::": 64499, "2001:db8:ff::": 64511}


def drawn(chance: Random) -> Iterator[Trouble]:
    """Problems as they come: some begin before the first night, some outlast the last, some come back."""
    for start, asn, hosts, number, (shortest, longest) in DRAWN:
        for host in sorted(chance.sample(hosts, number)):
            report, port = chance.choice(REPORTS)
            says = {"family": chance.choice(FAMILIES)} if report == "event4_sinkhole" else {}
            yield Trouble(report, f"{start}{host}", asn, port, spells(chance, shortest, longest), says)
    for start in V6:
        for _one in range(3):
            address = f"{start}{chance.randrange(0x10, 0xFFFF):x}"
            says = {"family": chance.choice(FAMILIES)}
            yield Trouble("event6_sinkhole", address, V6_ASN[start], 0, spells(chance, 10, 50), says)


def spells(chance: Random, shortest: int, longest: int) -> tuple[tuple[int, int], ...]:
    first = chance.randrange(-10, NIGHTS - 5)
    last = first + chance.randint(shortest, longest)
    if chance.random() < 0.2 and last + 12 < NIGHTS:
        again = last + chance.randint(9, 14)
        return (first, last), (again, again + chance.randint(3, 15))
    return ((first, last),)


def row_of(problem: Trouble, day: date, chance: Random) -> dict[str, str]:
    at = datetime.combine(day, time(chance.randrange(9), chance.randrange(60), chance.randrange(60)))
    common = {"timestamp": f"{at:%Y-%m-%d %H:%M:%S}", "protocol": "tcp"} | problem.says
    if problem.report.startswith("event"):
        return common | {
            "src_ip": problem.ip,
            "src_port": str(problem.port or chance.randrange(49152, 65000)),
            "src_asn": str(problem.asn),
            "src_geo": "XP",
            "src_region": "TRIAL HARBOUR",
            "src_city": "PUERTO ENSAYO",
            "severity": "critical",
            "dst_ip": "203.0.113.254",
            "dst_port": "80",
            "dst_asn": "64510",
            "dst_geo": "XX",
            "infection": problem.says["family"],
            "tag": "sinkhole",
            "application": "http",
            "event_id": f"{chance.randrange(16**12):012x}",
        }
    severity = {"scan_rdp": "high", "scan_telnet": "medium", "scan_ssl_poodle": "low", "scan_parrot": ""}
    tag = {"scan_rdp": "rdp", "scan_telnet": "telnet", "scan_ssl_poodle": "ssl,vpn"}
    known = {
        "ip": problem.ip,
        "port": str(problem.port),
        "asn": str(problem.asn),
        "geo": "XP",
        "region": "TRIAL HARBOUR",
        "city": "PUERTO ENSAYO",
        "severity": severity.get(problem.report, "critical"),
        "tag": tag.get(problem.report, ""),
        "ssl_poodle": "Y",
        "handshake": "SSLv3",
        "cipher_suite": "TLS_RSA_WITH_AES_128_CBC_SHA",
        "rdp_protocol": "RDP",
        "cert_length": "2048",
        "banner": "\r\nWelcome, please log in\r\nlogin: ",
        "parrot_version": "0.9",
        "parrot_text": "hello, hello",
    }
    if problem.report != "scan_ssl_poodle":
        known.pop("handshake")
    return known | common


def written(report: str, rows: Iterable[dict[str, str]], *, renamed: bool = False) -> str:
    """The rows as the provider writes them; `renamed`: as after a change of columns that nobody announced."""
    names = COLUMNS[report].split()
    header = [n for n in names if n not in {"jarm", "page_sha256fp"}] if renamed else names
    out = io.StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writerow([*header, "tls_grade"] if renamed else header)
    for row in rows:
        line = [row.get(name, "") for name in header]
        writer.writerow([*line, "F"] if renamed else line)
    return out.getvalue()


def broken(text: str, report: str) -> str:
    """The same with rows that no reader can believe, and one that is cut off."""
    lines = text.split("\n")
    good = next(csv.reader([lines[1].replace("\r", "")]))
    names = COLUMNS[report].split()
    address, port, at = (
        ("src_ip", "src_port", "timestamp") if report.startswith("event") else ("ip", "port", "timestamp")
    )
    for column, value in (
        (address, "0.0.0.0"),
        (address, "192.0.2.0/24"),
        (address, "fe80::1%eth0"),
        (address, "198.51.100.007"),
        (port, "99999"),
        (at, "1970-01-01 00:00:00"),
        (at, "2099-11-24 02:00:00"),
    ):
        bad = list(good)
        bad[names.index(column)] = value
        lines.insert(-1, ",".join(f'"{v}"' for v in bad))
    lines.insert(-1, ",".join(f'"{v}"' for v in good[:5]))
    return "\n".join(lines)


def packed(text: str) -> bytes:
    return gzip.compress(text.encode(), mtime=0)


def zipped(name: str, text: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0)), text)
    return out.getvalue()


def put(arrives: date, name: str, body: bytes) -> None:
    place = HOME / arrives.isoformat() / name
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(body)


def nightly(report: str, night: int, problems: list[Trouble], chance: Random) -> str:
    day = FIRST + timedelta(days=night)
    # A sweep misses a machine now and then: once, and it is not fixed for that.
    rows = [
        row_of(t, day, chance) for t in problems if t.report == report and t.stands(night) and chance.random() > 0.04
    ]
    rows += [dict(row) for row in rows if chance.random() < 0.08]  # seen twice
    return written(report, rows, renamed=report == "scan_ssl_poodle" and night >= 45)


def write_night(night: int, problems: list[Trouble], chance: Random) -> None:
    day = FIRST + timedelta(days=night)
    for report, (every, begins) in EVERY.items():
        if night % every != begins % every:
            continue
        text, name = nightly(report, night, problems, chance), f"{day}-{report}-{LABEL}.csv"
        if (report, night) in {("scan_rdp", 27), ("event4_sinkhole", 38)}:
            text = broken(text, report)
        if report == "compromised_website":
            put(day, f"{name}.zip", zipped(name, text))
        elif (report, night) == ("scan_telnet", 21):  # ends too early; the whole one comes the night after
            put(day, f"{name}.gz", packed(text)[:-60])
            put(day + timedelta(days=1), f"{day}-{report}-{LABEL}-again.csv.gz", packed(text))
        elif (report, night) == ("event4_sinkhole", 12):
            put(day, name, ("\ufeff" + text.replace("\n", "\r\n")).encode())
        else:
            put(day, f"{name}.gz", packed(text))
        if (report, night) == ("scan_rdp", 50):  # sent in two files that are about the same machines
            put(day, f"{day}-{report}-{LABEL}-asn.csv.gz", packed(nightly(report, night, problems, chance)))


def main() -> None:
    chance = Random(20261124)
    for folder in HOME.glob("20*"):
        shutil.rmtree(folder)
    problems = [*NAMED, *drawn(chance)]
    for night in range(NIGHTS):
        write_night(night, problems, chance)
    parrots = [Trouble("scan_parrot", f"198.51.100.{host}", 64497, 7007, ((0, 59),)) for host in (150, 151, 152)]
    for night in (52, 56, 59):
        day = FIRST + timedelta(days=night)
        rows = [row_of(t, day, chance) for t in parrots]
        put(day, f"{day}-scan_parrot-{LABEL}.csv.gz", packed(written("scan_parrot", rows)))
    print(f"{sum(1 for p in HOME.rglob('20*/*'))} files")


if __name__ == "__main__":
    main()
