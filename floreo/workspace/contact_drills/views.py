"""Pages of contacts and contact drills."""

from __future__ import annotations

from collections.abc import Mapping

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from floreo.contact_drills import presenters
from floreo.contact_drills.access import get_confirmation_for, get_drill_for, get_recipient_for
from floreo.contact_drills.actions import confirming
from floreo.contact_drills.actions import drills as acts
from floreo.contact_drills.mails import drill_words
from floreo.contact_drills.models import RUN, ConfirmationRequest, ContactDrill, DrillRecipient
from floreo.contact_drills.papers import call_sheet
from floreo.contact_drills.queries import chosen_contacts, lines, policy, score_of, sent_drills, stale_contacts
from floreo.contact_drills.tables import DRILL_ANSWERS
from floreo.core import clock
from floreo.core.access import can
from floreo.core.errors import Missing, NotAllowed
from floreo.core.lists import Listing
from floreo.core.models import named
from floreo.core.ui.papers import KINDS, paper
from floreo.organisations.entry_mails import spoken
from floreo.organisations.models import Contact
from floreo.organisations.queries import the_country
from floreo.workspace.commands import Command, allowed_by, command_view, commands_for, new, over_row
from floreo.workspace.contact_drills import forms
from floreo.workspace.form_page import FormPage, form_page, person, posted, press
from floreo.workspace.forms import CommandForm
from floreo.workspace.verbs import history_of

CONTACTS, DRILLS = "contacts", "contact_drills"
SHOWN = 200


# --- Contacts -----------------------------------------------------------------------------------------------------


def contacts(request: HttpRequest) -> HttpResponse:
    """Contacts that did not reply for long, and requests that wait for an answer."""
    today, rule = clock.today(), policy()
    waiting = ConfirmationRequest.objects.filter(confirmed_at=None, closed_on=None).select_related(
        "contact__organisation"
    )
    asked = {each.contact_id for each in waiting}
    stale = [contact for contact in stale_contacts(today)[:1000] if contact.pk not in asked]
    context = {
        "workspace_section": CONTACTS,
        "policy": rule,
        "stale": [(contact, presenters.silence_text(contact, today)) for contact in stale[:SHOWN]],
        "stale_number": len(stale),
        "can_be_asked": any(contact.email for contact in stale),
        "waiting": [
            (each, (today - each.asked_on).days >= rule.wait_days or each.is_wrong)
            for each in waiting.order_by("-is_wrong", "asked_on", "pk")[:SHOWN]
        ],
    }
    return render(request, "workspace/contact_drills/contacts.html", context)


@require_POST
def ask_all(request: HttpRequest) -> HttpResponse:
    return press(
        request,
        lambda: confirming.ask_stale_contacts(by=person(request)),
        lambda number: ngettext("%(n)d contact is asked.", "%(n)d contacts are asked.", number) % {"n": number},
        reverse("workspace:contacts"),
    )


@require_POST
def ask_one(request: HttpRequest, pk: int) -> HttpResponse:
    contact = Contact.objects.filter(pk=pk).first()
    if contact is None:
        raise Missing
    done = _("The e-mail is in the outbox.")
    return press(
        request, lambda: confirming.ask_contact(contact, by=person(request)), done, reverse("workspace:contacts")
    )


def policy_form(request: HttpRequest) -> HttpResponse:
    words = FormPage(
        _("When contacts are asked"),
        _("Save"),
        reverse("workspace:contacts"),
        help=_("A contact is asked by e-mail whether it is still right. It answers by a link, with one press."),
        done=_("Saved."),
        area=CONTACTS,
    )
    now = policy()
    initial = {"stale_days": now.stale_days, "wait_days": now.wait_days, "is_automatic": now.is_automatic}
    form = forms.PolicyForm(posted(request), initial=initial)
    return form_page(request, form, lambda facts: confirming.set_policy(by=person(request), **facts), words)


CONFIRMATION: Mapping[str, Command] = {
    "close": Command(
        _l("See to a contact"),
        _l("Done"),
        RUN,
        new(forms.CloseForm),
        confirming.close_confirmation,
        allowed_by(confirming.must_wait),
        help=_l("Call the organisation. Correct the contact on its page; then nothing waits here any more."),
        done=_l("Done."),
    )
}


def close_confirmation(request: HttpRequest, pk: int) -> HttpResponse:
    back = reverse("workspace:contacts")
    return command_view(
        request, get_confirmation_for(request.user, pk), CONFIRMATION, "close", area=CONTACTS, back=back
    )


def call_sheet_page(request: HttpRequest) -> HttpResponse:
    """The sheet as a page, to be read or printed."""
    country = the_country()
    if country is None:
        raise Missing
    context = {"workspace_section": CONTACTS, "document": call_sheet(country), "kinds": list(KINDS)}
    return render(request, "workspace/contact_drills/call_sheet.html", context)


def call_sheet_file(request: HttpRequest, kind: str) -> HttpResponse:
    country = the_country()
    if country is None or not can(request.user, RUN):
        raise NotAllowed
    name = f"{_('Call sheet')} {clock.today().isoformat()}"
    return paper(call_sheet(country), kind, name=name)


# --- Drills -------------------------------------------------------------------------------------------------------


def _send_text(drill: ContactDrill) -> str:
    found = list(chosen_contacts(drill))
    with_mail = sum(bool(contact.email) for contact in found)
    words = {"mail": with_mail, "phone": len(found) - with_mail}
    return _("%(mail)d contacts get the e-mail; %(phone)d have no address and can only be called.") % words


NEW: Mapping[str, Command] = {
    "drill": Command(
        _l("Prepare a contact drill"),
        _l("Save"),
        RUN,
        new(forms.DrillForm),
        acts.add_drill,
        help=_l("Nothing is sent yet: you see the words and the recipients first."),
    )
}
OF_DRILL: Mapping[str, Command] = {
    "send": Command(
        _l("Send the drill"),
        _l("Send now"),
        RUN,
        new(CommandForm),
        acts.send_drill,
        allowed_by(acts.must_be_draft),
        help=_send_text,
        done=_l("Sent. Answers are counted from now on."),
    ),
    "edit": Command(
        _l("Change the drill"),
        _l("Edit"),
        RUN,
        over_row(forms.DrillForm),
        acts.update_drill,
        allowed_by(acts.must_be_draft),
    ),
    "remove": Command(
        _l("Remove the drill"),
        _l("Remove"),
        RUN,
        new(CommandForm),
        acts.remove_drill,
        allowed_by(acts.must_be_draft),
        done=_l("Removed."),
        back=lambda _drill: reverse("workspace:contact_drills"),
    ),
    "cancel": Command(
        _l("Cancel the drill"),
        _l("Cancel it"),
        RUN,
        new(forms.CancelForm),
        acts.cancel_drill,
        allowed_by(acts.must_run),
        help=_l("E-mails that wait are not sent, and its answers count for nobody."),
        done=_l("Cancelled."),
    ),
}
OF_RECIPIENT: Mapping[str, Command] = {
    "call": Command(
        _l("Enter a call"),
        _l("Save the call"),
        RUN,
        forms.CallForm,
        acts.record_call,
        allowed_by(lambda recipient: acts.must_be_sent(recipient.drill)),
        help=lambda recipient: recipient.phone or _("The register has no number of this contact."),
    ),
    "end-link": Command(
        _l("End its link"),
        _l("End the link"),
        RUN,
        new(CommandForm),
        acts.end_link,
        help=_l("The link of this contact works no more: it came into other hands."),
        done=_l("The link is ended."),
    ),
}


def drills(request: HttpRequest) -> HttpResponseBase:
    """All drills, and how organisations answered over them."""
    listing = Listing(DRILL_ANSWERS, request)
    if file := listing.download():
        return file
    now, sent = clock.now(), sent_drills()
    rows = [
        (drill, presenters.state_text(drill), score_of(drill.recipients.all(), now))
        for drill in ContactDrill.objects.prefetch_related("recipients")[:SHOWN]
    ]
    newest = sent[-6:]
    context = {
        "workspace_section": DRILLS,
        "listing": listing,
        "rows": [
            (drill, text, presenters.answered_text(score) if score.asked else "", presenters.median_text(score))
            for drill, text, score in rows
        ],
        "newest": newest,
        "lines": [
            (
                line,
                [", ".join(presenters.answer_text(each, now) for each in cell) for cell in line.cells],
                presenters.median_text(line.score),
                presenters.answered_text(line.score),
            )
            for line in lines(newest, now)[:500]
        ],
    }
    return render(request, "workspace/contact_drills/drills.html", context)


def new_drill(request: HttpRequest) -> HttpResponse:
    return command_view(request, None, NEW, "drill", area=DRILLS, back=reverse("workspace:contact_drills"))


def drill(request: HttpRequest, code: str) -> HttpResponse:
    """Before it is sent: its words and recipients. Afterwards: who answered, and how long it took."""
    found, now = get_drill_for(request.user, code), clock.now()
    recipients = list(found.recipients.select_related("organisation", "drill", "contact"))
    chosen = list(chosen_contacts(found)[:SHOWN]) if found.sent_at is None else []
    languages = dict.fromkeys(spoken(contact.language) for contact in chosen) if chosen else {spoken(""): None}
    score = score_of(recipients, now)
    context = {
        "workspace_section": DRILLS,
        "drill": found,
        "state": presenters.state_text(found),
        "roles": presenters.roles_text(found),
        "bodies": list(found.organisations.all()),
        "sectors": list(found.sectors.all()),
        "minutes": presenters.minutes_text(found.lasts_minutes),
        "chosen": chosen,
        "letters": [(language, *drill_words(found, language)) for language in languages],
        "recipients": [(each, presenters.answer_text(each, now), each.call_outcome) for each in recipients],
        "answered": presenters.answered_text(score),
        "median": presenters.median_text(score),
        "commands": [
            (command, reverse("workspace:contact_drill_command", args=[code, name]))
            for name, command in commands_for(request.user, found, OF_DRILL).items()
        ],
        "history": history_of(found, viewer=request.user),
    }
    return render(request, "workspace/contact_drills/drill.html", context)


def drill_command(request: HttpRequest, code: str, name: str) -> HttpResponse:
    return command_view(request, get_drill_for(request.user, code), OF_DRILL, name, area=DRILLS)


def recipient_command(request: HttpRequest, code: str, pk: int, name: str) -> HttpResponse:
    found: DrillRecipient = get_recipient_for(request.user, code, pk)
    back = f"{found.drill.workspace_url()}#recipient-{found.pk}"
    return command_view(request, found, OF_RECIPIENT, name, area=DRILLS, about=named(found), back=back)
