"""Rules for these tests: of an invented act that is shaped after Directive (EU) 2022/2555, article 23, and of our own."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from floreo.core.deadlines import Calendar, Rule, rule_of

ACT = {"en": "Example Act", "es": "Ley de ejemplo"}
FROM = date(2026, 1, 1)
BELIZE = ZoneInfo("America/Belize")


def example(code: str, section: str, data: dict[str, object], *, title: str = "", holds_from: date = FROM) -> Rule:
    return rule_of(
        data,
        code=code,
        titles={"en": title or code},
        holds_from=holds_from,
        version=holds_from.isoformat(),
        law=ACT,
        section=section,
        is_example=True,
    )


EARLY_WARNING = example(
    "early-warning",
    "23(4)(a)",
    {
        "origin": {"moment": "aware"},
        "period": {"hours": 24},
        "met_by": {"submission": "early_warning"},
        "when": {"significant": True},
    },
)
NOTIFICATION = example(
    "notification",
    "23(4)(b)",
    {
        "origin": {"moment": "aware"},
        "period": {"hours": 72},
        "met_by": {"submission": "notification"},
        "when": {"significant": True},
    },
)
INTERMEDIATE = example(
    "intermediate",
    "23(4)(c)",
    {
        "origin": {"submission": "request", "which": "each"},
        "period": {"working_days": 3},
        "met_by": {"submission": "intermediate"},
    },
)
FINAL = example(
    "final",
    "23(4)(d)",
    {
        "origin": {"submission": "notification"},
        "period": {"months": 1},
        "met_by": {"submission": "final"},
        "when": {"significant": True},
        "while_ongoing": {"submission": "progress", "every": {"months": 1}, "after": {"months": 1}},
    },
)
REPLY = rule_of(
    {
        "origin": {"submission": "early_warning"},
        "period": {"hours": 24},
        "met_by": {"moment": "replied"},
    },
    code="reply",
    titles={"en": "Our reply"},
    holds_from=FROM,
    is_ours=True,
)
ACT_RULES = (EARLY_WARNING, NOTIFICATION, INTERMEDIATE, FINAL, REPLY)

OFFICE = Calendar(
    zone=BELIZE,
    holidays=frozenset({date(2026, 11, 19), date(2026, 12, 25), date(2026, 12, 26)}),
    hours=dict.fromkeys(range(5), ((time(8), time(12)), (time(13), time(17)))),
    holidays_until=date(2026, 12, 31),
)


def at(text: str, zone: ZoneInfo = BELIZE) -> datetime:
    """ "2026-12-02 14:05", local time."""
    return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)


def end(text: str, zone: ZoneInfo = BELIZE) -> datetime:
    """The last moment of a day."""
    return datetime.combine(date.fromisoformat(text), time.max, tzinfo=zone).astimezone(UTC)
