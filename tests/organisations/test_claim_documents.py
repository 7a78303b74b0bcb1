"""An organisation sends the signed letter for its claim: by the link that was sent to its contact, or signed in. The signed letter approves
nothing, and whatever the link's holder tries, nothing else is kept."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.utils import translation

from floreo.core import clock, links
from floreo.core.access import SYSTEM, Permission, can
from floreo.core.decisions import as_shown
from floreo.core.errors import Missing, NotAllowed, Refused
from floreo.core.models import AuditEntry, OneTimeLink
from floreo.evidence.actions import attach, send_document, store_file, withdraw
from floreo.evidence.actions.documents import MOST_DOCUMENTS, DocumentSender, put_document
from floreo.evidence.models import Attachment, Evidence
from floreo.evidence.queries import documents_of
from floreo.organisations import actions as acts
from floreo.organisations.access import ENTRY, Keeper, entry_subject
from floreo.organisations.models import Contact, Country, Holding, HoldingProof, Organisation, User
from floreo.portal.views.entry import DOCUMENTS
from tests.evidence.making import PDF, PROGRAM, upload

Browser = Callable[[User], Client]
BY_LINK = "by the link sent to desk@bank.example"
SCRIPT = b"<!doctype html><html><head><title>Letter</title></head><body><script>alert(1)</script></body></html>"


@pytest.fixture(autouse=True)
def disk(settings: Any, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path / "files"
    return tmp_path / "files"


@pytest.fixture
def bank(db: None) -> Organisation:
    Country.objects.create(code="XP", name="Isla", languages=["en", "es"], currency="XCD", pack="x", is_sample=True)
    return acts.add_organisation(by=SYSTEM, name="A bank", kind="operator")


@pytest.fixture
def desk(bank: Organisation) -> Contact:
    return acts.add_contact(bank, by=SYSTEM, purpose="Desk", role="duty", email="desk@bank.example")


@pytest.fixture
def held(desk: Contact) -> Holding:
    return claim(desk, "192.0.2.0/28")


def claim(desk: Contact, value: str) -> Holding:
    return acts.claim_holding(desk.organisation, by=Keeper(desk), kind="prefix", value=value)


def page_of(contact: Contact) -> str:
    token = links.make(ENTRY, subject=entry_subject(contact), hours=24)
    return f"/register/entry/{token}/"


def paper(number: int = 0, name: str = "letter.pdf") -> SimpleUploadedFile:
    return upload(PDF + str(number).encode(), name)


def sent(address: str, file: SimpleUploadedFile | None, browser: Client | None = None) -> Any:
    return (browser or Client()).post(address, {"file": file} if file else {})


def stored(disk: Path) -> list[Path]:
    return [path for path in disk.rglob("*") if path.is_file()]


def nothing_kept(disk: Path) -> bool:
    return not Evidence.objects.exists() and not Attachment.objects.exists() and stored(disk) == []


# --- The way of the signed letter ---------------------------------------------------------------------------------


@pytest.mark.long
def test_by_the_link_a_letter_comes_to_the_desk_of_the_team_and_approves_nothing(
    held: Holding, desk: Contact, disk: Path, browser_of: Browser, user_with: Callable[..., User]
) -> None:
    base = page_of(desk)
    entry = Client().get(base).content.decode()
    assert f'href="{base}document/{held.pk}/"' in entry
    form = Client().get(f"{base}document/{held.pk}/")
    text = form.content.decode()
    assert ('type="file"' in text, 'enctype="multipart/form-data"' in text, "at most 20 MB" in text) == (True,) * 3
    assert (form.headers["Referrer-Policy"], form.headers["Cache-Control"], bool(form.cookies)) == (
        "no-referrer",
        "no-store",
        False,
    )
    assert nothing_kept(disk)
    answer = sent(f"{base}document/{held.pk}/", paper())
    assert (answer.status_code, answer.headers["Location"]) == (302, f"{base}?done=document")
    after = Client().get(answer.headers["Location"]).content.decode()
    assert ("The team has your signed letter." in after, "Signed letter sent on" in after) == (True, True)
    assert "letter.pdf" in Client().get(f"{base}document/{held.pk}/").content.decode()
    kept = Evidence.objects.get()
    assert (kept.title, kept.tlp, kept.is_public, kept.organisation, kept.kept_by, len(stored(disk))) == (
        "Signed letter: 192.0.2.0/28",
        "AMBER+STRICT",
        False,
        desk.organisation,
        BY_LINK,
        1,
    )
    held.refresh_from_db()
    assert (held.state, held.verified_on, HoldingProof.objects.count()) == ("claimed", None, 0)
    team = browser_of(user_with("responder"))
    assert "Signed letter sent on" in team.get("/workspace/claims/").content.decode()
    at = f"/workspace/organisations/{desk.organisation.code}/holdings/{held.pk}/claim/"
    shown = team.get(at).content.decode()
    (letter,) = documents_of([held])[held.pk]
    assert (f'href="{at}documents/{letter.pk}/"' in shown, BY_LINK in shown) == (True, True)
    assert "por el enlace enviado a desk@bank.example" in team.get(f"/es{at}").content.decode()
    read = team.get(f"{at}documents/{letter.pk}/")
    assert b"".join(read.streaming_content).startswith(b"%PDF")  # type: ignore[attr-defined]  # a file
    assert f'value="{kept.code}" selected' in team.get(f"{at}document/").content.decode()
    facts = {"evidence": kept.code, "signed_by": "Ana Faro, director", "on": "2026-01-05"}
    assert team.post(f"{at}document/", facts).status_code == 302
    held.refresh_from_db()
    assert (held.state, HoldingProof.objects.get().evidence) == ("proved", kept.code)


def test_what_was_sent_is_recorded_by_whose_link_and_stands_in_the_history_of_the_organisation(
    held: Holding, desk: Contact
) -> None:
    sent(f"{page_of(desk)}document/{held.pk}/", paper())
    kept = Evidence.objects.get()
    entries = list(AuditEntry.objects.order_by("-number")[:2])
    assert [(entry.verb, entry.actor_name) for entry in entries] == [
        ("holding.document_sent", BY_LINK),
        ("evidence.added", BY_LINK),
    ]
    assert (entries[0].subject_name, entries[0].detail["claim"], entries[0].detail["sha256"]) == (
        "A bank",
        "192.0.2.0/28",
        kept.sha256,
    )


def test_signed_in_an_operator_sends_the_letter_and_a_neighbour_does_not(
    held: Holding, bank: Organisation, user_with: Callable[..., User], browser_of: Browser
) -> None:
    at = f"/workspace/entry/{bank.code}/claim/{held.pk}/document/"
    shop = acts.add_organisation(by=SYSTEM, name="A shop", kind="operator")
    other = browser_of(user_with("operator", organisation=shop, email="o@shop.example"))
    assert other.post(at, {"file": paper()}).status_code == 403
    own = browser_of(user_with("operator", organisation=bank, email="o@bank.example"))
    assert f'href="{at}"' in own.get(f"/workspace/entry/{bank.code}/").content.decode()
    form = own.get(at).content.decode()
    assert ('type="file"' in form, "optional" in form) == (True, False)
    empty = own.post(at)
    assert (empty.status_code, "Choose a file first." in empty.content.decode()) == (422, True)
    assert own.post(at, {"file": paper()}).status_code == 302
    assert "Signed letter sent on" in own.get(f"/workspace/entry/{bank.code}/").content.decode()
    assert Evidence.objects.get().kept_by == "Test operator"
    read = f"/workspace/organisations/{bank.code}/holdings/{held.pk}/claim/documents/{Attachment.objects.get().pk}/"
    assert (own.get(read).status_code, other.get(read).status_code) == (403, 403)


@pytest.mark.long
def test_one_letter_for_two_claims_is_kept_once(held: Holding, desk: Contact, disk: Path) -> None:
    second, base = claim(desk, "198.51.100.0/28"), page_of(desk)
    for each in (held, second, second):
        assert sent(f"{base}document/{each.pk}/", paper()).status_code == 302
    assert (Evidence.objects.count(), Attachment.objects.count(), len(stored(disk))) == (1, 2, 1)


def test_only_files_of_the_organisation_itself_or_of_everybody_are_documents_of_a_claim(
    held: Holding, bank: Organisation, secretariat: User
) -> None:
    """Whoever may attach evidence to a claim does not open that of others to the team by it."""
    shop = acts.add_organisation(by=SYSTEM, name="A shop", kind="operator")
    made = {
        "own": {"organisation": bank},
        "theirs": {"organisation": shop},
        "open": {"organisation": shop, "tlp": "CLEAR", "is_public": True},
        "withdrawn": {"organisation": bank},
    }
    for number, (title, facts) in enumerate(made.items()):
        attach(store_file(paper(number), by=SYSTEM, title=title, **facts), by=SYSTEM, thing=held)  # type: ignore[arg-type]  # facts
    withdraw(Evidence.objects.get(title="withdrawn"), by=secretariat, reason="Another page")
    assert [each.evidence.title for each in documents_of([held])[held.pk]] == ["open", "own"]
    assert documents_of([]) == {}


@pytest.mark.long
def test_who_decides_opens_the_letter_that_proves_a_claim_and_nobody_else_by_the_claim(
    held: Holding, desk: Contact, bank: Organisation, user_with: Callable[..., User], browser_of: Browser
) -> None:
    """Each by the way that is theirs: the vault, the claim that they decide on, their own organisation."""
    sent(f"{page_of(desk)}document/{held.pk}/", paper())
    kept = Evidence.objects.get()
    acts.prove_by_document(held, by=SYSTEM, evidence=kept.code, signed_by="Ana Faro", on=clock.today())
    shop = acts.add_organisation(by=SYSTEM, name="A shop", kind="operator")
    at = f"/workspace/organisations/{bank.code}/holdings/{held.pk}/claim/"
    by_claim = f"{at}documents/{Attachment.objects.get().pk}/"
    doors = {"vault": f"/workspace/evidence/{kept.code}/", "claim": by_claim, "own": kept.portal_url()}

    def shown_and_opened(browser: Client) -> tuple[int, list[str], dict[str, int]]:
        page = browser.get(at)
        proofs = page.content.decode().partition('id="proofs"')[2].partition("<h3>")[0]
        linked = [name for name, door in doors.items() if f'href="{door}"' in proofs]
        return page.status_code, linked, {name: browser.get(door).status_code for name, door in doors.items()}

    found = {
        "responder": shown_and_opened(browser_of(user_with("responder"))),
        "secretariat": shown_and_opened(browser_of(user_with("secretariat"))),
        "own": shown_and_opened(browser_of(user_with("operator", organisation=bank, email="o@bank.example"))),
        "neighbour": shown_and_opened(browser_of(user_with("operator", organisation=shop, email="o@shop.example"))),
        "observer": shown_and_opened(browser_of(user_with("observer"))),
        "stranger": shown_and_opened(Client()),
    }
    assert found == {
        "responder": (200, ["claim"], {"vault": 403, "claim": 200, "own": 404}),
        "secretariat": (200, ["vault"], {"vault": 200, "claim": 200, "own": 200}),
        "own": (200, ["own"], {"vault": 403, "claim": 403, "own": 200}),
        "neighbour": (404, [], {"vault": 403, "claim": 403, "own": 404}),
        "observer": (403, [], {"vault": 403, "claim": 403, "own": 404}),
        "stranger": (302, [], {"vault": 302, "claim": 302, "own": 404}),
    }


@pytest.mark.long
def test_how_a_claim_was_proved_is_read_in_ones_own_language_whoever_proved_it(
    held: Holding, bank: Organisation, user_with: Callable[..., User], browser_of: Browser
) -> None:
    with translation.override("es"):
        acts.prove_by_document(held, by=SYSTEM, evidence="kept", signed_by="Ana Faro", on=clock.today())
    held.refresh_from_db()
    assert held.verified_how == "Signed letter"
    entry = "workspace/entry/a-bank/"
    own = browser_of(user_with("operator", organisation=bank, email="o@bank.example"))
    assert "Proved (Signed letter). The team decides." in own.get(f"/{entry}").content.decode()
    assert "Probado (Carta firmada). El equipo decide." in own.get(f"/es/{entry}").content.decode()
    at = f"workspace/organisations/{bank.code}/holdings/{held.pk}/claim/"
    assert "Signed by Ana Faro." in own.get(f"/{at}").content.decode()
    assert "Firmada por Ana Faro." in own.get(f"/es/{at}").content.decode()


def test_a_claim_of_which_only_the_day_of_a_proof_is_known_does_not_say_that_nothing_proves_it(
    held: Holding, bank: Organisation, user_with: Callable[..., User], browser_of: Browser
) -> None:
    """As a country pack brings it."""
    Holding.objects.update(state="proved", verified_on=clock.today(), verified_how="Name server record")
    at = f"workspace/organisations/{bank.code}/holdings/{held.pk}/claim/"
    page = browser_of(user_with("responder")).get(f"/es/{at}").content.decode()
    assert ("Nada lo prueba todavía" in page, page.count("Registro DNS") > 1) == (False, True)


def test_a_letter_that_is_not_of_the_organisation_is_named_without_a_link_to_whom_its_marking_is_closed(
    held: Holding, bank: Organisation, secretariat: User, user_with: Callable[..., User], browser_of: Browser
) -> None:
    other = store_file(paper(), by=SYSTEM, title="From the archive", tlp="AMBER")
    at = f"/workspace/organisations/{bank.code}/holdings/{held.pk}/claim/"
    team = browser_of(secretariat)
    facts = {"evidence": other.code, "signed_by": "Ana Faro", "on": "2026-01-05"}
    assert team.post(f"{at}document/", facts).status_code == 302
    assert f'href="/workspace/evidence/{other.code}/"' in team.get(at).content.decode()
    responder = browser_of(user_with("responder"))
    page = responder.get(at).content.decode()
    assert ("This signed letter is not open to you." in page, other.code in page) == (True, False)
    assert responder.get(f"{at}documents/{Attachment.objects.get().pk}/").status_code == 404


# --- What is tried ------------------------------------------------------------------------------------------------


def test_the_link_of_another_organisation_sends_nothing(held: Holding, disk: Path) -> None:
    shop = acts.add_organisation(by=SYSTEM, name="A shop", kind="operator")
    theirs = acts.add_contact(shop, by=SYSTEM, purpose="Desk", email="desk@shop.example")
    address = f"{page_of(theirs)}document/{held.pk}/"
    assert (Client().get(address).status_code, sent(address, paper()).status_code) == (404, 404)
    with pytest.raises(NotAllowed):
        send_document(held, paper(), by=Keeper(theirs))
    assert nothing_kept(disk)


def test_a_letter_is_put_on_a_claim_by_whoever_speaks_for_its_organisation_alone(
    held: Holding, bank: Organisation
) -> None:
    shop = acts.add_organisation(by=SYSTEM, name="A shop", kind="operator")
    theirs = acts.add_contact(shop, by=SYSTEM, purpose="Desk", email="desk@shop.example")
    letter = store_file(paper(), by=SYSTEM, title="Ours", organisation=bank)
    with pytest.raises(NotAllowed):
        put_document(held, by=Keeper(theirs), document=letter)
    assert not Attachment.objects.exists()


@pytest.mark.first_cases(2)
@pytest.mark.parametrize("what", ["ended", "old", "contact gone", "invented"])
def test_by_a_link_that_opens_nothing_any_more_nothing_is_kept(
    what: str, held: Holding, desk: Contact, disk: Path, secretariat: User
) -> None:
    address = f"{page_of(desk)}document/{held.pk}/"
    match what:
        case "ended":
            acts.end_entry_links(desk, by=secretariat)
        case "old":
            OneTimeLink.objects.update(expires_at=clock.now() - timedelta(seconds=1))
        case "contact gone":
            acts.remove_contact(desk, by=secretariat)
        case "invented":
            address = address.replace("/document/", "x/document/")
    assert (sent(address, paper()).status_code, nothing_kept(disk)) == (404, True)


class SlowBody(io.BytesIO):
    """The body of a request, during which something else happens."""

    def __init__(self, body: bytes, meanwhile: Callable[[], object]) -> None:
        super().__init__(body)
        self.meanwhile = meanwhile

    def read(self, size: int | None = -1) -> bytes:
        self.meanwhile()
        return super().read(size)


def slowly(address: str, meanwhile: Callable[[], object]) -> HttpResponse:
    """Sends a signed letter; `meanwhile` happens while its bytes arrive."""
    body = b'--x\r\nContent-Disposition: form-data; name="file"; filename="letter.pdf"\r\n\r\n' + PDF + b"\r\n--x--\r\n"
    more: Any = {"wsgi.input": SlowBody(body, meanwhile)}
    answer = Client().generic("POST", address, body, content_type="multipart/form-data; boundary=x", **more)
    assert isinstance(answer, HttpResponse)
    return answer


def test_a_link_that_is_ended_while_the_file_arrives_keeps_nothing(
    held: Holding, desk: Contact, disk: Path, secretariat: User
) -> None:
    ended = slowly(f"{page_of(desk)}document/{held.pk}/", lambda: acts.end_entry_links(desk, by=secretariat))
    assert (ended.status_code, nothing_kept(disk)) == (404, True)
    desk.refresh_from_db()
    assert slowly(f"{page_of(desk)}document/{held.pk}/", lambda: None).status_code == 302  # sent so, it would arrive


@pytest.mark.long
@pytest.mark.parametrize("how", ["approved", "rejected", "withdrawn"])
def test_a_claim_that_was_decided_meanwhile_takes_no_letter(
    how: str, held: Holding, desk: Contact, disk: Path, secretariat: User
) -> None:
    def decide() -> None:
        if Holding.objects.get().state != "claimed":
            return
        match how:
            case "approved":
                acts.approve_holding(held, by=secretariat, reason="By telephone", shown=as_shown())
            case "rejected":
                acts.reject_holding(held, by=secretariat, reason="Not theirs", shown=as_shown())
            case "withdrawn":
                acts.withdraw_holding(held, by=Keeper(desk))

    base = page_of(desk)
    answer = slowly(f"{base}document/{held.pk}/", decide)
    words = "does not wait for a decision"
    assert (answer.status_code, words in answer.content.decode(), nothing_kept(disk)) == (422, True, True)
    assert Client().get(f"{base}document/{held.pk}/").headers["Location"] == base
    assert f"{base}document/" not in Client().get(base).content.decode()


class SlowFile(SimpleUploadedFile):
    """A signed letter that has arrived; while it is looked at, something else happens."""

    def __init__(self, meanwhile: Callable[[], object]) -> None:
        super().__init__("letter.pdf", PDF)
        self.meanwhile: Callable[[], object] | None = meanwhile

    def read(self, size: int = -1) -> bytes:
        if self.meanwhile is not None:
            meanwhile, self.meanwhile = self.meanwhile, None
            meanwhile()
        assert self.file is not None
        return bytes(self.file.read(size))


def test_what_is_decided_while_the_file_is_looked_at_leaves_no_file(
    held: Holding, desk: Contact, disk: Path, secretariat: User
) -> None:
    """The last word is that of the transaction which puts the signed letter on the claim."""

    def reject() -> None:
        acts.reject_holding(held, by=secretariat, reason="Not theirs", shown=as_shown())

    with pytest.raises(Refused, match="does not wait"):
        send_document(held, SlowFile(reject), by=Keeper(desk))
    second = claim(desk, "198.51.100.0/28")
    with pytest.raises(Missing, match="no longer has"):
        send_document(second, SlowFile(lambda: acts.end_entry_links(desk, by=secretariat)), by=Keeper(desk))
    assert nothing_kept(disk)
    desk.refresh_from_db()
    send_document(second, SlowFile(lambda: None), by=Keeper(desk))
    assert (Attachment.objects.count(), len(stored(disk))) == (1, 1)


@pytest.mark.long
def test_a_file_of_100_megabytes_is_refused_while_it_arrives(held: Holding, desk: Contact, disk: Path) -> None:
    answer = sent(f"{page_of(desk)}document/{held.pk}/", SimpleUploadedFile("letter.pdf", PDF + bytes(100 * 1024**2)))
    words = "The file is larger than 20 MB. Send a smaller one."
    assert (answer.status_code, words in answer.content.decode(), nothing_kept(disk)) == (422, True, True)


@pytest.mark.parametrize(
    ("file", "words"),
    [
        ((PROGRAM, "letter.pdf"), "contains a program, whatever its name is"),
        ((b"", "letter.pdf"), "is empty. Choose another."),
        ((PDF, "letter.pdf.exe"), "can run when it is opened"),
    ],
)
def test_what_the_vault_refuses_is_refused_here_at_the_field(
    file: tuple[bytes, str], words: str, held: Holding, desk: Contact, disk: Path
) -> None:
    answer = sent(f"{page_of(desk)}document/{held.pk}/", upload(*file))
    assert (answer.status_code, words in answer.content.decode(), nothing_kept(disk)) == (422, True, True)


def test_without_a_file_the_page_asks_for_one(held: Holding, desk: Contact, disk: Path) -> None:
    answer = sent(f"{page_of(desk)}document/{held.pk}/", None)
    assert (answer.status_code, "Choose a file first." in answer.content.decode(), nothing_kept(disk)) == (
        422,
        True,
        True,
    )


def test_a_scanner_that_does_not_answer_lets_no_letter_in(
    held: Holding, desk: Contact, disk: Path, settings: Any, tmp_path: Path
) -> None:
    settings.CLAMD = str(tmp_path / "nobody")
    answer = sent(f"{page_of(desk)}document/{held.pk}/", paper())
    words = "The virus scanner does not answer"
    assert (answer.status_code, words in answer.content.decode(), nothing_kept(disk)) == (422, True, True)


def test_a_file_with_scripts_is_a_download_and_never_a_page(
    held: Holding, desk: Contact, secretariat: User, browser_of: Browser
) -> None:
    assert sent(f"{page_of(desk)}document/{held.pk}/", SimpleUploadedFile("letter.html", SCRIPT)).status_code == 302
    letter = Attachment.objects.get()
    at = f"/workspace/organisations/{desk.organisation.code}/holdings/{held.pk}/claim/documents/{letter.pk}/"
    read = browser_of(secretariat).get(at)
    assert [read.headers[name] for name in ("Content-Type", "X-Content-Type-Options", "Content-Security-Policy")] == [
        "application/octet-stream",
        "nosniff",
        "default-src 'none'; sandbox",
    ]
    assert (read.headers["Content-Disposition"].partition(";")[0], "no-store" in read.headers["Cache-Control"]) == (
        "attachment",
        True,
    )
    assert browser_of(secretariat).get(at.replace(f"/{letter.pk}/", "/999999/")).status_code == 404
    assert Client().get(letter.evidence.portal_url()).status_code == 404  # nor has anybody else the file


@pytest.mark.long
@pytest.mark.one_database
def test_sixty_uploads_in_a_row_keep_five_of_a_claim_and_ten_an_hour(held: Holding, desk: Contact, disk: Path) -> None:
    """However many claims it makes and from wherever it calls: the file is counted for the organisation, the signed letter for the claim."""
    claims = [held, *(claim(desk, f"198.51.100.{number * 16}/28") for number in range(4))]
    base, codes = page_of(desk), dict[int, int]()
    for number in range(60):
        answer = sent(
            f"{base}document/{claims[number % 5 if number > 7 else 0].pk}/",
            paper(number),
            Client(REMOTE_ADDR=f"203.0.113.{number}"),
        )
        codes[answer.status_code] = codes.get(answer.status_code, 0) + 1
    of_the_first = Attachment.objects.filter(thing=f"organisations.holding:{held.pk}").count()
    assert (of_the_first, Attachment.objects.count(), len(stored(disk))) == (MOST_DOCUMENTS, 7, 7)
    assert (codes[302], codes[422], codes[429]) == (7, 3, 50)
    assert DOCUMENTS == 10


def test_a_claim_with_five_letters_says_so_and_takes_the_same_one_again(held: Holding, desk: Contact) -> None:
    for number in range(MOST_DOCUMENTS):
        send_document(held, paper(number), by=Keeper(desk))
    with pytest.raises(Refused, match=f"This claim has {MOST_DOCUMENTS} files already"):
        send_document(held, paper(99), by=Keeper(desk))
    send_document(held, paper(0), by=Keeper(desk))
    assert (Evidence.objects.count(), Attachment.objects.count()) == (MOST_DOCUMENTS, MOST_DOCUMENTS)


def test_whoever_sends_a_letter_may_do_nothing_else(held: Holding, desk: Contact, bank: Organisation) -> None:
    keeper = Keeper(desk)
    send_document(held, paper(), by=keeper)
    letter = Evidence.objects.get()
    refused: list[Callable[[], object]] = [
        lambda: acts.approve_holding(held, by=keeper, reason="It is ours", shown=as_shown()),
        lambda: acts.prove_by_document(held, by=keeper, evidence=letter.code, signed_by="Me", on=clock.today()),
        lambda: store_file(paper(9), by=keeper, title="Mine", organisation=bank),
        lambda: attach(letter, by=keeper, thing=bank),
        lambda: withdraw(letter, by=keeper, reason="No"),
    ]
    for each in refused:
        with pytest.raises(NotAllowed):
            each()
    assert (Evidence.objects.count(), Attachment.objects.count()) == (1, 1)
    assert {each for each in Permission if can(DocumentSender(keeper, held), each)} == {Permission.EVIDENCE_KEEP}


@pytest.mark.parametrize("language", ["es", "fr"])
def test_the_page_speaks_the_language_of_its_reader(language: str, held: Holding, desk: Contact) -> None:
    Country.objects.update(languages=["en", "es", "fr"])
    address = f"{page_of(desk)}document/{held.pk}/".replace("/register/", f"/{language}/register/")
    page = Client().get(address).content.decode()
    title = {"es": "Enviar una carta firmada", "fr": "Envoyer une lettre signée"}[language]
    assert (f"<h1>{title}</h1>" in page, f'lang="{language}' in page) == (True, True)
