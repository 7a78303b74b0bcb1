"""Pages of letters: what was told to whom, one letter with its answers, what would go out today, the rules of who gets what."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from floreo.core import clock
from floreo.core.access import Permission, can, must
from floreo.core.lists import Listing
from floreo.core.ui.locale import language
from floreo.feeds import notice_csv
from floreo.feeds.access import get_notice_for, get_notice_rule_for, must_see_all, sees_all
from floreo.feeds.actions import notices as acts
from floreo.feeds.holding_links import moment
from floreo.feeds.models import Finding, Notice, NoticeRule
from floreo.feeds.presenters import finding_text
from floreo.feeds.selection import EVERY_WORDS, default_rules, preview
from floreo.feeds.texts import title_of
from floreo.organisations.access import get_organisation_for
from floreo.workspace.feeds import forms
from floreo.workspace.feeds.notice_table import notices_table
from floreo.workspace.form_page import FormPage, form_page, person, posted
from floreo.workspace.forms import CommandForm
from floreo.workspace.verbs import history_of

ROOM = "notices"
MOST_LINES = 500  # of one letter on its page; the file has all


def notices(request: HttpRequest) -> HttpResponseBase:
    must(request.user, Permission.FEED_READ)
    listing = Listing(notices_table(request.user), request)
    if file := listing.download():
        return file
    context = {
        "workspace_section": ROOM,
        "listing": listing,
        "handles": can(request.user, Permission.FINDING_HANDLE),
        "sees_all": sees_all(request.user),
    }
    return render(request, "workspace/feeds/notices.html", context)


def notice(request: HttpRequest, pk: int) -> HttpResponseBase:
    """One letter: what it told, to whom and why, and what came back."""
    found = get_notice_for(request.user, pk)
    if request.GET.get("download") == "csv":
        return _file(found)
    lines = found.lines.select_related("finding__organisation__merged_into", "finding__feed")
    ordered = lines.order_by("finding__severity_rank", "finding__kind", "finding__subject", "pk")[:MOST_LINES]
    context = {
        "workspace_section": ROOM,
        "notice": found,
        "total": found.lines.count(),
        "most": MOST_LINES,
        "rows": [(line, title_of(line.finding.kind, language()), finding_text.where(line.finding)) for line in ordered],
        "answers": found.answers.count(),
        "handles": can(request.user, Permission.FINDING_HANDLE),
        "is_open": found.link_until > moment(clock.today()) and bool(found.to),
        "tlp_text": finding_text.tlp_text(found.tlp),
        "history": history_of(found, viewer=request.user) if sees_all(request.user) else None,
    }
    return render(request, "workspace/feeds/notice.html", context)


def _file(notice: Notice) -> StreamingHttpResponse:
    rows = (
        Finding.objects.filter(lines__notice=notice)
        .select_related("feed")
        .order_by("severity_rank", "kind", "subject", "pk")
    )
    response = StreamingHttpResponse(
        notice_csv.lines(rows.iterator(chunk_size=500)), content_type="text/csv; charset=utf-8"
    )
    response.headers["Content-Disposition"] = f'attachment; filename="findings-{notice.pk}.csv"'
    return response


def _of(found: Notice, title: str, button: str, done: str, help_: str = "") -> FormPage:
    about = f"{found.organisation.successor().label}: {', '.join(found.to)}"
    return FormPage(title, button, found.get_absolute_url(), about=about, help=help_, done=done, room=ROOM)


def resend(request: HttpRequest, pk: int) -> HttpResponse:
    must(request.user, Permission.FINDING_HANDLE)
    found = get_notice_for(request.user, pk)
    question = _of(
        found,
        _("Send the notice again"),
        _("Send again"),
        _("The notice is in the outbox and will be sent within a minute."),
        _("The new notice gives the current state of the findings, and goes to the addresses now in the register."),
    )
    return form_page(request, CommandForm(posted(request)), lambda _f: acts.resend(found, by=person(request)), question)


def end_link(request: HttpRequest, pk: int) -> HttpResponse:
    must(request.user, Permission.FINDING_HANDLE)
    found = get_notice_for(request.user, pk)
    question = _of(
        found,
        _("End the links of this notice"),
        _("End the links"),
        _("The links of this notice no longer work."),
        _(
            "For a notice that reached the wrong people. Replies already received are kept. Sending it again"
            " creates new links."
        ),
    )
    form = forms.WhyForm(posted(request))
    return form_page(request, form, lambda f: acts.end_link(found, by=person(request), **f), question)


def due(request: HttpRequest) -> HttpResponse:
    """What would go out today, before it does."""
    must_see_all(request.user)
    context = {
        "workspace_section": ROOM,
        "plans": preview(clock.today()),
        "handles": can(request.user, Permission.FINDING_HANDLE),
    }
    return render(request, "workspace/feeds/due.html", context)


def skip(request: HttpRequest, code: str, role: str) -> HttpResponse:
    must(request.user, Permission.FINDING_HANDLE)
    body = get_organisation_for(request.user, code)
    question = FormPage(
        _("Leave out today’s notice"),
        _("Leave it out"),
        reverse("workspace:notices_due"),
        about=body.named(),
        room=ROOM,
        help=_("The next notice will include its findings."),
        done=_("Notice left out."),
    )
    form = forms.WhyForm(posted(request))
    return form_page(request, form, lambda f: acts.skip(body, by=person(request), role=role, **f), question)


def rules(request: HttpRequest) -> HttpResponse:
    """Who gets what, how often: the first rule that fits counts, and what holds where none does."""
    must_see_all(request.user)
    context = {
        "workspace_section": ROOM,
        "rules": list(NoticeRule.objects.select_related("organisation")),
        "defaults": default_rules(),
        "every": EVERY_WORDS,
        "handles": can(request.user, Permission.FINDING_HANDLE),
    }
    return render(request, "workspace/feeds/notice_rules.html", context)


def _rule_question(title: str, button: str, *, done: str = "", help_: str = "", about: str = "") -> FormPage:
    back = reverse("workspace:notice_rules")
    return FormPage(title, button, back, about=about, help=help_, done=done or _("Saved."), room=ROOM)


def new_rule(request: HttpRequest) -> HttpResponse:
    must(request.user, Permission.FINDING_HANDLE)
    question = _rule_question(
        _("Add a notice rule"),
        _("Add rule"),
        help_=_("The new rule is the last. If several rules match, the first applies."),
    )
    form = forms.NoticeRuleForm(posted(request), instance=NoticeRule())
    return form_page(request, form, lambda f: acts.make_rule(by=person(request), **f), question)


def edit_rule(request: HttpRequest, pk: int) -> HttpResponse:
    must(request.user, Permission.FINDING_HANDLE)
    rule = get_notice_rule_for(request.user, pk)
    form = forms.NoticeRuleForm(posted(request), instance=rule)
    question = _rule_question(_("Change a notice rule"), _("Save changes"))
    return form_page(request, form, lambda f: acts.change_rule(rule, by=person(request), **f), question, thing=rule)


def drop_rule(request: HttpRequest, pk: int) -> HttpResponse:
    must(request.user, Permission.FINDING_HANDLE)
    rule = get_notice_rule_for(request.user, pk)
    question = _rule_question(_("Remove a notice rule"), _("Remove rule"), about=str(rule))
    return form_page(
        request, CommandForm(posted(request)), lambda _f: acts.remove_rule(rule, by=person(request)), question
    )


@require_POST
def move_rule(request: HttpRequest, pk: int) -> HttpResponse:
    must(request.user, Permission.FINDING_HANDLE)
    rule = get_notice_rule_for(request.user, pk)
    acts.move_rule(rule, by=person(request), up=request.POST.get("to") == "up")
    messages.success(request, _("Moved."))
    return HttpResponseRedirect(reverse("workspace:notice_rules"))
