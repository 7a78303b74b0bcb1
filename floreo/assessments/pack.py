"""The shapes of assessments.toml, assessment_answers.csv and the standard in it, and how their rows become objects."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Annotated, Any, ClassVar, Self

from django.db import models
from pydantic import Field, model_validator

from floreo.assessments.actions.standards import first_levels
from floreo.assessments.models import (
    AssessmentCampaign,
    CampaignState,
    LineState,
    Participant,
    ParticipantState,
    PlanLine,
    Respondent,
    SelfRating,
    Standard,
    StandardItem,
    StandardState,
    StandardVersion,
    TargetLevel,
)
from floreo.core import languages
from floreo.core.pack import Code, Day, Number, PackEntry, Setting, Shape, Strict, TranslatedShape, one_of
from floreo.core.sectors import Sector
from floreo.frameworks.models import Relation
from floreo.frameworks.pack import AnswerShape, AssessmentShape


class RespondentShape(Shape):
    """[[campaign.organisation.respondent]]: who answered, by a link that opens nothing here."""

    word: ClassVar[str] = "respondent"
    makes: ClassVar[type[models.Model]] = Respondent
    owner: ClassVar[str] = "participant"
    lookup: ClassVar[tuple[str, ...]] = ("participant", "mail")

    name: str
    mail: str
    language: str = Field(default_factory=languages.first)
    sent_on: Day | None = None
    ended_on: Day | None = None
    ended_reason: str = ""

    def identity(self) -> str:
        return self.mail


class PlanLineShape(Shape):
    """[[campaign.organisation.line]]: what is done about a gap. `action`: code of an action of the plan, with its edition."""

    word: ClassVar[str] = "plan_line"
    makes: ClassVar[type[models.Model]] = PlanLine
    owner: ClassVar[str] = "participant"
    lookup: ClassVar[tuple[str, ...]] = ("participant", "item", "title")

    item: str
    title: str
    who: str
    due_on: Day
    state: Annotated[str, one_of(LineState)] = "open"
    ended_on: Day | None = None
    reason: str = ""
    action: str = ""

    @model_validator(mode="after")
    def _ended(self) -> Self:
        if (self.state == LineState.OPEN) != (self.ended_on is None):
            raise ValueError("a line that has ended has ended_on, and one that is open has not")
        return self

    def identity(self) -> str:
        return f"{self.item} {self.title}"

    def fields(self, setting: Setting) -> dict[str, Any]:
        return super().fields(setting) | {"owner": self.who}

    def refs(self, setting: Setting) -> dict[str, str]:
        return super().refs(setting) | {"item": f"{setting.measure}/{self.item}"}


class CampaignAssessmentShape(AssessmentShape):
    """What the answers of an organisation hang on: made from the organisation in its campaign, never written in a file."""

    in_campaign: bool = True
    reviewer: str = ""


class ParticipantShape(Shape):
    """[[campaign.organisation]]: an organisation that is asked. `assessment` is the code of its answers, once the campaign is open, and
    `before` that of the assessment before."""

    word: ClassVar[str] = "assessed_organisation"
    makes: ClassVar[type[models.Model]] = Participant
    owner: ClassVar[str] = "campaign"
    nested: ClassVar[tuple[str, ...]] = ("respondent", "line")
    lookup: ClassVar[tuple[str, ...]] = ("campaign", "organisation")

    organisation: str
    sector: Annotated[str, one_of(Sector)]
    assessment: str = ""
    before: str = ""
    state: Annotated[str, one_of(ParticipantState)] = "asked"
    answered: int = 0
    submitted_on: Day | None = None
    submitted_by: str = ""
    return_note: str = ""
    accepted_on: Day | None = None
    accepted_by: str = ""
    results: dict[str, str] = Field(default_factory=dict)
    self_results: dict[str, str] = Field(default_factory=dict)
    respondent: list[RespondentShape] = Field(default_factory=list)
    line: list[PlanLineShape] = Field(default_factory=list)

    @model_validator(mode="after")
    def _accepted(self) -> Self:
        if (self.state == ParticipantState.ACCEPTED) != (self.accepted_on is not None):
            raise ValueError("state = “accepted” and accepted_on go together")
        return self

    def identity(self) -> str:
        return self.organisation

    def fields(self, setting: Setting) -> dict[str, Any]:
        named = {"whole": ""}  # a bare key of TOML is never empty
        return super().fields(setting) | {
            name: {named.get(code, code): value for code, value in getattr(self, name).items()}
            for name in ("results", "self_results")
        }


class TargetShape(Shape):
    """[[campaign.target]]: a level to be reached, of an item or of all below a branch; of one organisation, where it names one."""

    word: ClassVar[str] = "target_level"
    makes: ClassVar[type[models.Model]] = TargetLevel
    owner: ClassVar[str] = "campaign"
    lookup: ClassVar[tuple[str, ...]] = ("campaign", "participant", "item")

    item: str
    level: Number
    organisation: str = ""

    def identity(self) -> str:
        return f"{self.item} {self.organisation}".strip()

    def refs(self, setting: Setting) -> dict[str, str]:
        only = f"{setting.holder}/{self.organisation}" if self.organisation else ""
        return super().refs(setting) | {"item": f"{setting.measure}/{self.item}", "participant": only}


class CampaignShape(TranslatedShape):
    """[[campaign]] in assessments.toml."""

    word: ClassVar[str] = "assessment_campaign"
    makes: ClassVar[type[models.Model]] = AssessmentCampaign
    nested: ClassVar[tuple[str, ...]] = ("organisation", "target")
    lookup: ClassVar[tuple[str, ...]] = ("code",)

    code: Code
    title: str
    framework: str  # code of its version
    reviewer: str = ""
    starts_on: Day
    ends_on: Day
    words: str = ""
    state: Annotated[str, one_of(CampaignState)] = "draft"
    opened_on: Day | None = None
    opened_by: str = ""
    closed_on: Day | None = None
    organisation: list[ParticipantShape] = Field(default_factory=list)
    target: list[TargetShape] = Field(default_factory=list)

    @model_validator(mode="after")
    def _days(self) -> Self:
        if (self.state != CampaignState.DRAFT) != (self.opened_on is not None):
            raise ValueError("opened_on says since when it is open or closed, and a draft has none")
        if (self.state == CampaignState.CLOSED) != (self.closed_on is not None):
            raise ValueError("state = “closed” and closed_on go together")
        return self

    def refs(self, setting: Setting) -> dict[str, str]:
        return super().refs(setting) | {"in_version": self.framework}

    def children(self, inner: Setting) -> Any:
        yield from super().children(replace(inner, measure=self.framework))
        for each in self.organisation:
            if each.assessment and self.opened_on is not None:
                yield self._assessment(each, self.opened_on), replace(inner, holder="", path="")

    def _assessment(self, each: ParticipantShape, opened_on: date) -> CampaignAssessmentShape:
        return CampaignAssessmentShape(
            code=each.assessment,
            version=self.framework,
            organisation=each.organisation,
            reviewer=self.reviewer,
            before=each.before,
            year=self.ends_on.year,
            as_of=self.ends_on,
            opened_on=opened_on,
            opened_by=self.opened_by or "Floreo",
            state="closed" if each.accepted_on else "open",
            closed_on=each.accepted_on,
        )


class SelfRatingShape(Shape):
    """A row of assessment_answers.csv: what an organisation said of one item, and what the reviewer said (`reviewed`, `reason`)."""

    word: ClassVar[str] = "self_rating"
    makes: ClassVar[type[models.Model]] = SelfRating
    lookup: ClassVar[tuple[str, ...]] = ("answer",)

    assessment: str
    framework: str  # code of the version
    item: str
    level: str = ""  # "na": it does not apply
    text: str = ""
    written_by: str
    written_on: str
    reviewed: str = ""
    reason: str = ""
    reviewed_by: str = ""
    reviewed_on: str = ""

    def identity(self) -> str:
        return f"{self.assessment}/{self.item}"

    def fields(self, setting: Setting) -> dict[str, Any]:
        day = datetime.fromisoformat(self.written_on).date()
        applies = self.level != "na"
        return {
            "level": Decimal(self.level) if applies and self.level else None,
            "applies": applies,
            "text": self.text,
            "written_by": self.written_by,
            "written_at": datetime.combine(day, time(15), tzinfo=UTC),
        }

    def refs(self, setting: Setting) -> dict[str, str]:
        return {"answer": f"{self.assessment}/{self.item}"}

    def rows(self, setting: Setting) -> Iterator[PackEntry]:
        """The answer that it hangs on, and itself."""
        answer = AnswerShape(
            item=self.item,
            level=Decimal(self.reviewed) if self.reviewed else None,
            reason=self.reason,
            reviewed_by=self.reviewed_by,
            reviewed_on=date.fromisoformat(self.reviewed_on) if self.reviewed_on else None,
        )
        yield from answer.rows(replace(setting, holder=self.assessment, measure=self.framework))
        yield self.row(setting)


# --- The minimum standard -----------------------------------------------------------------------------------------


class StandardItemShape(TranslatedShape):
    """[[standard.release.item]]: comes_from = "nist-csf-2/GV.OC-01"."""

    word: ClassVar[str] = "standard_item"
    makes: ClassVar[type[models.Model]] = StandardItem
    owner: ClassVar[str] = "in_standard"
    lookup: ClassVar[tuple[str, ...]] = ("in_standard", "code")

    code: str
    part: str = ""
    title: str
    text: str = ""
    comes_from: str
    relation: Annotated[str, one_of(Relation, without=("successor",))] = "same"
    position: int | None = None


class StandardVersionShape(Shape):
    """[[standard.release]]: `became` is the code of the framework's version that it was published as."""

    word: ClassVar[str] = "standard_version"
    makes: ClassVar[type[models.Model]] = StandardVersion
    owner: ClassVar[str] = "standard"
    nested: ClassVar[tuple[str, ...]] = ("item",)
    lookup: ClassVar[tuple[str, ...]] = ("standard", "number")

    number: int
    state: Annotated[str, one_of(StandardState)] = "draft"
    consultation: str = ""
    consulted_on: Day | None = None
    published_on: Day | None = None
    in_force_on: Day | None = None
    became: str = ""
    item: list[StandardItemShape] = Field(default_factory=list)

    @model_validator(mode="after")
    def _published(self) -> Self:
        if (self.state == StandardState.PUBLISHED) != (self.published_on is not None and bool(self.became)):
            raise ValueError("state = “published”, published_on and became go together")
        if self.state == StandardState.CONSULTED and not self.consultation:
            raise ValueError("state = “consulted” needs the address of the consultation")
        return self

    def identity(self) -> str:
        return str(self.number)

    def fields(self, setting: Setting) -> dict[str, Any]:
        return super().fields(setting) | {"levels": first_levels()}


class StandardShape(TranslatedShape):
    """[[standard]] in assessments.toml."""

    word: ClassVar[str] = "standard"
    makes: ClassVar[type[models.Model]] = Standard
    nested: ClassVar[tuple[str, ...]] = ("release",)
    lookup: ClassVar[tuple[str, ...]] = ("code",)

    code: Code
    title: str
    short_title: str
    publisher: str
    about: str = ""
    release: list[StandardVersionShape] = Field(default_factory=list)


# In the order in which they are made: what a row points to comes before it.
SHAPES: tuple[type[Shape], ...] = (
    CampaignShape,
    ParticipantShape,
    RespondentShape,
    PlanLineShape,
    TargetShape,
    SelfRatingShape,
    StandardShape,
    StandardVersionShape,
    StandardItemShape,
)
FILES: Mapping[str, Mapping[str, type[Strict]]] = {
    "assessments.toml": {"campaign": CampaignShape, "standard": StandardShape},
    "assessment_answers.csv": {"answer": SelfRatingShape},
}
