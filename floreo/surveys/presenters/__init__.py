"""Surveys as sentences and rows, computed from results, so that page, paper and workspace say the same. No HTML."""

from floreo.surveys.presenters.drawings import before_after, before_after_caption, dumbbells, remembered
from floreo.surveys.presenters.result_pages import GroupShare, ResultPage, result_page
from floreo.surveys.presenters.sentences import (
    differing_sentence,
    language_word,
    mode_word,
    next_wave_text,
    phase_text,
    wrong_sentence,
)
from floreo.surveys.presenters.shares import GROUPING_WORDS, band_text, headline, percent
from floreo.surveys.presenters.waves import (
    answered_share,
    collected_text,
    languages_text,
    place_text,
    quoted,
    weights_notes,
    weights_text,
)

__all__ = [
    "GROUPING_WORDS",
    "GroupShare",
    "ResultPage",
    "answered_share",
    "band_text",
    "before_after",
    "before_after_caption",
    "collected_text",
    "differing_sentence",
    "dumbbells",
    "headline",
    "language_word",
    "languages_text",
    "mode_word",
    "next_wave_text",
    "percent",
    "phase_text",
    "place_text",
    "quoted",
    "remembered",
    "result_page",
    "weights_notes",
    "weights_text",
    "wrong_sentence",
]
