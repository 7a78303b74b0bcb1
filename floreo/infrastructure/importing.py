"""Rows of spreadsheets that become essential services, their assets, and dependencies. Nothing is withdrawn or removed by a file."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l
from django.utils.translation import gettext_noop

from floreo.core import clock
from floreo.core.access import Permission
from floreo.core.importing import (
    Difference,
    Holds,
    ImportedRow,
    ImportField,
    ImportRows,
    ImportTarget,
    Option,
    Planned,
    Remark,
    Source,
    choice_options,
    of_model,
    only_in,
    put,
    sound,
    working_copy,
)
from floreo.core.spelling import plain
from floreo.core.whole import whole
from floreo.core.writing import free_codes, refuse, require_name
from floreo.infrastructure.actions.registering import check_dependency_facts, check_hours, check_product
from floreo.infrastructure.models import (
    Asset,
    AssetKind,
    Dependency,
    DependencyKind,
    Service,
    ServicePlace,
    ServiceStateChoice,
)
from floreo.organisations.importing import Organisations, names_in_languages, place_options, sector_options
from floreo.organisations.models import Organisation, Place

_HOURS = re.compile(r"^(\d+)\s*(h|hr|hrs|hour|hours|hora|horas|heure|heures|d|day|days|dia|dias|jour|jours|j)?\.?$")
_SHARE = re.compile(r"^(\d{1,3})\s*%?$")
_LONGEST_CODE = 60
_CODE = ImportField("code", _l("Code"), "id|codigo|clave|identifier|ref|reference")
_SOURCE = "fuente|origin|reference document"
_SERVICE_WORDS = "servicio|essential service|servicio esencial|used by|service name|service essentiel"


def hours(text: str, field: str) -> int:
    """Hours; "2 days" are 48. Raises Refused."""
    match = _HOURS.match(plain(text))
    if not match or (count := whole(match[1])) is None:
        raise refuse(field, _("Write whole hours: 4, or 2 days."))
    return count * 24 if (match[2] or "").startswith(("d", "j")) else count


def share(text: str, field: str) -> int:
    """Per cent from 1 to 100. Raises Refused."""
    match = _SHARE.match(text.strip())
    if not match or not 1 <= int(match[1]) <= 100:
        raise refuse(field, _("Write whole per cent from 1 to 100."))
    return int(match[1])


def _given_code(values: Mapping[str, Any]) -> str:
    given: str = values.get("code", "")
    if given and (slugify(given) != given or len(given) > _LONGEST_CODE):
        sentence = _(
            "A code has small letters, digits and hyphens. Leave this column out if it holds numbers of your own."
        )
        raise refuse("code", sentence, code="bad_code")
    return given


def _service_options(services: Iterable[Service]) -> list[Option]:
    return [
        Option(row.code, row.in_language("name"), row, tuple(filter(None, (row.name, *names_in_languages(row)))))
        for row in services
    ]


class _WithBodies(ImportRows):
    """Rows that name organisations, which may be made."""

    bodies_in: frozenset[str] = frozenset()

    def __init__(self, scope: str, source: Source) -> None:
        super().__init__(scope, source)
        self.bodies = Organisations(source.by)

    def can_make(self, name: str) -> bool:
        return name in self.bodies_in and self.bodies.can_make

    def make(self, name: str, text: str) -> Any:
        return self.bodies.make(text, self.source_text())

    def must_have(self, names: Iterable[str]) -> str:
        return "" if "code" in set(names) else super().must_have(names)

    def must_be_whole(self, values: Mapping[str, Any], names: Iterable[str]) -> None:
        """Raises Refused for a new row that lacks one of those fields."""
        if missing := [each for each in self.fields if each.name in set(names) and each.name not in values]:
            sentence = _("It is new, and nothing says: %(fields)s.")
            titles = ", ".join(str(each.title) for each in missing)
            raise refuse(missing[0].name, sentence % {"fields": titles}, code="missing")


def _with(planned: Planned, body: Organisation | None) -> ImportedRow:
    return ImportedRow([planned, *([put(body, {}, is_new=True)] if body is not None and body.pk is None else [])])


class ServiceRows(_WithBodies):
    """Essential services with where they are delivered."""

    writes = (Organisation, Service, ServicePlace)
    bodies_in = frozenset({"operator"})
    fields = (
        _CODE,
        of_model(
            Service,
            "name",
            "service|servicio|essential service|servicio esencial|nombre del servicio|service essentiel",
        ),
        of_model(Service, "summary", "description|descripcion|what it does"),
        of_model(
            Service,
            "operator",
            "operador|organisation|organization|organizacion|entidad|provider|proveedor|empresa|company|operateur",
            holds=Holds.RECORD,
        ),
        of_model(Service, "sector", "subsector|sub sector|secteur", holds=Holds.RECORD),
        of_model(
            Service,
            "users",
            "usuarios|customers|clientes|people served|personas atendidas|population|usagers",
            holds=Holds.WHOLE,
        ),
        of_model(Service, "users_basis", "how counted|base"),
        of_model(Service, "rto_hours", "rto|rto hours|rto (h)|recovery time objective|tiempo objetivo de recuperacion"),
        of_model(
            Service,
            "mtpd_hours",
            "mtpd|mtpd hours|mtpd (h)|mto|maximum tolerable outage|maximum tolerable period of disruption",
        ),
        of_model(Service, "stops_at"),
        ImportField(
            "served",
            _l("Delivered in"),
            "districts|distritos|places|places served|lugares|district|distrito|coverage|cobertura",
            Holds.RECORDS,
        ),
        of_model(Service, "source", _SOURCE),
    )

    def __init__(self, scope: str, source: Source) -> None:
        super().__init__(scope, source)
        rows = Service.objects.exclude(state=ServiceStateChoice.WITHDRAWN).select_related("operator", "sector")
        services = list(rows.prefetch_related("served__place").order_by("pk"))
        self.by_code = {row.code: row for row in services}
        self.by_name: dict[str, list[Service]] = defaultdict(list)
        for row in services:
            for name in {plain(each) for each in (row.name, *names_in_languages(row)) if each}:
                self.by_name[name].append(row)
        self._free_code = free_codes(Service)

    def options(self, name: str) -> Sequence[Option]:
        match name:
            case "operator":
                return self.bodies.options
            case "sector":
                return sector_options()
            case "served":
                return place_options()
        return ()

    def must_have(self, names: Iterable[str]) -> str:
        given = set(names)
        return "" if given & {"code", "name"} else _("Choose the column for: %(fields)s.") % {"fields": _("Name")}

    def key(self, values: Mapping[str, Any]) -> Any:
        there, operator = self._found(values), values.get("operator")
        if there is not None:
            return ("there", there.pk)
        return values.get("code") or (plain(values.get("name", "")), operator.code if operator else "")

    def _found(self, values: Mapping[str, Any]) -> Service | None:
        """By code; else the service of that name and operator, without an operator the only one of that name."""
        if "code" in values:
            return self.by_code.get(values["code"])
        alike = self.by_name.get(plain(values.get("name", "")), [])
        if (operator := values.get("operator")) is not None:
            alike = [row for row in alike if row.operator_id == operator.pk]
        found: Service | None = only_in(
            "name", alike, _("Several services have this name. Give the operator or the code.")
        )
        return found

    def take(self, values: Mapping[str, Any]) -> ImportedRow:
        there = self._found(values)
        facts = {name: value for name, value in values.items() if name not in {"code", "served"}}
        facts |= {name: hours(values[name], name) for name in ("rto_hours", "mtpd_hours") if name in values}
        facts |= {name: share(values[name], name) for name in ("stops_at",) if name in values}
        if there is None:
            self.must_be_whole(values, ("name", "sector"))
            code = _given_code(values) or self._free_code(values["name"])
            service = Service(code=code, reviewed_on=clock.today(), state=ServiceStateChoice.CURRENT)
        else:
            service = working_copy(there)
        planned = put(service, facts, is_new=there is None)
        require_name(service)
        check_hours(service)
        sound(planned)
        row = _with(planned, facts.get("operator"))
        self._take_places(service, there, values.get("served", []), row)
        return row

    def _take_places(self, service: Service, there: Service | None, places: Sequence[Place], row: ImportedRow) -> None:
        held = {each.place_id: each.place for each in there.served.all()} if there else {}
        for place in places:
            if place.pk not in held:
                shown = Difference(_("Delivered in"), "", place.in_language("name"))
                row.things.append(Planned(ServicePlace(service=service, place=place), is_new=True, differences=[shown]))
        if places and (left := [each for pk, each in held.items() if pk not in {place.pk for place in places}]):
            names = ", ".join(each.in_language("name") for each in left)
            sentence = gettext_noop("Delivered here too, and the file does not name it: %(names)s.")
            row.remarks.append(Remark(sentence, {"names": names}))


class AssetRows(_WithBodies):
    """Assets of essential services."""

    writes = (Organisation, Asset)
    bodies_in = frozenset({"owner"})
    fields = (
        _CODE,
        of_model(Asset, "service", _SERVICE_WORDS, holds=Holds.RECORD),
        of_model(
            Asset, "name", "asset|activo|asset name|nombre del activo|hostname|equipo|system|sistema|actif|equipement"
        ),
        of_model(Asset, "kind", "type|tipo|asset type|tipo de activo|category|categoria", holds=Holds.CHOICE),
        of_model(Asset, "owner", "propietario|dueno|asset owner|proprietaire", holds=Holds.RECORD),
        of_model(
            Asset, "place", "location|ubicacion|district|distrito|site location|emplacement|lieu", holds=Holds.RECORD
        ),
        of_model(Asset, "vendor", "fabricante|marca|brand|manufacturer|fabricant"),
        of_model(Asset, "product", "producto|model|modelo|software|produit|modele"),
        of_model(Asset, "product_version", "release|firmware|software version"),
        of_model(Asset, "note", "notes|remarks|comments|notas|observaciones|comentarios|remarques"),
        of_model(Asset, "source", _SOURCE),
    )

    def __init__(self, scope: str, source: Source) -> None:
        super().__init__(scope, source)
        self.services = list(Service.objects.exclude(state=ServiceStateChoice.WITHDRAWN).order_by("pk"))
        rows = list(Asset.objects.select_related("service", "owner", "place"))
        self.by_code = {row.code: row for row in rows}
        self.by_name = {(row.service_id, plain(row.name)): row for row in rows}
        self._free_code = free_codes(Asset)

    def options(self, name: str) -> Sequence[Option]:
        match name:
            case "service":
                return _service_options(self.services)
            case "kind":
                return choice_options(AssetKind.choices)
            case "owner":
                return self.bodies.options
            case "place":
                return place_options()
        return ()

    def must_have(self, names: Iterable[str]) -> str:
        given = set(names)
        missing = [str(f.title) for f in self.fields if f.name in {"service", "name"} and f.name not in given]
        if not missing or "code" in given:
            return ""
        return _("Choose the column for: %(fields)s.") % {"fields": ", ".join(missing)}

    def key(self, values: Mapping[str, Any]) -> Any:
        there, service = self._found(values), values.get("service")
        if there is not None:
            return ("there", there.pk)
        return values.get("code") or (service.pk if service else 0, plain(values.get("name", "")))

    def _found(self, values: Mapping[str, Any]) -> Asset | None:
        if "code" in values:
            return self.by_code.get(values["code"])
        service = values.get("service")
        return self.by_name.get((service.pk if service else 0, plain(values.get("name", ""))))

    def take(self, values: Mapping[str, Any]) -> ImportedRow:
        there, service = self._found(values), values.get("service")
        if there is None:
            self.must_be_whole(values, ("service", "name", "kind"))
            code = _given_code(values) or self._free_code(f"{values['service'].code} {values['name']}")
            asset = Asset(code=code)
        else:
            asset = working_copy(there)
            if service is not None and service.pk != there.service_id:
                names = {"service": there.service.in_language("name")}
                raise refuse("service", _("This asset belongs to “%(service)s”.") % names)
        facts = {name: value for name, value in values.items() if name != "code"}
        planned = put(asset, facts, is_new=there is None)
        require_name(asset)
        check_product(asset)
        sound(planned)
        return _with(planned, facts.get("owner"))


class DependencyRows(ImportRows):
    """Which service needs which."""

    writes = (Dependency,)
    fields = (
        of_model(
            Dependency,
            "service",
            "servicio|dependent service|servicio dependiente|from|de",
            holds=Holds.RECORD,
            is_needed=True,
        ),
        of_model(
            Dependency,
            "needs",
            "depends on|depende de|required service|supplier|proveedor|to|a|necesita|depend de",
            holds=Holds.RECORD,
            is_needed=True,
        ),
        of_model(Dependency, "kind", "type|tipo|resource|recurso", holds=Holds.CHOICE, is_needed=True),
        of_model(Dependency, "hours", "hours until impact|horas hasta el impacto|delay|time to impact"),
        of_model(Dependency, "share", "loss|share lost|perdida|impact %|impacto"),
        of_model(Dependency, "fallback", "backup|alternative|respaldo|alternativa|secours"),
        of_model(Dependency, "fallback_hours", "fallback lasts|autonomy|autonomia|hours of fallback|horas de respaldo"),
        of_model(Dependency, "group", "grupo"),
        of_model(Dependency, "source", _SOURCE),
    )

    def __init__(self, scope: str, source: Source) -> None:
        super().__init__(scope, source)
        self.services = list(Service.objects.current().order_by("pk"))
        rows = Dependency.objects.filter(withdrawn_on=None).select_related("service", "needs")
        self.there = {(row.service_id, row.needs_id, row.kind): row for row in rows}

    def options(self, name: str) -> Sequence[Option]:
        if name in {"service", "needs"}:
            return _service_options(self.services)
        return choice_options(DependencyKind.choices) if name == "kind" else ()

    def key(self, values: Mapping[str, Any]) -> Any:
        return values["service"].pk, values["needs"].pk, values["kind"]

    def take(self, values: Mapping[str, Any]) -> ImportedRow:
        there = self.there.get(self.key(values))
        facts = dict(values)
        facts |= {name: hours(values[name], name) for name in ("hours", "fallback_hours") if name in values}
        facts |= {name: share(values[name], name) for name in ("share",) if name in values}
        dependency = Dependency() if there is None else working_copy(there)
        planned = put(dependency, facts, is_new=there is None)
        check_dependency_facts(dependency)
        sound(planned)
        if there is not None and planned.differences:  # what was checked was something else
            planned.before |= {"checked_on": dependency.checked_on, "checked_by": dependency.checked_by}
            dependency.checked_on, dependency.checked_by = None, ""
        return ImportedRow([planned])


TARGETS = (
    ImportTarget("services", _l("Essential services"), Permission.SERVICE_EDIT, ServiceRows),
    ImportTarget("assets", _l("Assets of essential services"), Permission.SERVICE_EDIT, AssetRows),
    ImportTarget("dependencies", _l("Dependencies between services"), Permission.DEPENDENCY_EDIT, DependencyRows),
)
