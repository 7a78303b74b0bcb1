"""The page of the third pillar: what people can learn, take, ask for and take part in, each with what there is of it today."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from floreo.awareness.models import Material, Quiz
from floreo.awareness.queries import running
from floreo.core import clock
from floreo.core.wording import number_figures
from floreo.initiatives.queries import open_competitions, running_initiatives
from floreo.outreach.queries import active_on
from floreo.portal.views.page import page, public_page
from floreo.surveys.models import Survey
from floreo.training.queries import open_now
from floreo.workforce.models import CatalogueCourse


@dataclass(frozen=True)
class CapacityLink:
    """One line of the page: where it leads, what it is for, and how much there is of it today."""

    title: str
    href: str
    purpose: str
    now: str


def _count(number: int, words: str, none: str) -> str:
    return words % {"n": number_figures(number)} if number else none


def _learn() -> list[CapacityLink]:
    today = clock.today()
    materials, quizzes = Material.objects.out().count(), Quiz.objects.out().count()
    texts = [
        _count(materials, ngettext("%(n)s text", "%(n)s texts", materials), _("No text is published yet.")),
        _count(
            quizzes,
            ngettext("%(n)s quiz or self-check", "%(n)s quizzes and self-checks", quizzes),
            _("No quiz is published yet."),
        ),
    ]
    campaigns = len(running(None, today, today))
    return [
        CapacityLink(
            _("Learn to stay safe"),
            reverse("portal:learn"),
            _("Advice in plain words for households, schools and firms, quizzes, and an exercise in spotting a phish."),
            ", ".join(texts),
        ),
        CapacityLink(
            _("Campaigns"),
            reverse("portal:campaigns"),
            _("What is being done to make people aware, where, and how many it reached."),
            _count(
                campaigns,
                ngettext("%(n)s campaign runs today", "%(n)s campaigns run today", campaigns),
                _("No campaign runs today."),
            ),
        ),
    ]


def _take() -> list[CapacityLink]:
    offered = len(open_now())
    courses = CatalogueCourse.objects.listed().count()
    return [
        CapacityLink(
            _("Training"),
            reverse("portal:training"),
            _("Courses of the strategy: who they are for, when they take place, and how to sign up."),
            _count(
                offered,
                ngettext("%(n)s course open for sign-up", "%(n)s courses open for sign-up", offered),
                _("No course is open for sign-up now."),
            ),
        ),
        CapacityLink(
            _("Courses in the country"),
            reverse("portal:courses"),
            _("What schools, universities and others offer, kept up to date by themselves."),
            _count(
                courses,
                ngettext("%(n)s course", "%(n)s courses", courses),
                _("No institution has entered a course yet."),
            ),
        ),
        CapacityLink(
            _("Check a certificate"),
            reverse("portal:certificates"),
            _("Whether a certificate was issued here, to whom, and whether it is still valid."),
            "",
        ),
        CapacityLink(
            _("People needed and trained"),
            reverse("portal:workforce"),
            _("How many people organisations need for each role, how many they have, and who trains more."),
            "",
        ),
    ]


def _take_part() -> list[CapacityLink]:
    ambassadors = active_on(clock.today()).count()
    competitions, initiatives = open_competitions().count(), running_initiatives().count()
    surveys = Survey.objects.visible_to(None).count()
    return [
        CapacityLink(
            _("Ambassadors"),
            reverse("portal:outreach"),
            _(
                "People who speak about safety on the Internet where they live. Ask for one to come to your school or firm."
            ),
            _count(
                ambassadors,
                ngettext("%(n)s active ambassador", "%(n)s active ambassadors", ambassadors),
                _("No ambassador is active yet."),
            ),
        ),
        CapacityLink(
            _("Surveys"),
            reverse("portal:surveys"),
            _("What the country was asked, and what it answered."),
            _count(surveys, ngettext("%(n)s survey", "%(n)s surveys", surveys), _("No survey is published yet.")),
        ),
        CapacityLink(
            _("Initiatives of others"),
            reverse("portal:initiatives"),
            _("What associations, firms and councils do already. You can propose yours."),
            _count(
                initiatives,
                ngettext("%(n)s initiative", "%(n)s initiatives", initiatives),
                _("No initiative is recorded yet."),
            ),
        ),
        CapacityLink(
            _("Competitions for youth"),
            reverse("portal:competitions"),
            _("What can be entered now, and who won."),
            _count(competitions, ngettext("%(n)s open now", "%(n)s open now", competitions), _("None is open now.")),
        ),
    ]


@login_not_required
@public_page
def capacity(request: HttpRequest) -> HttpResponseBase:
    return page(
        request,
        "portal/capacity.html",
        title=_("Skills and awareness"),
        description=_(
            "Training, advice, ambassadors, surveys and competitions of the national cybersecurity strategy."
        ),
        section="capacity",
        groups=((_("Learn"), _learn()), (_("Train"), _take()), (_("Take part"), _take_part())),
    )
