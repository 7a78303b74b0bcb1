"""What certificates offer to the rest of the product: certificates as open badges, their check, expiry and revocation."""

from __future__ import annotations

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from floreo.certificates import measures, pack
from floreo.certificates.actions.signing import sign_due
from floreo.certificates.tables import TABLES
from floreo.certificates.tasks import waiting_tasks
from floreo.core.access import Permission
from floreo.core.figures import Measure
from floreo.core.offers import CAPACITY, Job, MenuItem, Offers, PackFile, SearchKind

_READ = Permission.TRAINING_READ.value

OFFERS = Offers(
    tables=TABLES,
    licences={"certificate_counts": "certificates.csv"},
    measures={
        "certificates_issued": Measure(
            measures.certificates_issued,
            _("Certificates issued"),
            "certificates",
            _("certificates issued in the period"),
            _("certificates issued in the period"),
            records_need=_READ,
        ),
        "share_certificates_current": Measure(
            measures.share_certificates_current,
            _("Share of certificates that are valid"),
            "%",
            _("certificates that are valid at the end of the period"),
            _("certificates issued until then, each renewal in place of the one before"),
            records_need=_READ,
        ),
        "people_certified": Measure(
            measures.people_certified,
            _("People with a valid certificate"),
            "people",
            _("people with a valid certificate, by course"),
            _("people with a valid certificate, by course"),
            records_need=_READ,
        ),
    },
    tasks=waiting_tasks,
    task_kinds={"certificate": _("Certificates")},
    pack_shapes=pack.SHAPES,
    pack_files=tuple(PackFile(name, shapes) for name, shapes in pack.FILES.items()),
    search_kinds=(SearchKind("certificate", _("Certificate"), Permission.TRAINING_READ),),
    jobs=(Job("certificates", sign_due, timedelta(seconds=30), lane="texts"),),
    verbs={
        "certificate.corrected": _("corrected the name on a certificate"),
        "certificate.entered": _("entered a certificate of an earlier course"),
        "certificate.erased": _("erased their name by the link of the certificate"),
        "certificate.erased_on_request": _("erased the name on a certificate because its holder asked for it"),
        "certificate.link_sent": _("sent the link of a certificate"),
        "certificate.name_hidden": _("hid their name by the link of the certificate"),
        "certificate.name_shown": _("showed their name by the link of the certificate"),
        "certificate.reissued": _("issued a certificate in place of one that was revoked"),
        "certificate.renewal_asked": _("asked to renew their certificate"),
        "certificate.renewed": _("renewed a certificate"),
        "certificate.revoked": _("revoked a certificate"),
        "certificate_key.added": _("began to sign certificates with a new key"),
        "certificate_key.withdrawn": _("withdrew a key that signed certificates"),
        "certificate_list.signed": _("signed the list of revoked certificates"),
        "certificate_terms.set": _("changed the terms of a course’s certificates"),
        "certificates.issued": _("issued certificates to a cohort"),
        "certificates.renewal_invited": _("invited holders to renew their certificates"),
        "certificates.signed": _("signed certificates"),
    },
    menu=(
        MenuItem(CAPACITY, _("Certificates"), "workspace:certificates", Permission.TRAINING_READ, 20, "certificates"),
    ),
)
