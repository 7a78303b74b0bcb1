"""What the pages of the form show, the same by a link and in the workspace: the sections, one of them, and the evidence of an item."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from floreo.assessments import logic, presenters
from floreo.assessments.actions import answering
from floreo.assessments.models import Participant, SelfRating
from floreo.assessments.presenters import RadarShown
from floreo.assessments.queries import (
    AssessedItem,
    Questionnaire,
    benchmark_for,
    gaps,
    levels_counted,
    lines_of,
    number_asked,
    questionnaire,
    self_levels,
)
from floreo.core.access import Actor
from floreo.core.errors import Missing
from floreo.core.keys import key
from floreo.core.policy import Tlp
from floreo.core.uploads import uploaded_file
from floreo.core.whole import whole
from floreo.evidence.models import Attachment, Evidence
from floreo.evidence.queries import evidence_of
from floreo.frameworks.models import Item

MOST_BYTES = 20 * 1024 * 1024


@dataclass(frozen=True)
class SectionRow:
    """One section in the list: how far it is."""

    code: str
    name: str
    answered: int
    items: int
    href: str

    @property
    def is_done(self) -> bool:
        return self.answered == self.items


def overview(participant: Participant, viewer: Actor, href: Callable[[str], str]) -> dict[str, Any]:
    """The sections with how far each is, and the results once they count. Seven queries, however many items."""
    asked = questionnaire(participant.campaign.in_version)
    rows = SelfRating.objects.filter(answer__assessment=participant.assessment_id).select_related("answer")
    done = {row.answer.item_id for row in rows if row.is_answered}
    sections = [
        SectionRow(code, asked.section_name(code), sum(i.pk in done for i in items), len(items), href(code))
        for code, items in asked.sections().items()
    ]
    return {
        "sections": sections,
        "answered": len(done),
        "asked": len(asked.rated),
        "progress": presenters.progress_text(participant, len(asked.rated)),
        "next": next((row for row in sections if not row.is_done), None),
        "may_submit": participant.takes_answers and len(done) >= number_asked(asked.version),
    }


@dataclass(frozen=True)
class Section:
    """One section of the form."""

    participant: Participant
    viewer: Actor
    asked: Questionnaire
    code: str
    name: str
    items: Sequence[Item]
    before: str  # the sections beside it
    after_it: str

    def lines(self) -> list[AssessedItem]:
        return lines_of(self.participant, self.asked, self.viewer, only=self.items)

    def after(self, do: str, here: str, start: str, token: str) -> str:
        """Where it goes on once it is saved."""
        if do == "next" and self.after_it:
            return reverse("portal:assessment_section", args=[token, self.after_it])
        return start if do in {"next", "leave"} else f"{here}?saved=yes"


def section_or_missing(participant: Participant, viewer: Actor, code: str) -> Section:
    asked = questionnaire(participant.campaign.in_version)
    sections = asked.sections()
    if code not in sections:
        raise Missing
    codes = list(sections)
    place = codes.index(code)
    before = codes[place - 1] if place else ""
    after = codes[place + 1] if place + 1 < len(codes) else ""
    return Section(participant, viewer, asked, code, asked.section_name(code), sections[code], before, after)


def item_or_missing(part: Section, code: str) -> Item:
    found = next((item for item in part.items if item.code == code), None)
    if found is None:
        raise Missing
    return found


# --- Evidence -----------------------------------------------------------------------------------------------------


class EvidenceForm(forms.Form):
    """A file or a link that shows an answer."""

    upload = forms.FileField(label=_l("File"), required=False, help_text=_l("At most 20 MB."))
    url = forms.URLField(label=_l("Or the address of a page"), required=False, max_length=500, assume_scheme="https")
    title = forms.CharField(label=_l("What it is"), required=False, max_length=300)
    where = forms.CharField(
        label=_l("Where in it"), required=False, max_length=300, help_text=_l("For example: page 4.")
    )
    tlp = forms.ChoiceField(
        label=_l("Marking"),
        choices=Tlp.choices,
        initial=Tlp.AMBER,
        help_text=_l(
            "Your organisation reads all of its own. TLP:GREEN is read by everybody who works on the strategy, TLP:AMBER by"
            " those of them who need it, TLP:RED by the secretariat alone."
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.error_messages["required"] = _("“%(label)s” is empty. Fill it in.") % {"label": field.label}


@dataclass(frozen=True)
class Piece:
    """A piece of evidence on the page of an item."""

    attachment: Attachment
    evidence: Evidence
    title: str
    on: str = ""  # of which other items, where it may be reused


def evidence_page(participant: Participant, viewer: Actor, item: Item) -> dict[str, Any]:
    """What shows this item, and what of the organisation shows other items of the form and could show it too."""
    assert participant.assessment is not None
    answers = {key(a): a for a in participant.assessment.answers.select_related("item")}
    found = evidence_of(answers, viewer)
    own = next((name for name, a in answers.items() if a.item_id == item.pk), "")
    pieces = [Piece(a, a.evidence, a.evidence.in_language("title")) for a in found.get(own, [])]
    have = {piece.evidence.pk for piece in pieces}
    reusable: dict[int, Piece] = {}
    for name, rows in found.items():
        for row in rows:
            if row.evidence_id in have or name == own:
                continue
            first = reusable.get(row.evidence_id)
            on = ", ".join(filter(None, [first.on if first else "", answers[name].item.code]))
            reusable[row.evidence_id] = Piece(row, row.evidence, row.evidence.in_language("title"), on)
    return {"pieces": pieces, "reusable": list(reusable.values())}


def press_evidence(request: HttpRequest, participant: Participant, by: Actor, item: Item, form: EvidenceForm) -> bool:
    """Does what was pressed. False where the form is not filled in."""
    do = request.POST.get("do", "")
    if do in {"reuse", "remove"}:
        piece = _piece(participant, by, request.POST.get("piece", ""), item if do == "remove" else None)
        if do == "reuse":
            answering.reuse_evidence(participant, by=by, item=item, piece=piece)
        else:
            answering.remove_evidence(participant, by=by, piece=piece)
        return True
    if not form.is_valid():
        return False
    came = "upload" in request.FILES or hasattr(request, "upload_refused")
    facts = form.cleaned_data | {"upload": uploaded_file(request, "upload") if came else None}
    answering.add_evidence(participant, by=by, item=item, **facts)
    return True


def _piece(participant: Participant, by: Actor, number: str, item: Item | None) -> Attachment:
    """A piece on an answer of this form that who asks may see. Raises Missing for any other."""
    assert participant.assessment is not None
    rows = participant.assessment.answers.all() if item is None else participant.assessment.answers.filter(item=item)
    names = [key(answer) for answer in rows]
    pk = whole(number)
    for attachments in evidence_of(names, by).values():
        for each in attachments:
            if each.pk == pk:
                return each
    raise Missing


# --- Results ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Results:
    asked: Questionnaire
    lines: list[AssessedItem]
    radar: RadarShown
    gaps: list[logic.Gap]


def results_of(participant: Participant, viewer: Actor) -> Results:
    """All that the page and the paper of one organisation say."""
    asked = questionnaire(participant.campaign.in_version)
    lines = lines_of(participant, asked, viewer)
    scale = asked.version.scale
    targets = {line.item.code: line.target for line in lines if line.target is not None}
    before = None
    if participant.assessment is not None and participant.assessment.before is not None:
        before = {
            line.item.code: min(levels, key=lambda pair: pair[0])[1]
            for line in lines
            if (levels := _moved(line, asked))
        }
    shown = presenters.radar(
        asked,
        logic.branch_means(asked.tree, levels_counted(lines), scale),
        self_view=logic.branch_means(asked.tree, self_levels(lines), scale),
        before=logic.branch_means(asked.tree, before, scale) if before else None,
        targets=logic.branch_means(asked.tree, targets, scale) if targets else None,
        group=benchmark_for(participant, [item.code for item in asked.tops]),
    )
    return Results(asked, lines, shown, gaps(asked, lines))


def _moved(line: AssessedItem, asked: Questionnaire) -> list[tuple[Any, Any]]:
    """The levels before on today's scale: (how far, level); the weakest of several counts."""
    found = []
    for each in line.before:
        level = each.level if each.level is not None else each.self_level
        if level is not None and each.applies:
            far = each.item.in_version.scale.share(level)
            moved = max(
                (value for value in asked.version.scale.values if asked.version.scale.share(value) <= far),
                default=asked.version.scale.lowest,
            )
            found.append((far, moved))
    return found
