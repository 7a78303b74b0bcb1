"""One example of each address of this area, for tests that open them all."""

from __future__ import annotations

from floreo.organisations.models import Country, Organisation, User
from floreo.training import moments
from floreo.training.models import Attendance, Cohort, CohortInvitation, Course, Programme, Session


def examples(country: Country, user: User) -> dict[str, list[object]]:
    programme = Programme.objects.create(code="inside-programme", title="Inside")
    course = Course.objects.create(programme=programme, code="inside-course", title="Inside")
    module = course.modules.create(position=1, title="Inside")
    session = Session.objects.select_related("cohort").get(cohort__code="officials-hospital")
    cohort: Cohort = session.cohort
    body = Organisation.objects.get(code="island-bank")
    invitation = CohortInvitation.objects.create(cohort=cohort, organisation=body, mail="a@example.org")
    walked_in = Attendance.objects.create(session=session, name="Inside", is_guest=True, recorded_at=moments.now())
    one: list[object] = [cohort.code]
    held: list[object] = [cohort.code, session.number]
    return {
        "training_programme": [programme.code],
        "training_programme_command": [programme.code, "edit"],
        "training_course": [course.code],
        "training_course_command": [course.code, "edit"],
        "training_module_command": [course.code, module.pk, "edit"],
        "move_training_module": [course.code, module.pk],
        "training_cohort": one,
        "training_cohort_command": [cohort.code, "edit"],
        "training_participants": one,
        "training_scores": one,
        "training_import": one,
        "training_import_template": one,
        "end_training_invitation": [cohort.code, invitation.pk],
        "training_enrolment": [cohort.code, 1],
        "training_enrolment_command": [cohort.code, 1, "edit"],
        "training_session": held,
        "training_session_command": [*held, "edit"],
        "training_attendance": held,
        "training_sheet": [*held, "pdf"],
        "training_walk_in": [*held, walked_in.pk, "remove"],
    }
