"""XARF, versions 3 and 4: reports of abuse as JSON. Version 3 is read under version 4's names, and what is accused, which
is in one place whatever it is, gets a column of its kind."""

from __future__ import annotations

import ipaddress
import re

from floreo.feeds.engine.reading.json_values import Row

# Version 3 -> 4. The first that is there counts.
_RENAMED = {
    "Report.Date": "timestamp",
    "Report.ReportType": "type",
    "Report.ReportClass": "category",
    "Report.Source.Port": "source_port",
    "Report.Destination.IP": "destination_ip",
    "Report.Destination.Port": "destination_port",
    "Report.DestinationIp": "destination_ip",
    "Report.DestinationPort": "destination_port",
    "Report.AdditionalInfo.MalwareFamily": "malware_family",
    "Report.AdditionalInfo.Protocol": "protocol",
    "Report.AdditionalInfo.DestinationIP": "destination_ip",
    "Report.AdditionalInfo.DestinationPort": "destination_port",
    "Report.AdditionalInfo.Description": "description",
}
_ACCUSED = (
    "source_identifier",
    *(f"Report.Source.{kind}" for kind in ("IP", "URL", "URI", "Domain", "Email", "Value")),
    *(f"Report.Source{kind}" for kind in ("Ip", "IP", "Url", "Domain")),
)
# Types whose kind a further word gives: open-rdp, infected-zeus.
_KINDS = {
    "open_service": ("open-", "service"),
    "infected_host": ("infected-", "malware_family"),
    "botnet": ("infected-", "malware_family"),
    "login_attack": ("brute-force-", "service"),
}
_URL = re.compile(r"^[a-z][a-z0-9+.-]*://", re.IGNORECASE)


def is_xarf(row: Row) -> bool:
    """Whether an object calls itself so."""
    return "xarf_version" in row or ("Version" in row and any(key.startswith("Report.") for key in row))


def spread(row: Row) -> Row:
    """The row under version 4's names, with its subject in a column of its kind."""
    out: Row = {}
    for key, value in row.items():
        out.setdefault(_RENAMED.get(key, key), value)
    for place in _ACCUSED:
        if value := row.get(place, "").strip():
            out.setdefault(kind_of(value), value)
    before, word = _KINDS.get(out.get("type", ""), ("", ""))
    if out.get(word, "").strip():
        out.setdefault("kind", f"{before}{out[word]}")
    return out


def kind_of(value: str) -> str:
    """The column in which an accused belongs."""
    if _URL.match(value):
        return "url"
    if "@" in value:
        return "source_account"
    return "source_ip" if is_like_an_address(value) else "source_fqdn"


def is_like_an_address(value: str) -> bool:
    """An address, or what was meant to be one: a network, a scope, leading zeros."""
    bare = re.split(r"[/%]", value)[0]
    try:
        ipaddress.ip_address(bare)
    except ValueError:
        return bool(re.fullmatch(r"[\d.]+|[0-9a-fA-F:.]*:[0-9a-fA-F:.]*", bare))
    return True
