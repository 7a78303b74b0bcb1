"""Pages of campaigns: the list, one with its organisations, whom it writes to, targets, and the heat map of all."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from floreo.assessments import presenters
from floreo.assessments.access import get_asked_for, get_campaign_for, get_respondent_for, get_target_for, may_review
from floreo.assessments.actions import inviting, preparing
from floreo.assessments.logic import CampaignPhase
from floreo.assessments.mails import preview
from floreo.assessments.models import AssessmentCampaign, Participant, ParticipantState, Respondent
from floreo.assessments.queries import number_asked, questionnaire, results_by_top, state_counts
from floreo.assessments.tables import CAMPAIGNS, PARTICIPANTS
from floreo.core.access import Permission, can
from floreo.core.lists import Listing
from floreo.core.wording import colon
from floreo.workspace.assessments import forms
from floreo.workspace.commands import Command, allowed_by, command_view, commands_for, new, over_row, starting_with
from floreo.workspace.forms import CommandForm, ReasonForm
from floreo.workspace.verbs import history_of

AREA = "organisation_assessments"
_RUN, _ANSWER = Permission.ASSESSMENT_RUN, Permission.ASSESSMENT_ANSWER


def _leaves(campaign: AssessmentCampaign) -> str:
    """Before anything leaves: how many e-mails, and where their words are."""
    links = Respondent.objects.filter(participant__campaign=campaign, ended_on=None).count()
    return _(
        "%(n)d e-mails with a personal link leave. See their words and receivers first under “Words of the e-mail”."
    ) % {"n": links}


COMMANDS: Mapping[str, Command] = {
    "open": Command(
        _l("Open the campaign"),
        _l("Open it and send the links"),
        _RUN,
        new(CommandForm),
        preparing.open_campaign,
        allowed_by(preparing.must_be_draft),
        help=_leaves,
        done=_l("The campaign is open. The e-mails are in the outbox."),
    ),
    "organisations": Command(
        _l("Add organisations"),
        _l("Add organisations"),
        _RUN,
        forms.OrganisationsForm,
        preparing.add_organisations,
        allowed_by(preparing.must_not_be_closed),
        help=_l("Whom the register has for each is written to; you can change that before it opens."),
        done=_l("Added."),
    ),
    "target": Command(
        _l("Set a target"),
        _l("Set a target"),
        _RUN,
        forms.TargetForm,
        preparing.set_target,
        allowed_by(preparing.must_not_be_closed),
        help=_l("A level for an item, or for all below a branch. The nearest one counts."),
        back=lambda c: reverse("workspace:assessment_targets", args=[c.code]),
    ),
    "edit": Command(
        _l("Edit the campaign"),
        _l("Edit"),
        _RUN,
        over_row(forms.CampaignForm),
        preparing.update,
        allowed_by(preparing.must_not_be_closed),
    ),
    "close": Command(
        _l("Close the campaign"),
        _l("Close the campaign"),
        _RUN,
        new(CommandForm),
        preparing.close_campaign,
        lambda campaign, _viewer: campaign.phase is CampaignPhase.OVER,
        help=_l("Its links open nothing any more, and the means of sectors are shown from then on."),
        done=_l("The campaign is closed."),
    ),
    "remove": Command(
        _l("Remove the draft"),
        _l("Remove the draft"),
        _RUN,
        new(CommandForm),
        preparing.remove,
        allowed_by(preparing.must_be_draft),
        done=_l("Draft removed."),
        back=lambda _c: reverse("workspace:assessment_campaigns"),
    ),
}
NEW: Mapping[str, Command] = {
    "campaign": Command(
        _l("Prepare a campaign of assessments"),
        _l("Save draft"),
        _RUN,
        new(forms.CampaignForm),
        preparing.prepare,
        help=_l("This creates a draft. No organisation learns of it before it is opened."),
        done=_l("Draft saved."),
    ),
}
OF_ASKED: Mapping[str, Command] = {
    "invite": Command(
        _l("Add somebody who answers"),
        _l("Add a respondent"),
        _ANSWER,
        new(forms.InviteForm),
        inviting.invite,
        lambda row, _viewer: allowed_by(preparing.must_not_be_closed)(row.campaign, _viewer),
        help=_l("They get a personal link by e-mail: at once where the campaign is open, else when it opens."),
    ),
    "sector": Command(
        _l("Set the sector"),
        _l("Set the sector"),
        _RUN,
        starting_with(forms.SectorForm, sector=lambda row: row.sector),
        preparing.set_sector,
        lambda row, _viewer: allowed_by(preparing.must_not_be_closed)(row.campaign, _viewer),
    ),
}
OF_RESPONDENT: Mapping[str, Command] = {
    "renew": Command(
        _l("Send a new link"),
        _l("Send a new link"),
        _ANSWER,
        new(CommandForm),
        inviting.renew_link,
        allowed_by(inviting.must_be_sent),
        help=_l("The link before opens nothing any more."),
        done=_l("The e-mail is in the outbox."),
    ),
    "end": Command(
        _l("End the link"),
        _l("End the link"),
        _ANSWER,
        new(forms.EndForm),
        inviting.end_link,
        allowed_by(inviting.must_have_no_end),
        help=_l("It opens nothing any more. What was written by it stays, and the history names it."),
        done=_l("The link is ended."),
    ),
}


def campaigns(request: HttpRequest) -> HttpResponseBase:
    listing = Listing(CAMPAIGNS, request)
    if file := listing.download():
        return file
    context = {
        "workspace_section": AREA,
        "listing": listing,
        "rows": [(each, presenters.phase_text(each)) for each in listing.rows],
    }
    return render(request, "workspace/assessments/campaigns.html", context)


def new_campaign(request: HttpRequest) -> HttpResponse:
    return command_view(request, None, NEW, "campaign", area=AREA, back=reverse("workspace:assessment_campaigns"))


def campaign(request: HttpRequest, code: str) -> HttpResponseBase:
    """One campaign: how many are where, and each organisation that the reader may see."""
    found = get_campaign_for(request.user, code)
    rows = PARTICIPANTS.rows(request.user).filter(campaign=found)
    listing = Listing(PARTICIPANTS, request, rows=rows)
    if file := listing.download():
        return file
    asked = number_asked(found.in_version)
    shown = [(row, presenters.progress_text(row, asked)) for row in _of(listing.rows, found)]
    counts = state_counts(found, request.user)
    context = {
        "workspace_section": AREA,
        "campaign": found,
        "phase": presenters.phase_text(found),
        "listing": listing,
        "rows": shown,
        "counts": [(s, str(ParticipantState(s).label), n) for s, n in counts.items()],
        "asked": asked,
        "commands": [
            (command, reverse("workspace:assessment_campaign_command", args=[code, name]), name)
            for name, command in commands_for(request.user, found, COMMANDS).items()
        ],
        "main": _main(found, counts),
        "may_run": can(request.user, _RUN),
        "history": history_of(found, viewer=request.user),
    }
    return render(request, "workspace/assessments/campaign.html", context)


def _main(found: AssessmentCampaign, counts: Mapping[str, int]) -> str:
    if found.phase is CampaignPhase.DRAFT:
        return "open" if counts else "organisations"
    return "close" if found.phase is CampaignPhase.OVER else ""


def _of(rows: Any, found: AssessmentCampaign) -> list[Participant]:
    """With the campaign that the page has already."""
    shown = list(rows)
    for row in shown:
        row.campaign = found
    return shown


def campaign_command(request: HttpRequest, code: str, name: str) -> HttpResponse:
    return command_view(request, get_campaign_for(request.user, code), COMMANDS, name, area=AREA)


def letter(request: HttpRequest, code: str) -> HttpResponse:
    """The words of the e-mail in each language, and who gets it: before anything leaves."""
    found = get_campaign_for(request.user, code)
    first = found.participants.select_related("organisation").first()
    receivers = Respondent.objects.filter(participant__campaign=found, ended_on=None)
    receivers = receivers.select_related("participant__organisation").order_by("participant__organisation__name", "pk")
    bare = found.participants.filter(respondents=None).select_related("organisation")
    context = {
        "workspace_section": AREA,
        "campaign": found,
        "words": preview(found, first, number_asked(found.in_version)),
        "receivers": receivers[:1000],
        "bare": bare,
    }
    return render(request, "workspace/assessments/words.html", context)


def heat(request: HttpRequest, code: str) -> HttpResponseBase:
    """All organisations by the top branches of the framework: a picture, and the table that says the same."""
    found = get_campaign_for(request.user, code)
    listing = Listing(PARTICIPANTS, request, rows=PARTICIPANTS.rows(request.user).filter(campaign=found))
    asked = questionnaire(found.in_version)
    rows = _of(listing.rows, found)
    shown = presenters.heat_rows(rows, asked, results_by_top(rows, asked))
    context = {
        "workspace_section": AREA,
        "campaign": found,
        "listing": listing,
        "columns": presenters.heat_columns(asked),
        "heat": shown,
        "rows": list(zip(rows, shown, strict=True)),
        "legend": presenters.shade_words(),
    }
    return render(request, "workspace/assessments/heat.html", context)


# --- Whom it asks -------------------------------------------------------------------------------------------------


def asked(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """One organisation of a campaign: who answers for it, by which link."""
    found = get_asked_for(request.user, code, pk)
    people = [
        (person, commands_for(request.user, person, OF_RESPONDENT))
        for person in found.respondents.select_related("participant__campaign")
    ]
    context = {
        "workspace_section": AREA,
        "campaign": found.campaign,
        "participant": found,
        "people": people,
        "commands": [
            (command, reverse("workspace:asked_command", args=[code, pk, name]))
            for name, command in commands_for(request.user, found, OF_ASKED).items()
        ],
        "may_take_out": can(request.user, _RUN) and not found.answered and found.campaign.state != "closed",
        "may_review": may_review(request.user, found),
    }
    return render(request, "workspace/assessments/asked.html", context)


def asked_command(request: HttpRequest, code: str, pk: int, name: str) -> HttpResponse:
    found, back = get_asked_for(request.user, code, pk), reverse("workspace:asked_organisation", args=[code, pk])
    return command_view(request, found, OF_ASKED, name, area=AREA, back=back)


def take_out(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """Asks an organisation no more, while it has answered nothing."""
    found = get_asked_for(request.user, code, pk)

    def remove(participant: Participant, *, by: Any, reason: str) -> None:
        preparing.remove_organisation(participant.campaign, by=by, participant=participant, reason=reason)

    table = {
        "out": Command(
            _l("Take the organisation out of the campaign"),
            _l("Take it out"),
            _RUN,
            new(ReasonForm),
            remove,
            done=_l("It is not asked any more."),
        )
    }
    return command_view(request, found, table, "out", area=AREA, back=found.campaign.workspace_url())


def respondent_command(request: HttpRequest, code: str, pk: int, name: str) -> HttpResponse:
    found = get_respondent_for(request.user, code, pk)
    back = reverse("workspace:asked_organisation", args=[code, found.participant_id])
    return command_view(request, found, OF_RESPONDENT, name, area=AREA, back=back)


# --- Targets ------------------------------------------------------------------------------------------------------

OF_TARGET: Mapping[str, Command] = {
    "remove": Command(_l("Remove the target"), _l("Remove"), _RUN, new(CommandForm), preparing.remove_target),
}


def targets(request: HttpRequest, code: str) -> HttpResponse:
    found = get_campaign_for(request.user, code)
    rows = found.targets.select_related("item__in_version", "participant__organisation")
    context = {
        "workspace_section": AREA,
        "campaign": found,
        "rows": [(row, found.in_version.word_of(row.level)) for row in rows],
        "may": commands_for(request.user, found, {"target": COMMANDS["target"]}),
    }
    return render(request, "workspace/assessments/targets.html", context)


def remove_target(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    found = get_target_for(get_campaign_for(request.user, code), pk)
    back = reverse("workspace:assessment_targets", args=[code])
    about = f"{found.item.named()}{colon()} {found.campaign.in_version.word_of(found.level)}"
    return command_view(request, found, OF_TARGET, "remove", area=AREA, about=about, back=back)
