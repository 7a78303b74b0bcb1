"""Writes the sample country's cases and reports that are not entered in full (packs/isla-prueba/incident_cases.csv and
incident_reports.csv), always the same bytes.

    python tools/sample_incidents.py

Of each quarter there are as many reports, and as many of them decided within 24 hours, as its published value says; what
incidents.toml has in full is counted among them."""

from __future__ import annotations

import csv
import io
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from random import Random
from zlib import crc32

HOME = Path(__file__).resolve().parents[1] / "packs" / "isla-prueba"
ZONE = timezone(timedelta(hours=-6))
LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
A_DAY = timedelta(hours=24)
PUBLIC, GOVERNMENT, OTHERS = "public", "government", "others"
_GOVERNMENT = {"ministry", "agency", "regulator", "police", "justice", "csirt"}

Counts = Mapping[str, tuple[int, int]]  # group -> (in time, received)


@dataclass(frozen=True)
class Quarter:
    """What a quarter's published value counts, and what it leaves out."""

    first: datetime
    last: datetime
    counts: Counts
    duplicates: int


def _at(year: int, month: int, day: int) -> datetime:
    return datetime(year, month, day, tzinfo=ZONE)


QUARTERS = (
    Quarter(_at(2024, 10, 1), _at(2025, 1, 1), {PUBLIC: (11, 21), GOVERNMENT: (7, 12), OTHERS: (3, 6)}, 2),
    Quarter(_at(2025, 1, 1), _at(2025, 4, 1), {PUBLIC: (12, 22), GOVERNMENT: (8, 12), OTHERS: (4, 7)}, 2),
    Quarter(_at(2025, 4, 1), _at(2025, 7, 1), {PUBLIC: (15, 24), GOVERNMENT: (10, 14), OTHERS: (5, 8)}, 3),
    Quarter(_at(2025, 7, 1), _at(2025, 10, 1), {PUBLIC: (14, 23), GOVERNMENT: (9, 13), OTHERS: (5, 8)}, 3),
    Quarter(_at(2025, 10, 1), _at(2026, 1, 1), {PUBLIC: (18, 27), GOVERNMENT: (12, 16), OTHERS: (6, 9)}, 4),
    Quarter(_at(2026, 1, 1), _at(2026, 4, 1), {PUBLIC: (16, 25), GOVERNMENT: (11, 15), OTHERS: (6, 9)}, 3),
    Quarter(_at(2026, 4, 1), _at(2026, 7, 1), {PUBLIC: (20, 26), GOVERNMENT: (14, 17), OTHERS: (7, 10)}, 4),
    Quarter(_at(2026, 7, 1), _at(2026, 10, 1), {PUBLIC: (22, 28), GOVERNMENT: (16, 19), OTHERS: (9, 11)}, 6),
    Quarter(_at(2026, 10, 1), _at(2026, 11, 20), {PUBLIC: (16, 20), GOVERNMENT: (9, 10), OTHERS: (6, 8)}, 3),
)

# Title, class and type, severity, sector, who is affected, playbook.
Told = tuple[str, str, str, str, str, str]
STORIES: tuple[Told, ...] = (
    ("False page of the Tax Office", "fraud/phishing", "medium", "public", "finance", "phishing"),
    (
        "Mail account of a school director taken over",
        "intrusions/unprivileged-account-compromise",
        "medium",
        "education",
        "education",
        "account-takeover",
    ),
    (
        "Website of the University altered",
        "information-content-security/unauthorised-information-modification",
        "medium",
        "education",
        "university",
        "defacement",
    ),
    ("Deposit for a car that does not exist", "fraud/masquerade", "low", "people", "", "fraud"),
    ("Ransomware in an accountant’s office", "malicious-code/infected-system", "high", "trade", "", "ransomware"),
    (
        "Guessed passwords at the remote access of the Water Board",
        "intrusion-attempts/brute-force",
        "low",
        "water",
        "water-board",
        "",
    ),
    ("Threats in a chat group", "abusive-content/harmful-speech", "medium", "people", "", "online-harassment"),
    (
        "Infected computers in the Ministry of Education",
        "malicious-code/infected-system",
        "medium",
        "public",
        "education",
        "",
    ),
    ("Flood of traffic against a betting site", "availability/ddos", "low", "trade", "coral-broadband", "ddos"),
    ("Supplier’s invoice with another account", "fraud/masquerade", "high", "public", "finance", "fraud"),
    ("Customer list on a public folder", "information-content-security/data-leak", "high", "tourism", "", "data-leak"),
    ("False messages from the postal service", "fraud/phishing", "low", "people", "", "phishing"),
    ("Telephone lines of the clinic out of order", "availability/outage", "high", "health", "", "outage"),
    (
        "Stolen laptop of a census worker",
        "information-content-security/data-loss",
        "high",
        "public",
        "digital-affairs",
        "data-leak",
    ),
    ("Web shop with a changed payment page", "intrusions/application-compromise", "high", "trade", "", "defacement"),
    (
        "Mining program on a server of the University",
        "fraud/unauthorised-use-of-resources",
        "low",
        "education",
        "university",
        "",
    ),
    ("Open database of a ferry company", "vulnerable/information-disclosure", "medium", "transport", "", "data-leak"),
    ("Scan of the government network", "information-gathering/scanner", "low", "public", "national-csirt", ""),
    ("Private pictures published", "abusive-content/harmful-speech", "high", "people", "", "online-harassment"),
    ("Card reader at a bank machine", "fraud", "medium", "finance", "island-bank", "fraud"),
)
SUBJECTS: Mapping[str, tuple[str, ...]] = {
    "money": (
        "Paid for something that never came",
        "Money left my account",
        "Me pidieron un depósito y desaparecieron",
        "Invoice with a new account number",
    ),
    "message": (
        "Message with a strange link",
        "Llamada de alguien que dice ser del banco",
        "Mail that asks for my password",
        "Mensaje sobre un paquete que no pedí",
    ),
    "account": ("I cannot get into my account", "Alguien escribe desde mi cuenta", "Somebody reads our mail"),
    "locked": ("Files do not open any more", "Computer shows a warning and a telephone number"),
    "data": ("Documents of our office on the internet", "Mis datos aparecen en una página"),
    "down": ("Website does not open", "La página muestra otra cosa", "Internet of the whole office is gone"),
    "harm": ("Threats by messages", "Perfil falso con mi foto"),
    "weakness": ("Open service on an address of ours", "Password in a public file"),
    "other": ("Question about a program", "No sé si esto es un ataque"),
}
KIND_OF = {
    "fraud": "money",
    "intrusions": "account",
    "malicious-code": "locked",
    "availability": "down",
    "information-content-security": "data",
    "abusive-content": "harm",
    "vulnerable": "weakness",
    "information-gathering": "weakness",
    "intrusion-attempts": "weakness",
}
ENDED = {
    "closed": (
        "Affected systems cleaned, passwords changed.",
        "Page taken down, people warned.",
        "Passed to the police with what they need.",
        "Stopped by the provider.",
    )
}
LESSONS = (
    "Second factor for every mailbox.",
    "The contact in the register was out of date.",
    "",
    "Backups had never been tried.",
    "",
    "Report came a week late: people did not know the number.",
)
PASSED = ("National Police", "Consumer desk of the Utilities Commission", "Data Protection Office")
REJECTED = (
    "Not an incident: advertisement.",
    "Nothing to act on; the reporter was answered.",
    "About another country.",
)
DISTRICTS = ("XP-PE", "XP-PE", "XP-PE", "XP-CC", "XP-CC", "XP-GV", "XP-NP", "XP-SR", "XP-FC")
OF_CASE = [
    "reference",
    "title",
    "rsit",
    "severity",
    "state",
    "sector",
    "place",
    "is_cross_border",
    "channel",
    "affected",
    "playbook",
    "received_at",
    "acknowledged_at",
    "triaged_at",
    "contained_at",
    "handled_at",
    "closed_at",
    "close_reason",
    "lessons",
]
OF_REPORT = [
    "reference",
    "channel",
    "received_at",
    "acknowledged_at",
    "decided_at",
    "kind",
    "state",
    "subject",
    "case",
    "duplicate_of",
    "organisation",
    "place",
    "reason",
    "reporter_mail",
]

Row = dict[str, str]


class Sample:
    """What has been drawn so far."""

    def __init__(self) -> None:
        self.draw = Random(20261124)
        self.told = tomllib.loads((HOME / "incidents.toml").read_text("utf-8"))
        register = tomllib.loads((HOME / "organisations.toml").read_text("utf-8"))
        self.kinds = {each["code"]: each["kind"] for each in register["organisation"]}
        self.drawn_from = list(self.kinds)[:28]  # those that were in the register when the sample was first drawn
        self.taken = {each["reference"] for each in self.told["report"]}
        self.cases: list[Row] = []
        self.reports: list[Row] = []

    def group(self, organisation: str) -> str:
        if not organisation:
            return PUBLIC
        return GOVERNMENT if self.kinds[organisation] in _GOVERNMENT else OTHERS

    def reference(self, year: int) -> str:
        while (found := f"REP-{year}-" + "".join(self.draw.choices(LETTERS, k=6))) in self.taken:
            pass
        self.taken.add(found)
        return found

    def moment(self, first: datetime, last: datetime) -> datetime:
        """Between both, by day rather than by night."""
        days = max(1, (last - first).days)
        at = first + timedelta(days=self.draw.randrange(days))
        return at.replace(
            hour=self.draw.choice((7, 8, 9, 10, 11, 13, 14, 15, 16, 17, 18, 20)), minute=self.draw.randrange(60)
        )

    def decided(self, received: datetime, *, in_time: bool) -> datetime:
        minutes = self.draw.randrange(8, 1300) if in_time else self.draw.randrange(1470, 6000)
        return received + timedelta(minutes=minutes)

    # --- Cases ----------------------------------------------------------------------------------------------------

    def draw_cases(self) -> None:
        """The numbers between those that are entered in full, each received between its neighbours."""
        known = {each["reference"]: each["received_at"] for each in self.told["case"]}
        stories = self._stories()
        for year, last, begins, ends in (
            (2024, 5, _at(2024, 10, 3), _at(2024, 12, 29)),
            (2025, 24, _at(2025, 1, 8), _at(2025, 12, 20)),
            (2026, 31, _at(2026, 1, 6), _at(2026, 11, 20)),
        ):
            fixed = {number: known.get(f"INC-{year}-{number:04d}") for number in range(1, last + 1)}
            for number in (n for n, at in fixed.items() if at is None):
                before = max(((n, at) for n, at in fixed.items() if n < number and at), default=(0, begins))
                after = min(((n, at) for n, at in fixed.items() if n > number and at), default=(last + 1, ends))
                share = (number - before[0]) / (after[0] - before[0])
                at = (before[1] + (after[1] - before[1]) * share).replace(second=0, microsecond=0)
                fixed[number] = at = at.astimezone(ZONE).replace(hour=self.draw.choice((8, 9, 11, 14, 16)))
                self.cases.append(self._case(f"INC-{year}-{number:04d}", at, next(stories)))

    def _stories(self) -> Iterator[Told]:
        while True:
            yield from self.draw.sample(STORIES, len(STORIES))

    def _case(self, reference: str, received: datetime, story: Told) -> Row:
        title, rsit, severity, sector, affected, playbook = story
        triaged = self.decided(received, in_time=self.draw.random() < 0.85)
        contained = triaged + timedelta(hours=self.draw.randrange(2, 90))
        handled = contained + timedelta(hours=self.draw.randrange(8, 400))
        closed = handled + timedelta(hours=self.draw.randrange(20, 300))
        state = {"INC-2026-0012": "resolved", "INC-2026-0023": "open", "INC-2026-0025": "contained"}.get(
            reference, "closed"
        )
        row = {
            "reference": reference,
            "title": title,
            "rsit": rsit,
            "severity": severity,
            "state": state,
            "sector": sector,
            "place": self.draw.choice(DISTRICTS),
            "is_cross_border": self.draw.choice(("yes", "no", "no", "")),
            "channel": "import"
            if received.year == 2024
            else self.draw.choice(("form", "phone", "mail", "phone", "api")),
            "affected": affected,
            "playbook": playbook,
            "received_at": _text(received),
            "acknowledged_at": _text(received + (triaged - received) * 0.7),
            "triaged_at": _text(triaged),
        }
        if state != "open":
            row["contained_at"] = _text(contained)
        if state in {"resolved", "closed"}:
            row["handled_at"] = _text(handled)
        if state == "closed":
            row |= {
                "closed_at": _text(closed),
                "close_reason": self.draw.choice(ENDED["closed"]),
                "lessons": self.draw.choice(LESSONS),
            }
        return row

    # --- Reports --------------------------------------------------------------------------------------------------

    def draw_reports(self, quarter: Quarter) -> None:
        """As many of each group, in time and late, as the quarter counts beyond those that are entered in full."""
        left: Counter[tuple[str, bool]] = Counter()
        for group, (in_time, received) in quarter.counts.items():
            left[group, True], left[group, False] = in_time, received - in_time
        for each in self._told_in(quarter):
            left[each] -= 1
        cases = [
            row for row in self.cases if quarter.first <= datetime.fromisoformat(row["received_at"]) < quarter.last
        ]
        for case in cases:
            left[self._first_of(case)] -= 1
        if min(left.values()) < 0:
            raise SystemExit(f"The quarter from {quarter.first:%Y-%m-%d} has more than it counts: {dict(left)}")
        for (group, in_time), count in left.items():
            for _number in range(count):
                self._report(quarter, group, cases, in_time=in_time)
        for _number in range(quarter.duplicates):
            self._duplicate(quarter)

    def _told_in(self, quarter: Quarter) -> Iterator[tuple[str, bool]]:
        for each in self.told["report"]:
            decided = each.get("decided_at")
            night = each["received_at"] >= _at(2026, 11, 23).replace(hour=23)  # their 24 hours are not over
            last = _at(2026, 12, 1) if quarter is QUARTERS[-1] else quarter.last
            if quarter.first <= each["received_at"] < last and not each.get("is_exercise") and (decided or not night):
                yield self.group(each.get("organisation", "")), bool(decided and decided - each["received_at"] <= A_DAY)

    def _first_of(self, case: Row) -> tuple[str, bool]:
        received, decided = (datetime.fromisoformat(case[name]) for name in ("received_at", "triaged_at"))
        kind = KIND_OF[case["rsit"].partition("/")[0]]
        self._add(
            received,
            decided,
            kind,
            case["channel"],
            "accepted",
            case=case["reference"],
            organisation=case["affected"],
            place=case["place"],
            subject=case["title"],
        )
        return self.group(case["affected"]), decided - received <= A_DAY

    def _add(self, received: datetime, decided: datetime, kind: str, channel: str, state: str, **more: str) -> None:
        row = {
            "reference": self.reference(received.year),
            "channel": channel,
            "received_at": _text(received),
            "decided_at": _text(decided),
            "kind": kind,
            "state": state,
        }
        self.reports.append(row | _answer(row | more, received, decided) | more)

    def _report(self, quarter: Quarter, group: str, cases: list[Row], *, in_time: bool) -> None:
        received = self.moment(quarter.first, quarter.last)
        kind = self.draw.choice(
            ("money", "money", "message", "message", "account", "down", "harm", "weakness", "other")
        )
        state = self.draw.choice(("accepted", "accepted", "rejected", "rejected", "passed", "withdrawn"))
        fitting = [c for c in cases if self.group(c["affected"]) == group and c["received_at"] < _text(received)]
        if state == "accepted" and not fitting:
            state = "rejected"
        more: Row = {"subject": self.draw.choice(SUBJECTS[kind]), "place": self.draw.choice(DISTRICTS)}
        if state == "accepted":
            case = self.draw.choice(fitting)
            more |= {"case": case["reference"], "place": case["place"]}
            kind = KIND_OF[case["rsit"].partition("/")[0]]
            more["subject"] = self.draw.choice(SUBJECTS[kind])
        if state in {"passed", "rejected"}:
            more["reason"] = self.draw.choice(PASSED if state == "passed" else REJECTED)
        if group != PUBLIC:
            more["organisation"] = self.draw.choice([code for code in self.drawn_from if self.group(code) == group])
        self._add(received, self.decided(received, in_time=in_time), kind, self._channel(received), state, **more)

    def _channel(self, received: datetime) -> str:
        ways = ("form",) * 7 + ("phone",) * 6 + ("mail",) * 5 + ("xarf", "api", "feed", "paper")
        return self.draw.choice(("import",) * 3 + ("phone",) if received.year == 2024 else ways)

    def _duplicate(self, quarter: Quarter) -> None:
        before = self.draw.choice(
            [r for r in self.reports if quarter.first <= _of(r) < quarter.last and r["state"] != "duplicate"]
        )
        received = min(_of(before) + timedelta(hours=self.draw.randrange(1, 30)), quarter.last - timedelta(hours=1))
        self._add(
            received,
            received + timedelta(hours=2),
            before["kind"],
            before["channel"],
            "duplicate",
            duplicate_of=before["reference"],
            subject=before.get("subject", ""),
        )


def _answer(report: Row, received: datetime, decided: datetime) -> Row:
    """Two of three who use a form, the telephone or mail leave an address; of those, one of fifteen was never answered. Drawn from
    the reference, so that nothing else is drawn again."""
    reference, said = report["reference"], "answered" in report.get("reason", "")
    number = crc32(reference.encode())
    if report["channel"] not in {"form", "phone", "mail"} or number % 3 == 0:
        return {}
    row = {"reporter_mail": f"{reference.lower()}@people.example"}
    if said or number % 15 != 1:
        row["acknowledged_at"] = _text(received + (decided - received) * (0.1 + number % 80 / 100))
    return row


def _text(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%MZ")


def _of(row: Row) -> datetime:
    return datetime.fromisoformat(row["received_at"])


def _written(rows: Iterable[Row], columns: list[str]) -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, columns, lineterminator="\n", restval="")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def drawn() -> dict[str, str]:
    """Name of each file, and what it holds."""
    sample = Sample()
    sample.draw_cases()
    for quarter in QUARTERS:
        sample.draw_reports(quarter)
    sample.cases.sort(key=lambda row: row["reference"])
    sample.reports.sort(key=lambda row: (row["received_at"], row["reference"]))
    return {
        "incident_cases.csv": _written(sample.cases, OF_CASE),
        "incident_reports.csv": _written(sample.reports, OF_REPORT),
    }


if __name__ == "__main__":
    for name, text in drawn().items():
        (HOME / name).write_text(text, encoding="utf-8")
