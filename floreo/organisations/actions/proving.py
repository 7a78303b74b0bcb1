"""Proving claims: by an answer of the registry, by a name server record, by a signed letter that is kept as evidence. What takes seconds,
asking a server, is done before the action that writes it down."""

from __future__ import annotations

import gzip
import hashlib
import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import partial

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from floreo.core import clock
from floreo.core.access import Actor, Permission, can
from floreo.core.action import action, note
from floreo.core.errors import Refused
from floreo.core.outbound import Allow, NotAnswered, NotOpen, small_answer
from floreo.core.reachable import may_ask
from floreo.core.wording import day_text
from floreo.core.writing import delete, lock_latest, refuse, require_past, require_text, save
from floreo.organisations import claims, name_records
from floreo.organisations.access import must_speak_for
from floreo.organisations.actions.holdings import must_be_live
from floreo.organisations.held import Prefix, plain_prefix, reverse_name
from floreo.organisations.models import (
    DifferenceState,
    Holding,
    HoldingKind,
    HoldingProof,
    HoldingState,
    Network,
    Organisation,
    ProofKind,
    RegistryDifference,
    RegistryFile,
)
from floreo.organisations.models.claims import SUMMARIES
from floreo.organisations.queries import the_country
from floreo.organisations.registry import (
    LARGEST_ANSWER,
    LARGEST_FILE,
    RdapAnswer,
    Unreadable,
    Wrong,
    read_blocks,
    read_head,
    read_numbers,
    read_rdap,
)
from floreo.organisations.registry_differences import Difference, Had, differences
from floreo.organisations.registry_names import has_name

Found = Callable[[Sequence[Had], Iterable[Prefix]], list[Difference]]  # by what the register has
_SHRUNK = 2  # times fewer rows than before is no file until a person says so
_KEPT = 64 * 1024  # characters of an answer
_ASKED = "application/rdap+json"


UNREADABLE = {
    Wrong.NOT_JSON: gettext_noop("This is not an answer of RDAP: it is not JSON."),
    Wrong.AN_ERROR: gettext_noop("The registry answered with an error: %(what)s"),
    Wrong.NOT_ONE: gettext_noop("This answer of RDAP is not about addresses, an AS number or a domain."),
    Wrong.NO_ADDRESSES: gettext_noop("This answer of RDAP names no first and last address."),
    Wrong.CUT_OFF: gettext_noop("The file breaks off: %(what)s"),
    Wrong.NOT_BOOTSTRAP: gettext_noop("This is not a list of which server answers for which addresses (RFC 9224)."),
    Wrong.TOO_LONG: gettext_noop("This is longer than an answer or a file of a registry can be."),
    Wrong.NOT_DELEGATED: gettext_noop("This is not a delegated file of a registry: %(what)s"),
}


def unreadable_words(problem: Unreadable) -> dict[str, str]:
    """What the sentence of its kind in UNREADABLE is completed with."""
    return {"what": problem.detail or "-"}


def unreadable_sentence(problem: Unreadable) -> str:
    return _(UNREADABLE[problem.wrong]) % unreadable_words(problem)


# --- The registry's answer ----------------------------------------------------------------------------------------


def rdap_address(holding: Holding) -> str:
    """What is asked of the RDAP server (RFC 9082, section 3.1)."""
    kind = "ip" if holding.kind == HoldingKind.PREFIX else "domain"
    return f"{settings.RDAP_SERVER}/{kind}/{holding.value}"


def ask_registry(holding: Holding, *, allow: Allow = may_ask) -> bytes:
    """The answer of the RDAP server that FLOREO_RDAP_SERVER names. Refuses with a sentence when there is none."""
    if not settings.RDAP_SERVER:
        sentence = _("No server of a registry is set (FLOREO_RDAP_SERVER). Choose the file of its answer instead.")
        raise Refused(sentence, code="no_server")
    try:
        return small_answer(rdap_address(holding), most=LARGEST_ANSWER, accept=_ASKED, allow=allow)
    except NotOpen as error:
        sentence = _("The server of the registry lies in a closed network, so it is not asked.")
        raise Refused(sentence, code="closed") from error
    except NotAnswered as error:
        if error.status == 404:
            raise Refused(
                _("The registry does not know %(value)s.") % {"value": holding.value}, code="unknown"
            ) from error
        sentence = _("The server of the registry answered with status %(status)d. Try again later.")
        raise Refused(sentence % {"status": error.status}, code="unreached") from error
    except (OSError, ValueError) as error:
        raise Refused(_("The server of the registry does not answer. Try again later."), code="unreached") from error


def is_named(organisation: Organisation, answer: RdapAnswer) -> bool:
    """Whether the answer names the organisation by one of its names in the register."""
    return has_name(organisation, answer.names)


@action("holding.proved_by_registry", needs=Permission.REGISTER_EDIT)
def prove_by_registry(
    holding: Holding, *, by: Actor, content: bytes, source: str = "", is_the_holder: bool = False
) -> Holding:
    """The answer covers the claim and names the organisation; where it names it otherwise, a person says that it is the same
    (`is_the_holder`)."""
    holding = lock_latest(holding)
    must_be_live(holding)
    try:
        answer = read_rdap(content)
    except Unreadable as problem:
        raise refuse("answer", unreadable_sentence(problem), code=problem.wrong) from problem
    _must_cover(holding, answer)
    _must_be_of_the_country(answer)
    if not is_named(holding.organisation, answer) and not is_the_holder:
        names = ", ".join(answer.names) or _("nobody")
        sentence = _("The answer names %(names)s as the holder. If that is %(name)s, say so below.")
        words = {"names": names, "name": holding.organisation.label}
        raise refuse("is_the_holder", sentence % words, code="other_name")
    words = {"range": answer.range_text, "names": ", ".join(answer.names) or "-"}
    summary = SUMMARIES[ProofKind.REGISTRY] % words
    text = content.decode("utf-8", "replace")[:_KEPT]
    digest = hashlib.sha256(content).hexdigest()
    return _proved(
        holding, ProofKind.REGISTRY, by, summary, source=source, answer=text, sha256=digest, names=answer.names
    )


def _must_cover(holding: Holding, answer: RdapAnswer) -> None:
    words = {"range": answer.range_text, "value": holding.value}
    if holding.kind == HoldingKind.DOMAIN:
        if not answer.covers_domain(holding.value):
            raise refuse("answer", _("The answer is about %(range)s, not about %(value)s.") % words, code="other_thing")
        return
    prefix = plain_prefix(holding.value)
    if answer.covers(prefix):
        return
    if answer.first is not None and answer.first.version == prefix.version and answer.first in prefix:
        sentence = _("%(value)s is wider than what the registry lists: %(range)s.")
        raise refuse("answer", sentence % words, code="wider")
    raise refuse("answer", _("The answer is about %(range)s, not about %(value)s.") % words, code="other_thing")


def _must_be_of_the_country(answer: RdapAnswer) -> None:
    country = the_country()
    if answer.country and country is not None and answer.country != country.code:
        sentence = _("The registry lists these addresses in %(country)s, not here. Prove the claim by a letter.")
        raise refuse("answer", sentence % {"country": answer.country}, code="other_country")


def _proved(
    holding: Holding,
    kind: ProofKind,
    by: Actor,
    summary: str,
    *,
    source: str = "",
    answer: str = "",
    sha256: str = "",
    evidence: str = "",
    names: Sequence[str] = (),
    on: date | None = None,
) -> Holding:
    proof = HoldingProof(
        holding=holding,
        kind=kind,
        on=on or clock.today(),
        by=by.actor_name[:200],
        summary=summary[:300],
        source=source[:300],
        answer=answer,
        sha256=sha256,
        evidence=evidence,
        names=list(names),
    )
    save(proof)
    with translation.override(
        settings.LANGUAGE_CODE
    ):  # each reader has it in their own language (Holding.verified_text)
        holding.verified_on, holding.verified_how = proof.on, str(kind.label)
    if holding.state == HoldingState.CLAIMED:
        holding.state = HoldingState.PROVED
    return save(holding)


# --- A name server record -----------------------------------------------------------------------------------------


def record_name(holding: Holding) -> str | None:
    """Under which name the record is looked for: the domain itself; of a prefix its reverse zone, where it has one of its own."""
    return holding.value if holding.kind == HoldingKind.DOMAIN else reverse_name(plain_prefix(holding.value))


def look_for_record(holding: Holding, *, by: Actor) -> Holding:
    """Asks the name servers, then writes down what they said. Refuses with a sentence when the record is not there."""
    if not can(by, Permission.REGISTER_EDIT):
        must_speak_for(by, holding.organisation)
    must_be_live(holding)
    name = record_name(holding)
    if name is None:
        sentence = _(
            "%(value)s has no reverse zone of its own, so no record can prove it. Use the registry's answer or a letter."
        )
        raise Refused(sentence % {"value": holding.value}, code="no_zone")
    try:
        texts = name_records.texts_at(name)
    except name_records.NoAnswer as problem:
        sentence = _("The name servers of %(name)s do not answer. Try again in some minutes.")
        raise Refused(sentence % {"name": name}, code="no_answer") from problem
    return prove_by_record(holding, by=by, name=name, texts=texts)


@action("holding.proved_by_record", needs=None)
def prove_by_record(holding: Holding, *, by: Actor, name: str, texts: Iterable[str]) -> Holding:
    """`texts` are the text records that were seen under `name`."""
    holding = lock_latest(holding)
    if not can(by, Permission.REGISTER_EDIT):
        must_speak_for(by, holding.organisation)
    must_be_live(holding)
    found = [text.strip() for text in texts]
    if holding.record not in found:
        others = [text for text in found if text.startswith("floreo-verify=")]
        words = {"name": name, "record": holding.record}
        if others:
            sentence = _("%(name)s has a record of another claim, but not %(record)s.")
        else:
            sentence = _("%(name)s has no text record %(record)s yet. New records can take some hours to be seen.")
        raise Refused(sentence % words, code="no_record")
    summary = SUMMARIES[ProofKind.RECORD] % {"name": name, "record": holding.record}
    return _proved(holding, ProofKind.RECORD, by, summary, source=name, answer="\n".join(found)[:_KEPT])


# --- A signed letter ----------------------------------------------------------------------------------------------


@action("holding.proved_by_document", needs=Permission.REGISTER_EDIT)
def prove_by_document(holding: Holding, *, by: Actor, evidence: str, signed_by: str, on: date) -> Holding:
    """`evidence` is the code under which the signed letter is kept in the vault; `on` its day."""
    holding = lock_latest(holding)
    must_be_live(holding)
    signer = require_text(signed_by, field="signed_by", sentence=_("Say who signed the letter: name and post."))
    code = require_text(
        evidence, field="evidence", sentence=_("Choose the letter among the evidence, or add it first.")
    )
    require_past(on, field="on")
    summary = SUMMARIES[ProofKind.DOCUMENT] % {"who": signer.rstrip(".")}
    return _proved(holding, ProofKind.DOCUMENT, by, summary, evidence=code[:80], on=on)


# --- Delegated files ----------------------------------------------------------------------------------------------


def read_registry_file(content: bytes, *, by: Actor, name: str, is_complete: bool = False) -> RegistryFile:
    """Takes in a delegated file, plain or packed with gzip: keeps it in the data folder, and writes down what it says of every claim, and
    how it differs from the register. Refuses one that cannot be read to its end, one that is older than the last of its registry, and one
    that has far fewer rows than that, unless a person says that it `is_complete`."""
    text = _unpacked(content)
    lines = text.splitlines()
    try:
        head = read_head(lines)
        blocks, numbers = list(read_blocks(lines)), list(read_numbers(lines))
    except Unreadable as problem:
        raise refuse("file", unreadable_sentence(problem), code=problem.wrong) from problem
    records = sum(1 for line in lines if line.count("|") >= 6 and line.split("|")[2] in {"asn", "ipv4", "ipv6"})
    if records < head.records:
        words = {"n": records, "all": head.records}
        sentence = _("The file breaks off: it says that it has %(all)d records, and %(n)d are there.")
        raise refuse("file", sentence % words, code=Wrong.CUT_OFF)
    country = the_country()
    own = sum(1 for block in blocks if country is not None and block.country == country.code)
    made = RegistryFile(
        registry=head.registry,
        on=head.on,
        rows=len(blocks),
        own_rows=own,
        sha256=hashlib.sha256(content).hexdigest(),
        file_name=name[:200],
        read_by=by.actor_name[:200],
        read_on=clock.today(),
    )
    of_country = "" if country is None else country.code
    found = partial(differences, of_country, blocks, numbers)
    return _take_in(made, by=by, text=text, found=found, is_complete=is_complete)


def _unpacked(content: bytes) -> str:
    if content[:2] == b"\x1f\x8b":
        content = b"".join(_blocks_of(content))
    if len(content) > LARGEST_FILE:
        raise refuse("file", unreadable_sentence(Unreadable(Wrong.TOO_LONG)), code=Wrong.TOO_LONG)
    return content.decode("utf-8", "replace")


def _blocks_of(content: bytes) -> Iterator[bytes]:
    size = 0
    try:
        with gzip.open(io.BytesIO(content)) as packed:
            while (block := packed.read(1 << 20)) and size <= LARGEST_FILE:
                size += len(block)
                yield block
    except (OSError, EOFError) as error:
        problem = Unreadable(Wrong.CUT_OFF, str(error)[:80])
        raise refuse("file", unreadable_sentence(problem), code=Wrong.CUT_OFF) from error


@action("registry_file.read", needs=Permission.REGISTER_EDIT)
def _take_in(made: RegistryFile, *, by: Actor, text: str, found: Found, is_complete: bool) -> RegistryFile:
    before = RegistryFile.objects.select_for_update().filter(registry=made.registry).first()
    if before is not None and before.on > made.on:
        sentence = _("A newer file of this registry was read already: that of %(day)s.")
        raise refuse("file", sentence % {"day": day_text(before.on)}, code="older")
    if before is not None and not is_complete and made.rows * _SHRUNK < before.rows:
        words = {"n": made.rows, "all": before.rows, "day": day_text(before.on)}
        sentence = _(
            "The file has %(n)d rows about addresses; that of %(day)s had %(all)d. Nothing of it was used. If it is complete, read it by hand and say so."
        )
        raise refuse("file", sentence % words, code="shrunk")
    if before is not None:
        for field in ("on", "rows", "own_rows", "sha256", "file_name", "read_by", "read_on"):
            setattr(before, field, getattr(made, field))
        made = before
    saved = save(made)
    path = claims.registry_path(saved.registry)
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    with gzip.open(part, "wt", encoding="utf-8") as out:
        out.write(text)
    part.replace(path)
    changed = refresh_registry()
    note(claims_changed=changed, differences=_refresh_differences(saved, found))
    return saved


def _refresh_differences(file: RegistryFile, found: Found) -> int:
    """Those that the file shows wait for a person; those that it shows no more, and nobody decided about, go. How many wait."""
    networks = list(Network.objects.order_by("asn"))
    had = [
        Had(n.asn, tuple(plain_prefix(p) for p, of in n.registry_prefixes.items() if of == file.registry))
        for n in networks
    ]
    held = [plain_prefix(text) for network in networks for text in network.prefixes]
    claimed = Holding.objects.live().filter(kind=HoldingKind.PREFIX).values_list("value", flat=True)
    return save_differences(file.registry, dict.fromkeys(found(had, [*held, *map(plain_prefix, claimed)]), file.on))


def save_differences(registry: str, found: Mapping[Difference, date]) -> int:
    """Within an action. Those that `registry` shows wait for a person, with the day on which it did; what it shows no more, and nobody
    decided about, goes. How many wait."""
    now = {(each.kind, each.name): each for each in found}
    rows = RegistryDifference.objects.select_for_update().filter(registry=registry)
    there = {(row.kind, row.name): row for row in rows}
    for name, row in there.items():
        if row.state == DifferenceState.APPROVED or (row.state == DifferenceState.OPEN and name not in now):
            delete(row)  # one that was approved and comes again is a new one
    kept = {name for name, row in there.items() if row.state == DifferenceState.REJECTED}
    for name, each in now.items():
        if name in kept:
            continue
        is_open = name in there and there[name].state == DifferenceState.OPEN
        _save_difference(
            there[name] if is_open else RegistryDifference(registry=registry, kind=each.kind), each, found[each]
        )
    return len(now.keys() - kept)


def _save_difference(row: RegistryDifference, found: Difference, on: date) -> None:
    facts = {
        "name": found.name,
        "asn": found.asn,
        "prefixes": list(found.prefixes),
        "holder": found.holder[:80],
        "value": found.value,
        "seen_on": on,
    }
    if row.pk is None or any(getattr(row, name) != value for name, value in facts.items()):
        for name, value in facts.items():
            setattr(row, name, value)
        save(row)


def refresh_registry() -> int:
    """What the files say now, of every live claim. Within an action. Returns how many say something else than before."""
    rows = list(Holding.objects.live().filter(kind=HoldingKind.PREFIX).select_for_update())
    before = {each.pk: (each.registry_country, each.registry_range) for each in rows}
    claims.put_registry(*rows)
    changed = 0
    for each in rows:
        changed += (each.registry_country, each.registry_range) != before[each.pk]
        save(each)
    return changed
