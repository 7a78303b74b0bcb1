"""The report of an exercise as blocks, in the reader's language: one list for page, PDF and Word. For those who run exercises: what
participants wrote is TLP:AMBER."""

from __future__ import annotations

from collections.abc import Iterator

from django.conf import settings
from django.utils.translation import gettext as _

from floreo.core import clock
from floreo.core.documents.blocks import Block, Boxed, Bullets, Cell, Document, Facts, Grid, Heading, Item, Paragraph
from floreo.core.documents.plain import clean
from floreo.core.ui import locale
from floreo.core.wording import colon, short_day
from floreo.organisations.models import Country
from floreo.tabletops import presenters
from floreo.tabletops.models import ExpectedAction, Inject, Tabletop
from floreo.tabletops.queries import (
    counted_expected,
    organisations_in,
    scores_by_objective,
    total_score,
    verdict_now,
)


def _paragraphs(text: str, tone: str = "") -> Iterator[Block]:
    """Each line of what was typed is a paragraph of its own."""
    for line in clean(text).splitlines():
        if line.strip():
            yield Paragraph(line.strip(), tone)


def report(country: Country, tabletop: Tabletop, *, names: bool = True) -> Document:
    """`names`: whether people are named; without them participants are numbers."""
    expected = counted_expected(tabletop)
    blocks = [*_about(tabletop), *_score(tabletop, expected), *_findings(tabletop), *_hot_wash(tabletop)]
    blocks += [*_points(tabletop), *_course(tabletop, expected, names=names), *_who(tabletop, names=names)]
    made = clock.today()
    return Document(
        title=_("Report of an exercise"),
        language=locale.language(),
        blocks=blocks,
        kicker=country.in_language("name"),
        subtitle=clean(tabletop.in_language("title")),
        author=clean(tabletop.run_by.in_language("name")) if tabletop.run_by else "",
        made_on=made,
        foot=_("EXERCISE. TLP:%(tlp)s. %(code)s, made on %(day)s.")
        % {"tlp": tabletop.tlp, "code": tabletop.code, "day": short_day(made)},
        notice=country.site_notice,
        site=settings.SITE_ADDRESS,
        contents=True,
        contents_title=_("Contents"),
    )


def _about(tabletop: Tabletop) -> Iterator[Block]:
    pairs = [(_("Held"), presenters.when_text(tabletop)), (_("State"), presenters.state_text(tabletop))]
    if tabletop.scenario:
        pairs.append((_("Scenario"), clean(tabletop.scenario.in_language("title"))))
    if tabletop.run_by:
        pairs.append((_("Run by"), clean(tabletop.run_by.in_language("name"))))
    if tabletop.place:
        pairs.append((_("Where"), clean(tabletop.place)))
    pairs.append((_("Organisations"), str(organisations_in(tabletop))))
    pairs.append((_("Marking"), f"TLP:{tabletop.tlp}"))
    yield Facts(pairs)
    yield from _paragraphs(tabletop.in_language("aim"), "lede")
    if tabletop.conclusion:
        yield Boxed(_("Conclusion"), list(_paragraphs(tabletop.conclusion)))


def _score(tabletop: Tabletop, expected: list[ExpectedAction]) -> Iterator[Block]:
    yield Heading(_("Score"), 2)
    yield Paragraph(presenters.score_text(total_score(expected)))
    rows = scores_by_objective(tabletop, expected)
    if not rows:
        return
    yield Grid(
        caption=_("Expected actions by objective"),
        head=[_("Objective"), _("Met"), _("Partly met"), _("Not met"), _("Not observed"), _("Share met")],
        rows=[
            [
                Cell(clean(row.objective.in_language("title")) if row.objective else _("Without an objective")),
                Cell(str(row.score.met), is_number=True),
                Cell(str(row.score.partly), is_number=True),
                Cell(str(row.score.not_met), is_number=True),
                Cell(str(row.score.open), is_number=True),
                Cell(presenters.share_text(row.score.share), is_number=True),
            ]
            for row in rows
        ],
        widths=(6, 2, 2, 2, 2, 2),
        note=_("The share is of all expected actions. Partly met, and not observed, counts as not met."),
    )


def _findings(tabletop: Tabletop) -> Iterator[Block]:
    yield Heading(_("Findings"), 2)
    rows = list(tabletop.findings.select_related("organisation"))
    if not rows:
        yield Paragraph(_("No finding is recorded."), "note")
    for row in rows:
        yield Heading(clean(row.title), 3, f"{row.number}.")
        yield from _paragraphs(row.text)
        yield Paragraph(presenters.finding_text(row), "note", href=row.workspace_url())


def _hot_wash(tabletop: Tabletop) -> Iterator[Block]:
    if tabletop.hot_wash:
        yield Heading(_("Hot wash"), 2)
        yield from _paragraphs(tabletop.hot_wash)


def _points(tabletop: Tabletop) -> Iterator[Block]:
    rows = list(tabletop.evaluation_points.all())
    if rows:
        yield Heading(_("Evaluation"), 2)
    for row in rows:
        yield Heading(clean(row.in_language("text")), 3)
        yield from _paragraphs(row.answer or _("Not answered."), "" if row.answer else "note")


def _course(tabletop: Tabletop, expected: list[ExpectedAction], *, names: bool) -> Iterator[Block]:
    yield Heading(_("Course of the exercise"), 2)
    by_inject: dict[int, list[ExpectedAction]] = {}
    for each in expected:
        by_inject.setdefault(each.inject_id, []).append(each)
    for inject in tabletop.injects.prefetch_related("responses__participant__organisation"):
        yield Heading(clean(inject.in_language("title")), 3, f"{inject.number}.")
        yield Paragraph(presenters.inject_text(inject), "note")
        if inject.is_sent:
            yield from _paragraphs(inject.in_language("text"), "quote")
            yield from _upon(inject, by_inject.get(inject.pk, []), names=names)


def _upon(inject: Inject, expected: list[ExpectedAction], *, names: bool) -> Iterator[Block]:
    if expected:
        yield Grid(
            caption=_("Expected actions upon inject %(number)d") % {"number": inject.number},
            head=[_("Expected action"), _("Verdict"), _("Observed")],
            rows=[
                [
                    Cell(clean(each.in_language("text"))),
                    Cell(presenters.verdict_text(verdict_now(each))),
                    Cell(_observed(each, names=names)),
                ]
                for each in expected
            ],
            widths=(5, 2, 5),
        )
    responses = list(inject.responses.all())
    if responses:
        yield Bullets(
            [
                Item(
                    clean(each.text),
                    lead=_("Minute %(minute)d, %(who)s:")
                    % {"minute": each.minute, "who": _called(each.participant, names=names)},
                )
                for each in responses
            ]
        )


def _observed(expected: ExpectedAction, *, names: bool) -> str:
    found = []
    for each in expected.observations.all():
        parts = [each.by] if names else []
        if each.minute is not None:
            parts.append(_("minute %(minute)d") % {"minute": each.minute})
        text = ", ".join([*parts, str(each.get_verdict_display())])
        found.append(f"{text}{colon()} {each.note}" if each.note else text)
    return clean("; ".join([*found, expected.note] if expected.note else found))


def _called(participant: object, *, names: bool) -> str:
    who = str(participant) if names else _("Participant %(number)d") % {"number": getattr(participant, "number", 0)}
    body = getattr(participant, "organisation_words", "")
    return clean(", ".join(filter(None, [who, body])))


def _who(tabletop: Tabletop, *, names: bool) -> Iterator[Block]:
    accepted = tabletop.participants.exclude(accepted_at=None)
    rows = list(accepted.select_related("organisation").prefetch_related("responses"))
    if rows:
        yield Heading(_("Who took part"), 2)
        yield Bullets([f"{_called(each, names=names)} ({each.get_part_display()})" for each in rows])
    after = [
        response
        for each in rows
        for response in each.responses.all()
        if response.is_afterwards or response.inject_id is None
    ]
    if after:
        yield Heading(_("What participants wrote apart from injects, and afterwards"), 2)
        yield Bullets([Item(clean(each.text), lead=f"{_called(each.participant, names=names)}:") for each in after])
