"""Pages of advisories: the list by who must act next, one with all that can be done to it, and each of those things as a form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from floreo.advisories.access import get_advisory_for, get_named_for, versions_for
from floreo.advisories.actions import publishing, replying, writing
from floreo.advisories.actions import teams as team_actions
from floreo.advisories.logic import CVE
from floreo.advisories.models import Advisory, AdvisoryState, EpssScore, KevEntry, Subscriber, Team, may_write
from floreo.advisories.presenters import (
    VERDICTS,
    epss_text,
    kev_text,
    product_states,
    product_text,
    reply_text,
    scores_of,
    state_text,
    subscribers_text,
)
from floreo.advisories.queries import Named, assets_named
from floreo.advisories.rfc2350 import profile_of
from floreo.advisories.tables import WORKSPACE_ADVISORIES
from floreo.core import clock
from floreo.core.access import Permission, can
from floreo.core.decisions import is_maker
from floreo.core.errors import Missing
from floreo.core.lists import Listing
from floreo.core.policy import Tlp
from floreo.incidents.access import get_case_for
from floreo.incidents.models import Case, ObservableKind
from floreo.workspace.advisories import forms
from floreo.workspace.commands import Command, allowed_by, command_view, commands_for, new, over_row
from floreo.workspace.form_page import person
from floreo.workspace.forms import CommandForm
from floreo.workspace.verbs import history_of

AREA = "advisories"
_WRITE, _PUBLISH = Permission.ADVISORY_WRITE, Permission.ADVISORY_PUBLISH


def advisories(request: HttpRequest) -> HttpResponseBase:
    """What waits for a second person first, then drafts, then what is published."""
    listing = Listing(WORKSPACE_ADVISORIES, request)
    if file := listing.download():
        return file
    context = {
        "workspace_section": AREA,
        "listing": listing,
        "rows": [(each, state_text(each)) for each in listing.rows],
        "may_write": may_write(request.user),
        "may_teams": can(request.user, _PUBLISH),
        "subscribers": _subscribers() if can(request.user, _PUBLISH) else "",
    }
    return render(request, "workspace/advisories/advisories.html", context)


def _subscribers() -> str:
    return subscribers_text(Subscriber.objects.exclude(confirmed_at=None).count())


def _publish_help(advisory: Advisory) -> str:
    if advisory.tlp != Tlp.CLEAR:
        return _("It is not TLP:CLEAR: only people in the workspace whose role allows it can read it.")
    return _("It is public at once: page, feed, CSAF document, and an e-mail to the subscribers whom it concerns.")


def _can_be_sent(advisory: Advisory, viewer: object) -> bool:
    return (
        advisory.state == AdvisoryState.PUBLISHED
        and bool(advisory.products)
        and forms.organisations_field(advisory, viewer) is not None
    )


def _commands(viewer: object) -> Mapping[str, Command]:
    """Some forms offer the organisations that run what the advisory names, as far as the viewer sees assets."""
    offering: dict[str, Command] = {
        "publish": replace(
            COMMANDS["publish"], form=lambda data, thing: forms.PublishForm(data, advisory=thing, viewer=viewer)
        ),
        "correct": replace(
            COMMANDS["correct"], form=lambda data, thing: forms.CorrectForm(data, instance=thing, viewer=viewer)
        ),
        "notify": replace(
            COMMANDS["notify"], form=lambda data, thing: forms.PublishForm(data, advisory=thing, viewer=viewer)
        ),
    }
    return {**COMMANDS, **offering}


COMMANDS: Mapping[str, Command] = {
    "publish": Command(
        _l("Publish"),
        _l("Publish"),
        _PUBLISH,
        new(CommandForm),
        publishing.publish,
        allowed_by(writing.must_be_in_review),
        help=_publish_help,
        done=_l("Published."),
    ),
    "return": Command(
        _l("Return with a note"),
        _l("Return"),
        _PUBLISH,
        new(forms.ReturnForm),
        writing.return_advisory,
        allowed_by(writing.must_be_in_review),
        help=_l("It becomes a draft again. Whoever wrote it reads your note."),
        done=_l("Returned."),
    ),
    "send": Command(
        _l("Send to review"),
        _l("Send to review"),
        _WRITE,
        new(CommandForm),
        writing.send_to_review,
        allowed_by(writing.must_be_draft),
        help=_l("People who can publish find it in their tasks. A second person reads it before it is published."),
        done=_l("Sent to review."),
    ),
    "edit": Command(
        _l("Edit"),
        _l("Save"),
        _WRITE,
        over_row(forms.AdvisoryForm),
        writing.update_advisory,
        allowed_by(writing.must_be_unpublished),
    ),
    "correct": Command(
        _l("Publish a new version"),
        _l("Publish the new version"),
        _PUBLISH,
        over_row(forms.CorrectForm),
        publishing.correct,
        allowed_by(publishing.must_be_published),
        help=_l("Its address does not change. Earlier versions stay available, each with what changed."),
        done=_l("New version published."),
    ),
    "notify": Command(
        _l("Send to organisations that run it"),
        _l("Send"),
        _PUBLISH,
        new(CommandForm),
        publishing.send_to_organisations,
        _can_be_sent,
        help=_l("By e-mail, to the contacts in the register. Subscribers have it already."),
        done=_l("It is sent within a minute."),
    ),
    "withdraw": Command(
        _l("Withdraw"),
        _l("Withdraw"),
        _PUBLISH,
        new(forms.WithdrawForm),
        publishing.withdraw,
        allowed_by(publishing.must_be_published),
        help=_l(
            "Its address, its CSAF document and an e-mail say that it was withdrawn, and why. Its text is no longer public."
        ),
        done=_l("Advisory withdrawn."),
    ),
    "remove": Command(
        _l("Remove the draft"),
        _l("Remove the draft"),
        _WRITE,
        new(CommandForm),
        writing.remove_advisory,
        allowed_by(writing.must_be_draft),
        help=_l("The audit chain still shows its content."),
        done=_l("Draft removed."),
        back=lambda _a: reverse("workspace:advisories"),
    ),
}


def task(request: HttpRequest, code: str, task: str) -> HttpResponse:
    """The page of one command of an advisory."""
    return command_view(request, get_advisory_for(request.user, code), _commands(request.user), task, area=AREA)


def reply(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """What an operator replies, of one of its assets whose product the advisory names."""
    named = get_named_for(request.user, code, pk)
    words = {"asset": named.asset.name, "product": product_text(named.asset), "verdict": VERDICTS[named.verdict]}
    commands = {
        "reply": Command(
            _l("Reply to the advisory"),
            _l("Send a reply"),
            Permission.FINDING_ANSWER,
            lambda data, _asset: forms.ReplyForm(data, initial=_last_reply(named)),
            partial(replying.reply, advisory=named.advisory),
            help=_("%(asset)s runs %(product)s. %(verdict)s.") % words,
            done=_l("Your reply is recorded."),
        )
    }
    about, back = named.advisory.named(), named.advisory.workspace_url()
    return command_view(request, named.asset, commands, "reply", area=AREA, about=about, back=back)


def _last_reply(named: Named) -> dict[str, str]:
    return {} if named.reply is None else {"kind": named.reply.kind, "note": named.reply.note}


def advisory(request: HttpRequest, code: str) -> HttpResponse:
    """One advisory: its status, how it reads, what is known of its vulnerabilities, what can be done."""
    found = get_advisory_for(request.user, code)
    may = commands_for(request.user, found, _commands(request.user))
    is_writer = may_write(request.user)
    context = {
        "workspace_section": AREA,
        "advisory": found,
        "state": state_text(found),
        "tasks": [(name, each, _address(found, name)) for name, each in may.items()],
        "main": next(iter(may), ""),
        "by_same": found.state == AdvisoryState.REVIEW and "publish" in may and is_maker(found, person(request)),
        "scores": scores_of(found),
        "products": product_states(found),
        "known": _known(found.cves) if is_writer else [],
        "sees_assets": can(request.user, Permission.SERVICE_READ),
        "named": _named(found, request.user),
        "sent_to": list(found.recipients.visible_to(request.user).select_related("organisation")),
        "versions": versions_for(request.user, found),
        "history": history_of(found, viewer=request.user) if is_writer else [],
    }
    return render(request, "workspace/advisories/advisory.html", context)


def _named(found: Advisory, viewer: object) -> list[tuple[Named, str, str, str, bool]]:
    """Each asset that runs a product of it: with the product, the verdict and the reply in words, and whether the viewer may reply."""
    is_out = found.state == AdvisoryState.PUBLISHED
    return [
        (
            each,
            product_text(each.asset),
            str(VERDICTS[each.verdict]),
            reply_text(each.reply),
            is_out and can(viewer, Permission.FINDING_ANSWER, each.asset),
        )
        for each in assets_named(found, viewer)
    ]


def _address(found: Advisory, name: str) -> str:
    return reverse("workspace:advisory_command", args=[found.code, name])


def _known(cves: list[str]) -> list[tuple[str, str]]:
    """Of each CVE what the catalogues say, in sentences. Two queries."""
    kev = {each.cve: kev_text(each) for each in KevEntry.objects.filter(cve__in=cves)}
    epss = {each.cve: epss_text(each) for each in EpssScore.objects.filter(cve__in=cves)}
    return [(cve, " ".join(filter(None, (kev.get(cve), epss.get(cve))))) for cve in cves if cve in kev or cve in epss]


def _new_form(request: HttpRequest) -> Any:
    """Prefilled from the CVE of the address, and from its KEV entry where there is one; or from the case of the address."""
    cve, case = request.GET.get("cve", "").strip().upper(), request.GET.get("case", "").strip()
    initial = _prefilled(cve) if CVE.fullmatch(cve) else {}
    if case:
        initial = _from_case(get_case_for(request.user, case))
    return lambda data, _thing: forms.NewAdvisoryForm(data, initial=initial)


def _prefilled(cve: str) -> dict[str, Any]:
    entry = KevEntry.objects.filter(cve=cve).first()
    start: dict[str, Any] = {"code": _free_code(), "cves": cve, "made_from": f"cve:{cve}", "tlp": Tlp.CLEAR}
    if entry is None:
        return start
    added = datetime.combine(entry.added_on, datetime.min.time(), tzinfo=clock.zone())
    return (
        start
        | {
            "title": entry.name[:300],
            "summary": entry.description[:500],
            "text": entry.description if len(entry.description) > 500 else "",  # else the summary says it all
            "advice": entry.action,
            "products": f"{entry.vendor} | {entry.product} | | ",
            "severity": "critical" if entry.ransomware else "high",
            "references": "\n".join(word for word in entry.notes.split() if word.startswith("https://"))[:4000],
            "made_from": f"kev:{cve}",
            "source_known_at": added,
        }
    )


def _from_case(case: Case) -> dict[str, Any]:
    """What an advisory may take from a case: its CVEs, sector and day. Nothing that says who was hit."""
    cves = list(case.observables.filter(kind=ObservableKind.CVE).order_by("pk").values_list("value", flat=True))
    start = _prefilled(cves[0]) if cves else {"code": _free_code(), "tlp": Tlp.CLEAR}
    return start | {
        "cves": "\n".join(cves),
        "severity": "" if case.severity == "unknown" else case.severity,
        "sectors": [case.sector] if case.sector else [],
        "made_from": f"case:{case.reference}",
        "source_known_at": case.received_at,
    }


def _free_code() -> str:
    """The next number of the year."""
    start = f"adv-{clock.today().year}-"
    taken = set(Advisory.objects.filter(code__startswith=start).values_list("code", flat=True))
    return next(code for n in range(1, 10_000) if (code := f"{start}{n:03d}") not in taken)


def new_advisory(request: HttpRequest) -> HttpResponse:
    commands = {
        "advisory": Command(
            _l("Write an advisory"),
            _l("Save draft"),
            _WRITE,
            _new_form(request),
            writing.write_advisory,
            help=_l("This creates a draft. A second person reviews it before it is published."),
            done=_l("Draft saved. Send it to review when it is complete."),
            back=lambda _thing: reverse("workspace:advisories"),
        )
    }
    return command_view(request, None, commands, "advisory", area=AREA)


# --- Teams --------------------------------------------------------------------------------------------------------

NEW_TEAM: Mapping[str, Command] = {
    "team": Command(
        _l("Add a response team"),
        _l("Add team"),
        _PUBLISH,
        new(forms.NewTeamForm),
        team_actions.add_team,
        help=_l("Public, with its constituency. What you leave empty is shown as not known."),
        done=_l("Team added."),
    ),
}
TEAM_COMMANDS: Mapping[str, Command] = {
    "edit": Command(
        _l("Change the profile"),
        _l("Save changes"),
        _PUBLISH,
        over_row(forms.TeamForm),
        team_actions.update_team,
        help=_l("The sections of RFC 2350. What you leave empty is shown as not known."),
    ),
}


def teams(request: HttpRequest) -> HttpResponse:
    rows = [
        (each, sum(len(section.unknown) for section in profile_of(each)) if each.is_own else 0)
        for each in Team.objects.select_related("organisation")
    ]
    return render(request, "workspace/advisories/teams.html", {"workspace_section": AREA, "rows": rows})


def new_team(request: HttpRequest) -> HttpResponse:
    return command_view(request, None, NEW_TEAM, "team", area=AREA, back=reverse("workspace:response_teams"))


def team_command(request: HttpRequest, code: str, name: str) -> HttpResponse:
    found = Team.objects.select_related("organisation").filter(code=code).first()
    if found is None:
        raise Missing
    return command_view(request, found, TEAM_COMMANDS, name, area=AREA, back=reverse("workspace:response_teams"))
