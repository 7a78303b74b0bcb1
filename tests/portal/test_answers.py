"""Every list of the public site opens with its answer, computed from what it lists."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.test import Client

from floreo.core import clock
from floreo.indicators.logic import Outlook, outlooks_counted
from floreo.indicators.models import Indicator, Reading
from floreo.indicators.presenters import status_headline, status_tally
from floreo.meetings.models import Decision
from floreo.meetings.presenters import waiting_headline
from floreo.organisations.models import Country, Organisation, Place
from floreo.outreach.models import OutreachSession
from floreo.portal.queries.districts import has_work_by_district, work_by_district
from floreo.portal.queries.happenings import past_and_to_come
from floreo.portal.queries.register import Leading, leading, with_leads
from floreo.portal.views.register import _bounds, _who_leads
from floreo.strategy.models import Action, Event, Participation
from tests.factories import strategy as make
from tests.portal.crawl import body

pytestmark = pytest.mark.django_db


def test_the_heading_of_indicators_counts_those_that_go_well_among_all() -> None:
    counts = outlooks_counted(
        [Outlook.REACHED, Outlook.ON_TRACK, Outlook.AT_RISK, Outlook.MISSED, Outlook.UNKNOWN, Outlook.UNKNOWN]
    )
    assert status_headline(counts) == "2 of 6 indicators are on track or have reached their target"
    assert status_tally(counts) == "1 reached, 1 on track, 1 at risk, 1 missed, 2 without a target or a value"
    assert status_headline(outlooks_counted([])) == "No indicators"
    bare = outlooks_counted([Outlook.UNKNOWN] * 6)
    assert status_headline(bare) == "None of the 6 indicators has both a target and a value yet"
    assert status_tally(outlooks_counted([])) == ""


def test_indicators_stand_under_their_pillar_and_those_of_none_come_last(isla: Country, stranger: Client) -> None:
    page = body(stranger, "/indicators/")
    heads = [page.index(f'id="group-2025-2028-{n}"') for n in (1, 2, 3, 4)]
    assert heads == sorted(heads)
    assert max(heads) < page.index('id="group-whole"')
    assert "indicators are on track or have reached their target</h1>" in " ".join(page.split())


def test_indicators_are_counted_over_all_pages(
    isla: Country, stranger: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def heading() -> str:
        page = " ".join(body(stranger, "/indicators/").split())
        return page[page.index("<h1>") : page.index("</h1>")]

    whole = heading()
    monkeypatch.setattr("floreo.portal.views.indicators.MOST_ON_PAGE", 5)
    assert heading() == whole


def test_organisations_are_ordered_by_what_is_late_and_by_what_the_address_asks_for(
    isla: Country, stranger: Client
) -> None:
    with clock.pinned_day(day=make.TODAY):
        rows = {o.code: (o.leads, o.late) for o in with_leads(Organisation.objects.visible_to(None), clock.today())}  # type: ignore[attr-defined]  # annotated
    late = {code for code, (_leads, number) in rows.items() if number}
    assert late
    page = body(stranger, "/organisations/")
    first = min((page.index(f"/organisations/{code}/"), code) for code in rows if f"/organisations/{code}/" in page)[1]
    assert first in late
    by_name = body(stranger, "/organisations/?sort=name")
    names = sorted(Organisation.objects.visible_to(None).values_list("name", "code"))
    assert by_name.index(f"/organisations/{names[0][1]}/") < by_name.index(f"/organisations/{names[1][1]}/")
    nonsense = body(stranger, "/organisations/?sort=nonsense")
    assert (
        nonsense[nonsense.index("<tbody") : nonsense.index("</tbody>")]
        == page[page.index("<tbody") : page.index("</tbody>")]
    )


def test_what_a_merged_organisation_leads_counts_for_its_successor(isla: Country) -> None:
    act = Action.objects.filter(edition__code="2025-2028", is_public=True).order_by("pk")[0]
    Participation.objects.filter(action=act).delete()
    new = Organisation.objects.create(code="new-body", name="New", kind="agency")
    old = Organisation.objects.create(code="old-body", name="Old", kind="agency", merged_into=new)
    Participation.objects.create(action=act, organisation=old, part="lead")
    found = {o.code: o.leads for o in with_leads(Organisation.objects.all(), date(2026, 11, 24))}  # type: ignore[attr-defined]  # annotated
    assert (found["new-body"], found["old-body"]) == (1, 0)


def test_the_heading_of_organisations_says_how_many_lead_and_have_late_ones() -> None:
    assert _who_leads(Leading(0, 0)) == "No organisation is recorded as the lead of an action yet"
    assert _who_leads(Leading(1, 0)) == "1 organisation leads actions; none of its actions is late"
    assert _who_leads(Leading(12, 3)) == "12 organisations lead actions; 3 of them have late ones"
    assert leading(date(2026, 11, 24)) == Leading(0, 0)


def test_decisions_open_with_what_waits(isla: Country, stranger: Client) -> None:
    page = " ".join(body(stranger, "/strategy/2025-2028/decisions/").split())
    heading = page[page.index("<h1>") + 4 : page.index("</h1>")]
    assert "waiting for a reply" in heading or "to be carried out" in heading
    open_ones = (
        Decision.objects.visible_to(None).filter(edition__code="2025-2028").open().values_list("number", flat=True)
    )
    done = Decision.objects.visible_to(None).filter(edition__code="2025-2028").exclude(number__in=open_ones)
    places = {
        n: page.index(f'id="{n}"') for n in [*open_ones, *done.values_list("number", flat=True)] if f'id="{n}"' in page
    }
    assert max(places[n] for n in open_ones if n in places) < min(places[d.number] for d in done if d.number in places)


def test_the_sentence_of_decisions_says_of_whom_and_what_is_late() -> None:
    def asked(of: str) -> Decision:
        return Decision(state="asked", addressed_to=of)

    late, timely = Decision(state="taken", due_on=date(2026, 1, 1)), Decision(state="taken")
    with clock.pinned_day(day=date(2026, 11, 24)):
        assert waiting_headline([]) == "No decision is waiting"
        assert (
            waiting_headline([asked("Minister"), asked("Minister")])
            == "Two decisions are waiting for a reply from: Minister"
        )
        assert waiting_headline([asked("A"), asked("B")]) == "Two decisions are waiting for a reply"
        assert waiting_headline([late, timely]) == "Two are to be carried out, one is late"


def test_what_happened_stands_apart_from_what_is_to_come() -> None:
    today = date(2026, 11, 24)
    rows = [
        Event(pk=n, title=str(n), on=on)
        for n, on in enumerate([date(2027, 10, 1), date(2026, 12, 5), None, today, date(2026, 1, 1)])
    ]
    past, ahead = past_and_to_come(rows, today)
    assert [m.on for m in past] == [today, date(2026, 1, 1)]
    assert [m.on for m in ahead] == [date(2026, 12, 5), date(2027, 10, 1), None]


class TestDistricts:
    def test_without_anything_there_is_no_page_in_the_menu_and_a_sentence_instead_of_people(
        self, stranger: Client
    ) -> None:
        make.make_country()
        Place.objects.create(code="north", name="North", kind="district", population=4321)
        assert not has_work_by_district()
        assert 'href="/districts/"' not in body(stranger, "/")
        page = body(stranger, "/districts/")
        assert "Nothing of the strategy is recorded by district yet" in page
        assert "4,321" not in page

    @pytest.mark.long
    def test_with_something_there_is_a_map_of_it_and_the_same_numbers_in_a_table(
        self, isla: Country, stranger: Client
    ) -> None:
        assert 'href="/districts/"' in body(stranger, "/")
        with clock.pinned_day(day=make.TODAY):
            found = work_by_district(clock.today())
        assert found.with_any > 0
        for kind in found.kinds:
            page = body(stranger, f"/districts/?show={kind.code}")
            assert "fl-mapsvg" in page
            most = max(row.counts[kind.code] for row in found.rows)
            assert f"({most:,})" in page

    def test_a_session_that_nobody_reviewed_counts_for_nothing(self, isla: Country) -> None:
        OutreachSession.objects.update(state="sent")
        with clock.pinned_day(day=make.TODAY):
            assert "sessions" not in {kind.code for kind in work_by_district(clock.today()).kinds}

    def test_shades_are_whole_numbers_that_follow_each_other(self) -> None:
        assert _bounds(1) == [(1, 1)]
        assert _bounds(2) == [(1, 1), (2, 2)]
        assert _bounds(12) == [(1, 4), (5, 8), (9, 12)]
        for highest in range(1, 60):
            inside = [n for low, high in _bounds(highest) for n in range(low, high + 1)]
            assert inside == list(range(1, highest + 1))


def test_a_value_on_the_home_page_says_whether_it_was_calculated_or_entered(isla: Country, stranger: Client) -> None:
    assert "Calculated from records" in body(stranger, "/")
    indicator = Indicator.objects.get(code="csirt-staff")
    Indicator.objects.update(on_home=False)
    Indicator.objects.filter(pk=indicator.pk).update(on_home=True)
    Reading.objects.filter(indicator=indicator, frozen_at=None).update(measure="", source="A list")
    page = body(stranger, "/")
    assert "Entered. Source:" in page
    assert "Calculated from records" not in page


def test_a_limit_that_rose_is_never_called_reached(isla: Country) -> None:
    from floreo.indicators.presenters import outlook_text

    indicator = Indicator(
        code="x",
        title="X",
        unit="milestones",
        direction="down",
        target=Decimal(2),
        target_due=date(2026, 9, 30),
        baseline=Decimal(0),
        baseline_on=date(2025, 1, 1),
    )
    reading = Reading(
        indicator=indicator, value=Decimal(2), starts_on=date(2026, 7, 1), ends_on=date(2026, 9, 30), working={}
    )
    assert outlook_text(indicator, reading).startswith("Within the limit")
