"""Rows of spreadsheets that become records of the register: organisations, contacts, networks and domains, people. And what texts of any
spreadsheet mean as organisations and people."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any

from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from floreo.core import languages
from floreo.core.access import Permission, can
from floreo.core.delimited import Wrong
from floreo.core.importing import (
    Difference,
    Holds,
    ImportedRow,
    ImportField,
    ImportRows,
    ImportTarget,
    Option,
    Source,
    choice_options,
    of_model,
    only_in,
    put,
    sound,
    working_copy,
)
from floreo.core.spelling import plain
from floreo.core.writing import free_codes, refuse, require_name
from floreo.organisations.actions.holdings import claimed, must_be_free, sound_domain, sound_prefix
from floreo.organisations.actions.networks import must_be_asn, overlap_sentence, overlaps, read_prefixes
from floreo.organisations.actions.people import check_person
from floreo.organisations.actions.register import check_contact_facts, check_organisation
from floreo.organisations.guessing import guessed_kind
from floreo.organisations.models import (
    Contact,
    ContactRole,
    FormerName,
    Holding,
    HoldingKind,
    Kind,
    NationalSector,
    Network,
    Organisation,
    Person,
    Place,
)

_PARTS = re.compile(r"[\s,;]+")
_LONGEST_CODE = 60
_BRACKETED = re.compile(r"\s*\(([^()]{2,40})\)\s*$")
_LONGEST = 200


def names_in_languages(thing: Any, field: str = "name") -> Iterable[str]:
    return (str(texts.get(field, "")) for texts in thing.translations.values())


class Organisations:
    """The organisations that somebody sees, as options, and those that a file makes."""

    def __init__(self, by: Any) -> None:
        self.by = by
        former: dict[int, list[str]] = defaultdict(list)
        for body, name in FormerName.objects.values_list("organisation_id", "name"):
            former[body].append(name)
        rows = Organisation.objects.visible_to(by).select_related("merged_into").order_by("name", "pk")
        self.options = [
            Option(
                row.code,
                row.in_language("name") + (f" ({row.short_name})" if row.short_name else ""),
                row.successor(),
                tuple(filter(None, (row.name, row.short_name, *names_in_languages(row), *former[row.pk]))),
            )
            for row in rows
        ]
        self._made: dict[str, Organisation] = {}
        self._free_code = free_codes(Organisation)

    @property
    def can_make(self) -> bool:
        return can(self.by, Permission.REGISTER_EDIT)

    def make(self, text: str, source: str) -> Organisation:
        """A new organisation of that name, internal until somebody checks it. Raises Wrong."""
        if not self.can_make:
            raise Wrong(_("Your role does not allow new organisations."))
        bracketed = _BRACKETED.search(text)
        name = (text[: bracketed.start()] if bracketed else text).strip()
        if not any(c.isalpha() for c in name) or len(name) > _LONGEST:
            raise Wrong(_("This is no name of an organisation."))
        if (there := self._made.get(plain(name))) is None:
            there = self._made[plain(name)] = Organisation(
                code=self._free_code(name),
                name=name,
                short_name=bracketed[1] if bracketed else "",
                kind=guessed_kind(name, Kind.AGENCY),
                source=source[:500],
                is_public=False,
                doubt=_("Named in a spreadsheet; its kind was guessed from its name. Check it, then make it public."),
            )
        return there


def people_options(by: Any) -> list[Option]:
    """People who are still in post, as far as somebody sees them."""
    rows = Person.objects.visible_to(by).filter(is_active=True).order_by("name", "pk")
    return [Option(row.code, row.name, row, tuple(filter(None, (row.name, row.email)))) for row in rows]


def sector_options() -> list[Option]:
    return [_called(row) for row in NationalSector.objects.order_by("pk")]


def place_options() -> list[Option]:
    """Districts and towns; where a town is called like its district, the district is meant."""
    found, seen = [], set[str]()
    for row in Place.objects.order_by("kind", "pk"):
        if plain(row.name) not in seen:
            seen.add(plain(row.name))
            found.append(_called(row))
    return found


def _called(row: Any) -> Option:
    return Option(row.code, row.in_language("name"), row, (row.name, *filter(None, names_in_languages(row))))


# --- Targets ------------------------------------------------------------------------------------------------------

_CODE_WORDS = "id|codigo|clave|identifier|ref|reference"
_NAME_WORDS = (
    "organisation|organization|operator|operador|entidad|institucion|institution|empresa|company|entreprise|legal name|razon social"
    "|nombre|nombre de la organizacion|nom|organisme|agency|ministry|body"
)
_SOURCE = "fuente|origin|reference document"
_EMAIL = "mail|e-mail|email address|correo|correo electronico|courriel|adresse electronique"
_PHONE = "tel|tel.|phone|phone number|mobile|telefono|celular|telephone|no. de telephone"


def _organisation_field(words: str = "") -> ImportField:
    return ImportField("organisation", _l("Organisation"), f"{_NAME_WORDS}|{words}", Holds.RECORD, is_needed=True)


class OrganisationRows(ImportRows):
    """Organisations of the register: new ones, and what changes of those that are there. None is renamed, merged or removed."""

    writes = (Organisation,)
    fields = (
        ImportField("code", _l("Code"), _CODE_WORDS),
        of_model(Organisation, "name", _NAME_WORDS),
        of_model(Organisation, "short_name", "acronym|abbreviation|siglas|acronimo|sigla|sigle|acronyme|abreviation"),
        of_model(
            Organisation,
            "kind",
            "type|tipo|tipo de organizacion|clase|category|categoria|categorie",
            holds=Holds.CHOICE,
        ),
        of_model(Organisation, "sector", "sector economico|industry|secteur", holds=Holds.RECORD),
        of_model(
            Organisation,
            "place",
            "district|distrito|departamento|location|ubicacion|lieu|ville|city|town|departement",
            holds=Holds.RECORD,
        ),
        of_model(
            Organisation,
            "parent",
            "parent|parent organisation|reports to|depende de|rattachee a|ministry",
            holds=Holds.RECORD,
        ),
        of_model(
            Organisation, "role_text", "function|mandate|funcion|mandato|description|descripcion|role|mandat|fonction"
        ),
        of_model(Organisation, "website", "web|url|pagina web|sitio web|site|site web"),
        of_model(Organisation, "email", _EMAIL),
        of_model(Organisation, "phone", _PHONE),
        of_model(Organisation, "internal_notes", "notes|remarks|notas|observaciones|remarques"),
        of_model(Organisation, "is_public", "publico|publique", holds=Holds.FLAG),
        of_model(Organisation, "source", _SOURCE),
    )

    def __init__(self, scope: str, source: Source) -> None:
        super().__init__(scope, source)
        self.bodies = Organisations(source.by)
        rows = (
            Organisation.objects.visible_to(source.by)
            .filter(merged_into=None)
            .select_related("parent", "place", "sector")
        )
        self.by_code = {row.code: row for row in rows}
        self.by_name: dict[str, list[Organisation]] = defaultdict(list)
        for option in self.bodies.options:
            body = self.by_code.get(option.value.code)
            for name in {plain(each) for each in option.names}:
                if body is not None and body not in self.by_name[name]:
                    self.by_name[name].append(body)
        self._free_code = free_codes(Organisation)

    def options(self, name: str) -> Sequence[Option]:
        match name:
            case "kind":
                return choice_options(Kind.choices)
            case "sector":
                return sector_options()
            case "place":
                return place_options()
            case "parent":
                return self.bodies.options
        return ()

    def must_have(self, names: Iterable[str]) -> str:
        given = set(names)
        return "" if given & {"code", "name"} else _("Choose the column for: %(fields)s.") % {"fields": _("Name")}

    def key(self, values: Mapping[str, Any]) -> Any:
        there = self._found(values)
        return ("there", there.pk) if there is not None else values.get("code") or plain(values.get("name", ""))

    def _found(self, values: Mapping[str, Any]) -> Organisation | None:
        if "code" in values and (there := self.by_code.get(values["code"])) is not None:
            return there
        found = self.by_name.get(plain(values["name"]), []) if "name" in values else []
        body: Organisation | None = only_in("name", found, _("Several organisations are called so. Give the code."))
        return body

    def take(self, values: Mapping[str, Any]) -> ImportedRow:
        there = self._found(values)
        facts = {name: value for name, value in values.items() if name != "code"}
        if there is not None:
            body = working_copy(there)
            name = facts.pop("name", "")
            if name and body not in self.by_name.get(plain(name), []):
                raise refuse("name", _("It is called “%(name)s” here. Rename it on its page.") % {"name": body.name})
        else:
            body = self._new(values)
            facts.setdefault("kind", str(guessed_kind(facts["name"], Kind.AGENCY)))
        planned = put(body, facts, is_new=there is None)
        if there is None and "kind" not in values:
            body.doubt = _("Its kind was guessed from its name.")
        check_organisation(body)
        sound(planned)
        return ImportedRow([planned])

    def _new(self, values: Mapping[str, Any]) -> Organisation:
        if not values.get("name", "").strip():
            raise refuse("name", _("It is new, and has no name."))
        given = values.get("code", "")
        if given and (slugify(given) != given or len(given) > _LONGEST_CODE):
            sentence = _(
                "A code has small letters, digits and hyphens. Leave this column out if it holds numbers of your own."
            )
            raise refuse("code", sentence, code="bad_code")
        return Organisation(code=given or self._free_code(values["name"]))


class ContactRows(ImportRows):
    """Contacts of organisations. They stay internal."""

    writes = (Organisation, Contact)
    fields = (
        _organisation_field(),
        of_model(
            Contact,
            "purpose",
            "proposito|objet|contact|contacto|function|funcion|fonction|name|nombre|nom|title|titulo",
        ),
        of_model(Contact, "role", "type|tipo|rol|contact type|tipo de contacto", holds=Holds.CHOICE),
        of_model(Contact, "email", _EMAIL),
        of_model(Contact, "phone", _PHONE),
        of_model(Contact, "source", _SOURCE),
    )

    def __init__(self, scope: str, source: Source) -> None:
        super().__init__(scope, source)
        self.bodies = Organisations(source.by)
        self.there: dict[int, list[Contact]] = defaultdict(list)
        for contact in Contact.objects.visible_to(source.by).select_related("organisation"):
            self.there[contact.organisation_id].append(contact)

    def options(self, name: str) -> Sequence[Option]:
        if name == "organisation":
            return self.bodies.options
        words = {
            "abuse": "abuse|abuso",
            "technical": "technical|tecnico|technique|it",
            "duty": "24/7|24x7|duty officer|guardia|astreinte",
        }
        return choice_options(ContactRole.choices, words) if name == "role" else ()

    def can_make(self, name: str) -> bool:
        return name == "organisation" and self.bodies.can_make

    def make(self, name: str, text: str) -> Any:
        return self.bodies.make(text, self.source_text())

    def key(self, values: Mapping[str, Any]) -> Any:
        there = self._found(values)
        if there is not None:
            return ("there", there.pk)
        body = values["organisation"]
        return body.code, plain(values.get("email", "") or values.get("phone", "")), plain(values.get("purpose", ""))

    def _found(self, values: Mapping[str, Any]) -> Contact | None:
        own = self.there.get(values["organisation"].pk, [])
        purpose, email = plain(values.get("purpose", "")), plain(values.get("email", ""))
        alike = [each for each in own if email and plain(each.email) == email and purpose in {"", plain(each.purpose)}]
        alike = alike or [each for each in own if purpose and plain(each.purpose) == purpose]
        contact: Contact | None = only_in(
            "purpose", alike, _("Several contacts of this organisation are meant. Give purpose and e-mail.")
        )
        return contact

    def take(self, values: Mapping[str, Any]) -> ImportedRow:
        there, body = self._found(values), values["organisation"]
        contact = Contact(organisation=body) if there is None else working_copy(there)
        facts = {name: value for name, value in values.items() if name != "organisation"}
        if there is None:
            facts.setdefault("purpose", str(ContactRole(facts.get("role", ContactRole.OTHER)).label))
        planned = put(contact, facts, is_new=there is None)
        check_contact_facts(contact)
        sound(planned)
        return ImportedRow([planned, *([put(body, {}, is_new=True)] if body.pk is None else [])])


class NetworkRows(ImportRows):
    """Networks by their autonomous system numbers."""

    writes = (Organisation, Network)
    fields = (
        of_model(
            Network,
            "asn",
            "asn|as|as number|as no|numero de as|autonomous system|sistema autonomo|numero d'as",
            is_needed=True,
        ),
        of_model(Network, "name", "network|network name|red|nombre de la red|reseau|as name|nombre|nom"),
        of_model(
            Network,
            "holder",
            f"{_NAME_WORDS}|isp|provider|proveedor|fournisseur|titular|titulaire|owner",
            holds=Holds.RECORD,
        ),
        of_model(
            Network, "prefixes", "prefix|prefixes|prefijos|prefijo|cidr|range|ranges|addresses|ip ranges|prefixe|rangos"
        ),
        of_model(Network, "is_public", "publico|publique", holds=Holds.FLAG),
        of_model(Network, "source", _SOURCE),
    )

    def __init__(self, scope: str, source: Source) -> None:
        super().__init__(scope, source)
        self.bodies = Organisations(source.by)
        self.networks = list(Network.objects.select_related("holder"))
        self.by_asn = {network.asn: network for network in self.networks}
        self.seen = set(Network.objects.visible_to(source.by).values_list("asn", flat=True))

    def options(self, name: str) -> Sequence[Option]:
        return self.bodies.options if name == "holder" else ()

    def can_make(self, name: str) -> bool:
        return name == "holder" and self.bodies.can_make

    def make(self, name: str, text: str) -> Any:
        return self.bodies.make(text, self.source_text())

    def key(self, values: Mapping[str, Any]) -> Any:
        return _asn(values["asn"])

    def take(self, values: Mapping[str, Any]) -> ImportedRow:
        asn = _asn(values["asn"])
        there = self.by_asn.get(asn)
        if there is not None and asn not in self.seen:
            raise refuse("asn", _("AS%(asn)d is already in the register.") % {"asn": asn}, code="asn_taken")
        network = Network(asn=asn) if there is None else working_copy(there)
        facts = {name: value for name, value in values.items() if name not in {"asn", "prefixes"}}
        if there is None:
            facts.setdefault("name", f"AS{asn}")
        if "prefixes" in values:
            prefixes = read_prefixes(_PARTS.split(values["prefixes"]))
            if shared := overlaps(prefixes, but=asn, among=self.networks):
                raise refuse("prefixes", overlap_sentence(*shared[0]), code="overlap")
            facts["prefixes"] = [str(prefix) for prefix in prefixes]
        planned = put(network, facts, is_new=there is None)
        require_name(network)
        sound(planned)
        if there is None:
            self.networks.append(network)
        holder = facts.get("holder")
        return ImportedRow(
            [planned, *([put(holder, {}, is_new=True)] if holder is not None and holder.pk is None else [])]
        )


def _asn(text: str) -> int:
    digits = re.sub(r"^as\s*n?\s*", "", plain(text)).replace(" ", "").replace(",", "")
    if not digits.isdecimal() or len(digits) > 10:
        raise refuse("asn", _("Enter an autonomous system number from 1 to 4,294,967,294."), code="bad_asn")
    must_be_asn(int(digits))
    return int(digits)


class HoldingRows(ImportRows):
    """Addresses and domains of organisations, each as a claim: a second person approves it, as one that was typed."""

    writes = (Organisation, Holding)
    fields = (
        _organisation_field(),
        of_model(
            Holding,
            "value",
            "prefix|domain|domain name|dominio|ip|ip address|cidr|address|direccion ip|prefijo|domaine|nom de domaine|adresse ip|range",
            is_needed=True,
        ),
        of_model(Holding, "service", "servicio|use|uso|what runs there|description|descripcion|hostname"),
        of_model(Holding, "source", _SOURCE),
    )

    def __init__(self, scope: str, source: Source) -> None:
        super().__init__(scope, source)
        self.bodies = Organisations(source.by)
        self.live: dict[tuple[str, str], list[Holding]] = defaultdict(list)
        for holding in Holding.objects.live().select_related("organisation"):
            self.live[holding.kind, holding.value].append(holding)

    def options(self, name: str) -> Sequence[Option]:
        return self.bodies.options if name == "organisation" else ()

    def can_make(self, name: str) -> bool:
        return name == "organisation" and self.bodies.can_make

    def make(self, name: str, text: str) -> Any:
        return self.bodies.make(text, self.source_text())

    def key(self, values: Mapping[str, Any]) -> Any:
        return values["organisation"].code, *_sound_value(values["value"])

    def take(self, values: Mapping[str, Any]) -> ImportedRow:
        body = values["organisation"]
        kind, value = _sound_value(values["value"])
        others = self.live.get((kind, value), [])
        there = next((each for each in others if each.organisation_id == body.pk), None)
        if there is not None:
            holding = working_copy(there)
            planned = put(holding, {n: values[n] for n in ("service",) if n in values}, is_new=False)
        else:
            holding = Holding(organisation=body, kind=kind, value=value)
            must_be_free(holding, others)
            facts = {name: values[name] for name in ("service", "source") if name in values}
            claimed(holding, self.source.by)
            planned = put(holding, facts, is_new=True)
            planned.differences.insert(0, Difference(str(HoldingKind(kind).label), "", value))
        sound(planned)
        return ImportedRow([planned, *([put(body, {}, is_new=True)] if body.pk is None else [])])


def _sound_value(text: str) -> tuple[str, str]:
    """The kind and the value as the register writes it. Raises Refused."""
    is_prefix = (bool(re.fullmatch(r"[0-9a-fA-F:.]+(?:/\d+)?", text.strip())) and any(c in text for c in ":/")) or (
        text.strip().replace(".", "").isdigit()
    )
    return (HoldingKind.PREFIX, sound_prefix(text)) if is_prefix else (HoldingKind.DOMAIN, sound_domain(text))


class PersonRows(ImportRows):
    """People with their posts. No account is made and no invitation is sent."""

    writes = (Organisation, Person)
    fields = (
        ImportField("code", _l("Code"), _CODE_WORDS),
        of_model(
            Person,
            "name",
            "person|full name|contact person|nombre|nombre completo|persona|nom|nom complet|focal point|punto focal|point focal|officer",
            is_needed=True,
        ),
        of_model(
            Person, "organisation", _NAME_WORDS.replace("|nombre|", "|").replace("|nom|", "|"), holds=Holds.RECORD
        ),
        of_model(Person, "post", "position|title|job title|role|cargo|puesto|poste|fonction|designation|rank"),
        of_model(Person, "email", _EMAIL),
        of_model(Person, "phone", _PHONE),
        of_model(Person, "language", "idioma|langue|preferred language"),
        of_model(Person, "source", _SOURCE),
    )

    def __init__(self, scope: str, source: Source) -> None:
        super().__init__(scope, source)
        self.bodies = Organisations(source.by)
        self.people = list(Person.objects.visible_to(source.by).select_related("organisation"))
        self._free_code = free_codes(Person)

    def options(self, name: str) -> Sequence[Option]:
        return self.bodies.options if name == "organisation" else ()

    def can_make(self, name: str) -> bool:
        return name == "organisation" and self.bodies.can_make

    def make(self, name: str, text: str) -> Any:
        return self.bodies.make(text, self.source_text())

    @cached_property
    def _by_word(self) -> Mapping[str, list[Person]]:
        found: dict[str, list[Person]] = defaultdict(list)
        for person in self.people:
            for word in {f"code {person.code}", f"mail {plain(person.email)}", f"name {plain(person.name)}"}:
                found[word].append(person)
        return found

    def key(self, values: Mapping[str, Any]) -> Any:
        if (there := self._found(values)) is not None:
            return ("there", there.pk)
        body = values.get("organisation")
        return plain(values["name"]), body.code if body else ""

    def _found(self, values: Mapping[str, Any]) -> Person | None:
        if "code" in values:
            return next(iter(self._by_word.get(f"code {values['code']}", [])), None)
        if "email" in values and (found := self._by_word.get(f"mail {plain(values['email'])}")):
            return found[0]
        alike = self._by_word.get(f"name {plain(values['name'])}", [])
        if (body := values.get("organisation")) is not None:
            alike = [each for each in alike if each.organisation_id in {None, body.pk}]
        person: Person | None = only_in(
            "name", alike, _("Several people are called so. Give the e-mail address or the code.")
        )
        return person

    def take(self, values: Mapping[str, Any]) -> ImportedRow:
        there = self._found(values)
        person = Person(code=self._free_code(values["name"])) if there is None else working_copy(there)
        facts = {name: value for name, value in values.items() if name != "code"}
        if "language" in facts:
            facts["language"] = _language(facts["language"])
        planned = put(person, facts, is_new=there is None)
        check_person(person)
        sound(planned)
        body = facts.get("organisation")
        return ImportedRow([planned, *([put(body, {}, is_new=True)] if body is not None and body.pk is None else [])])


def _language(text: str) -> str:
    """The code of a language of the site, by its code or its name. Raises Refused."""
    for code in languages.site():
        if plain(text) in {code, plain(languages.name(code)), plain(languages.own_name(code))}:
            return code
    raise refuse("language", _("The site is not available in this language."))


TARGETS = (
    ImportTarget(
        "organisations",
        _l("Organisations"),
        Permission.REGISTER_EDIT,
        OrganisationRows,
        help=_l("None is renamed or removed."),
    ),
    ImportTarget(
        "contacts",
        _l("Contacts of organisations"),
        Permission.REGISTER_EDIT,
        ContactRows,
        help=_l("They stay internal."),
    ),
    ImportTarget("networks", _l("Networks"), Permission.REGISTER_EDIT, NetworkRows),
    ImportTarget(
        "holdings",
        _l("Addresses and domains"),
        Permission.REGISTER_EDIT,
        HoldingRows,
        help=_l("Each is a claim, which a second person approves."),
    ),
    ImportTarget(
        "people",
        _l("People"),
        Permission.PEOPLE_EDIT,
        PersonRows,
        help=_l("They get no account, and no invitation is sent."),
    ),
)
