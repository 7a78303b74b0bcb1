"""The questionnaire on paper: the same questions and answers as on the web, with boxes to tick, in one language."""

from __future__ import annotations

from django.conf import settings
from django.utils.translation import gettext as _

from floreo.core.documents.blocks import Block, Bullets, Document, Facts, Heading, Paragraph
from floreo.core.ui import locale
from floreo.organisations.models import Country
from floreo.surveys.models import InstrumentVersion, Question, QuestionKind, Survey, Wave
from floreo.surveys.queries import questions_of

BOX = "☐"
LINE = "_" * 40


def questionnaire(country: Country, survey: Survey, instrument: InstrumentVersion, wave: Wave | None) -> Document:
    """In the reader's language. The number of a paper is written by hand, so that each is typed in once."""
    questions = questions_of(instrument)
    places = {q.key: place for place, q in enumerate(questions, 1)}
    blocks: list[Block] = []
    if survey.purpose:
        blocks.append(Paragraph(survey.in_language("purpose"), tone="lede"))
    blocks.append(Paragraph(_("Do not write your name. Nobody learns what you answered.")))
    facts = [(_("Number of this paper"), LINE), (_("Date"), LINE)]
    blocks.append(Facts(tuple(facts)))
    for place, question in enumerate(questions, 1):
        blocks += _question(question, place, places, {q.key: q for q in questions})
    body = survey.carried_out_by
    by = body.in_language("name") if body is not None else country.in_language("name")
    return Document(
        title=survey.in_language("title"),
        language=locale.language(),
        blocks=blocks,
        kicker=country.in_language("name"),
        subtitle=wave.in_language("title") if wave is not None else "",
        foot=_("Carried out by: %(name)s. Version %(n)d of the questions.") % {"name": by, "n": instrument.number},
        notice=country.site_notice,
        site=settings.SITE_ADDRESS,
    )


def _question(question: Question, place: int, places: dict[str, int], by_key: dict[str, Question]) -> list[Block]:
    found: list[Block] = [Heading(question.in_language("text"), 3, number=f"{place}.")]
    notes = [question.in_language("hint"), condition_text(question, places, by_key), kind_text(question)]
    if note := " ".join(filter(None, notes)):
        found.append(Paragraph(note, tone="note"))
    match question.kind:
        case QuestionKind.SINGLE | QuestionKind.MULTIPLE:
            found.append(Bullets([f"{BOX} {words}" for _key, words in question.choices()]))
        case QuestionKind.SCALE:
            found.append(Paragraph("   ".join(f"{BOX} {words}" for _key, words in question.choices())))
        case _:
            found.append(Paragraph(LINE if question.kind == QuestionKind.NUMBER else f"{LINE}{LINE}"))
    return found


def kind_text(question: Question) -> str:
    match question.kind:
        case QuestionKind.MULTIPLE:
            return _("Tick all that apply.")
        case QuestionKind.SCALE:
            low, high = question.bounds()
            return _("From %(low)d (not at all) to %(high)d (fully).") % {"low": low, "high": high}
        case _:
            return ""


def condition_text(question: Question, places: dict[str, int], by_key: dict[str, Question]) -> str:
    """ "Only if you answered “Yes” to question 4." """
    if not question.if_key or question.if_key not in by_key:
        return ""
    other = by_key[question.if_key]
    answers = ", ".join(f"“{other.option_text(str(key))}”" for key in question.if_options)
    words = {"answers": answers, "n": places[question.if_key]}
    return _("Only if you answered %(answers)s to question %(n)d.") % words
