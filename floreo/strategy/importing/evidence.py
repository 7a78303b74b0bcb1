"""Links to evidence, each on the action or the milestone that a row names. Nothing is fetched: whether a link responds is looked at later."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from floreo.core.access import Permission, can
from floreo.core.audit import key as key_of
from floreo.core.importing import (
    Difference,
    Holds,
    ImportedRow,
    ImportField,
    ImportTarget,
    Option,
    Planned,
    Source,
    choice_options,
    of_model,
    put,
    sound,
)
from floreo.core.policy import Tlp
from floreo.core.writing import free_codes, refuse
from floreo.evidence.actions.checking import check
from floreo.evidence.models import Attachment, Evidence, EvidenceKind
from floreo.organisations.importing import Organisations
from floreo.organisations.models import Organisation
from floreo.strategy.importing.on_actions import ACTION_WORDS, OnActionRows
from floreo.strategy.importing.plan import scopes
from floreo.strategy.models import Action, Milestone


class LinkRows(OnActionRows):
    """Addresses that show that something was done. One that is in the vault already is attached, not stored twice."""

    writes = (Organisation, Evidence, Attachment)
    fields = (
        ImportField("action", _l("Action"), ACTION_WORDS, Holds.RECORD, is_needed=True),
        ImportField("milestone", _l("Milestone"), "milestone code|hito|jalon|step"),
        of_model(
            Evidence,
            "url",
            "link|url|address|web address|evidence|evidence link|means of verification|enlace|direccion|vinculo|medio de verificacion"
            "|lien|adresse|source de verification",
            is_needed=True,
        ),
        of_model(Evidence, "title", "title|document|description|titulo|documento|descripcion|titre|intitule"),
        of_model(Evidence, "note", "notes|remarks|what it shows|notas|observaciones|remarques"),
        of_model(
            Evidence, "dated", "date|date of document|fecha|fecha del documento|date du document", holds=Holds.DAY
        ),
        of_model(
            Evidence,
            "organisation",
            "owner|organisation|organization|entidad|organizacion|organisme",
            holds=Holds.RECORD,
        ),
        of_model(Evidence, "tlp", "tlp|marking|classification|marcado|clasificacion|marquage", holds=Holds.CHOICE),
    )

    def __init__(self, scope: str, source: Source) -> None:
        super().__init__(scope, source)
        self.bodies = Organisations(source.by)
        self.there = {
            each.url: each
            for each in Evidence.objects.visible_to(source.by).not_withdrawn().filter(kind=EvidenceKind.LINK)
        }
        self.attached = set(Attachment.objects.values_list("evidence_id", "thing"))
        milestones = Milestone.objects.filter(action__edition=self.edition)
        self.milestones = {(each.action_id, each.code): each for each in milestones}
        self._free_code = free_codes(Evidence)

    def options(self, name: str) -> Sequence[Option]:
        if name == "organisation":
            return self.bodies.options
        if name == "tlp":
            return choice_options(Tlp.choices, {str(each): f"TLP:{each}" for each in Tlp.values})
        return super().options(name)

    def _thing(self, values: Mapping[str, Any]) -> Action | Milestone:
        if "milestone" not in values:
            act: Action = values["action"]
            return act
        found = self.milestones.get((values["action"].pk, values["milestone"].strip()))
        if found is None:
            raise refuse("milestone", _("This action has no milestone with this code."))
        return found

    def key(self, values: Mapping[str, Any]) -> Any:
        return values["url"].strip(), key_of(self._thing(values))

    def take(self, values: Mapping[str, Any]) -> ImportedRow:
        thing, url = self._thing(values), values["url"].strip()
        if not can(self.source.by, Permission.EVIDENCE_KEEP, thing):
            raise refuse("action", _("Your role does not allow this. Ask the secretariat."))
        planned = self._evidence(values, url)
        evidence = planned.thing
        row = ImportedRow([planned])
        if evidence.pk is not None and (evidence.pk, key_of(thing)) in self.attached:
            return row
        made = Attachment(evidence=evidence, thing=key_of(thing), attached_by=self.source.by.actor_name[:200])
        row.things.append(Planned(made, is_new=True, differences=[Difference(_("Evidence of"), "", str(thing))]))
        return row

    def _evidence(self, values: Mapping[str, Any], url: str) -> Planned:
        if (there := self.there.get(url)) is not None:
            return Planned(there, is_new=there.pk is None)
        facts = {name: values[name] for name in ("note", "dated", "organisation", "tlp") if name in values}
        body = facts.get("organisation")
        if body is not None and body.pk is None:
            raise refuse("organisation", _("This is not in the register."))
        title = " ".join(values.get("title", url).split())[:300]
        made = Evidence(
            kind=EvidenceKind.LINK, url=url, code=self._free_code(title), kept_by=self.source.by.actor_name[:200]
        )
        planned = put(made, {"title": title, **facts}, is_new=True)
        planned.differences.append(Difference(str(made._meta.get_field("url").verbose_name), "", url))
        check(made, by=self.source.by)
        sound(planned)
        self.there[url] = made
        return planned


LINKS = ImportTarget(
    "evidence",
    _l("Links to evidence"),
    Permission.EVIDENCE_KEEP,
    LinkRows,
    scopes,
    help=_l("Each is attached to an action or a milestone. They stay internal."),
)
