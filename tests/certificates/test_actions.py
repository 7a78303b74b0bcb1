"""Issuing, renewing, revoking, correcting, erasing; who is certified today; what waits for whom; what is counted."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from floreo.certificates import measures, queries
from floreo.certificates.access import Holder, certificate_of_link, terms_of, token_of
from floreo.certificates.actions import holding, issuing, signing
from floreo.certificates.logic import State, Why
from floreo.certificates.models import Certificate, Origin, SigningKey, StatusList
from floreo.certificates.tables import CERTIFICATE_COUNTS
from floreo.certificates.tasks import waiting_tasks
from floreo.core import clock
from floreo.core.access import SYSTEM, Permission
from floreo.core.decisions import as_shown
from floreo.core.errors import Missing, NotAllowed, Refused
from floreo.core.figures import Filters, Period
from floreo.core.models import AuditEntry, OutboxMail
from floreo.core.tasks import Recipient
from floreo.organisations.models import Person, User
from floreo.training.models import Enrolment
from tests.certificates.making import TODAY, cohort, enrol, issued, one, signed

pytestmark = pytest.mark.usefixtures("isla")


def test_whoever_completed_it_gets_one_with_every_fact() -> None:
    made = cohort(people=1)
    enrol(made, 2, completed_on=None)
    enrol(made, 3, passed=False)
    enrol(made, 4, name="", is_erased=True)
    enrol(made, 5, state="withdrawn")
    (found,) = issued(made)
    facts = (
        found.name,
        found.title,
        found.cohort_title,
        found.hours,
        found.issued_on,
        found.expires_on,
        found.criteria,
    )
    assert facts == (
        "Ana Marea 1",
        "Safe harbours",
        "Harbour, October 2026",
        Decimal(24),
        date(2026, 11, 3),
        date(2028, 11, 2),
        "The holder can close a port.",
    )
    assert (found.issuer_name, len(found.code), found.number.startswith("2026-")) == (found.issuer.name, 12, True)  # type: ignore[union-attr]
    assert [each.why for each in queries.candidates_of(made)] == [
        Why.HAS_ONE,
        Why.NOT_COMPLETED,
        Why.NOT_PASSED,
        Why.NO_NAME,
        Why.NO_SEAT,
    ]


def test_a_second_press_issues_nothing_twice() -> None:
    made = cohort()
    issued(made)
    with pytest.raises(Refused) as refusal:
        issued(made)
    assert (refusal.value.code, Certificate.objects.filter(cohort=made).count()) == ("nobody", 3)


def test_the_spanish_of_the_course_is_on_the_certificate_of_who_speaks_it() -> None:
    made = cohort(people=0)
    enrol(made, 1, language="es")
    assert issued(made)[0].title == "Puertos seguros"


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"issued_on": date(2026, 11, 30)}, "future"),
        ({"issued_on": date(2026, 10, 1)}, "too_early"),
        ({"expires_on": date(2026, 11, 1)}, "order"),
    ],
)
def test_days_that_cannot_be_are_refused(facts: dict[str, date], code: str) -> None:
    with pytest.raises(Refused) as refusal:
        issued(cohort(), **facts)
    assert refusal.value.code == code


@pytest.mark.parametrize(("state", "code"), [("planned", "not_closed"), ("cancelled", "cancelled")])
def test_a_cohort_without_results_gets_none(state: str, code: str) -> None:
    with pytest.raises(Refused) as refusal:
        issued(cohort(state=state, closed_on=None))
    assert refusal.value.code == code


def test_what_was_changed_since_the_page_was_opened_is_not_issued() -> None:
    made, shown = cohort(), as_shown()
    issuing.set_terms(terms_of(made.course), by=SYSTEM, months=12)
    issuing.issue_to_cohort(
        made, by=SYSTEM, issued_on=date(2026, 11, 3), shown=shown
    )  # the terms are asked on the form
    other, shown = cohort(code="other-2026"), as_shown()
    enrolment = Enrolment.objects.filter(cohort=other).order_by("number")[0]
    from floreo.core.action import action
    from floreo.core.writing import save

    @action("test.changed", needs=None)
    def change(each: Enrolment, *, by: object) -> None:
        each.score_after = Decimal(1)
        save(each)

    change(enrolment, by=SYSTEM)
    with pytest.raises(Refused) as refusal:
        issuing.issue_to_cohort(other, by=SYSTEM, issued_on=date(2026, 11, 3), shown=shown)
    assert (refusal.value.code, Certificate.objects.filter(cohort=other).exists()) == ("changed_since", False)


@pytest.mark.long
def test_names_and_codes_never_enter_the_trail() -> None:
    made = signed(one())
    holding.erase(made, by=SYSTEM)
    text = "".join(str(each.detail) + each.subject_name for each in AuditEntry.objects.order_by("-number")[:12])
    assert [word for word in ("Ana Marea", made.code, "ana1@example.org") if word in text] == []


def test_the_worker_signs_and_sends_each_holder_the_link_once() -> None:
    made = cohort(people=2)
    enrol(made, 3, mail="", mail_key="")
    rows = issued(made)
    assert [row.is_signed for row in rows] == [False] * 3
    assert signing.sign_due() >= 3
    assert signing.sign_due() == 0
    mails = OutboxMail.objects.filter(kind="certificate.issued")
    assert sorted(mail.to for mail in mails) == ["ana1@example.org", "ana2@example.org"]
    first = Certificate.objects.get(pk=rows[0].pk)
    mail = mails.get(to="ana1@example.org")
    assert token_of(first) in mail.text
    assert (mail.is_secret, first.is_signed, first.signed_with) == (True, True, SigningKey.objects.get())


def test_the_key_is_made_once_for_the_worker_alone(tmp_path: object, settings: object) -> None:
    from pathlib import Path

    one(cohort(people=1))
    path = Path(settings.CERTIFICATE_KEY_FILE)  # type: ignore[attr-defined]
    assert not path.exists()
    signing.sign_due()
    assert (path.stat().st_mode & 0o777, SigningKey.objects.count()) == (0o600, 1)


def test_without_its_key_nothing_is_signed_and_nothing_is_lost(tmp_path: object, settings: object) -> None:
    from pathlib import Path

    made = one(cohort(people=1))
    path = Path(settings.CERTIFICATE_KEY_FILE)  # type: ignore[attr-defined]
    path.write_text("no key")
    with pytest.raises(Refused) as refusal:
        signing.sign_due()
    made.refresh_from_db()
    assert (refusal.value.code, made.is_signed, made.state) == ("certificate_key", False, State.CURRENT)


def test_who_may_not_issue_issues_nothing(observer: User) -> None:
    with pytest.raises(NotAllowed):
        issuing.issue_to_cohort(cohort(), by=observer, issued_on=TODAY)


def test_a_revoked_one_is_revoked_for_a_reason_and_a_new_one_can_be_issued() -> None:
    made = one()
    with pytest.raises(Refused):
        issuing.revoke(made, by=SYSTEM, reason=" ")
    issuing.revoke(made, by=SYSTEM, reason="Issued by mistake.")
    made.refresh_from_db()
    assert (made.state, made.revoked_on, made.revoked_reason) == (State.REVOKED, TODAY, "Issued by mistake.")
    with pytest.raises(Refused):
        issuing.revoke(made, by=SYSTEM, reason="Again.")
    assert made.cohort is not None
    with pytest.raises(Refused) as none:  # not by the press for all: who revoked it knew why
        issued(made.cohort)
    new = issuing.reissue(made, by=SYSTEM, issued_on=TODAY, expires_on=date(2028, 11, 23))
    with pytest.raises(Refused) as twice:
        issuing.reissue(made, by=SYSTEM, issued_on=TODAY)
    assert (none.value.code, twice.value.code, new.state, new.enrolment) == (
        "nobody",
        "has_one",
        State.CURRENT,
        made.enrolment,
    )


def test_a_renewal_points_to_the_old_one_and_is_refused_too_early_and_twice() -> None:
    made = one(expires_on=date(2027, 6, 1))
    with pytest.raises(Refused) as early:
        issuing.renew(made, by=SYSTEM, issued_on=TODAY)
    ends = one(cohort(code="ends-2026", people=1), expires_on=date(2026, 12, 20))
    holding.ask_renewal(ends, by=Holder(ends))
    new = issuing.renew(ends, by=SYSTEM, issued_on=TODAY, expires_on=date(2028, 11, 23))
    ends.refresh_from_db()
    with pytest.raises(Refused) as twice:
        issuing.renew(ends, by=SYSTEM, issued_on=TODAY)
    assert (early.value.code, twice.value.code) == ("too_early", "renewed")
    assert (new.renews, new.origin, new.name, new.state, ends.wants_renewal_on) == (
        ends,
        Origin.RENEWAL,
        ends.name,
        State.CURRENT,
        None,
    )


@pytest.mark.long
def test_holders_are_invited_once_before_the_end() -> None:
    ends = one(cohort(people=1), expires_on=date(2026, 12, 20))
    one(cohort(code="later-2026", people=1), expires_on=date(2027, 12, 20))
    signing.sign_due()
    signing.sign_due()
    mails = list(OutboxMail.objects.filter(kind="certificate.renewal", to="ana1@example.org"))
    ends.refresh_from_db()
    assert (len(mails), ends.invited_on, token_of(ends) in mails[0].text) == (1, TODAY, True)


def test_one_of_an_earlier_course_is_on_record_and_not_signed() -> None:
    facts = {"name": "Juan Mar", "title": "Old course", "issuer_name": "College", "source": "Seen on paper"}
    made = issuing.enter_certificate(by=SYSTEM, issued_on=date(2023, 5, 1), **facts)  # type: ignore[arg-type]
    signing.sign_due()
    made.refresh_from_db()
    assert (made.is_digital, made.is_signed, made.state, made.number[:4]) == (False, False, State.CURRENT, "2023")
    with pytest.raises(Refused) as refusal:
        issuing.enter_certificate(by=SYSTEM, issued_on=date(2023, 5, 1), **facts | {"source": ""})  # type: ignore[arg-type]
    assert refusal.value.code == "missing"


def test_the_holders_link_ends_when_another_is_sent_and_when_the_name_is_erased() -> None:
    made = signed(one())
    first = token_of(made)
    again = issuing.send_link(made, by=SYSTEM, mail="new@example.org")
    second = token_of(again)
    with pytest.raises(Missing):
        certificate_of_link(first)
    assert certificate_of_link(second).mail == "new@example.org"
    holding.erase(again, by=Holder(again))
    with pytest.raises(Missing):
        certificate_of_link(second)
    again.refresh_from_db()
    assert (again.name, again.mail, again.credential, again.token, again.is_erased) == ("", "", "", "", True)


@pytest.mark.long
def test_the_address_of_a_holder_is_in_no_entry_of_the_trail() -> None:
    made = signed(one())
    issuing.send_link(made, by=SYSTEM, mail="new.address@example.org")
    assert OutboxMail.objects.filter(to="new.address@example.org").exists()
    assert not AuditEntry.objects.filter(detail__icontains="new.address").exists()


def test_with_the_name_go_the_e_mails_that_hold_it() -> None:
    made = signed(one())
    about = {"kind": "certificate.issued", "to": "ana1@example.org"}
    OutboxMail.objects.filter(**about).update(state="sent")
    assert "Ana Marea 1" in OutboxMail.objects.get(**about).text
    holding.erase(made, by=Holder(made))
    assert not OutboxMail.objects.filter(to="ana1@example.org").exists()


def test_a_hidden_name_stays_hidden_on_the_certificate_that_renews_it() -> None:
    ends = one(expires_on=date(2026, 12, 20))
    holding.hide_name(ends, by=Holder(ends))
    new = issuing.renew(ends, by=SYSTEM, issued_on=TODAY, expires_on=date(2028, 11, 23))
    assert (new.public_name, new.name) == ("", "Ana Marea 1")
    issuing.revoke(new, by=SYSTEM, reason="Wrong day.")
    again = issuing.reissue(new, by=SYSTEM, issued_on=TODAY)
    with pytest.raises(Refused) as twice:
        issuing.reissue(new, by=SYSTEM, issued_on=TODAY)
    assert (again.public_name, twice.value.code) == ("", "has_one")


def test_hiding_and_showing_a_name() -> None:
    made = one()
    assert [
        holding.hide_name(made, by=Holder(made)).public_name,
        holding.show_name(made, by=Holder(made)).public_name,
    ] == [
        "",
        "Ana Marea 1",
    ]


def test_erasing_on_request_says_how_it_was_asked() -> None:
    made = one()
    with pytest.raises(Refused):
        holding.erase_on_request(made, by=SYSTEM, reason="")
    holding.erase_on_request(made, by=SYSTEM, reason="By letter.")
    made.refresh_from_db()
    assert (made.is_erased, made.public_name) == (True, "")


# --- Who is certified ---------------------------------------------------------------------------------------------


def test_whose_certificate_has_lapsed_drops_out_by_itself() -> None:
    person = Person.objects.create(code="ana", name="Ana Marea")
    made = cohort(people=1)
    Enrolment.objects.filter(cohort=made).update(person=person)
    found = one(made, expires_on=date(2027, 1, 31))
    days = (date(2026, 11, 2), date(2026, 11, 3), date(2027, 1, 31), date(2027, 2, 1))
    assert [person.pk in queries.certified_people(on=day) for day in days] == [False, True, True, False]
    assert [queries.current_certificates(on=day).filter(pk=found.pk).exists() for day in days] == [
        False,
        True,
        True,
        False,
    ]
    assert [queries.state_of(queries.certificate_of(person, on=day), on=day) for day in days] == [
        None,
        State.CURRENT,
        State.EXPIRES_SOON,
        State.EXPIRED,
    ]


def test_of_several_the_one_that_lasts_longest_counts() -> None:
    person = Person.objects.create(code="ana", name="Ana Marea")
    facts = {"name": "Ana", "title": "T", "issuer_name": "I", "source": "S", "person": person}
    short = issuing.enter_certificate(by=SYSTEM, issued_on=date(2026, 5, 1), expires_on=date(2026, 12, 31), **facts)  # type: ignore[arg-type]
    long = issuing.enter_certificate(by=SYSTEM, issued_on=date(2025, 5, 1), expires_on=date(2027, 12, 31), **facts)  # type: ignore[arg-type]
    assert queries.certificate_of(person) == long
    issuing.revoke(long, by=SYSTEM, reason="Mistake.")
    assert queries.certificate_of(person) == short


def test_the_database_and_the_rule_agree_on_every_state() -> None:
    day = TODAY
    found = {str(state): set(Certificate.objects.in_state(state, day)) for state in State}
    told: dict[str, set[Certificate]] = {str(state): set() for state in State}
    for each in Certificate.objects.all():
        if (state := each.state) is not None:
            told[str(state)].add(each)
    assert found == told
    assert all(told.values())  # the sample country has some of each
    valid = set(Certificate.objects.valid_on(day))
    assert valid == told[State.CURRENT] | told[State.EXPIRES_SOON]


# --- Tasks and figures --------------------------------------------------------------------------------------------


def test_what_waits_for_those_who_issue() -> None:
    made = cohort(people=2)
    ends = one(cohort(code="ends-2026", people=1), expires_on=date(2026, 12, 20))
    holding.ask_renewal(ends, by=Holder(ends))
    issuer = Recipient(permissions=frozenset({Permission.CERTIFICATE_ISSUE}))
    tasks = list(waiting_tasks(issuer, viewer=SYSTEM, today=TODAY))
    titles = [task.title for task in tasks]
    assert made.title in titles
    assert f"{ends.number} {ends.name}" in titles
    assert "Certificates that expire" in titles
    assert (
        next(task.why for task in tasks if task.title == made.title) == "2 people completed it and have no certificate."
    )
    assert list(waiting_tasks(Recipient(), viewer=SYSTEM, today=TODAY)) == []


def test_tasks_cost_the_same_however_many_wait() -> None:
    issuer = Recipient(permissions=frozenset({Permission.CERTIFICATE_ISSUE}))

    def cost() -> int:
        with CaptureQueriesContext(connection) as asked:
            list(waiting_tasks(issuer, viewer=SYSTEM, today=TODAY))
        return len(asked)

    before = cost()
    cohort(people=2)
    one(cohort(code="ends-2026", people=1), expires_on=date(2026, 12, 20))
    assert cost() == before == 4


def test_a_certificate_of_somebody_who_did_not_complete_it_after_all_waits_to_be_looked_at() -> None:
    made = cohort(people=2)
    kept, lost = issued(made)
    issuer = Recipient(permissions=frozenset({Permission.CERTIFICATE_ISSUE}))

    def told() -> list[str]:
        return [task.why for task in waiting_tasks(issuer, viewer=SYSTEM, today=TODAY) if task.title == made.title]

    assert told() == []
    Enrolment.objects.filter(certificates=lost).update(completed_on=None)  # as results that were corrected leave it
    assert told() == ["1 person holds a certificate and did not complete it, as its results say now."]
    issuing.revoke(lost, by=SYSTEM, reason="Did not complete the course.")
    assert told() == []
    assert kept.state == State.CURRENT


def test_figures_of_a_period() -> None:
    period = Period(date(2026, 10, 1), date(2026, 12, 31))
    before = [
        measure(period, Filters()).numerator
        for measure in (measures.certificates_issued, measures.share_certificates_current, measures.people_certified)
    ]
    rows = issued(cohort(people=3))
    issuing.revoke(rows[0], by=SYSTEM, reason="Mistake.")
    after = [
        measure(period, Filters()).numerator
        for measure in (measures.certificates_issued, measures.share_certificates_current, measures.people_certified)
    ]
    assert [new - old for new, old in zip(after, before, strict=True)] == [3, 2, 2]  # type: ignore[operator]


def test_counts_of_few_people_are_withheld() -> None:
    made = cohort(people=7)
    rows = issued(made)

    def shown() -> list[object]:
        row = next(each for each in CERTIFICATE_COUNTS.rows(None) if each.pk == made.course_id)
        return [column.value(row) for column in CERTIFICATE_COUNTS.columns[2:]]

    assert shown() == [7, 7, 0, 0]
    issuing.revoke(rows[0], by=SYSTEM, reason="Mistake.")
    assert shown() == [7, None, None, None]


def test_a_course_that_is_not_public_is_in_no_public_count() -> None:
    made = cohort(people=7, is_public=False)
    issued(made)
    assert made.course_id not in [each.pk for each in CERTIFICATE_COUNTS.rows(None)]


# --- What the worker stores ---------------------------------------------------------------------------------------


def test_what_was_changed_while_it_was_signed_is_signed_again() -> None:
    made = one()
    loaded = Certificate.objects.get(pk=made.pk)
    loaded.credential, loaded.token, loaded.signed_at = "{}", "t", clock.machine()
    loaded.signed_with = signing.add_key(by=SYSTEM, public="A" * 43 + "=")
    issuing.correct_name(made, by=SYSTEM, name="Ana Mareas")
    assert signing.save_signatures([loaded], by=SYSTEM) == 0
    made.refresh_from_db()
    assert (made.credential, made.signed_at, made.name) == ("", None, "Ana Mareas")


def test_a_list_and_an_invitation_are_stored_once() -> None:
    ends = one(expires_on=date(2026, 12, 20))
    assert [signing.invite_to_renew([ends], by=SYSTEM) for _n in range(2)] == [1, 0]
    at = clock.machine()
    first = signing.save_list(StatusList(number=1), by=SYSTEM, text="a", revoked=0, at=at)
    signing.save_list(first, by=SYSTEM, text="b", revoked=1, at=at)
    assert list(StatusList.objects.values_list("number", "text", "revoked")) == [(1, "b", 1)]
