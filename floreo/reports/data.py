"""What a report says, as plain data: gathered once, frozen with a snapshot, drawn as often as it is asked for.

Texts are kept in every language they were written in ({"": as written, "es": ...}), so one snapshot speaks all of them.
The public form holds what the public may see and nothing else."""

from __future__ import annotations

import hashlib
import json
from datetime import date, timedelta
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder

from floreo.core.figures import Frequency, Period
from floreo.meetings.queries import decisions_asked, meetings_to_come, shown
from floreo.organisations.models import Organisation
from floreo.organisations.queries import the_country
from floreo.reports.facts import Plan, ReportedAction, text
from floreo.reports.figures import figures_of
from floreo.reports.models import Lesson
from floreo.strategy.logic import HIGH, Status, tally
from floreo.strategy.models import Edition, GrantState
from floreo.strategy.models.editions import may_read_internal
from floreo.strategy.money import year_text

FORM = 1  # raised when what is kept changes its shape; older snapshots keep theirs
COMING_DAYS = 120

Data = dict[str, Any]


def code_of(period: Period) -> str:
    """ "2026-q3", "2026", "2026-09", or its two days."""
    match period.frequency:
        case Frequency.YEAR:
            return str(period.start.year)
        case Frequency.QUARTER:
            return f"{period.start.year}-q{(period.start.month + 2) // 3}"
        case Frequency.MONTH:
            return f"{period.start.year}-{period.start.month:02d}"
    return f"{period.start.isoformat()}-{period.end.isoformat()}"


def plain(data: object) -> Any:
    """As JSON will give it back."""
    return json.loads(json.dumps(data, cls=DjangoJSONEncoder))


def canonical(data: object) -> bytes:
    """The one way in which data is written where its bytes count."""
    return json.dumps(data, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def digest_of(*parts: object) -> str:
    return hashlib.sha256(canonical(list(parts))).hexdigest()


def gather(edition: Edition, period: Period, *, viewer: object, day: date, plan: Plan | None = None) -> Data:
    """Everything a report of `period` says, as it was on `day` (the period's last, or today while it runs)."""
    made = _Gathering(edition, period, day, plan or Plan(edition), public=not may_read_internal(viewer), viewer=viewer)
    return dict(plain(made.whole()))


class _Gathering:
    """One form (public or internal) of one report."""

    def __init__(
        self, edition: Edition, period: Period, day: date, plan: Plan, *, public: bool, viewer: object
    ) -> None:
        self.edition, self.period, self.day, self.plan = edition, period, day, plan
        self.public, self.viewer = public, viewer
        before = period.start - timedelta(days=1)
        self.before = None if edition.starts_on and before < edition.starts_on else before
        self.rows = [row for row in plan.rows.values() if row.is_public or not public]
        self.codes = {row.values["pk"]: row.values["code"] for row in self.rows}
        is_whole = (period.start, period.end) == (edition.starts_on, edition.ends_on)  # the closing evaluation
        self.now = {r.values["pk"]: r.status_at_end(day) if is_whole else r.status_on(day) for r in self.rows}
        self.was = {row.values["pk"]: row.status_on(self.before) for row in self.rows} if self.before else {}

    def whole(self) -> Data:
        return {
            "form": FORM,
            **self.frame(),
            "tally": tally(s.status for s in self.now.values()),
            "tally_before": tally(s.status for s in self.was.values()) if self.before else None,
            "before_on": self.before,
            "pillars": self.pillars(),
            "actions": [self.action(row) for row in self.rows],
            "moved": self.moved(),
            "updates": self.updates(),
            "risks": self.risks(),
            "money": self.money(),
            "figures": figures_of(self.edition, self.period, self.day, public=self.public),
            "decisions": self.decisions(),
            "coming": self.coming(),
            "lessons": self.lessons(),
            "unconfirmed": sum(not row.values["confirmed"] for row in self.rows),
        }

    # -- the frame -------------------------------------------------------------------------------------------------------

    def frame(self) -> Data:
        edition, country = self.edition, the_country()
        return {
            "edition": {
                "code": edition.code,
                "title": text(edition.title, edition.translations, "title"),
                "objective": text(edition.objective, edition.translations, "objective"),
                "starts_on": edition.starts_on,
                "ends_on": edition.ends_on,
                "state": edition.state,
                "launched_on": edition.launched_on,
                "closing_report_on": edition.closing_report_on,
            },
            "country": {
                "name": text(country.name, country.translations, "name") if country else {},
                "currency": country.currency if country else "",
                "is_sample": bool(country and country.is_sample),
            },
            "period": {
                "code": code_of(self.period),
                "starts_on": self.period.start,
                "ends_on": self.period.end,
                "as_of": self.day,
            },
            "is_public": self.public,
        }

    def pillars(self) -> list[Data]:
        statuses: dict[int, list[Status]] = {pillar.pk: [] for pillar in self.plan.pillars}
        for row in self.rows:
            statuses[row.values["objective__pillar_id"]].append(self.now[row.values["pk"]].status)
        return [
            {"code": p.code, "title": text(p.title, p.translations, "title"), "tally": tally(statuses[p.pk])}
            for p in self.plan.pillars
            if not p.is_implied
        ]

    # -- actions ---------------------------------------------------------------------------------------------------------

    def action(self, row: ReportedAction) -> Data:
        values, result = row.values, self.now[row.values["pk"]]
        was = self.was.get(values["pk"])
        return {
            "code": values["code"],
            "title": text(values["title"], values["translations"], "title"),
            "pillar": self.pillar_code(values["objective__pillar_id"]),
            "leads": [n for n in (self.name(pk) for pk in row.led_by(self.day)) if n],
            "status": result.status,
            "rule": result.rule,
            "since": result.since,
            "was": was.status if was else None,
            "starts": values["starts_on"],
            "due": values["due_on"],
            "expected": values["expected_on"],
            "closed": values["closed_on"] if values["closed_on"] and values["closed_on"] <= self.day else None,
            "reason": self.reason(values, result.status),
            "missed": self.missed(row),
            "is_public": values["is_public"],
            "confirmed": values["confirmed"],
            "carried_to": self.carried_to(values["pk"]),
            "is_carried": values["carried_from_id"] is not None,
        }

    def carried_to(self, pk: int) -> str | None:
        """The edition that carries it on; the public sees it once that is public."""
        code, is_public = self.plan.carried_to.get(pk, (None, False))
        return code if is_public or not self.public else None

    def pillar_code(self, pk: int) -> str:
        return next((p.code for p in self.plan.pillars if p.pk == pk), "")

    def reason(self, values: Data, status: Status) -> dict[str, str]:
        """Why it is late or stalled, in its lead's own public words."""
        if values["override"] and status == values["override"]:
            return text(values["override_reason"], values["translations"], "override_reason")
        if status is Status.STALLED:
            return text(values["on_hold_reason"], values["translations"], "on_hold_reason")
        if status is Status.LATE:
            return text(values["late_reason"], values["translations"], "late_reason")
        return {}

    def missed(self, row: ReportedAction) -> list[Data]:
        """Milestones past their day on the day of the report."""
        return [
            {"title": text(m["title"], m["translations"], "title"), "due": m["due_on"], "expected": m["expected_on"]}
            for m in row.milestones
            if m["due_on"] and m["due_on"] < self.day and not (m["reached_on"] and m["reached_on"] <= self.day)
        ]

    def body(self, pk: int | None) -> Organisation | None:
        body = self.plan.body(pk)
        return body if body is not None and (body.is_public or not self.public) else None

    def name(self, pk: int | None) -> dict[str, str]:
        body = self.body(pk)
        if body is None:
            return {}
        if body.short_name:
            return text(body.short_name, body.translations, "short_name")
        return text(body.name, body.translations, "name")

    # -- what happened ---------------------------------------------------------------------------------------------------

    def within(self, day: date | None) -> bool:
        return day is not None and self.period.start <= day <= self.day

    def moved(self) -> Data:
        reached = [
            {
                "action": row.values["code"],
                "title": text(m["title"], m["translations"], "title"),
                "on": m["reached_on"],
                "due": m["due_on"],
            }
            for row in self.rows
            for m in row.milestones
            if self.within(m["reached_on"])
        ]
        closed = [
            {"action": row.values["code"], "on": row.values["closed_on"], "due": row.values["due_on"]}
            for row in self.rows
            if self.within(row.values["closed_on"])
        ]
        events = [
            {
                "title": text(e.title, e.translations, "title"),
                "on": e.on,
                "ends_on": e.ends_on,
                "precision": e.precision,
                "kind": e.kind,
                "confirmed": e.confirmed,
            }
            for e in self.plan.events
            if self.within(e.on) and (e.is_public or not self.public)
        ]
        key = lambda thing: (thing["on"], str(thing.get("action", "")))  # noqa: E731 -- one order for the three lists
        return {
            "milestones": sorted(reached, key=key),
            "closed": sorted(closed, key=key),
            "events": sorted(events, key=key),
        }

    def is_about(self, update: Data) -> bool:
        """An answer is about the period that its review asked about, though it is given when that is over; anything else,
        of the day on which it was said."""
        about = update["about"]
        if about is None:
            return self.within(update["on"])
        first, last = about
        return bool(self.period.start <= first and last <= self.period.end)

    def updates(self) -> list[Data]:
        """What leads said of the period, the oldest first; empty words and "nothing changed" are counted, not repeated."""
        found = []
        for update in self.plan.updates:
            code = self.codes.get(update["action_id"])
            if code is None or not self.is_about(update) or (self.public and not update["is_public"]):
                continue
            found.append(
                {
                    "action": code,
                    "on": update["on"],
                    "nothing_changed": update["nothing_changed"],
                    **{n: text(update[n], update["translations"], n) for n in ("done", "next", "risks")},
                }
            )
        return found

    def risks(self) -> list[Data]:
        """Risks open on the day, the highest first."""
        found = [
            {
                "action": self.codes[r["action_id"]],
                "title": text(r["title"], r["translations"], "title"),
                "response": text(r["response"], r["translations"], "response"),
                "likelihood": r["likelihood"],
                "impact": r["impact"],
                "score": r["likelihood"] * r["impact"],
                "is_high": r["likelihood"] * r["impact"] >= HIGH,
                "noted_on": r["noted_on"],
                "is_public": r["is_public"],
            }
            for r in self.plan.risks
            if r["action_id"] in self.codes
            and r["noted_on"] <= self.day
            and not (r["closed_on"] and r["closed_on"] <= self.day)
            and (r["is_public"] or not self.public)
        ]
        return sorted(found, key=lambda r: (-r["score"], r["noted_on"], r["action"]))

    def decisions(self) -> list[Data]:
        """What is asked of somebody outside, and not answered yet."""
        return [
            {
                "number": each.decision.number,
                "to": text(each.decision.addressed_to, each.decision.translations, "addressed_to"),
                "title": text(each.decision.title, each.decision.translations, "title"),
                "text": text(each.decision.text, each.decision.translations, "text"),
                "action": each.act.code if each.act and each.act.pk in self.codes else "",
                "asked_on": each.decision.asked_on,
                "due_on": each.decision.due_on,
            }
            for each in shown(decisions_asked(self.edition, self.viewer))
        ]

    def coming(self) -> list[Data]:
        """Meetings and milestones of the next months, the nearest first."""
        last = self.day + timedelta(days=COMING_DAYS)
        found: list[Data] = [
            {
                "on": m["due_on"],
                "kind": "milestone",
                "title": text(m["title"], m["translations"], "title"),
                "action": row.values["code"],
            }
            for row in self.rows
            for m in row.milestones
            if m["due_on"] and self.day <= m["due_on"] <= last and not m["reached_on"]
        ]
        found += [
            {
                "on": m.on,
                "kind": "meeting",
                "title": text(m.committee.name, m.committee.translations, "name"),
                "action": "",
            }
            for m in meetings_to_come(self.edition, self.viewer)
            if m.on >= self.day
        ]
        return sorted(found, key=lambda c: (c["on"], c["kind"], c["action"]))

    def lessons(self) -> list[Data]:
        lessons = Lesson.objects.filter(edition=self.edition)
        return [
            {"title": text(one.title, one.translations, "title"), "text": text(one.text, one.translations, "text")}
            for one in (lessons.filter(is_public=True) if self.public else lessons)
        ]

    # -- money -----------------------------------------------------------------------------------------------------------

    def money(self) -> Data:
        """Budget lines, each counted once, at its action; a funder that is not public is no name."""
        country = the_country()
        starts = country.fiscal_year_starts if country else 1
        lines, funders = [], {}
        for line in self.plan.money:
            if line["action_id"] not in self.codes:
                continue
            body = self.body(line["funder_id"])
            if body is not None:
                funders[body.code] = text(body.name, body.translations, "name")
            values = self.plan.rows[line["action_id"]].values
            lines.append(
                {
                    "action": values["code"],
                    "pillar": self.pillar_code(values["objective__pillar_id"]),
                    "funder": body.code if body else "",
                    "year": line["year"],
                    "year_text": year_text(line["year"], starts),
                    "currency": line["currency"],
                    "planned": str(line["planned"]),
                    "committed": str(line["committed"]),
                    "spent": str(line["spent"]),
                    "confirmed": line["confirmed"],
                    "grant": self.grant(line),
                }
            )
        return {"lines": lines, "funders": funders}

    def grant(self, line: Data) -> str:
        """The agreement that pays; the public sees one that is signed, with a funder they may know of."""
        is_known = line["grant_state"] != GrantState.PROPOSED and self.body(line["grant_of"]) is not None
        return str(line["grant"]) if is_known or not self.public else ""
