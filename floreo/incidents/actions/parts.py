"""What hangs on a case: what happened, observables, organisations, links to other cases. Each change is one line of the log."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from floreo.core import clock
from floreo.core.access import Actor, Permission
from floreo.core.action import action
from floreo.core.errors import Refused
from floreo.core.policy import Tlp
from floreo.core.writing import assign, delete, lock_latest, refuse, require_text, save
from floreo.incidents import clocks, moments
from floreo.incidents.actions.cases import locked
from floreo.incidents.actions.making import log, two_or_more
from floreo.incidents.models import Case, CaseLink, CaseOrganisation, Happening, Observable, PartOf
from floreo.organisations.models import Organisation

HANDLE = Permission.INCIDENT_HANDLE
MOST_AT_ONCE = 500  # observables of one pasted text


# --- What happened ------------------------------------------------------------------------------------------------


@action("case.happening_added", needs=HANDLE)
def add_happening(
    case: Case,
    *,
    by: Actor,
    text: str,
    at: datetime | None = None,
    is_about: bool = False,
    source: str = "",
    tlp: str = "",
) -> Happening:
    """One line of what happened; `at` is null where it is not known."""
    fresh = locked(case)
    made = Happening(
        case=fresh, at=at, is_about=is_about, text=text.strip(), source=source.strip(), tlp=tlp or fresh.tlp
    )
    _require_happening(made)
    save(made)
    log(fresh, what="happening_added", facts={"text": made.text})
    return made


@action("case.happening_changed", needs=HANDLE)
def change_happening(happening: Happening, *, by: Actor, version: int | None = None, **facts: object) -> Happening:
    case = locked(happening.case)
    fresh = lock_latest(happening, version)
    assign(fresh, facts)
    _require_happening(fresh)
    save(fresh)
    log(case, what="happening_changed", facts={"text": fresh.text})
    return fresh


@action("case.happening_removed", needs=HANDLE)
def remove_happening(happening: Happening, *, by: Actor) -> Case:
    case = locked(happening.case)
    text = happening.text
    delete(lock_latest(happening))
    log(case, what="happening_removed", facts={"text": text})
    return case


def _require_happening(happening: Happening) -> None:
    require_text(happening.text, field="text", sentence=_("Say what happened."))
    if happening.at is not None and happening.at > max(moments.now(), clock.machine()):
        raise refuse("at", _("That time is still to come. Enter when it happened."), code="future")


# --- Observables --------------------------------------------------------------------------------------------------


@action("case.observables_added", needs=HANDLE)
def add_observables(
    case: Case,
    *,
    by: Actor,
    found: Iterable[tuple[str, str]],
    role: str = "",
    tlp: str = "",
    pap: str = "",
    is_malicious: bool = True,
    seen_at: datetime | None = None,
) -> list[Observable]:
    """Kinds and values, refanged, as `observables.extract` gives them; those that the case has already are left as they are."""
    fresh = locked(case)
    wanted = list(dict.fromkeys((str(kind), value.strip()[:500]) for kind, value in found if value.strip()))
    if not wanted:
        raise refuse("text", _("No address, name or hash was found in this text."), code="none_found")
    if len(wanted) > MOST_AT_ONCE:
        sentence = _("At most %(most)d observables at once. Split the text.") % {"most": MOST_AT_ONCE}
        raise refuse("text", sentence, code="too_many")
    here = set(fresh.observables.values_list("kind", "value"))
    made = [
        save(
            Observable(
                case=fresh,
                kind=kind,
                value=value,
                role=role.strip(),
                tlp=tlp or fresh.tlp,
                pap=pap or fresh.pap,
                is_malicious=is_malicious,
                seen_at=seen_at,
            )
        )
        for kind, value in wanted
        if (kind, value) not in here
    ]
    if not made:
        raise refuse("text", _("The case has all of these already."), code="all_here")
    log(
        fresh,
        what="observables_added",
        facts={"count": len(made), "values": [[each.kind, each.value] for each in made[:3]]},
    )
    return made


@action("case.observable_changed", needs=HANDLE)
def change_observable(observable: Observable, *, by: Actor, version: int | None = None, **facts: object) -> Observable:
    """What it did, its marking and what may be done with it; kind and value stay."""
    case = locked(observable.case)
    fresh = lock_latest(observable, version)
    assign(fresh, {name: value for name, value in facts.items() if name not in {"kind", "value", "case"}})
    save(fresh)
    log(case, what="observable_changed", facts={"values": [[fresh.kind, fresh.value]]})
    return fresh


@action("case.observable_removed", needs=HANDLE)
def remove_observable(observable: Observable, *, by: Actor) -> Case:
    case = locked(observable.case)
    value = [observable.kind, observable.value]
    delete(lock_latest(observable))
    log(case, what="observable_removed", facts={"values": [value]})
    return case


# --- Organisations ------------------------------------------------------------------------------------------------


@action("case.organisation_added", needs=HANDLE)
def add_organisation(
    case: Case, *, by: Actor, organisation: Organisation, part: str = PartOf.AFFECTED, is_shared: bool = False
) -> CaseOrganisation:
    """An organisation of the register and what it has to do with the case; it reads the case only where that is said. The sector of one
    that is affected becomes that of a case without one."""
    fresh = locked(case)
    if fresh.organisations.filter(organisation=organisation, part=part).exists():
        raise refuse("organisation", _("It is in this case already, with the same part."), code="here")
    if is_shared:
        _require_shareable(fresh)
    made = save(CaseOrganisation(case=fresh, organisation=organisation, part=part, is_shared=is_shared))
    log(fresh, what="organisation_added", facts={"name": organisation.name, "part": part})
    if part == PartOf.AFFECTED and not fresh.sector and organisation.general_sector:
        fresh.sector = organisation.general_sector
        save(fresh)
        log(fresh, what="classified", facts={"sector": ["", fresh.sector]})
    clocks.refresh(fresh)
    return made


@action("case.organisation_removed", needs=HANDLE)
def remove_organisation(place: CaseOrganisation, *, by: Actor) -> Case:
    case = locked(place.case)
    facts = {"name": place.organisation.name, "part": place.part}
    delete(lock_latest(place))
    log(case, what="organisation_removed", facts=facts)
    clocks.refresh(case)
    return case


@action("case.shared", needs=HANDLE)
def share(place: CaseOrganisation, *, by: Actor, is_shared: bool) -> CaseOrganisation:
    """Whether the organisation reads the case in its own workspace: title, state, times and what is asked of it, no more."""
    case = locked(place.case)
    fresh = lock_latest(place)
    if is_shared:
        _require_shareable(case)
    fresh.is_shared = is_shared
    save(fresh)
    log(case, what="shared" if is_shared else "unshared", facts={"name": fresh.organisation.name})
    return fresh


def _require_shareable(case: Case) -> None:
    if case.tlp == Tlp.RED:
        raise Refused(_("A TLP:RED case is not shared. Change its marking first."), code="red")
    if case.is_exercise:
        raise Refused(_("This is an exercise: nothing of it leaves."), code="exercise")


# --- Related cases ------------------------------------------------------------------------------------------------


@action("case.linked", needs=HANDLE)
def link_case(case: Case, *, by: Actor, other: Case, reason: str = "") -> CaseLink:
    """Two cases that have to do with each other; each stays what it is."""
    fresh = lock_latest(case)
    if fresh.pk == other.pk:
        raise refuse("other", _("A case cannot be related to itself."), code="itself")
    if CaseLink.objects.filter(Q(case=fresh, other=other) | Q(case=other, other=fresh)).exists():
        raise refuse("other", _("They are marked as related already."), code="linked")
    made = save(CaseLink(case=fresh, other=other, reason=reason.strip()[:300]))
    log(fresh, what="linked", facts={"reference": other.reference})
    return made


@action("case.unlinked", needs=HANDLE)
def unlink_case(link: CaseLink, *, by: Actor) -> Case:
    case = lock_latest(link.case)
    other = link.other.reference
    delete(lock_latest(link))
    log(case, what="unlinked", facts={"reference": other})
    return case


def link_many(cases: Iterable[Case], *, by: Actor) -> int:
    """Marks each as related to the one that was received first; those that are already are left: how many are new."""
    first, *others = two_or_more(cases)
    here = set(CaseLink.objects.filter(case=first).values_list("other_id", flat=True))
    here |= set(CaseLink.objects.filter(other=first).values_list("case_id", flat=True))
    with transaction.atomic():
        return len([link_case(first, by=by, other=each) for each in others if each.pk not in here])


def unlink_many(cases: Iterable[Case], *, by: Actor) -> int:
    """Takes away what marks any two of them as related: how many were taken away."""
    found = [each.pk for each in two_or_more(cases)]
    links = CaseLink.objects.filter(case__in=found, other__in=found).select_related("case", "other")
    with transaction.atomic():
        return len([unlink_case(link, by=by) for link in links.order_by("pk")])
