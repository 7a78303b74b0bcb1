"""What the incidents app offers to the rest of the product."""

from __future__ import annotations

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from floreo.core.access import Permission
from floreo.core.figures import Measure
from floreo.core.offers import INCIDENTS, Job, MenuItem, Offers, SearchKind
from floreo.incidents import clocks, measures, pack, spooled
from floreo.incidents.actions.mail import read_incident_mail
from floreo.incidents.offered_measures import CASE_MEASURES
from floreo.incidents.tasks import waiting_tasks

OFFERS = Offers(
    holidays=clocks.holidays,
    measures={
        "share_reports_decided_within_24h": Measure(
            measures.share_reports_decided_within_24h,
            _("Reports triaged within 24 hours"),
            "%",
            _("reports triaged within 24 hours"),
            _("reports received"),
            about_people=True,
            records_need=Permission.INCIDENT_HANDLE.value,
        ),
        **CASE_MEASURES,
    },
    tasks=waiting_tasks,
    discussed=dict.fromkeys(("incidents.case", "incidents.importrun"), Permission.INCIDENT_HANDLE),
    task_kinds={
        "case_clock": _("Clocks of cases"),
        "case_task": _("Tasks of cases"),
        "case_untouched": _("Cases that nobody touched"),
        "case_asked": _("Asked by the national team"),
    },
    pack_shapes=pack.SHAPES,
    pack_files=pack.FILES,
    verbs={
        "cases.import_begun": _("began an import of old cases"),
        "cases.import_undone": _("undid an import of old cases"),
        "cases.imported": _("imported old cases"),
        "incident_form.closed": _("closed the public form for reports"),
        "incident_form.opened": _("opened the public form for reports"),
        "incident_form.set_up": _("set up the public form for reports"),
        "case.given_to_machines": _("exported the case as a file"),
        "case.taken_from_machines": _("imported observables from a file"),
        "case.automatic_reply_received": _("noted an automatic reply in a case"),
        "case.classified": _("classified a case"),
        "case.clocks_paused": _("paused the clocks of a case"),
        "case.clocks_resumed": _("resumed the clocks of a case"),
        "case.closed": _("closed a case"),
        "case.contained": _("recorded that an incident is contained"),
        "case.custody_handed_over": _("handed evidence over"),
        "case.edited": _("changed the title or summary of a case"),
        "case.evidence_added": _("added evidence to a case"),
        "case.handed_over": _("wrote a handover note"),
        "case.happening_added": _("added to what happened in a case"),
        "case.happening_changed": _("changed what happened in a case"),
        "case.happening_removed": _("removed something from what happened in a case"),
        "case.linked": _("marked two cases as related"),
        "case.member_added": _("let somebody read a TLP:RED case"),
        "case.member_removed": _("removed somebody from a TLP:RED case"),
        "case.merge_undone": _("undid a merge of cases"),
        "case.merged": _("merged two cases"),
        "case.message_received": _("took in an e-mail of a case"),
        "case.message_sent": _("wrote an e-mail from a case"),
        "case.moments_set": _("recorded when an incident happened"),
        "case.noted": _("wrote in the log of a case"),
        "case.observable_changed": _("changed an observable of a case"),
        "case.observable_removed": _("removed an observable from a case"),
        "case.observables_added": _("added observables to a case"),
        "case.opened": _("opened a case"),
        "case.organisation_added": _("added an organisation to a case"),
        "case.organisation_removed": _("removed an organisation from a case"),
        "case.playbook_started": _("started a playbook in a case"),
        "case.reopened": _("reopened a case"),
        "case.report_split": _("split a report off from a case"),
        "case.resolved": _("recorded that an incident is resolved"),
        "case.shared": _("changed whether an organisation can read a case"),
        "case.submission_recorded": _("recorded what an organisation sent under a law"),
        "case.taken_over": _("took a case over"),
        "case.task_added": _("added a task to a case"),
        "case.task_changed": _("changed a task of a case"),
        "case.task_done": _("finished a task of a case"),
        "case.task_dropped": _("marked a task of a case as not needed"),
        "case.task_reopened": _("opened a task of a case again"),
        "case.unlinked": _("removed the mark that two cases are related"),
        "case.waiting_set": _("set for whom a case waits"),
        "case_filter.removed": _("removed a saved filter of cases"),
        "case_filter.saved": _("saved a filter of cases"),
        "duty.planned": _("planned a duty shift"),
        "duty.removed": _("removed a duty shift"),
        "incident_report.accepted": _("opened a case for a report"),
        "incident_report.acknowledged": _("recorded that the reporter was answered"),
        "incident_report.added_to": _("added to their report"),
        "incident_report.answered_by_mail": _("added a reply by e-mail to a report"),
        "incident_report.corrected": _("corrected how a report is filed"),
        "incident_report.joined": _("added a report to a case"),
        "incident_report.marked_duplicate": _("marked a report as reported before"),
        "incident_report.passed": _("passed a report on"),
        "incident_report.received": _("took in a report of an incident"),
        "incident_report.rejected": _("rejected a report"),
        "incident_report.reopened": _("took back a decision on a report"),
        "incident_report.reporter_asked": _("asked the reporter"),
        "incident_report.sent_again": _("took in a report that was sent again with other answers"),
        "incident_report.withdrawn": _("withdrew their report"),
    },
    search_kinds=(
        SearchKind("incident_report", _("Incident report"), Permission.INCIDENT_HANDLE),
        SearchKind("case", _("Case"), Permission.INCIDENT_HANDLE),
    ),
    jobs=(
        Job("reports of the public form", spooled.take_in, timedelta(seconds=2), "reports"),
        Job("mail to the team", read_incident_mail, timedelta(minutes=2), "outside"),
        Job("clocks of cases", clocks.refresh_all, timedelta(minutes=5)),
    ),
    menu=(
        MenuItem(
            INCIDENTS,
            _("Reports of incidents"),
            "workspace:incident_reports",
            Permission.INCIDENT_HANDLE,
            10,
            "incident_reports",
        ),
        MenuItem(
            INCIDENTS, _("Public report form"), "workspace:report_form", Permission.INCIDENT_SETUP, 90, "report_form"
        ),
        MenuItem(
            INCIDENTS,
            _("Cases"),
            "workspace:cases",
            Permission.INCIDENT_HANDLE,
            20,
            "cases",
            query="?state=not_closed",
        ),
        MenuItem(
            INCIDENTS, _("Import old cases"), "workspace:case_imports", Permission.INCIDENT_HANDLE, 80, "case_imports"
        ),
        MenuItem(INCIDENTS, _("Duty rota"), "workspace:duty", Permission.INCIDENT_HANDLE, 30, "duty"),
        MenuItem(INCIDENTS, _("Our cases"), "workspace:own_cases", Permission.INCIDENT_READ, 40, "own_cases"),
    ),
)
