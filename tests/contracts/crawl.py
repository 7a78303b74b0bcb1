"""Every address that a person can come to, followed link by link."""

from __future__ import annotations

import html
import re
from collections import defaultdict, deque
from collections.abc import Iterator
from urllib.parse import parse_qs, unquote, urljoin, urlsplit

from django.db.models import Q
from django.test import Client
from django.urls import Resolver404, resolve, reverse

from floreo.advisories.models import Advisory
from floreo.assessments.models import Participant, Standard
from floreo.consultation.models import Consultation
from floreo.contact_drills.models import ContactDrill
from floreo.core.models import AuditEntry, OutboxMail
from floreo.evidence.models import Evidence
from floreo.feeds.models import Finding
from floreo.incidents.models import Case, Report
from floreo.infrastructure.models import Designation, Service, WhatIf
from floreo.meetings.models import Decision, Meeting
from floreo.obligations.models import Notification, ObligationDue
from floreo.offers import tables
from floreo.organisations.models import ApiToken, Organisation, Person
from floreo.publications.models import Publication
from floreo.reviews.models import Answer
from floreo.strategy.models import Action, BudgetLine, Grant, ImportDraft, Payment
from floreo.tabletops.models import Tabletop
from floreo.training.models import Cohort
from floreo.webhooks.models import Webhook
from tests.contracts.planted_inside import ACTION, ASN, COMMON, EDITION
from tests.portal.test_leaks_of_reviews import text_of

OF_A_KIND = 1  # how many addresses of one route are followed; those of planted things are read all


def own_addresses() -> list[str]:
    """Of everything that was planted, and of what lists and searches say of it."""
    act = Action.objects.get(edition__code=EDITION, code=ACTION)
    hidden = Action.objects.get(edition__code=EDITION, code__startswith=COMMON)
    found = [
        act.workspace_url(),
        hidden.workspace_url(),
        hidden.get_absolute_url(),
        reverse("workspace:organisation", args=["light-and-power"]),
        reverse("workspace:network", args=[ASN]),
        reverse("workspace:network_gaps"),
        reverse("workspace:money", args=[EDITION]),
        *(f"{reverse('workspace:search')}?q={COMMON}&page={page}" for page in (1, 2)),
        f"{reverse('workspace:audit')}?subject={COMMON}",
        f"/search/?q={COMMON}",
        f"/api/v1/editions/{EDITION}/plan",
    ]
    lists = ("plan", "money", "findings", "evidence", "organisations", "people", "networks")
    for address in (
        reverse(f"workspace:{name}", args=[EDITION] if name in {"plan", "money"} else []) for name in lists
    ):
        found += [address, f"{address}?download=csv"]
    found.append(reverse("workspace:plan_workbook", args=[EDITION]))
    found += [each.get_absolute_url() for each in Finding.objects.all()]
    found += [reverse("workspace:grant", args=[g.code]) for g in Grant.objects.filter(code__startswith=COMMON)]
    found += [reverse("workspace:budget_line", args=[line.pk]) for line in BudgetLine.objects.filter(action=act)]
    found += [reverse("workspace:edit_payment", args=[p.pk]) for p in Payment.objects.filter(budget_line__action=act)]
    found += _of_the_desks()
    found += [reverse(f"workspace:{name}", args=["light-and-power"]) for name in ("proposals_of", "entry")]
    for name in ("proposals", "claims", "own_entry", "contacts", "call_sheet", "contact_drills"):
        found.append(reverse(f"workspace:{name}"))
    found += [f"{reverse(f'workspace:{name}')}?download=csv" for name in ("claims", "contact_drills")]
    found += [each.workspace_url() for each in ContactDrill.objects.filter(code__startswith=COMMON)]
    for one in Consultation.objects.filter(comments__number=1, code__startswith="planted"):
        listed = reverse("workspace:consultation_comments", args=[one.code])
        found += [one.workspace_url(), listed, f"{listed}?download=csv", one.get_absolute_url()]
    for group in Cohort.objects.filter(Q(code__startswith=COMMON) | Q(code="planted-cohort")):
        listed = reverse("workspace:training_participants", args=[group.code])
        found += [group.workspace_url(), listed, f"{listed}?download=csv", group.get_absolute_url()]
    for held in Tabletop.objects.filter(code__in=["ex-2026-90", "ex-2026-91"]):
        found += [held.workspace_url(), reverse("workspace:tabletop_report", args=[held.code])]
        found += [reverse("workspace:tabletop_report_file", args=[held.code, form]) for form in ("pdf", "docx")]
        found += [each.workspace_url() for each in held.findings.all()]
    for person in Person.objects.filter(code__startswith=COMMON):
        found.append(reverse("workspace:person", args=[person.code]))
    for piece in Evidence.objects.filter(code__startswith=COMMON):
        found += [piece.workspace_url(), piece.portal_url(), f"{piece.portal_url()}file/"]
    for body in Organisation.objects.filter(code__startswith=COMMON):
        found += [reverse("workspace:organisation", args=[body.code]), body.get_absolute_url()]
    for entry in AuditEntry.objects.filter(verb="inside.planted"):
        found.append(reverse("workspace:audit_entry", args=[entry.number]))
    return found


def _of_infrastructure() -> list[str]:
    """Of services and what they need, cascades, campaigns of assessments and drafts of a standard."""
    found = [each.workspace_url() for each in Service.objects.filter(Q(code__startswith=COMMON) | Q(code="power-pe"))]
    found += [
        f"{reverse(f'workspace:{name}')}?q={COMMON}&download=csv" for name in ("services", "dependencies", "assets")
    ]
    found += [each.workspace_url() for each in Designation.objects.filter(code__startswith=COMMON)]
    for what_if in WhatIf.objects.filter(code__startswith=COMMON):
        found += [what_if.workspace_url(), reverse("workspace:what_if_paper", args=[what_if.code, "docx"])]
    for row in Participant.objects.filter(campaign__code__startswith=COMMON).select_related("campaign", "assessment"):
        works = row.assessment.code if row.assessment else ""
        found += [
            reverse("workspace:assessment_campaign", args=[row.campaign.code]),
            reverse("workspace:asked_organisation", args=[row.campaign.code, row.pk]),
            reverse("workspace:campaign_assessment", args=[works]),
            reverse("workspace:assessment_report", args=[works, "docx"]),
            *(reverse("workspace:assessment_oscal", args=[works, kind]) for kind in ("results", "plan")),
            reverse("workspace:assessment_from_oscal", args=[works]),
        ]
    for standard in Standard.objects.filter(code__startswith=COMMON):
        found += [reverse("workspace:standard", args=[standard.code])]
        found += [reverse("workspace:standard_version", args=[standard.code, 1])]
    return found


def _of_the_desks() -> list[str]:
    """Of meetings, publications, imports, reviews, templates and mail."""
    lists = [
        "meetings",
        "committees",
        "decisions",
        "publications",
        "consultations",
        "training_programmes",
        "training_cohorts",
        "certificates",
        "ambassadors",
        "ambassador_requests",
        "campaigns",
        "surveys",
        "tabletops",
        "tabletop_findings",
        "services",
        "assets",
        "dependencies",
        "designations",
        "recovery_plans",
        "what_ifs",
        "assessment_campaigns",
        "standards",
        "advisories",
        "channels",
        "imports",
        "word_templates",
        "mail",
        "accounts",
    ]
    found = [f"{reverse(f'workspace:{name}')}{more}" for name in lists for more in ("", "?download=csv")]
    found += _of_infrastructure()
    for meeting in Meeting.objects.filter(code="2026-10-01"):
        found += [meeting.committee.workspace_url(), meeting.workspace_url()]
        for kind in ("agenda", "minutes"):
            words = [meeting.committee.code, meeting.code, kind]
            found.append(reverse("workspace:meeting_paper", args=words))
            found += [reverse("workspace:meeting_file", args=[*words, form]) for form in ("pdf", "docx")]
    planted = Decision.objects.filter(title__startswith=COMMON)
    found += [address for each in planted for address in (each.workspace_url(), each.get_absolute_url())]
    for paper in Publication.objects.filter(code__startswith=COMMON):
        found += [reverse("workspace:publication", args=[paper.code]), reverse("portal:publication", args=[paper.code])]
    for advisory in Advisory.objects.filter(code__startswith=COMMON):
        found += [advisory.workspace_url(), advisory.get_absolute_url()]
    for draft in ImportDraft.objects.filter(code__startswith=COMMON):
        found += [reverse(f"workspace:{name}", args=[draft.code]) for name in ("import", "import_file")]
        found.append(reverse("workspace:import_row", args=[draft.code, 1]))
    for answer in Answer.objects.filter(number=99):
        found += [answer.update_request.review.workspace_url(), answer.update_request.workspace_url()]
        where = (EDITION, answer.update_request.review.code, answer.pk)
        found.append(reverse("workspace:return_answer", args=where))
    found += [
        reverse("workspace:mail_letter", args=[m.pk])
        for m in OutboxMail.objects.filter(kind__in=["test", "review.asked"])[:10]
    ]
    for token in ApiToken.objects.all():
        found += [
            reverse("workspace:account", args=[token.user.pk]),
            token.workspace_url(),
            reverse("workspace:tokens"),
        ]
    found += [hook.workspace_url() for hook in Webhook.objects.all()]
    return found + _of_cases() + _of_obligations()


def _of_obligations() -> list[str]:
    """What is due and notifications, the lists as files too."""
    lists = [reverse(f"workspace:{name}") for name in ("obligations", "notifications")]
    found = [f"{each}{more}" for each in lists for more in ("", "?download=csv")]
    found += [each.workspace_url() for each in ObligationDue.objects.filter(note__startswith=COMMON)]
    return found + [each.workspace_url() for each in Notification.objects.filter(countries__startswith=COMMON)]


def _of_cases() -> list[str]:
    """Of reports and cases, the list as a file too, and what an organisation reads of its own."""
    found = [reverse(f"workspace:{name}") for name in ("incident_reports", "cases", "own_cases", "change_report_form")]
    found += [f"{reverse('workspace:cases')}?download=csv", f"{reverse('workspace:cases')}?q={COMMON}"]
    for case in Case.objects.filter(reference__startswith="INC-2026-900"):
        found += [reverse(f"workspace:{name}", args=[case.reference]) for name in ("case", "case_log", "own_case")]
    found += [each.get_absolute_url() for each in Report.objects.filter(source_key="planted")]
    return found


def public_files() -> list[str]:
    """They are what the public sees, whoever asks (open_data/test_doors.py), so they are read once."""
    return [each for name in tables() for each in (f"/data/{name}.csv", f"/api/v1/{name}?limit=200")]


LINK = re.compile(r'href="([^"#]+)')


def crawled(client: Client, *more: str) -> Iterator[tuple[str, str]]:
    """Address and text of what can be come to from the first page of the workspace, a few of each route, and of `more`; of
    each list also its downloads."""
    waiting, seen, counts = deque(["/workspace/", *own_addresses(), *more]), set[str](), defaultdict[str, int](int)
    given = set(waiting)
    while waiting:
        address = waiting.popleft()
        if address in seen:
            continue
        seen.add(address)
        try:
            route = resolve(unquote(urlsplit(address).path)).view_name
        except Resolver404:
            continue
        kind = f"{route} {parse_qs(urlsplit(address).query).get('download', [''])[0]}"
        counts[kind] += 1
        if address not in given and counts[kind] > OF_A_KIND:
            continue
        text = text_of(client, address)
        yield address, text.replace(urlsplit(address).path, "")  # a page that refuses still says its own address
        for href in LINK.findall(text):
            found = urljoin(address, html.unescape(href))
            if found.startswith("/workspace/") and "logout" not in found:
                waiting.append(found)
