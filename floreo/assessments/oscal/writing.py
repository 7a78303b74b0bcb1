"""The assessment of an organisation as OSCAL assessment results, and its action plan as a plan of action and milestones, in JSON.

The same assessment is the same file: names are made from our keys (UUID version 5), and nothing in it says when it was asked for. No person
is named in it, and no evidence is part of it."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from django.conf import settings
from django.utils.translation import gettext as _

from floreo.assessments.models import PlanLine
from floreo.assessments.oscal import names
from floreo.assessments.presenters import done_on
from floreo.assessments.queries import AssessedItem, Whole
from floreo.core import clock
from floreo.frameworks.models import Version

OSCAL_VERSION = "1.2.1"
_STAMP = (1980, 1, 1, 0, 0, 0)  # of a file within an archive
Json = dict[str, Any]


def assessment_results(whole: Whole) -> Json:
    """The document of one organisation, {"assessment-results": {...}}."""
    return {"assessment-results": _Document(whole).results()}


def action_plan(whole: Whole) -> Json:
    """Its plan, {"plan-of-action-and-milestones": {...}}. Raises ValueError for a plan without lines: OSCAL has none such."""
    if not whole.plan:
        raise ValueError("A plan of action has at least one line.")
    return {"plan-of-action-and-milestones": _Document(whole).plan()}


def as_text(document: Json) -> str:
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def archive(wholes: Sequence[Whole]) -> bytes:
    """A ZIP with the results of each organisation, and its plan where it has one."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as opened:
        for whole in wholes:
            code = whole.participant.organisation.code
            _add(opened, f"{code}-assessment-results.json", as_text(assessment_results(whole)))
            if whole.plan:
                _add(opened, f"{code}-poam.json", as_text(action_plan(whole)))
    return out.getvalue()


def _add(opened: zipfile.ZipFile, path: str, text: str) -> None:
    info = zipfile.ZipInfo(path, _STAMP)
    info.compress_type, info.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
    opened.writestr(info, text)


class _Document:
    """What both documents of one organisation have in common."""

    def __init__(self, whole: Whole) -> None:
        self.whole, self.participant = whole, whole.participant
        self.version: Version = whole.asked.version
        self.space = uuid5(NAMESPACE_URL, settings.SITE_ADDRESS)
        self.tokens = names.tokens_of(item.code for item in whole.asked.rated)
        self.organisation = self.participant.organisation
        assert self.participant.assessment is not None  # made when the campaign opened
        self.key = self.participant.assessment.code

    def uuid(self, kind: str, *parts: object) -> str:
        return str(uuid5(self.space, "\n".join(["oscal", kind, self.key, *map(str, parts)])))

    def party(self, kind: str, name: str) -> str:
        """The same organisation has the same name in every document; a post or a unit, within its organisation."""
        where = [self.organisation.code] if kind == "owner" else []
        return str(uuid5(self.space, "\n".join(["oscal", "party", kind, *where, name])))

    # --- Both ---

    def metadata(self, title: str, *, is_plan: bool) -> Json:
        last = self.whole.changed_at
        roles = [{"id": "assessed-organisation", "title": _("Organisation that was assessed")}]
        own = self.party("organisation", self.organisation.code)
        parties = [_party(own, self.organisation.in_language("name"))]
        responsible = [{"role-id": "assessed-organisation", "party-uuids": [own]}]
        reviewer = self.participant.campaign.reviewer
        if reviewer is not None:
            at = self.party("organisation", reviewer.code)
            roles.append({"id": "reviewer", "title": _("Who reviews")})
            if at != own:
                parties.append(_party(at, reviewer.in_language("name")))
            responsible.append({"role-id": "reviewer", "party-uuids": [at]})
        if is_plan:
            roles.append({"id": "owner", "title": _("Who does it")})
            owners = sorted({_one_line(line.owner) for line in self.whole.plan})
            parties += [_party(self.party("owner", name), name) | {"member-of-organizations": [own]} for name in owners]
        return {
            "title": _one_line(title),
            "last-modified": _moment(last),
            "version": f"{last.astimezone(UTC):%Y%m%dT%H%M%SZ}",
            "oscal-version": OSCAL_VERSION,
            "roles": roles,
            "parties": parties,
            "responsible-parties": responsible,
        }

    def _names(self) -> Json:
        return {
            "organisation": self.organisation.in_language("name"),
            "campaign": self.participant.campaign.in_language("title"),
        }

    def prop(self, name: str, value: str) -> Json:
        return {"name": name, "ns": names.NAMESPACE, "value": value}

    def level(self, name: str, level: Decimal) -> Json:
        """A level as a property, with its word."""
        found = self.prop(name, _number(level))
        word = self.version.word_of(level)
        return found | {"remarks": word} if word else found

    # --- Assessment results ---

    def results(self) -> Json:
        title = _("Assessment of %(organisation)s: %(campaign)s") % self._names()
        campaign, plan = self.participant.campaign, self.uuid("assessment-plan")
        started = campaign.opened_on or campaign.starts_on
        ended = self.participant.accepted_on or self.participant.submitted_on
        result: Json = {
            "uuid": self.uuid("result"),
            "title": _one_line(title),
            "description": _("Against %(framework)s. State: %(state)s.")
            % {"framework": self.version.in_language("title"), "state": self.participant.get_state_display()},
            "start": _day(started),
            **({"end": _day(max(started, ended))} if ended is not None else {}),
            "props": [
                self.prop(names.FRAMEWORK, self.version.code),
                self.prop(names.SCALE, " ".join(map(_number, self.version.scale.values))),
                self.prop(names.STATE, self.participant.state),
            ],
            "reviewed-controls": {"control-selections": [self._selection()]},
        }
        if observations := [each for line in self.whole.lines for each in self._observations(line)]:
            result["observations"] = observations
        if findings := [self._finding(line) for line in self.whole.lines if line.counts is not None]:
            result["findings"] = findings
        return {
            "uuid": self.uuid("assessment-results"),
            "metadata": self.metadata(title, is_plan=False),
            "import-ap": {
                "href": f"#{plan}",
                "remarks": _("The campaign is the plan of this assessment. It is described in the back matter."),
            },
            "results": [result],
            "back-matter": {"resources": [self._campaign(plan)]},
        }

    def _campaign(self, uuid: str) -> Json:
        campaign = self.participant.campaign
        days = {"first": campaign.starts_on.isoformat(), "last": campaign.ends_on.isoformat()}
        return {
            "uuid": uuid,
            "title": _one_line(campaign.in_language("title")),
            "description": _("Campaign of assessments from %(first)s to %(last)s.") % days,
        }

    def _selection(self) -> Json:
        """The items that apply by name; those that do not are named as excluded."""
        found: Json = {"description": self.version.in_language("title")}
        for key, applies in (("include-controls", True), ("exclude-controls", False)):
            rows = [{"control-id": self.tokens[e.item.code]} for e in self.whole.lines if _applies(e) is applies]
            if rows:
                found[key] = rows
        return found

    def _observations(self, line: AssessedItem) -> Iterator[Json]:
        """What the organisation says, where it says it in words or says that the item does not apply; and the reviewer's reason."""
        own = line.own
        if own is not None and (own.text or not own.applies):
            props = [self.prop(names.ITEM, line.item.code)]
            if not own.applies:
                props.append(self.prop(names.APPLIES, names.NO))
            text = own.text or names.NOTHING
            yield self._observation("self", line, text=text, method="INTERVIEW", at=own.written_at, props=props)
        reason = line.answer.in_language("reason") if line.answer is not None else ""
        if reason and line.answer is not None and line.answer.reviewed_on is not None:
            props = [self.prop(names.ITEM, line.item.code), self.prop(names.BY, names.REVIEWER)]
            day = line.answer.reviewed_on
            yield self._observation("review", line, text=reason, method="EXAMINE", at=day, props=props)

    def _observation(
        self, kind: str, line: AssessedItem, *, text: str, method: str, at: datetime | date, props: list[Json]
    ) -> Json:
        found: Json = {
            "uuid": self.uuid("observation", kind, line.item.code),
            "title": _one_line(line.item.named()),
            "description": text,
            "props": props,
            "methods": [method],
            "types": ["control-objective"],
        }
        reviewer = self.participant.campaign.reviewer
        body, role = (
            (reviewer, "reviewer") if kind == "review" else (self.participant.organisation, "assessed-organisation")
        )
        if body is not None:
            actor = {"type": "party", "actor-uuid": self.party("organisation", body.code), "role-id": role}
            found["origins"] = [{"actors": [actor]}]
        return found | {"collected": _moment(at) if isinstance(at, datetime) else _day(at)}

    def _finding(self, line: AssessedItem) -> Json:
        level = line.counts
        assert level is not None
        wanted = line.target if line.target is not None else self.version.scale.highest
        is_met = level >= wanted
        props = [self.prop(names.ITEM, line.item.code), self.level(names.LEVEL, level)]
        if line.own is not None and line.own.level is not None and line.own.level != level:
            props.append(self.level(names.SELF_LEVEL, line.own.level))
        if line.target is not None:
            props.append(self.level(names.TARGET_LEVEL, line.target))
        found: Json = {
            "uuid": self.uuid("finding", line.item.code),
            "title": _one_line(line.item.named()),
            "description": self._finding_text(line, level),
            "props": props,
            "target": {
                "type": "objective-id",
                "target-id": self.tokens[line.item.code],
                "status": {
                    "state": names.SATISFIED if is_met else names.NOT_SATISFIED,
                    "reason": "pass" if is_met else "fail",
                },
            },
        }
        if related := [{"observation-uuid": each["uuid"]} for each in self._observations(line)]:
            found["related-observations"] = related
        return found

    def _finding_text(self, line: AssessedItem, level: Decimal) -> str:
        words = {"level": self.version.word_of(level) or _number(level)}
        if line.target is None:
            return _("Level: %(level)s. No target is set: satisfied is the highest level alone.") % words
        words["target"] = self.version.word_of(line.target) or _number(line.target)
        return _("Level: %(level)s. Target: %(target)s.") % words

    # --- The plan ---

    def plan(self) -> Json:
        title = _("Action plan of %(organisation)s: %(campaign)s") % self._names()
        lines = {line.item.code: line for line in self.whole.lines}
        items = []
        for row in self.whole.plan:
            line = lines.get(row.item.code)
            item: Json = {
                "uuid": self.uuid("poam-item", row.pk),
                "title": _one_line(row.title),
                "description": _one_line(row.item.named()),
                "props": [self.prop(names.ITEM, row.item.code), self.prop(names.STATE, row.state)],
                "related-risks": [{"risk-uuid": self.uuid("risk", row.pk)}],
            }
            if line is not None and line.counts is not None:
                item["related-findings"] = [{"finding-uuid": self.uuid("finding", row.item.code)}]
            items.append(item)
        shown = {row.item.code: lines[row.item.code] for row in self.whole.plan if row.item.code in lines}
        found: Json = {
            "uuid": self.uuid("poam"),
            "metadata": self.metadata(title, is_plan=True),
            "system-id": {"identifier-type": names.NAMESPACE, "id": self.organisation.code},
            "risks": [self._risk(row, lines.get(row.item.code)) for row in self.whole.plan],
        }
        if observations := [each for line in shown.values() for each in self._observations(line)]:
            found["observations"] = observations
        if findings := [self._finding(line) for line in shown.values() if line.counts is not None]:
            found["findings"] = findings
        return found | {"poam-items": items}

    def _risk(self, row: PlanLine, line: AssessedItem | None) -> Json:
        """The gap that a line is about, open as long as the line is not done: also where it was given up."""
        done = done_on(row)
        level = line.counts if line is not None else None
        gap = self._finding_text(line, level) if line is not None and level is not None else ""
        task: Json = {
            "uuid": self.uuid("task", row.pk),
            "type": "milestone",
            "title": _one_line(row.title),
            "timing": {"on-date": {"date": _day(row.due_on)}},
            "responsible-roles": [
                {"role-id": "owner", "party-uuids": [self.party("owner", _one_line(row.owner))]},
            ],
        }
        response: Json = {
            "uuid": self.uuid("response", row.pk),
            "lifecycle": "completed" if done is not None else "planned",
            "title": _one_line(row.title),
            "description": _one_line(row.title),
            "tasks": [task],
        }
        if remarks := _remarks(row, done):
            response["remarks"] = remarks
        return {
            "uuid": self.uuid("risk", row.pk),
            "title": _one_line(row.item.named()),
            "description": gap or _one_line(row.item.named()),
            "statement": _one_line(row.item.named()),
            "status": "closed" if done is not None else "open",
            "deadline": _day(row.due_on),
            "remediations": [response],
        }


def _remarks(row: PlanLine, done: date | None) -> str:
    """When it was done, or why it was given up, and the action of the national plan that does it: the page says the same."""
    found = []
    if done is not None:
        found.append(_("Done on %(day)s") % {"day": done.isoformat()})
    elif row.state == "dropped":
        found.append(_("Given up: %(why)s") % {"why": row.reason})
    if row.action is not None:
        found.append(_("Action of the national plan: %(code)s") % {"code": row.action.code})
    return "\n\n".join(found)


def _party(uuid: str, name: str) -> Json:
    return {"uuid": uuid, "type": "organization", "name": _one_line(name)}


def _applies(line: AssessedItem) -> bool:
    return line.own is None or line.own.applies


def _number(level: Decimal) -> str:
    return f"{level.normalize():f}"


def _one_line(text: str) -> str:
    return " ".join(text.split()) or names.NOTHING


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _day(day: date) -> str:
    """The beginning of a day in the country."""
    return datetime.combine(day, time(), clock.zone()).isoformat().replace("+00:00", "Z")
