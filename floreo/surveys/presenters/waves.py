"""How a wave was done: whom it reached, how it was weighted, in which languages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from floreo.core.ui.locale import number
from floreo.core.wording import (
    capital,
    listed,
    number_figures,
    sentences,
)
from floreo.surveys.models import Question, Variable, Wave, WeightMethod
from floreo.surveys.presenters.result_pages import ResultPage
from floreo.surveys.presenters.sentences import language_word
from floreo.surveys.presenters.shares import percent
from floreo.surveys.queries import Progress, questions_of


def collected_text(wave: Wave, progress: Progress) -> str:
    """ "3 answers, of 100 planned; 2 of 50 personal links used."."""
    text = ngettext("%(n)s answer", "%(n)s answers", progress.answers) % {"n": number_figures(progress.answers)}
    if wave.planned:
        text = _("%(answers)s of %(n)s planned") % {"answers": text, "n": number_figures(wave.planned)}
    if progress.links:
        words = {"used": number_figures(progress.links_used), "all": number_figures(progress.links)}
        text = f"{text}; " + _("%(used)s of %(all)s personal links used") % words
    return f"{text}."


def weights_text(wave: Wave, results: Mapping[str, Any]) -> str:
    facts = results["weights"]
    if not facts["by"]:
        return _("Not weighted")
    return capital(listed([str(Variable(name).label).lower() for name in facts["by"]]))


def weights_notes(results: Mapping[str, Any], wave: Wave) -> list[str]:
    """What has to be said of the weights: cut ones, people whom nobody represents, who could not be weighted."""
    facts = results["weights"]
    found = []
    if facts["by"]:
        words = {"n": number_figures(facts["effective"]), "effect": number(facts["effect"], 1)}
        found.append(_("As certain as %(n)s answers of equal weight (design effect %(effect)s).") % words)
    if facts["method"] == WeightMethod.CELLS:
        found.append(_("Post-stratified by cells of the population."))
    if facts["trimmed"]:
        trimmed = facts["trimmed"]
        text = ngettext(
            "The weight of %(n)s answer was kept between a fifth and five times the mean.",
            "The weights of %(n)s answers were kept between a fifth and five times the mean.",
            trimmed,
        )
        found.append(text % {"n": number_figures(trimmed)})
    if not facts["is_fitted"]:
        found.append(_("The weights do not meet all totals of the population."))
    found += [_missing_text(wave, name, value, share) for name, value, share in facts["missing"]]
    if facts["unknown"]:
        text = ngettext(
            "%(n)s answer leaves out a group: it is weighted by the others.",
            "%(n)s answers leave out a group: they are weighted by the others.",
            facts["unknown"],
        )
        found.append(text % {"n": number_figures(facts["unknown"])})
    return found


def _missing_text(wave: Wave, name: str, value: str, share: float) -> str:
    question = next((q for q in questions_of(wave.instrument) if q.variable == name), None)
    words = {"group": question.option_text(value) if question is not None else value, "share": percent(share)}
    return _("Nobody of “%(group)s” answered: the results do not represent them (%(share)s of the population).") % words


def answered_share(wave: Wave, answers: int) -> str:
    if not wave.approached or not wave.is_sample:
        return ""
    return _("%(share)s of those approached answered") % {"share": percent(answers / wave.approached)}


def languages_text(results: Mapping[str, Any]) -> str:
    """ "Asked in Spanish to 71 %, in English to 29 %."; nothing where there is one language."""
    counts, total = results["languages"], results["answers"]
    if len(counts) < 2 or not total or any(n < 5 for n in counts.values()):
        return ""
    ordered = sorted(counts.items(), key=lambda pair: -pair[1])
    parts = [
        _("in %(language)s to %(share)s") % {"language": language_word(code), "share": percent(n / total)}
        for code, n in ordered
    ]
    return _("Asked %(languages)s.") % {"languages": ", ".join(parts)}


def place_text(shown: ResultPage) -> str:
    """ "Question 7. Same words and same place in both waves."""
    first = _("Question %(n)d.") % {"n": shown.facts["place"]}
    if shown.has_before:
        return sentences(first, _("Same words and same place in both waves."))
    if shown.why_not_comparable and shown.results.get("before"):
        return sentences(first, _("Not comparable with the earlier wave."), shown.why_not_comparable)
    return first


def quoted(question: Question) -> list[tuple[str, str]]:
    """The question as asked, in each language that it has: (language, words)."""
    found = [("", question.text)]
    found += [(code, str(t["text"])) for code, t in sorted(question.translations.items()) if t.get("text")]
    return found
