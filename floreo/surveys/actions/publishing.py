"""Publishing results: what was shown is frozen, and single answers leave only where nobody can be distinguished from four others."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any

from django.db.models import Model, QuerySet
from django.utils.translation import gettext as _

from floreo.core import clock
from floreo.core.access import Actor, Permission
from floreo.core.action import action, note
from floreo.core.errors import Refused
from floreo.core.wording import number_figures
from floreo.core.writing import lock_latest, save, save_many
from floreo.surveys.logic import ENOUGH
from floreo.surveys.microdata import MOST_CHANGED, K, public_rows
from floreo.surveys.models import PublishedResult, Wave, WaveState
from floreo.surveys.queries import ALL, COUNTED, as_published
from floreo.surveys.questions import Phase

RUN = Permission.SURVEY_RUN


def must_be_closed(wave: Wave) -> None:
    if wave.is_published:
        raise Refused(_("The results of this wave are published already."), code="published")
    if wave.phase is not Phase.CLOSED:
        raise Refused(_("Results can be published when the wave is closed."), code="not_closed")


def what_is_published(wave: Wave) -> Iterable[Model | QuerySet[Any]]:
    """What the results are made of."""
    return [wave, wave.survey, wave.responses.all()]


@action("wave.published", needs=RUN, decides=what_is_published, notes_maker=True)
def publish(wave: Wave, *, by: Actor, shown: str | None = None) -> Wave:
    """Freezes the results as they were shown and puts them on the public page. No answer is taken after that."""
    fresh = lock_latest(wave)
    must_be_closed(fresh)
    if not fresh.survey.is_public:
        raise Refused(_("The survey is not public. Make it public first."), code="not_public")
    earlier = fresh.compared_with
    if earlier is not None and not earlier.is_published:  # its shares would leave with these, and still change
        sentence = _("This wave is compared with %(wave)s. Publish the results of that one first.")
        raise Refused(sentence % {"wave": earlier.in_language("title")}, code="compared_first")
    number = fresh.responses.count()
    if number < ENOUGH:
        words = {"n": number_figures(number), "least": number_figures(ENOUGH)}
        sentence = _(
            "There are %(n)s answers. With fewer than %(least)s the results are too uncertain to be published."
        )
        raise Refused(sentence % words, code="few_answers")
    fresh.results = as_published(fresh)
    fresh.state, fresh.published_at = WaveState.PUBLISHED, clock.now()
    note(answers=number)
    saved = save(fresh)
    _save_rows(saved)
    return saved


def _save_rows(wave: Wave) -> None:
    """The published results as rows too, for open data."""
    save_many(list(_rows_of(wave)), model=PublishedResult)


def _rows_of(wave: Wave) -> Iterator[PublishedResult]:
    earlier = (wave.results.get("before") or {}).get("questions", {})
    position = 0
    for question, facts in wave.results["questions"].items():
        for option, groups in facts["shares"].items():
            for group, shown in groups.items():
                if group != ALL and option != COUNTED:
                    continue
                position += 1
                grouping, _slash, value = group.partition("/")
                change = earlier.get(question, {}).get(option, {}).get(group, {})
                yield PublishedResult(
                    wave=wave,
                    question=question,
                    option=option,
                    grouping=grouping,
                    value=value,
                    hidden=shown.get("hidden", ""),
                    answers=shown.get("answers"),
                    change=change.get("change", ""),
                    position=position,
                    **{name: _per_cent(shown.get(name)) for name in ("share", "low", "high")},
                    change_by=_per_cent(change.get("by")),
                    change_low=_per_cent(change.get("from")),
                    change_high=_per_cent(change.get("to")),
                )


def _per_cent(share: float | None) -> Decimal | None:
    return None if share is None else (Decimal(str(share)) * 100).quantize(Decimal("0.01"))


def must_be_published(wave: Wave) -> None:
    if not wave.is_published:
        raise Refused(_("Publish the results first."), code="not_published")


@action("wave.data_published", needs=Permission.SURVEY_DATA, decides=what_is_published)
def publish_data(wave: Wave, *, by: Actor, shown: str | None = None) -> Wave:
    """Single answers for everybody, without texts, numbers and times, each like at least four others in what describes people.
    Refuses where too much would have to be taken out."""
    fresh = lock_latest(wave)
    must_be_published(fresh)
    made = public_rows(fresh)
    total = fresh.responses.count()
    if total == 0 or made.dropped + made.blanked > MOST_CHANGED * total:
        words = {"k": K, "n": number_figures(made.dropped + made.blanked), "total": number_figures(total)}
        sentence = _(
            "%(n)s of %(total)s answers are so rare that their groups would have to be taken out for each to be like"
            " %(k)s others. Single answers of this wave stay closed."
        )
        raise Refused(sentence % words, code="not_anonymous")
    fresh.is_data_public = True
    note(k=K, blanked=made.blanked, dropped=made.dropped)
    return save(fresh)


@action("wave.data_closed", needs=Permission.SURVEY_DATA)
def close_data(wave: Wave, *, by: Actor) -> Wave:
    """The file of single answers is not public any more. Whoever downloaded it has it."""
    fresh = lock_latest(wave)
    if not fresh.is_data_public:
        raise Refused(_("Single answers of this wave are not public."), code="not_public")
    fresh.is_data_public = False
    return save(fresh)


@action("waves.results_stored", needs=RUN, quiet=True)
def freeze_published(*, by: Actor) -> int:
    """Results of waves that a pack brought as published, from their answers. Returns how many."""
    rows = (
        Wave.objects.published().filter(results={}).select_related("survey", "instrument", "compared_with__instrument")
    )
    number = 0
    for wave in rows.order_by("starts_on", "pk"):
        wave.results = as_published(wave)
        if wave.published_at is not None:
            wave.results["on"] = clock.calendar_day(wave.published_at).isoformat()
        save(wave, full_clean=False)
        _save_rows(wave)
        number += 1
    return number
