"""Putting a country's own fields and terms on an action."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from django.utils.translation import gettext as _

from floreo.core.errors import Refused
from floreo.core.writing import save
from floreo.strategy import own_fields
from floreo.strategy.logic import last_day
from floreo.strategy.models import Action, Edition
from floreo.strategy.plan_terms import terms_of


def put_own(act: Action, values: Mapping[str, object]) -> None:
    """Raises Refused, with the field that is wrong."""
    wrong: dict[str, str] = {}
    for code, value in values.items():
        try:
            own_fields.put(act, {code: value})
        except ValueError as problem:
            wrong[f"own_{code}"] = str(problem)
    if wrong:
        raise Refused(next(iter(wrong.values())), code="own_field", fields=dict(wrong))


def put_due_of_term(act: Action) -> None:
    """An action without a due date is due when its term ends. Raises Refused for a term that nobody defined."""
    if not act.term:
        return
    terms = terms_of(act.edition)
    if act.term not in terms:
        known = ", ".join(terms) or _("none")
        sentence = _("“%(term)s” is not a term of this plan. Its terms: %(known)s.") % {
            "term": act.term,
            "known": known,
        }
        raise Refused(sentence, code="unknown_term", fields={"term": sentence})
    if act.due_on is None:
        act.due_on = last_day(terms[act.term].months, act.edition.approved_on)


def dates_follow(edition: Edition, before: date | None) -> list[Action]:
    """After the day of approval changed: the due dates that followed from it follow again; those that a person wrote stay."""
    if edition.approved_on == before:
        return []
    terms, moved = terms_of(edition), []
    for act in Action.objects.filter(edition=edition, closed_on=None).exclude(term="").select_related("edition"):
        term = terms.get(act.term)
        if term is None or act.due_on not in {None, last_day(term.months, before)}:
            continue
        due = last_day(term.months, edition.approved_on)
        if due != act.due_on and not (due and act.starts_on and due < act.starts_on):
            act.due_on = due
            moved.append(save(act))
    return moved
