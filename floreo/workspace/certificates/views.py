"""Pages of certificates: the list, one with all that can be done to it, issuing to a cohort, the terms of a course, the keys."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from floreo.certificates import identity, papers
from floreo.certificates.access import (
    get_certificate_for,
    get_cohort_for,
    get_course_for,
    get_key_for,
    terms_of,
)
from floreo.certificates.actions import holding, issuing, signing
from floreo.certificates.checking import state_text
from floreo.certificates.logic import Why, expiry
from floreo.certificates.models import Certificate, SigningKey, StatusList
from floreo.certificates.queries import candidates_of, cohorts_to_certify, counts_by_course
from floreo.certificates.tables import CERTIFICATES
from floreo.core import clock
from floreo.core.access import Permission, can
from floreo.core.links import form_key
from floreo.core.lists import Listing
from floreo.core.models import named
from floreo.training.models import Course
from floreo.workspace.certificates import forms
from floreo.workspace.commands import Command, allowed_by, command_view, commands_for, new, over_row, starting_with
from floreo.workspace.form_page import FormPage, doing, form_page, posted
from floreo.workspace.verbs import history_of

AREA = "certificates"
_ISSUE = Permission.CERTIFICATE_ISSUE


def _renewed_until(certificate: Certificate) -> Any:
    return expiry(clock.today(), terms_of(certificate.course).months) if certificate.course else None


COMMANDS: Mapping[str, Command] = {
    "renew": Command(
        _l("Renew the certificate"),
        _l("Renew"),
        _ISSUE,
        starting_with(forms.RenewForm, issued_on=lambda _c: clock.today(), expires_on=_renewed_until),
        issuing.renew,
        allowed_by(issuing.must_be_renewable),
        help=_l("A new certificate is issued that points to this one. The holder is sent its link."),
        done=_l("Renewed. The new certificate is signed within a minute."),
    ),
    "link": Command(
        _l("Send the holder a new link"),
        _l("Send the link"),
        _ISSUE,
        starting_with(forms.LinkForm, mail=lambda c: c.mail),
        issuing.send_link,
        lambda c, _viewer: c.is_digital and c.revoked_on is None and not c.is_erased,
        help=_l("Links that were sent before end. The link opens the PDF and the badge."),
        done=_l("The link is in the outbox."),
    ),
    "name": Command(
        _l("Correct the name"),
        _l("Correct the name"),
        _ISSUE,
        starting_with(forms.NameForm, name=lambda c: c.name),
        issuing.correct_name,
        allowed_by(issuing.must_have_holder),
        help=_l("The certificate is signed again. Files with the old name are recognised when somebody checks them."),
    ),
    "revoke": Command(
        _l("Revoke the certificate"),
        _l("Revoke"),
        _ISSUE,
        new(forms.RevokeForm),
        issuing.revoke,
        allowed_by(issuing.must_not_be_revoked),
        help=_l("It is not valid any more, from today on. You cannot undo this: issue a new one instead."),
        done=_l("Revoked."),
    ),
    "reissue": Command(
        _l("Issue a new certificate in its place"),
        _l("Issue a new one"),
        _ISSUE,
        starting_with(forms.ReissueForm, issued_on=lambda _c: clock.today(), expires_on=_renewed_until),
        issuing.reissue,
        allowed_by(issuing.must_be_revoked),
        help=_l(
            "For one that was revoked by mistake, or whose mistake was corrected. It has a number and a code of its own."
        ),
        done=_l("Issued. It is signed within a minute."),
    ),
    "erase": Command(
        _l("Erase the name because its holder asked for it"),
        _l("Erase on request"),
        _ISSUE,
        new(forms.EraseForm),
        holding.erase_on_request,
        allowed_by(holding.must_not_be_erased),
        help=_l("Name, e-mail address and badge are deleted. Number, course and dates stay. You cannot undo this."),
        done=_l("Erased."),
    ),
}

NEW: Mapping[str, Command] = {
    "enter": Command(
        _l("Enter a certificate of an earlier course"),
        _l("Save"),
        _ISSUE,
        new(forms.EnterForm),
        issuing.enter_certificate,
        help=_l(
            "For what was issued elsewhere, or before this site was used. It is on record and can be checked here; it has no"
            " digital badge."
        ),
        done=_l("Saved."),
        back=lambda _c: reverse("workspace:certificates"),
    ),
}


def certificates(request: HttpRequest) -> HttpResponseBase:
    listing = Listing(CERTIFICATES, request)
    if file := listing.download():
        return file
    may_issue = can(request.user, _ISSUE)
    context = {
        "workspace_section": AREA,
        "listing": listing,
        "rows": [(each, str(each.state or ""), state_text(each.state)) for each in listing.rows],
        "may_issue": may_issue,
        "cohorts": list(cohorts_to_certify()) if may_issue else [],
        "courses": list(Course.objects.filter(certificates__isnull=False).distinct().order_by("title")),
    }
    return render(request, "workspace/certificates/certificates.html", context)


def certificate(request: HttpRequest, number: str) -> HttpResponse:
    found = get_certificate_for(request.user, number)
    context = {
        "workspace_section": AREA,
        "certificate": found,
        "state": str(found.state or ""),
        "state_text": state_text(found.state),
        "commands": [
            (command, reverse("workspace:certificate_command", args=[found.number, name]), name)
            for name, command in commands_for(request.user, found, COMMANDS).items()
        ],
        "main": "renew" if found.wants_renewal_on else "",
        "renewals": list(found.renewals.all()),
        "address": identity.public_address(found),
        "kinds": list(papers.KINDS) if found.is_signed else ["pdf"],
        "history": history_of(found, viewer=request.user),
    }
    return render(request, "workspace/certificates/certificate.html", context)


def certificate_file(request: HttpRequest, number: str, kind: str) -> HttpResponse:
    found = get_certificate_for(request.user, number)
    response = HttpResponse(papers.file_of(found, kind), content_type=papers.KINDS.get(kind, ""))
    response.headers["Content-Disposition"] = f'attachment; filename="{slugify(found.number)}.{kind}"'
    return response


def certificate_command(request: HttpRequest, number: str, name: str) -> HttpResponse:
    return command_view(request, get_certificate_for(request.user, number), COMMANDS, name, area=AREA)


def enter(request: HttpRequest) -> HttpResponse:
    return command_view(request, None, NEW, "enter", area=AREA)


# --- Issuing ------------------------------------------------------------------------------------------------------


def why_text(why: Why) -> str:
    return {
        Why.HAS_ONE: _("Has a certificate"),
        Why.WAS_REVOKED: _("Had one that was revoked: issue a new one from its page"),
        Why.NO_SEAT: _("No seat in the cohort"),
        Why.NO_NAME: _("No name on record"),
        Why.NOT_COMPLETED: _("Did not complete the course"),
        Why.NOT_PASSED: _("Did not pass the test"),
    }[why]


def issue(request: HttpRequest, code: str) -> HttpResponse:
    """Who of the cohort gets one and who not, and the one press that issues them all."""
    found = get_cohort_for(request.user, code)
    people = candidates_of(found)
    terms = terms_of(found.course)
    today = clock.today()
    start = {"issued_on": today, "expires_on": expiry(today, terms.months)}
    if request.method == "POST":
        command = Command(
            _l("Issue certificates"),
            _l("Issue certificates"),
            _ISSUE,
            new(forms.IssueForm),
            issuing.issue_to_cohort,
            done=_l("Issued. They are signed within a minute, and each holder is sent the link."),
            back=lambda cohort: reverse("workspace:issue_certificates", args=[cohort.code]),
        )
        return command_view(request, found, {"issue": command}, "issue", area=AREA)
    context = {
        "workspace_section": AREA,
        "cohort": found,
        "terms": terms,
        "form": forms.IssueForm(initial=start),
        "once": form_key(),
        "gets": [each for each in people if each.why is None],
        "others": [(each, why_text(each.why)) for each in people if each.why is not None and each.certificate is None],
        "held": [each for each in people if each.certificate is not None],
        "may_issue": allowed_by(issuing.must_be_closed)(found, request.user),
        "terms_address": reverse("workspace:certificate_terms", args=[found.course.code]),
    }
    return render(request, "workspace/certificates/issue.html", context)


def course(request: HttpRequest, code: str) -> HttpResponse:
    found = get_course_for(request.user, code)
    counts = counts_by_course(clock.today()).get(found.pk, {})
    context = {
        "workspace_section": AREA,
        "course": found,
        "terms": terms_of(found),
        "counts": [(str(state), state_text(state), number) for state, number in counts.items() if number],
        "may_issue": can(request.user, _ISSUE),
    }
    return render(request, "workspace/certificates/course.html", context)


def terms(request: HttpRequest, code: str) -> HttpResponse:
    found = terms_of(get_course_for(request.user, code))
    command = Command(
        _l("Terms of the certificates"),
        _l("Save"),
        _ISSUE,
        over_row(forms.TermsForm),
        issuing.set_terms,
        help=_l("They hold for certificates that are issued from now on."),
    )
    return command_view(
        request, found, {"set": command}, "set", area=AREA, about=found.course.named(), back=found.workspace_url()
    )


# --- Keys ---------------------------------------------------------------------------------------------------------


def keys(request: HttpRequest) -> HttpResponse:
    rows = list(SigningKey.objects.all())
    did = identity.did_of(rows[0].public_key) if rows else ""
    context = {
        "workspace_section": AREA,
        "keys": rows,
        "did": did,
        "is_web": identity.is_web(did),
        "lists": list(StatusList.objects.defer("text")),
    }
    return render(request, "workspace/certificates/keys.html", context)


def withdraw_key(request: HttpRequest, number: int) -> HttpResponse:
    found = get_key_for(request.user, number)
    words = FormPage(
        _l("Withdraw the key"),
        _l("Withdraw the key"),
        reverse("workspace:certificate_keys"),
        about=named(found),
        help=_l(
            "For a key that somebody else may have. What it signed is not accepted any more, and every certificate is signed"
            " again with the next key. Remove the file of the key on the server first."
        ),
        done=_l("Withdrawn."),
        area=AREA,
    )
    do = doing(request, signing.withdraw_key, found)
    return form_page(request, forms.WithdrawForm(posted(request)), do, words, decides=True)
