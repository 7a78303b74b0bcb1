"""What is missing for a good IATI export, in plain words, with whatever it is missing from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from floreo.organisations.models import Organisation
from floreo.strategy.iati import reporting_body
from floreo.strategy.models import BudgetLine, Edition, IatiBody, Payment, PaymentKind
from floreo.strategy.money import visible_grants, visible_lines


@dataclass(frozen=True)
class Gap:
    """One thing that is missing: what it means for who reads the file, and the names it concerns. `stops`: without it
    there is no file at all."""

    code: str
    words: str
    names: Sequence[str] = ()
    stops: bool = False


def gaps_of(edition: Edition) -> list[Gap]:
    """What to fix, the worst first, looking only at what would leave: public actions of a public edition."""
    lines = list(visible_lines(None, edition))
    found = [_reporter(), _edition(edition), _no_activity(lines), _no_number(lines), _no_days(lines), _no_funder(lines)]
    return [gap for gap in found if gap is not None]


def _reporter() -> Gap | None:
    if reporting_body() is not None:
        return None
    words = _(
        "No public organisation is marked as the reporting organisation. Choose one and enter its "
        "number: every identifier begins with it."
    )
    return Gap("reporter", words, stops=True)


def _edition(edition: Edition) -> Gap | None:
    if edition.is_public:
        return None
    return Gap("edition", _("The edition is not public, so the file contains nothing from it."), stops=True)


def _no_activity(lines: list[BudgetLine]) -> Gap | None:
    """Agreements without the funder's activity: the break that makes money vanish on its way."""
    without = {line.grant.pk: line.grant for line in lines if line.grant and not line.grant.provider_activity_id}
    names = [grant.named() for grant in without.values() if grant.state != "proposed"]
    if not names:
        return None
    words = ngettext(
        "%(n)d agreement has no IATI identifier of the funder’s activity, so the funder’s own tools will"
        " not show that the money arrived. Ask the funder for it.",
        "%(n)d agreements have no IATI identifier of the funder’s activity, so the funders’ own tools "
        "will not show that the money arrived. Ask the funders for it.",
        len(names),
    )
    return Gap("activity", words % {"n": len(names)}, names)


def _no_number(lines: list[BudgetLine]) -> Gap | None:
    funders = {
        line.funder.successor().pk: line.funder.successor() for line in lines if line.funder and line.funder.is_public
    }
    known = set(
        IatiBody.objects.filter(organisation__in=funders).exclude(ref="").values_list("organisation", flat=True)
    )
    names = [body.in_language("name") for pk, body in funders.items() if pk not in known]
    if not names:
        return None
    words = ngettext(
        "%(n)d funder has no number here, so the file contains only its name.",
        "%(n)d funders have no number here, so the file contains only their names.",
        len(names),
    )
    return Gap("number", words % {"n": len(names)}, names)


def _no_days(lines: list[BudgetLine]) -> Gap | None:
    spent = [line for line in lines if line.spent]
    with_days = set(
        Payment.objects.filter(budget_line__in=spent, kind=PaymentKind.SPENT).values_list("budget_line", flat=True)
    )
    without = [line for line in spent if line.pk not in with_days]
    if not without:
        return None
    words = ngettext(
        "On %(n)d budget line, the date of spending is not known. IATI accepts spending only by date, so"
        " this spending is not in the file until its payments are recorded.",
        "On %(n)d budget lines, the date of spending is not known. IATI accepts spending only by date, "
        "so this spending is not in the file until its payments are recorded.",
        len(without),
    )
    return Gap("days", words % {"n": len(without)}, list(dict.fromkeys(line.action.named() for line in without)))


def _no_funder(lines: list[BudgetLine]) -> Gap | None:
    without = [line for line in lines if line.funder is None]
    if not without:
        return None
    words = ngettext(
        "%(n)d budget line has no funder, so the file does not show where its money comes from.",
        "%(n)d budget lines have no funder, so the file does not show where their money comes from.",
        len(without),
    )
    return Gap("funder", words % {"n": len(without)}, list(dict.fromkeys(line.action.named() for line in without)))


def bodies_to_name(edition: Edition, viewer: object) -> list[tuple[Organisation, IatiBody | None]]:
    """Every body that the file would name for its money, with what it is called there: funders, and who reports. Of those
    that the viewer may know of."""
    funders = {
        line.funder.successor().pk: line.funder.successor() for line in visible_lines(None, edition) if line.funder
    }
    funders |= {g.funder.successor().pk: g.funder.successor() for g in visible_grants(viewer)}
    known = {body.organisation_id: body for body in IatiBody.objects.select_related("organisation")}
    funders |= {pk: body.organisation for pk, body in known.items() if body.reports}
    seen = set(Organisation.objects.visible_to(viewer).filter(pk__in=funders).values_list("pk", flat=True))
    return [(body, known.get(pk)) for pk, body in sorted(funders.items(), key=lambda f: f[1].name) if pk in seen]
