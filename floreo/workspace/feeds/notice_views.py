"""Pages of notices: what was notified to whom, one notice with its answers, what would go out today, the rules of who gets what."""

from __future__ import annotations

from collections.abc import Mapping

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from floreo.core import clock
from floreo.core.access import Permission, can, must
from floreo.core.keys import key
from floreo.core.lists import Listing
from floreo.core.models import HeldBecause
from floreo.core.ui.locale import language
from floreo.core.wording import colon
from floreo.feeds import notice_csv
from floreo.feeds.access import get_notice_for, get_notice_rule_for, must_see_all, sees_all
from floreo.feeds.actions import notices as acts
from floreo.feeds.holding_links import moment
from floreo.feeds.lines import codes_of
from floreo.feeds.models import Finding, FindingQuerySet, Notice, NoticeRule
from floreo.feeds.presenters import finding_text
from floreo.feeds.selection import EVERY_WORDS, default_rules, preview
from floreo.feeds.text_states import unchecked_of
from floreo.feeds.texts import title_of
from floreo.organisations.access import get_organisation_for
from floreo.workspace.commands import Command, command_view, new, over_row
from floreo.workspace.feeds import forms
from floreo.workspace.feeds.notice_table import notices_table
from floreo.workspace.form_page import FormPage, form_page, person, posted, press
from floreo.workspace.forms import CommandForm
from floreo.workspace.sending import left, lines_of, rehearsed
from floreo.workspace.verbs import history_of

AREA, HANDLE = "notices", Permission.FINDING_HANDLE
MOST_LINES = 500  # of one notice on its page; the file has all


def notices(request: HttpRequest) -> HttpResponseBase:
    must(request.user, Permission.FEED_READ)
    listing = Listing(notices_table(request.user), request)
    if file := listing.download():
        return file
    context = {
        "workspace_section": AREA,
        "listing": listing,
        "handles": can(request.user, HANDLE),
        "sees_all": sees_all(request.user),
    }
    return render(request, "workspace/feeds/notices.html", context)


def notice(request: HttpRequest, pk: int) -> HttpResponseBase:
    """One notice: what it said, to whom and why, and what came back."""
    found = get_notice_for(request.user, pk)
    mine = Finding.objects.visible_to(request.user)  # what went to another organisation since is that one's
    if request.GET.get("download") == "csv":
        return _file(found, mine)
    shown = found.lines.filter(finding__in=mine)
    total = shown.count()
    lines = shown.select_related("finding__organisation__merged_into", "finding__feed")
    ordered = lines.order_by("finding__severity_rank", "finding__kind", "finding__subject", "pk")[:MOST_LINES]
    context = {
        "workspace_section": AREA,
        "notice": found,
        "total": total,
        "moved": found.lines.count() - total,
        "most": MOST_LINES,
        "rows": [(line, title_of(line.finding.kind, language()), line.finding.where) for line in ordered],
        "answers": found.answers.count(),
        "handles": can(request.user, HANDLE),
        "is_open": found.link_until > moment(clock.today()) and bool(found.to),
        "tlp_text": finding_text.tlp_text(found.tlp),
        "history": history_of(found, viewer=request.user) if sees_all(request.user) else None,
        "left": left(request.user, _about(found), url=can(request.user, Permission.MAIL_READ)),
    }
    return render(request, "workspace/feeds/notice.html", context)


def _about(found: Notice) -> list[str]:
    """What the e-mails of a notice are about: itself, and the replies to it."""
    return [key(found), *(key(reply) for reply in found.answers.only("pk", "notice"))]


def _file(notice: Notice, findings: FindingQuerySet) -> StreamingHttpResponse:
    rows = (
        findings.filter(lines__notice=notice).select_related("feed").order_by("severity_rank", "kind", "subject", "pk")
    )
    response = StreamingHttpResponse(
        notice_csv.lines(rows.iterator(chunk_size=500), codes=codes_of(notice.organisation)),
        content_type="text/csv; charset=utf-8",
    )
    response.headers["Content-Disposition"] = f'attachment; filename="findings-{notice.pk}.csv"'
    return response


NOTICE_COMMANDS: Mapping[str, Command] = {
    "resend": Command(
        _l("Send the notice again"),
        _l("Send again"),
        HANDLE,
        new(CommandForm),
        acts.resend,
        help=_l(
            "The new notice gives the current state of the findings, and goes to the addresses now in the register."
        ),
        done=_l("The notice is in the outbox and will be sent within a minute."),
    ),
    "end-links": Command(
        _l("End the links of this notice"),
        _l("End the links"),
        HANDLE,
        new(forms.WhyForm),
        acts.end_link,
        help=_l(
            "For a notice that reached the wrong people. Replies already received are kept. Sending it again"
            " creates new links."
        ),
        done=_l("The links of this notice no longer work."),
    ),
}


def notice_command(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    found = get_notice_for(request.user, pk)
    about, back = f"{found.organisation.successor().label}{colon()} {', '.join(found.to)}", found.get_absolute_url()
    return command_view(request, found, NOTICE_COMMANDS, name, area=AREA, about=about, back=back)


def due(request: HttpRequest) -> HttpResponse:
    """What would go out today, before it does."""
    must_see_all(request.user)
    today, plans = clock.today(), preview(clock.today())
    context = {
        "workspace_section": AREA,
        "plans": plans,
        "unchecked": unchecked_of((i.finding for p in plans for x in p.letters for i in x.items), language()),
        "handles": can(request.user, HANDLE),
        "waiting": any(p.letters for p in plans) and acts.held_now(today),
        "held": [(p, [(HeldBecause(why).label, found) for why, found in p.held.items()]) for p in plans if p.held],
        "sending": [p for p in plans if p.letters or p.unreachable],
    }
    return render(request, "workspace/feeds/due.html", context)


def due_words(request: HttpRequest, code: str) -> HttpResponse:
    """The very words that would leave to one organisation today: written as they will be, and undone."""
    must_see_all(request.user)
    must(request.user, HANDLE)
    body = get_organisation_for(request.user, code)
    press = rehearsed(lambda: acts.write_to(body, by=person(request)))
    context = {"workspace_section": AREA, "organisation": body, "lines": lines_of(press, request.user)}
    return render(request, "workspace/feeds/due_words.html", context)


@require_POST
def release(request: HttpRequest) -> HttpResponse:
    """Sends what was held because it was far more than usual."""
    must(request.user, HANDLE)

    return press(
        request,
        lambda: acts.release_notices(clock.today(), by=person(request)),
        lambda sent: ngettext("%(n)d notice will be sent.", "%(n)d notices will be sent.", sent) % {"n": sent},
        reverse("workspace:notices_due"),
    )


def skip(request: HttpRequest, code: str, role: str) -> HttpResponse:
    must(request.user, HANDLE)
    body = get_organisation_for(request.user, code)
    words = FormPage(
        _("Leave out today’s notice"),
        _("Leave it out"),
        reverse("workspace:notices_due"),
        about=body.named(),
        area=AREA,
        help=_("The next notice will include its findings."),
        done=_("Notice left out."),
    )
    form = forms.WhyForm(posted(request))
    return form_page(request, form, lambda f: acts.skip(body, by=person(request), role=role, **f), words)


def rules(request: HttpRequest) -> HttpResponse:
    """Who gets what, how often: the first rule that fits counts, and what holds where none does."""
    must_see_all(request.user)
    context = {
        "workspace_section": AREA,
        "rules": list(NoticeRule.objects.select_related("organisation")),
        "defaults": default_rules(),
        "every": EVERY_WORDS,
        "handles": can(request.user, HANDLE),
    }
    return render(request, "workspace/feeds/notice_rules.html", context)


NEW: Mapping[str, Command] = {
    "rule": Command(
        _l("Add a notice rule"),
        _l("Add rule"),
        HANDLE,
        new(forms.NoticeRuleForm),
        acts.make_rule,
        help=_l("The new rule is the last. If several rules match, the first applies."),
    ),
}
RULE_COMMANDS: Mapping[str, Command] = {
    "edit": Command(
        _l("Change a notice rule"), _l("Save changes"), HANDLE, over_row(forms.NoticeRuleForm), acts.change_rule
    ),
    "remove": Command(_l("Remove a notice rule"), _l("Remove rule"), HANDLE, new(CommandForm), acts.remove_rule),
}


def new_rule(request: HttpRequest) -> HttpResponse:
    return command_view(request, None, NEW, "rule", area=AREA, back=reverse("workspace:notice_rules"))


def rule_command(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    rule, back = get_notice_rule_for(request.user, pk), reverse("workspace:notice_rules")
    return command_view(request, rule, RULE_COMMANDS, name, area=AREA, back=back)


@require_POST
def move_rule(request: HttpRequest, pk: int) -> HttpResponse:
    must(request.user, HANDLE)
    rule = get_notice_rule_for(request.user, pk)
    acts.move_rule(rule, by=person(request), up=request.POST.get("to") == "up")
    messages.success(request, _("Moved."))
    return HttpResponseRedirect(reverse("workspace:notice_rules"))
