"""What is known of frameworks: titles checked against the publisher's text, what serves an item, published scores."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import models
from django.utils.translation import gettext as _

from floreo.core import clock
from floreo.core.access import Actor, Permission
from floreo.core.action import action
from floreo.core.errors import Missing, Refused
from floreo.core.keys import key, thing_of
from floreo.core.writing import delete, save
from floreo.frameworks.actions.assessing import must_be_held
from floreo.frameworks.models import Contribution, Framework, Item, PublishedScore, Version


def _refuse(field: str, sentence: str, code: str) -> Refused:
    return Refused(sentence, code=code, fields={field: sentence})


@action("item.checked", needs=Permission.FRAMEWORK_REVIEW)
def check_item(
    item: Item,
    *,
    by: Actor,
    title: str,
    source: str,
    source_url: str = "",
    titles: Mapping[str, str] | None = None,
) -> Item:
    """Our short title, checked by a person against the publisher's text, which `source` names. `titles` is the same in other
    languages; another title without one drops the old translations."""
    if not title.strip():
        raise _refuse(
            "title", _("Enter a short title in your own words. The publisher's wording is not stored."), "missing"
        )
    if not source.strip():
        raise _refuse("source", _("Enter the text in which you checked it: its name, edition and page."), "missing")
    _check_address(source_url)
    item.set_text("title", title.strip()[:200])
    for code, text in (titles or {}).items():
        if text.strip():
            item.translations = {
                **item.translations,
                code: {**item.translations.get(code, {}), "title": text.strip()[:200]},
            }
    item.source, item.source_url = source.strip()[:500], source_url.strip()
    item.confirmed, item.doubt = True, ""
    return save(item)


def _check_address(url: str) -> None:
    if url.strip():
        try:
            URLValidator(schemes=["http", "https"])(url.strip())
        except ValidationError:
            raise _refuse(
                "source_url", _("This address is incomplete. Copy it from the browser."), "bad_link"
            ) from None


@action("contribution.added", needs=Permission.FRAMEWORK_ASSESS, quiet=True)
def add_contribution(item: Item, *, by: Actor, thing: models.Model, note: str = "") -> Contribution:
    """That what is done here serves an item. Twice is once."""
    name = key(thing)
    if thing_of(name) is None:
        raise Missing
    here = Contribution.objects.filter(item=item, thing=name).first()
    must_be_held(item.in_version)
    if not item.is_rated:
        raise _refuse("item", _("Choose an item that is rated, not the part that contains it."), "not_rated")
    return save(here or Contribution(item=item, thing=name, note=note.strip()[:300]))


@action("contribution.removed", needs=Permission.FRAMEWORK_ASSESS)
def remove_contribution(contribution: Contribution, *, by: Actor) -> None:
    fresh = Contribution.objects.select_for_update().filter(pk=contribution.pk).first()
    if fresh is None:
        raise Missing
    delete(fresh)


def _score(text: str | Decimal | int | None, field: str) -> Decimal:
    try:
        number = Decimal(str(text).strip().replace(",", "."))
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite() or not 0 <= number < 100000:
        raise _refuse(field, _("Enter a number of 0 or more, for example 32.35."), "not_a_number")
    return number


@action("score.recorded", needs=Permission.FRAMEWORK_REVIEW)
def record_score(
    framework: Framework,
    *,
    by: Actor,
    year: int,
    score: str | Decimal | int,
    source: str,
    source_url: str = "",
    in_version: Version | None = None,
    subject: str = "",
    part: str = "",
    maximum: str | Decimal | int | None = None,
    rank: int | None = None,
    tier: str = "",
    note: str = "",
) -> PublishedScore:
    """A score that the publisher gave, with where it was read. The same year, state and part again replaces it."""
    if not source.strip():
        raise _refuse("source", _("Enter the source of the score. Anyone should be able to check it."), "missing")
    if not 1990 <= year <= clock.today().year:
        raise _refuse("year", _("Enter the year of publication. It cannot be in the future."), "year")
    _check_address(source_url)
    _check_part(in_version, part)
    value, most = _score(score, "score"), (None if maximum in (None, "") else _score(maximum, "maximum"))
    if most is not None and value > most:
        raise _refuse("score", _("The score is higher than the maximum."), "over_maximum")
    who = {"framework": framework, "year": year, "subject": subject.strip(), "part": part.strip()}
    row = PublishedScore.objects.filter(**who).first() or PublishedScore(**who)
    row.in_version, row.score, row.maximum, row.rank = in_version, value, most, rank
    row.source, row.source_url, row.confirmed = source.strip(), source_url.strip(), True
    row.set_text("tier", tier.strip())
    row.set_text("note", note.strip())
    row.put_doubt("")
    return save(row)


def _check_part(version: Version | None, part: str) -> None:
    if part.strip() and (version is None or not version.items.filter(code=part.strip()).exists()):
        raise _refuse("part", _("This part is not in the version you chose."), "no_such_part")


@action("score.removed", needs=Permission.FRAMEWORK_REVIEW)
def remove_score(row: PublishedScore, *, by: Actor) -> None:
    fresh = PublishedScore.objects.select_for_update().filter(pk=row.pk).first()
    if fresh is None:
        raise Missing
    delete(fresh)
