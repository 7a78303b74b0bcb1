"""What rows of a spreadsheet can become, field by field: what a column may be called, how its cell is read, which row of the register is
meant, and what must be so before it is written. Reads only."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from django.db import models
from django.utils.functional import Promise
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from floreo.core import clock, languages
from floreo.core.delimited import Wrong, choices_by_word, plain, records_by_word
from floreo.core.fields import label_of
from floreo.core.whole import whole
from floreo.core.writing import free_codes, refuse, require_name
from floreo.infrastructure.actions.registering import check_dependency_facts, check_hours, check_product
from floreo.infrastructure.models import Asset, AssetKind, Dependency, DependencyKind, Service, ServiceStateChoice
from floreo.organisations.actions.people import sound_phone
from floreo.organisations.models import Kind, NationalSector, Organisation, Place
from floreo.register_imports.grid import NO_VALUE
from floreo.register_imports.models import RowKind

_GROUPED = re.compile(r"^\d{1,3}(?:[ .,'’]\d{3})+$")
_HOURS = re.compile(r"^(\d+)\s*(h|hr|hrs|hour|hours|hora|horas|d|day|days|dia|dias)?\.?$")
_SHARE = re.compile(r"^(\d{1,3})\s*%?$")
_LONGEST_CODE = 60
_PARTS = re.compile(r"[;\n/]|,(?!\s*\d)")  # of a cell that names several places


@dataclass(frozen=True)
class SheetField:
    """A field that a column may be. `words`: what columns are called beside its own name and its label in each language."""

    name: str
    title: Promise | str
    words: str = ""  # parted by |
    is_needed: bool = False  # in a row that is new


@dataclass
class Found:
    """The row of the register that a row of the file is: there already, or new and not saved. `served`: of a service, its places."""

    thing: Any
    is_new: bool
    served: list[Place] | None = None


class Rows(ABC):
    """One kind of row, over the register as it is now."""

    kind: ClassVar[RowKind]
    model: ClassVar[type[models.Model]]
    fields: ClassVar[tuple[SheetField, ...]]
    title: ClassVar[Promise]

    def __init__(self) -> None:
        self.organisations = records_by_word(
            Organisation.objects.filter(merged_into=None).order_by("pk"), ("code", "name", "short_name")
        )
        self.free_code = free_codes(self.model)

    @property
    @abstractmethod
    def readers(self) -> Mapping[str, Callable[[str], Any]]:
        """How a cell becomes a value; a field without one is text."""

    @abstractmethod
    def find(self, values: Mapping[str, Any]) -> Found:
        """The row that is meant. Raises Refused, tied to a field, where that cannot be told."""

    @abstractmethod
    def check(self, thing: Any) -> None:
        """Raises Refused, tied to a field, for what the action that writes one row would refuse too."""

    def key(self, thing: Any) -> Any:
        """By which two rows of a file without codes are the same thing."""
        return plain(thing.name)

    def was_changed(self, thing: Any) -> None:  # noqa: B027 -- most kinds have nothing
        """What else changes with a row that the file changes."""

    def read(self, name: str, text: str) -> Any:
        """The value of a cell that is not empty. Raises Wrong."""
        if text == NO_VALUE:
            raise Wrong(
                _("It is a formula without a saved value, or an error. Save the file in a spreadsheet program.")
            )
        reader = self.readers.get(name)
        return reader(text) if reader else text

    def organisation(self, text: str) -> Organisation:
        found: Organisation = self._named(text, self.organisations, _("The register has no such organisation."))
        return found

    @staticmethod
    def _named(text: str, names: Mapping[str, Any], sentence: str) -> Any:
        found = names.get(plain(text))
        if found is None:
            raise Wrong(sentence)
        return found


def _of(model: type[models.Model], name: str, words: str = "", *, needed: bool = False) -> SheetField:
    return SheetField(name, label_of(model, name), words, needed)


def number(text: str) -> int:
    """A whole number of people; "12,500", "12.500" and "12 500" are one."""
    bare = re.sub(r"\D", "", text) if _GROUPED.match(text.strip()) else text.strip()
    found = whole(bare)
    if found is None:
        raise Wrong(_("This is no whole number."))
    return found


def hours(text: str) -> int:
    """Hours; "2 days" are 48."""
    match = _HOURS.match(plain(text))
    if not match or (count := whole(match[1])) is None:
        raise Wrong(_("Write whole hours: 4, or 2 days."))
    return count * 24 if (match[2] or "").startswith("d") else count


def share(text: str) -> int:
    """Per cent from 1 to 100."""
    match = _SHARE.match(text.strip())
    if not match or not 1 <= int(match[1]) <= 100:
        raise Wrong(_("Write whole per cent from 1 to 100."))
    return int(match[1])


def one_of(choices: Sequence[tuple[Any, Any]]) -> Callable[[str], str]:
    words = choices_by_word(choices)

    def choose(text: str) -> str:
        if (found := words.get(plain(text))) is None:
            raise Wrong(_("It is none of: %(list)s.") % {"list": ", ".join(str(label) for _value, label in choices)})
        return found

    return choose


def _sectors() -> dict[str, NationalSector]:
    return records_by_word(NationalSector.objects.order_by("pk"), ("code", "name"))


def _places() -> dict[str, Place]:
    """Districts before towns of the same name."""
    return records_by_word(Place.objects.order_by("kind", "pk"), ("code", "name"))


def _all_by_code(rows: models.QuerySet[Any]) -> dict[str, Any]:
    return {row.code: row for row in rows}


_CODE = SheetField("code", _l("Code"), "id|codigo|clave|identifier|ref|reference")
_SOURCE = "fuente|origin|reference document"


class Organisations(Rows):
    kind, model, title = RowKind.ORGANISATION, Organisation, _l("Organisations")
    fields = (
        _CODE,
        _of(
            Organisation,
            "name",
            "organisation|organization|operator|operador|entidad|institucion|empresa|company|legal name|razon social|nombre de la organizacion",
            needed=True,
        ),
        _of(Organisation, "short_name", "acronym|abbreviation|siglas|acronimo|sigla"),
        _of(Organisation, "kind", "type|tipo|tipo de organizacion|clase", needed=True),
        _of(Organisation, "sector", "sector economico|industry"),
        _of(Organisation, "place", "district|distrito|departamento|location|ubicacion"),
        _of(Organisation, "role_text", "function|mandate|funcion|mandato|description|descripcion"),
        _of(Organisation, "website", "web|url|pagina web|sitio web|site"),
        _of(Organisation, "email", "mail|e-mail|correo|correo electronico"),
        _of(Organisation, "phone", "tel|phone number|telefono"),
        _of(Organisation, "source", _SOURCE),
    )

    def __init__(self) -> None:
        super().__init__()
        self.by_code = _all_by_code(Organisation.objects.filter(merged_into=None))
        self.sectors, self.places = _sectors(), _places()
        self._kinds = one_of(Kind.choices)

    @property
    def readers(self) -> Mapping[str, Callable[[str], Any]]:
        return {
            "kind": self._kinds,
            "sector": lambda text: self._named(text, self.sectors, _("There is no such sector.")),
            "place": lambda text: self._named(text, self.places, _("There is no such place.")),
        }

    def find(self, values: Mapping[str, Any]) -> Found:
        there = _by_code(values, self.by_code)
        if there is None and "code" not in values:
            there = self.organisations.get(plain(values.get("name", "")))
        if there is not None:
            if (name := values.get("name")) and plain(name) not in _names_of(there):
                raise refuse("name", _("It is called “%(name)s” here. Rename it on its page.") % {"name": there.name})
            return Found(there, is_new=False)
        return Found(_new(Organisation, values, self.free_code), is_new=True)

    def check(self, thing: Organisation) -> None:
        require_name(thing)
        thing.phone = sound_phone(thing.phone)


class Services(Rows):
    kind, model, title = RowKind.SERVICE, Service, _l("Essential services")
    fields = (
        _CODE,
        _of(Service, "name", "service|servicio|essential service|servicio esencial|nombre del servicio", needed=True),
        _of(Service, "summary", "description|descripcion|what it does"),
        _of(
            Service,
            "operator",
            "operador|organisation|organization|organizacion|entidad|provider|proveedor|empresa|company",
        ),
        _of(Service, "sector", "subsector|sub sector", needed=True),
        _of(Service, "users", "usuarios|customers|clientes|people served|personas atendidas|population"),
        _of(Service, "users_basis", "how counted|base"),
        _of(Service, "rto_hours", "rto|rto hours|rto (h)|recovery time objective|tiempo objetivo de recuperacion"),
        _of(
            Service,
            "mtpd_hours",
            "mtpd|mtpd hours|mtpd (h)|mto|maximum tolerable outage|maximum tolerable period of disruption",
        ),
        _of(Service, "stops_at"),
        SheetField(
            "served",
            _l("Delivered in"),
            "districts|distritos|places|places served|lugares|district|distrito|coverage|cobertura",
        ),
        _of(Service, "source", _SOURCE),
    )

    def __init__(self) -> None:
        super().__init__()
        rows = Service.objects.exclude(state=ServiceStateChoice.WITHDRAWN).select_related("operator").order_by("pk")
        self.by_code = _all_by_code(rows)
        self.by_name: dict[str, list[Service]] = {}
        for row in rows:
            for name in {plain(row.name), *(plain(t.get("name", "")) for t in row.translations.values())}:
                self.by_name.setdefault(name, []).append(row)
        self.sectors, self.places = _sectors(), _places()

    @property
    def readers(self) -> Mapping[str, Callable[[str], Any]]:
        return {
            "operator": self.organisation,
            "sector": lambda text: self._named(text, self.sectors, _("There is no such sector.")),
            "users": number,
            "rto_hours": hours,
            "mtpd_hours": hours,
            "stops_at": share,
            "served": self._served,
        }

    def _served(self, text: str) -> list[Place]:
        return list(dict.fromkeys(self._place(part.strip()) for part in _PARTS.split(text) if part.strip()))

    def _place(self, text: str) -> Place:
        found: Place = self._named(text, self.places, _("There is no place “%(name)s”.") % {"name": text[:60]})
        return found

    def find(self, values: Mapping[str, Any]) -> Found:
        there = _by_code(values, self.by_code)
        if there is None and "code" not in values:
            there = self._called(values)
        if there is not None:
            return Found(there, is_new=False, served=values.get("served"))
        new = _new(Service, values, self.free_code)
        new.reviewed_on = clock.today()
        return Found(new, is_new=True, served=values.get("served"))

    def _called(self, values: Mapping[str, Any]) -> Service | None:
        """The service of that name and operator; without an operator, the only one of that name."""
        alike = self.by_name.get(plain(values.get("name", "")), [])
        if "operator" in values:
            alike = [row for row in alike if row.operator_id == values["operator"].pk]
        if len(alike) > 1:
            raise refuse("name", _("Several services have this name. Give the operator or the code."))
        return alike[0] if alike else None

    def key(self, thing: Service) -> Any:
        return plain(thing.name), thing.operator_id

    def check(self, thing: Service) -> None:
        require_name(thing)
        check_hours(thing)


class Assets(Rows):
    kind, model, title = RowKind.ASSET, Asset, _l("Assets")
    fields = (
        _CODE,
        _of(Asset, "service", "servicio|essential service|servicio esencial|used by|service name", needed=True),
        _of(Asset, "name", "asset|activo|asset name|nombre del activo|hostname|equipo|system|sistema", needed=True),
        _of(Asset, "kind", "type|tipo|asset type|tipo de activo|category|categoria", needed=True),
        _of(Asset, "owner", "propietario|dueno|asset owner"),
        _of(Asset, "place", "location|ubicacion|district|distrito|site location"),
        _of(Asset, "vendor", "fabricante|marca|brand|manufacturer"),
        _of(Asset, "product", "producto|model|modelo|software"),
        _of(Asset, "product_version", "release|firmware|software version"),
        _of(Asset, "note", "notes|remarks|comments|notas|observaciones|comentarios"),
        _of(Asset, "source", _SOURCE),
    )

    def __init__(self) -> None:
        super().__init__()
        services = Service.objects.exclude(state=ServiceStateChoice.WITHDRAWN).order_by("pk")
        self.services = records_by_word(services, ("code", "name"))
        self.places = _places()
        rows = list(Asset.objects.select_related("service", "owner", "place"))
        self.by_code = {row.code: row for row in rows}
        self.by_name = {(row.service_id, plain(row.name)): row for row in rows}
        self._kinds = one_of(AssetKind.choices)

    @property
    def readers(self) -> Mapping[str, Callable[[str], Any]]:
        return {
            "service": lambda text: self._named(text, self.services, _("The register has no such service.")),
            "kind": self._kinds,
            "owner": self.organisation,
            "place": lambda text: self._named(text, self.places, _("There is no such place.")),
        }

    def find(self, values: Mapping[str, Any]) -> Found:
        there = _by_code(values, self.by_code)
        service = values.get("service")
        if there is None and "code" not in values and service is not None:
            there = self.by_name.get((service.pk, plain(values.get("name", ""))))
        if there is not None:
            if service is not None and service.pk != there.service_id:
                names = {"service": there.service.in_language("name")}
                raise refuse("service", _("This asset belongs to “%(service)s”.") % names)
            return Found(there, is_new=False)
        name = f"{service.code if service else ''} {values.get('name', '')}"
        return Found(_new(Asset, values, self.free_code, name), is_new=True)

    def key(self, thing: Asset) -> Any:
        return thing.service_id, plain(thing.name)

    def check(self, thing: Asset) -> None:
        require_name(thing)
        check_product(thing)


class Dependencies(Rows):
    kind, model, title = RowKind.DEPENDENCY, Dependency, _l("Dependencies")
    fields = (
        _of(Dependency, "service", "servicio|dependent service|servicio dependiente|from|de", needed=True),
        _of(
            Dependency, "needs", "depends on|depende de|required service|supplier|proveedor|to|a|necesita", needed=True
        ),
        _of(Dependency, "kind", "type|tipo|resource|recurso", needed=True),
        _of(Dependency, "hours", "hours until impact|horas hasta el impacto|delay|time to impact"),
        _of(Dependency, "share", "loss|share lost|perdida|impact %|impacto"),
        _of(Dependency, "fallback", "backup|alternative|respaldo|alternativa"),
        _of(Dependency, "fallback_hours", "fallback lasts|autonomy|autonomia|hours of fallback|horas de respaldo"),
        _of(Dependency, "group", "grupo"),
        _of(Dependency, "source", _SOURCE),
    )

    def __init__(self) -> None:
        self.services = records_by_word(Service.objects.current().order_by("pk"), ("code", "name"))
        rows = Dependency.objects.filter(withdrawn_on=None).select_related("service", "needs")
        self.there = {self.key(row): row for row in rows}
        self._kinds = one_of(DependencyKind.choices)

    @property
    def readers(self) -> Mapping[str, Callable[[str], Any]]:
        return {
            "service": lambda text: self._named(text, self.services, _("The register has no such service.")),
            "needs": lambda text: self._named(text, self.services, _("The register has no such service.")),
            "kind": self._kinds,
            "hours": hours,
            "share": share,
            "fallback_hours": hours,
        }

    def find(self, values: Mapping[str, Any]) -> Found:
        service, needs = values.get("service"), values.get("needs")
        there = self.there.get((getattr(service, "pk", 0), getattr(needs, "pk", 0), values.get("kind", "")))
        return Found(there or Dependency(), is_new=there is None)

    def key(self, thing: Dependency) -> Any:
        return thing.service_id, thing.needs_id, thing.kind

    def check(self, thing: Dependency) -> None:
        check_dependency_facts(thing)

    def was_changed(self, thing: Dependency) -> None:
        thing.checked_on, thing.checked_by = None, ""


def _by_code(values: Mapping[str, Any], there: Mapping[str, Any]) -> Any:
    return there.get(values["code"]) if "code" in values else None


def _names_of(organisation: Organisation) -> set[str]:
    names = [
        organisation.name,
        organisation.short_name,
        *(t.get("name", "") for t in organisation.translations.values()),
    ]
    return {plain(name) for name in names if name}


def _new(model: type[models.Model], values: Mapping[str, Any], free_code: Callable[[str], str], name: str = "") -> Any:
    """An unsaved row with its code: that of the file where it is one, else one made of its name."""
    given = values.get("code", "")
    if given and (slugify(given) != given or len(given) > _LONGEST_CODE):
        sentence = _(
            "A code has small letters, digits and hyphens. Leave this column out if it holds numbers of your own."
        )
        raise refuse("code", sentence, code="bad_code")
    return model(code=given or free_code(name or values.get("name", "")))


KINDS: Mapping[str, type[Rows]] = {each.kind: each for each in (Organisations, Services, Assets, Dependencies)}


def words_of(kind: type[Rows]) -> dict[str, str]:
    """The field by what its column may be called: its name, its label in each language, and other words of people."""
    found: dict[str, str] = {}
    for each in kind.fields:
        found.setdefault(plain(each.name), each.name)
        for word in languages.words_for(each.title):
            found.setdefault(plain(word), each.name)
    for each in kind.fields:
        for word in filter(None, each.words.split("|")):
            found.setdefault(plain(word), each.name)
    return found
