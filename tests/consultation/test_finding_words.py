"""Words are looked for in the index first: what is found is what the texts themselves hold, on both databases."""

from __future__ import annotations

import random
import string
from collections.abc import Callable
from itertools import product

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.test import Client, RequestFactory
from hypothesis import given, settings
from hypothesis import strategies as st

from floreo import offers
from floreo.consultation import queries
from floreo.consultation.actions import commenting, deciding
from floreo.consultation.models import COMMENT_PARTS, Comment, Consultation
from floreo.consultation.queries import with_words
from floreo.consultation.tables import CONSULTATION_COMMENTS, WORKSPACE_COMMENTS, public_comments_of
from floreo.core import clock, search
from floreo.core import lists as lists_module
from floreo.core.access import SYSTEM
from floreo.core.lists import Listing
from floreo.core.models import SearchEntry
from floreo.core.search import Parts, _same_sign
from floreo.organisations.models import User
from floreo.portal.views import consultations as views
from tests.consultation.making import CODE, opened, read, sent
from tests.examples import drawn

pytestmark = pytest.mark.two_databases

WORDS = [
    "magistrate",
    "Magistrates",
    "información",
    "INFORMACIÓN",
    "informacion",
    "niñez",
    "Straße",
    "STRASSE",
    "ley",
    "a",
    "10(4)",
    "12",
    "don't",
    "e-mail",
    "under_score",
    "100%",
    "ΟΔΟΣ",
    "οδός",
    "ﬁne",
    "ſea",
    "İstanbul",
    "👍🏽",
    "e\u0301tat",
    "1e5",
    "0x1f",
    "法律的",
]


def many(made: Consultation, number: int, *, seed: int = 1) -> None:
    """Comments of random words, half of them published, some with another text for everybody."""
    chance = random.Random(seed)

    def text() -> str:
        return chance.choice([" ", " ", "-", "", ", "]).join(chance.choices(WORDS, k=chance.randint(1, 9)))

    rows = [
        Comment(
            consultation=made,
            number=1000 + n,
            reference=f"COM-{made.pk}-{n:06d}",
            received_on=clock.today(),
            respondent="citizen",
            text=text(),
            shown_text=text() if n % 5 == 0 else "",
            organisation_name=text() if n % 7 == 0 else "",
            name=text() if n % 11 == 0 else "",
            state="published" if n % 2 else "waiting",
        )
        for n in range(number)
    ]
    search.refresh_many(Comment.objects.bulk_create(rows))


def lists(made: Consultation, asked: str, viewer: User, *, narrowed: bool) -> tuple[list[int], list[int], int]:
    """Of the workspace and of the public page: which comments are found, in order, and how many the public is shown."""
    by = with_words(made) if narrowed else None
    request = RequestFactory().get("/", {"q": asked})
    request.user = viewer
    inside = Listing(WORKSPACE_COMMENTS, request, rows=made.comments.all(), page=500, counted=False, narrowed=by)
    outside = Listing(CONSULTATION_COMMENTS, request, rows=public_comments_of(made), page=500, narrowed=by)
    return [c.number for c in inside.rows], [c.number for c in outside.rows], outside.total


def questions(number: int, *, seed: int = 2) -> list[str]:
    """One to three words: whole, cut out of the middle, short, in other capitals, or that nobody wrote."""
    chance = random.Random(seed)

    def word() -> str:
        whole = chance.choice([*WORDS, "zebra", "COM-", "xyz"])
        start = chance.randrange(len(whole))
        cut = whole[start : chance.randint(start + 1, len(whole))]
        return chance.choice([whole, cut, cut, whole.upper(), whole.lower(), cut + chance.choice("a%_'é1")])

    return [" ".join(word() for _n in range(chance.choice([1, 1, 2, 3]))) for _each in range(number)]


@pytest.mark.usefixtures("no_consultations")
class TestFindingWords:
    @pytest.mark.long
    def test_the_index_changes_nothing_of_what_is_found(self, secretariat: User) -> None:
        made = opened()
        many(made, 150)
        others, number = 0, drawn(250, in_the_gate=100)
        for asked in questions(number):
            expected = lists(made, asked, secretariat, narrowed=False)
            assert lists(made, asked, secretariat, narrowed=True) == expected, asked
            others += 0 < len(expected[0]) < 150
        assert others > 0.24 * number  # the questions distinguish comments

    def test_the_index_is_asked_and_gives_few(self) -> None:
        made = opened()
        many(made, 60)
        wanted = sent(made, "A lighthouse for the harbour")
        assert with_words(made)("lighthouse") == [wanted.pk]
        assert with_words(made)("IGHTHOU harbou") == [wanted.pk]
        assert with_words(made)("zebra") == []
        assert with_words(made)("a 12") is None  # too short to decide

    @pytest.mark.long
    def test_where_too_many_may_have_it_every_text_is_read(
        self, secretariat: User, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        made = opened()
        many(made, 60)
        expected = lists(made, "magistrate", secretariat, narrowed=False)
        monkeypatch.setattr(queries, "MOST_NARROWED", 3)
        assert with_words(made)("magistrate") is None
        assert lists(made, "magistrate", secretariat, narrowed=True) == expected

    @pytest.mark.long
    def test_the_public_list_counts_as_far_as_it_says_and_lists_all(
        self, stranger: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        made = opened()
        many(made, 120)
        request = RequestFactory().get("/", {"q": "a"})
        request.user = AnonymousUser()
        wanted = [c.number for c in Listing(CONSULTATION_COMMENTS, request, rows=public_comments_of(made)).all_rows]
        monkeypatch.setattr(queries, "MOST_NARROWED", 3)
        monkeypatch.setattr(lists_module, "NEXT_FEW", 20)
        monkeypatch.setattr(views, "WORDS_COUNTED_TO", 5)
        monkeypatch.setattr(views, "PAGE", 7)
        found, address = list[int](), f"/consultations/{CODE}/comments/?q=a"
        while address:
            answer = stranger.get(address)
            assert "More than 5 comments" in answer.content.decode()
            listing = answer.context["listing"]
            found += [c.number for c in listing.rows]
            address = listing.next_href and f"/consultations/{CODE}/comments/{listing.next_href}"
        assert (len(wanted) > 7, found) == (True, wanted)
        few = stranger.get(f"/consultations/{CODE}/comments/?q=zebra").content.decode()
        assert ("0 comments" in few, "More than" in few) == (True, False)

    @pytest.mark.long
    @pytest.mark.parametrize("few", [4, 9, 70])
    def test_page_by_page_the_same_are_found_where_very_many_may_have_it(
        self, secretariat: User, monkeypatch: pytest.MonkeyPatch, few: int
    ) -> None:
        made = opened()
        many(made, 60)
        monkeypatch.setattr(queries, "MOST_NARROWED", 3)
        monkeypatch.setattr(lists_module, "NEXT_FEW", few)
        for asked in ("magistrate", "a", "police court"):
            expected, _public, _total = lists(made, asked, secretariat, narrowed=False)
            found, address = list[int](), f"?q={asked}"
            while address:
                request = RequestFactory().get(f"/{address}")
                request.user = secretariat
                page = Listing(
                    WORKSPACE_COMMENTS,
                    request,
                    rows=made.comments.all(),
                    page=5,
                    counted=False,
                    narrowed=with_words(made),
                )
                found += [comment.number for comment in page.rows]
                address = page.next_href
            assert found == expected

    def test_strangers_find_by_what_is_shown_and_not_by_what_is_hidden(self, stranger: Client) -> None:
        made = opened()
        comment = read(sent(made, "Juan Perez says that the lighthouse is dark"))
        deciding.publish_comment(comment, by=SYSTEM, text="[Name] says that the lighthouse is dark")
        waiting = sent(made, "The lighthouse is unread")
        here = f"/consultations/{CODE}/comments/"
        assert [c.number for c in stranger.get(here, {"q": "lighthouse"}).context["listing"].rows] == [comment.number]
        assert list(stranger.get(here, {"q": "perez"}).context["listing"].rows) == []
        assert list(stranger.get(here, {"q": "unread"}).context["listing"].rows) == []
        assert waiting.state == "waiting"

    def test_nothing_of_an_erased_comment_stays_in_the_index(self, secretariat: User) -> None:
        made = opened()
        comment = sent(made, "Juan Perez says that the lighthouse is dark")
        entry = SearchEntry.objects.get(key=f"consultation.comment:{comment.pk}")
        assert "zqlig" in entry.body
        commenting.erase_comment(comment, by=SYSTEM)
        entry.refresh_from_db()
        own = search._parts_of(comment.reference)
        assert set(entry.body.split()) == {f"zqwithin{made.pk}"} | own
        assert with_words(made)("lighthouse") == []
        assert lists(made, "perez", secretariat, narrowed=True) == ([], [], 0)

    def test_a_changed_text_is_found_by_its_new_words(self) -> None:
        made = opened()
        comment = sent(made, "The lighthouse")
        given = commenting.Given(text="The beacon", respondent="citizen")
        commenting.change_comment(comment, by=SYSTEM, given=given)
        assert (with_words(made)("lighthouse"), with_words(made)("beacon")) == ([], [comment.pk])

    def test_comments_of_another_consultation_are_not_among_them(self) -> None:
        first = opened()
        comment = sent(first, "The lighthouse")
        assert search.with_parts(COMMENT_PARTS, first.pk + 1, "lighthouse", most=10) == []
        assert search.with_parts(COMMENT_PARTS, first.pk, "lighthouse", most=10) == [comment.pk]

    @pytest.mark.long
    def test_the_search_of_everything_does_not_find_them(
        self, secretariat: User, browser_of: Callable[[User], Client]
    ) -> None:
        made = opened()
        comment = read(sent(made, "The moorhen"))
        assert COMMENT_PARTS not in offers.search_kinds()
        for asked in ("moorhen", "zqmoo", f"zqwithin{made.pk}", comment.reference):
            page = browser_of(secretariat).get("/workspace/search/", {"q": asked})
            assert (page.status_code, page.context["rows"]) == (200, []), asked
            assert search.find(asked, public_only=True) == []


class TestParts:
    @pytest.mark.long
    def test_what_is_the_same_in_capitals_is_the_same_in_the_index(self) -> None:
        signs = [chr(n) for n in range(0x110000) if not 0xD800 <= n < 0xE000]
        signs = [s for s in signs if s != s.upper() or s != s.lower()]  # of all others it says nothing
        assert len(signs) > 2000
        apart = [s for s in signs if _same_sign(s) != "".join(map(_same_sign, s.upper()))]
        assert apart == [s for s in signs if _same_sign(s) != "".join(map(_same_sign, s.lower()))] == []

    @pytest.mark.long
    @given(st.text(max_size=30), st.text(max_size=8), st.text(max_size=30))
    @settings(max_examples=drawn(300), deadline=None)
    def test_a_text_has_all_parts_of_what_stands_in_it(self, before: str, word: str, after: str) -> None:
        assert search._parts_of(word) <= search._parts_of(before + word + after)

    def test_each_is_one_word_for_the_database(self, db: None) -> None:
        """Three letters or digits in every order, among them what is a number with an exponent to PostgreSQL."""
        every = ["".join(three) for three in product(string.ascii_lowercase + string.digits, repeat=3)]
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT count(*) FROM unnest(%s::text[]) AS part WHERE "
                    "tsvector_to_array(to_tsvector('simple', floreo_plain('zqwithin1 ' || part || ' zqaaa')))"
                    " <> ARRAY(SELECT DISTINCT unnest(ARRAY['zqaaa', 'zqwithin1', part]) ORDER BY 1)",
                    [[f"zq{part}" for part in every]],
                )
                assert cursor.fetchone() == (0,)
            return
        chance = random.Random(3)
        for part in chance.sample(every, 200):
            SearchEntry.objects.create(
                key=f"x:{int(part, 36)}", kind=COMMENT_PARTS, title="", body=f"zqwithin1 zq{part}"
            )
            assert search.with_parts(COMMENT_PARTS, 1, part, most=9) == [int(part, 36)]


def test_a_row_says_its_parts() -> None:
    comment = Comment(pk=3, consultation_id=4, reference="COM-1", text="One", shown_text="Two", name="Three")
    assert comment.search_parts() == Parts(COMMENT_PARTS, 4, "COM-1 One Two  Three")
