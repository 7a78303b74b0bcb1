"""Every kind of finding has words for its owner, in each language that ships, that say the same."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.utils import translation

from floreo.feeds import texts
from floreo.feeds.engine import formats
from floreo.feeds.engine.events import SEVERITIES
from floreo.feeds.engine.normalise import events_of
from floreo.feeds.models import FindingState
from floreo.feeds.presenters.finding_text import NEWS_WORDS
from floreo.feeds.selection import Change
from floreo.feeds.texts import (
    KINDS,
    KindText,
    _others_title,
    all_names,
    names,
    text_of,
    title_for_others,
    title_of,
    words_of,
)

pytestmark = pytest.mark.one_database

PLACES = sorted(path.parent for path in KINDS.glob("**/en.md"))
NIGHT = datetime(2026, 11, 25, 3, tzinfo=UTC)
CLASS, TAXONOMY = formats.CLASS["identifier"], formats.CLASS["taxonomy"]


def identifiers() -> dict[str, str]:
    """Kinds that Shadowserver's reports give, with their classes."""
    return {t.fixed[CLASS]: t.fixed[TAXONOMY] for t in formats.load("shadowserver").types.values()}


def test_more_than_thirty_kinds_and_every_class_have_a_text() -> None:
    classes = {path.name for path in PLACES if path.parent.name == "_classes"}
    assert classes == set(texts.rsit()["classes"])
    assert len(texts.folders()) > 30
    assert {folder.name for folder in texts.folders()} == {p.name for p in PLACES if p.parent.name != "_classes"}


def test_a_text_says_the_same_in_each_language() -> None:
    for place in PLACES:
        english, spanish, french = all_three = [texts.read(place / f"{language}.md") for language in ("en", "es", "fr")]
        assert len(english.steps) == len(spanish.steps) == len(french.steps)
        assert 3 <= len(english.steps) <= 6
        assert len(english.means.split("\n\n")) == len(french.means.split("\n\n"))
        for text in all_three:
            assert all((text.title, text.means, text.matters, text.check))
            assert len(text.title) < 90
        assert len({text.title for text in all_three}) == 3


# Commands, settings, ports, versions and flaws: what an administrator types or looks for is not translated.
LITERAL = re.compile(
    r"CVE-\d{4}-\d+|BCP \d+|\b\d{2,5}\b|[a-z.]+[_.][a-z][\w.]*|/\.git\S*[a-z]|-[a-zA-Z]\b|\b[A-Z]{2,}\b"
)
PUT_IN_WORDS = {"ADDRESS": "ADRESSE"}  # what represents the reader's own address in a command


def test_commands_ports_and_names_are_kept_in_french() -> None:
    lost = {place.name: words for place in PLACES if (words := _lost_in_french(place))}
    assert lost == {}


def _lost_in_french(place: Path) -> list[str]:
    english, french = (
        " ".join((text.title, text.means, text.matters, *text.steps, text.check))
        for text in (texts.read(place / f"{language}.md") for language in ("en", "fr"))
    )
    kept = {PUT_IN_WORDS.get(word, word) for word in LITERAL.findall(english)}
    return sorted(word for word in kept if word not in french)


def test_french_keeps_its_signs_with_their_words() -> None:
    for place in PLACES:
        text = texts.read(place / "fr.md")
        whole = "\n".join((text.title, text.means, text.matters, *text.steps, text.check))
        apart = re.findall(r".?[^\u00a0/][:;?!»%](?= |\n|$)|«[^\u00a0]|'", re.sub(r"\b\d+:\d+", "", whole))
        assert (place.name, apart) == (place.name, [])


def test_every_kind_of_a_report_has_a_text_and_a_title_of_its_own() -> None:
    found = identifiers()
    titles = {kind: title_of(kind, "es", taxonomy) for kind, taxonomy in found.items()}
    classes = {texts.read(KINDS / "_classes" / name / "es.md").title for name in texts.rsit()["classes"]}
    assert len(set(titles.values())) == len(titles)
    assert [kind for kind, title in titles.items() if title in classes] == []
    assert all(text_of(kind, taxonomy, "en").steps for kind, taxonomy in found.items())


def test_a_text_stands_beside_the_mapping_that_gives_its_kind() -> None:
    for folder in texts.folders():
        assert folder.severity in SEVERITIES
        for report in folder.reports:
            provider, _, name = report.partition("/")
            kind = formats.load(provider).types[name]
            words = {word for known in kind.derived.values() for word in known.words.values()}
            given = {kind.fixed[CLASS], *words}
            assert folder.name in {found[0].name for k in given if (found := texts.folder_of(k))}, report


def test_no_kind_is_claimed_by_two_folders() -> None:
    claimed = [kind for folder in texts.folders() for kind in folder.kinds]
    assert sorted(claimed) == sorted(set(claimed))


@pytest.mark.parametrize(
    ("kind", "taxonomy", "language", "title"),
    [
        ("open-rdp", "vulnerable", "en", "Remote Desktop is open to the whole internet"),
        ("open-rdp", "vulnerable", "es-mx", "Escritorio remoto está abierto a todo internet"),
        ("open-rdp", "vulnerable", "fr", "Le Bureau à distance est ouvert à tout l’internet"),
        ("open-rdp", "vulnerable", "ht", "Remote Desktop is open to the whole internet"),
        ("infected-conficker", "malicious-code", "fr", "Un appareil de votre réseau est infecté\u00a0: conficker"),
        ("infected-conficker", "malicious-code", "en", "A device in your network is infected: conficker"),
        ("special-cyclops-blink", "vulnerable", "en", "A special report names one of your addresses: cyclops blink"),
        ("never-heard-of", "fraud", "en", "One of your addresses is used for fraud: never heard of"),
        ("never-heard-of", "../../x", "en", "Something unusual was seen at one of your addresses: never heard of"),
    ],
)
def test_a_kind_finds_its_text_or_that_of_its_class(kind: str, taxonomy: str, language: str, title: str) -> None:
    assert text_of(kind, taxonomy, language).title == title


def test_a_file_is_read_into_its_parts(tmp_path: Path) -> None:
    path = tmp_path / "en.md"
    path.write_text(
        "# A title\n\nWhat it\nmeans.\n\n## Why\n\nBad.\n\n## Do\n\n1. One\n   more.\n2. Two.\n\n## Check\n\nGone.\n"
    )
    assert texts.read(path) == KindText("A title", "What it means.", "Bad.", ("One more.", "Two."), "Gone.")


def test_a_space_that_does_not_break_stays(tmp_path: Path) -> None:
    path = tmp_path / "fr.md"
    path.write_text(
        "# Titre\u00a0: a\n\nUn\u00a0;\ndeux.\n\n \nTrois\n\n## P\n\nb\n\n## Q\n\n1. c\n   «\u00a0d\u00a0»\n\n## V\n\ne\n"
    )
    found = texts.read(path)
    assert (found.title, found.means, found.steps) == (
        "Titre\u00a0: a",
        "Un\u00a0; deux.\n\nTrois",
        ("c «\u00a0d\u00a0»",),
    )


@pytest.mark.parametrize("text", ["# No parts\n\nat all", "# A\n\nb\n\n## c\n\nd\n\n## e\n\nno number\n\n## f\n\ng\n"])
def test_a_file_of_another_shape_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "en.md"
    path.write_text(text)
    with pytest.raises(ValueError, match=r"expected|number"):
        texts.read(path)


def test_rsits_words_are_those_of_the_reader() -> None:
    assert texts.class_title("vulnerable", "es") == "Sistemas vulnerables"
    assert texts.class_title("vulnerable", "es", "weak-crypto") == "Criptografía débil"
    assert texts.class_title("nobodys", "es") == "nobodys"


FAILURES = {  # report's kind -> the one text that fits its failure
    "open-ssdp": "udp-amplifier",
    "open-sip": "open-sip",
    "loop-dos": "loop-dos",
    "open-ubiquiti": "revealing-device",
    "open-nat-pmp": "open-nat-pmp",
    "open-slp": "open-slp",
    "ddos-middlebox": "ddos-middlebox",
    "ddos-participant": "ddos-participant",
    "ddos-controller": "ddos-controller",
    "ip-spoofer": "ip-spoofer",
    "ddos-victim": "ddos-victim",
    "scanner-http": "scanner",
    "scanner-darknet": "scanner-darknet",
    "compromised-website": "compromised-website",
    "malware-url": "malware-url",
    "vulnerable-exchange": "vulnerable-exchange",
    "webshell-exchange": "webshell-exchange",
    "ransomware-victim": "ransomware-victim",
    "sandbox-connection": "sandbox-connection",
    "sandbox-url": "sandbox-url",
    "sandbox-lookup": "sandbox-lookup",
    "sinkhole-dns": "sinkhole-dns",
    "special-cyclops-blink": "special",
    "never-heard-of": "class-vulnerable",
}


def test_each_failure_has_a_text_of_its_own() -> None:
    assert {kind: texts.name_of(kind, "vulnerable") for kind in FAILURES} == FAILURES


def test_every_kind_of_a_report_has_more_than_the_words_of_its_class() -> None:
    assert [
        kind for kind, taxonomy in identifiers().items() if texts.name_of(kind, taxonomy).startswith("class-")
    ] == []


@pytest.mark.parametrize(
    ("kind", "never"),
    [
        ("ip-spoofer", "reinstall"),
        ("ip-spoofer", "off the network"),
        ("ddos-middlebox", "must no longer answer"),
        ("ddos-middlebox", "Close that port"),
        ("ddos-victim", "reinstall"),
        ("sandbox-connection", "off the network"),
        ("sandbox-url", "off the network"),
    ],
)
def test_a_text_does_not_ask_for_what_would_do_harm_or_prove_nothing(kind: str, never: str) -> None:
    text = text_of(kind, "", "en")
    assert never not in " ".join((text.means, text.matters, *text.steps, text.check))


@pytest.mark.parametrize(
    "kind",
    ["infected-x", "malware-url", "ddos-participant", "sandbox-connection", "sandbox-url", "sinkhole-dns", "open-ics"],
)
def test_a_false_alarm_that_the_publisher_names_is_named(kind: str) -> None:
    for language, words in (("en", "false alarm"), ("es", "falsa alarma"), ("fr", "fausse alerte")):
        text = text_of(kind, "", language)
        assert words in " ".join((text.means, *text.steps)), language


def test_a_text_was_read_against_pages_on_a_day_or_says_what_was_not() -> None:
    for folder in texts.folders():
        assert folder.read or folder.doubt, folder.name
        assert bool(folder.read) == bool(folder.pages), folder.name
        assert set(folder.doubt) in (set(), {"en", "es", "fr"}), folder.name


def test_no_text_promises_that_a_report_shows_what_is_fixed() -> None:
    for place in PLACES:
        for language, words in (("en", "fixed"), ("es", "corregido"), ("fr", "corrigé")):
            whole = texts.read(place / f"{language}.md")
            assert words not in whole.check.split() + whole.title.split(), place


def test_a_text_has_a_hash_that_its_words_decide() -> None:
    hashes = [texts.sha256_of(name) for name in texts.all_names()]
    assert len(set(hashes)) == len(hashes) == len(PLACES)
    assert texts.words_of("class-fraud", "es").title == "Una dirección suya se usa para cometer fraude"
    with pytest.raises(KeyError):
        texts.words_of("../x", "en")


def test_a_mail_server_with_a_web_shell_is_a_compromise_and_control_equipment_is_critical() -> None:
    header = "timestamp,severity,ip,protocol,port,tag,version,servername,url\n"
    rows = "".join(
        f"2026-11-24 00:00:1{n},,192.0.2.{n},tcp,443,{tag},15.1,mail,\n"
        for n, tag in enumerate(("exchange;cve-2021-26855", "exchange;webshell"))
    )
    events, _rejects = events_of(
        (header + rows).encode(), "2026-11-24-scan_exchange-xx.csv", received_at=NIGHT, feed="night", sha256="d1"
    )
    parts = ("identifier", "taxonomy", "type")
    assert [[one[f"classification.{part}"] for part in parts] for one in events.to_pylist()] == [
        ["vulnerable-exchange", "vulnerable", "vulnerable-system"],
        ["webshell-exchange", "intrusions", "system-compromise"],
    ]
    assert formats.load("shadowserver").types["scan_ics"].fixed["severity"] == "critical"


@pytest.mark.parametrize(
    ("language", "fixed", "not_seen"), [("en", "fixed", "not seen any more"), ("es", "corregido", "ya no se observa")]
)
def test_only_what_scans_show_is_called_fixed_and_notices_say_what_was_seen(
    language: str, fixed: str, not_seen: str
) -> None:
    with translation.override(language):
        assert [str(state.label).lower() for state in FindingState if fixed in str(state.label).lower()] == [fixed]
        assert str(FindingState.NOT_SEEN.label).lower() == not_seen
        assert str(NEWS_WORDS[Change.FIXED]) == not_seen
        assert str(NEWS_WORDS[Change.SHOWN]).endswith(not_seen)  # they reported it fixed: these are their words


OF_THINGS = "nombre|servicio de rutas|visitantes|control|memoria|clientes"  # whose "su" is that of a device or a page


@pytest.mark.parametrize(
    ("kind", "english", "spanish", "french"),
    [
        (
            "infected-andromeda",
            "A device in the network is infected: andromeda",
            "Un equipo de la red está infectado: andromeda",
            "Un appareil du réseau est infecté\u00a0: andromeda",
        ),
        (
            "vulnerable-smtp",
            "The mail server has a known vulnerability (SMTP)",
            "El servidor de correo tiene una vulnerabilidad conocida (SMTP)",
            "Un serveur de messagerie a une vulnérabilité connue (SMTP)",
        ),
        (
            "open-rdp-udp",
            "Remote Desktop over UDP is open to the whole internet",
            "Escritorio remoto por UDP está abierto a todo internet",
            "Le Bureau à distance par UDP est ouvert à tout l’internet",
        ),
        (
            "leaked-account",
            "The password of one of the accounts has been stolen",
            None,
            "Le mot de passe de l’un des comptes a été volé",
        ),
        ("ransomware-victim", None, None, "Un groupe de rançongiciel désigne l’organisation comme sa victime"),
        ("compromised-website", None, None, "Quelqu’un a modifié le site web ou le serveur"),
    ],
)
def test_the_team_reads_of_the_network_and_not_of_your_network(
    kind: str, english: str | None, spanish: str | None, french: str
) -> None:
    for language, title in (("en", english), ("es", spanish), ("fr", french)):
        assert title in (None, title_for_others(kind, language))


def test_no_title_for_others_speaks_to_its_reader() -> None:
    own = {
        "en": r"\b[Yy]ou(r|rs)?\b",
        "es": rf"\b[Ss]us?\b(?! (?:{OF_THINGS}))|\bsuy[oa]s?\b|\bde el\b",
        "fr": r"\b[Vv](?:otre|os|ous)\b|\b(?:de|à) les?\b",
    }
    titles = [
        (language, _others_title(words_of(name, language).title, language)) for name in all_names() for language in own
    ]
    titles += [(language, title_for_others(kind, language)) for kind in names() for language in own]
    assert [title for language, title in titles if re.search(own[language], title)] == []
