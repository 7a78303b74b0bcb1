"""Fictional files in formats that are out there. Names of columns, lines of remarks and nesting are those of the sources named beside each;
every address and name in them is of the ranges for documentation."""

from __future__ import annotations

import json

# abuse.ch URLhaus, downloads/csv_recent: remarks, the last of which is the heading (read in github.com/certtools/intelmq, parsers of
# abuse.ch, and in projects that read the file: `# id,dateadded,url,url_status,last_online,threat,tags,urlhaus_link,reporter`).
URLHAUS = """\
################################################################
# abuse.ch URLhaus Database Dump (CSV - recent URLs only)      #
# Last updated: 2026-11-24 02:00:05 (UTC)                      #
#                                                              #
# Terms Of Use: https://urlhaus.abuse.ch/api/                  #
################################################################
#
# id,dateadded,url,url_status,last_online,threat,tags,urlhaus_link,reporter
"3001","2026-11-24 01:50:11","http://192.0.2.21:8080/bin.sh","online","2026-11-24 01:50:11","malware_download","elf,mirai","https://urlhaus.example/url/3001/","reporter1"
"3002","2026-11-24 01:45:02","https://files.bank.example/a/b.exe","offline","","malware_download","exe","https://urlhaus.example/url/3002/","reporter2"
# Number of entries: 2
"""
# abuse.ch Feodo Tracker, downloads/ipblocklist.csv: `# first_seen_utc,dst_ip,dst_port,c2_status,last_online,malware`, and rows in quotes.
FEODO = """\
################################################################
# abuse.ch Feodo Tracker Botnet C2 IP Blocklist (CSV)          #
################################################################
#
# first_seen_utc,dst_ip,dst_port,c2_status,last_online,malware
"2026-11-20 10:00:00","192.0.2.30","443","online","2026-11-24","Dridex"
"2026-11-21 11:30:00","192.0.2.31","8080","offline","2026-11-23","QakBot"
# END 2 entries
"""
# abuse.ch ThreatFox, files/exports/recent.csv: as Feodo Tracker, but with blanks between a comma and a quote in the rows and not in the
# heading (rows of 2026 as public programs test with them).
THREATFOX = """\
################################################################
# ThreatFox IOCs: recent additions - CSV format                #
# Last updated: 2026-11-24 02:00:05 UTC                        #
#                                                              #
# Terms Of Use: https://threatfox.abuse.ch/faq/#tos            #
################################################################
#
# "first_seen_utc","ioc_id","ioc_value","ioc_type","threat_type","fk_malware","malware_alias","malware_printable","last_seen_utc","confidence_level","is_compromised","reference","tags","anonymous","reporter"
"2026-11-24 01:46:30", "8453", "192.0.2.36:5555", "ip:port", "botnet_cc", "win.cobalt_strike", "Agentemis,BEACON,cobeacon", "Cobalt Strike", "2026-11-24 01:56:23", "75", "False", "None", "CobaltStrike,drb-ra", "0", "reporter1"
"2026-11-24 01:45:03", "8427", "https://192.0.2.40:8443/path?q=a,b", "url", "payload_delivery", "win.vidar", "None", "Vidar", "", "75", "True", "None", "ClickFix,Vidar", "1", "anonymous"
"2026-11-24 01:44:04", "8355", "files.bank.example", "domain", "payload_delivery", "js.clearfake", "None", "ClearFake", "", "100", "False", "None", "ClearFake", "1", "anonymous"
"2026-11-24 01:43:48", "8289", "3dd25cbfe76db155615283f905992030468f3da9", "sha1_hash", "payload", "win.vidar", "None", "Vidar", "", "95", "False", "None", "None", "0", "reporter2"
# Number of entries: 4
"""
# Spamhaus DROP, drop/drop.txt: remarks with ";", and "<network> ; SBL<number>".
DROP = """\
; Spamhaus DROP List 2026/11/24 - (c) 2026 The Spamhaus Project SLU
; https://www.spamhaus.example/drop/drop.txt
; Last-Modified: Tue, 24 Nov 2026 01:01:40 GMT
; Expires: Wed, 25 Nov 2026 01:14:02 GMT
192.0.2.0/24 ; SBL256894
198.51.100.0/25 ; SBL459831
203.0.113.0/24 ; SBL100003
"""
# Spamhaus drop_v4.json: an object a line, the last one about the file itself.
DROP_JSON = """\
{"cidr":"192.0.2.0/24","sblid":"SBL256894","rir":"apnic"}
{"cidr":"198.51.100.0/25","sblid":"SBL459831","rir":"arin"}
{"type":"metadata","timestamp":1795500000,"size":123,"records":2,"copyright":"(c) 2026 The Spamhaus Project SLU"}
"""
# Team Cymru, whois.cymru.com, bulk with "verbose": a banner, then rows, without a heading.
CYMRU = """\
Bulk mode; whois.cymru.com [2026-11-24 02:00:00 +0000]
64496   | 192.0.2.10       | 192.0.2.0/24        | BZ | lacnic   | 2010-01-01 | EXAMPLE-AS Example Ltd, BZ
64496   | 192.0.2.11       | 192.0.2.0/24        | BZ | lacnic   | 2010-01-01 | EXAMPLE-AS Example Ltd, BZ
64497   | 198.51.100.7     | 198.51.100.0/24     | BZ | lacnic   | 2012-05-30 | OTHER-AS Other Ltd, BZ
"""
# n6 of CERT Polska: docs of its REST API (github.com/CERT-Polska/n6): `address` is a list of objects; events may have none.
N6 = json.dumps(
    [
        {
            "id": "3" * 32,
            "source": "hidden.42",
            "restriction": "need-to-know",
            "confidence": "medium",
            "category": "bots",
            "time": "2026-11-24T00:59:03Z",
            "address": [{"ip": "192.0.2.42", "cc": "BZ", "asn": 64496}, {"ip": "192.0.2.43", "cc": "BZ", "asn": 64496}],
            "dport": 22,
            "name": "avalanche",
        },
        {
            "id": "4" * 32,
            "source": "hidden.43",
            "restriction": "need-to-know",
            "confidence": "low",
            "category": "phish",
            "time": "2026-11-24T00:10:00Z",
            "url": "http://www.bank.example/login",
            "fqdn": "www.bank.example",
            "address": [{"ip": "198.51.100.9"}],
        },
        {
            "id": "5" * 32,
            "source": "hidden.43",
            "restriction": "need-to-know",
            "confidence": "low",
            "category": "malurl",
            "time": "2026-11-24T00:12:00Z",
            "fqdn": "files.bank.example",
        },
    ],
    indent=1,
)
# Censys search v2, API answer of hosts/search: `result.hits`, and of each host its `services`.
CENSYS = json.dumps(
    {
        "code": 200,
        "status": "OK",
        "result": {
            "query": "ip: 192.0.2.0/24",
            "total": 2,
            "hits": [
                {
                    "ip": "192.0.2.50",
                    "last_updated_at": "2026-11-24T01:00:00.000Z",
                    "autonomous_system": {"asn": 64496},
                    "services": [
                        {
                            "port": 3389,
                            "service_name": "RDP",
                            "extended_service_name": "RDP",
                            "transport_protocol": "TCP",
                        },
                        {
                            "port": 443,
                            "service_name": "HTTP",
                            "extended_service_name": "HTTPS",
                            "transport_protocol": "TCP",
                        },
                    ],
                },
                {
                    "ip": "192.0.2.51",
                    "last_updated_at": "2026-11-24T01:30:00.000Z",
                    "services": [{"port": 23, "service_name": "TELNET", "transport_protocol": "TCP"}],
                },
            ],
        },
    }
)
# Shodan banners, one a line (`ip_str`, `port`, `transport`, `timestamp`, `_shodan.module`).
SHODAN = "".join(
    json.dumps(row) + "\n"
    for row in (
        {
            "ip_str": "192.0.2.60",
            "ip": 3221226044,
            "port": 3389,
            "transport": "tcp",
            "timestamp": "2026-11-24T00:57:45.950793",
            "hostnames": [],
            "org": "Example",
            "_shodan": {"module": "rdp", "ptr": True},
        },
        {
            "ip_str": "192.0.2.61",
            "ip": 3221226045,
            "port": 23,
            "transport": "tcp",
            "timestamp": "2026-11-24T00:58:45.950793",
            "hostnames": ["router.bank.example"],
            "org": "Example",
            "_shodan": {"module": "telnet", "ptr": True},
        },
    )
)
# MISP, CSV of restSearch: its documented heading, values of mixed types, dates in seconds since 1970.
MISP = """\
uuid,event_id,category,type,value,comment,to_ids,date,object_relation,attribute_tag,object_uuid,object_name,object_meta_category
"0a","7","Network activity","ip-dst","192.0.2.70","",1,"1795485600","","","","",""
"0b","7","Network activity","ip-dst|port","192.0.2.21|443","",1,"1795485600","","","","",""
"0c","7","Network activity","domain","evil.bank.example","",1,"1795485600","","","","",""
"0d","7","Network activity","url","http://evil.bank.example/x","",1,"1795485600","","","","",""
"0e","7","Payload delivery","md5","0123456789abcdef0123456789abcdef","",1,"1795485600","","","","",""
"""
# nuclei -jsonl (projectdiscovery): host is a URL or a name, `matched-at`, `info.severity`.
NUCLEI = "".join(
    json.dumps(row) + "\n"
    for row in (
        {
            "template-id": "git-config",
            "info": {"name": "Git Config", "severity": "medium", "tags": ["exposure"]},
            "type": "http",
            "host": "https://www.bank.example",
            "port": "443",
            "scheme": "https",
            "url": "https://www.bank.example",
            "matched-at": "https://www.bank.example/.git/config",
            "ip": "192.0.2.80",
            "timestamp": "2026-11-24T01:12:00.000000001-06:00",
            "matcher-status": True,
        },
        {
            "template-id": "rdp-detect",
            "info": {"name": "RDP", "severity": "info"},
            "type": "tcp",
            "host": "192.0.2.21:3389",
            "matched-at": "192.0.2.21:3389",
            "ip": "192.0.2.21",
            "timestamp": "2026-11-24T01:13:00Z",
            "matcher-status": True,
        },
    )
)
# CrowdSec, `cscli alerts list -o json`: `source` of the alert, and what was decided about whom in `decisions`.
CROWDSEC = json.dumps(
    [
        {
            "id": 42,
            "created_at": "2026-11-24T01:00:00Z",
            "scenario": "crowdsecurity/ssh-bf",
            "events_count": 6,
            "source": {"ip": "192.0.2.90", "scope": "Ip", "value": "192.0.2.90"},
            "decisions": [
                {
                    "duration": "4h",
                    "id": 3,
                    "origin": "crowdsec",
                    "scenario": "crowdsecurity/ssh-bf",
                    "scope": "Ip",
                    "type": "ban",
                    "value": "192.0.2.90",
                }
            ],
        },
        {
            "id": 43,
            "created_at": "2026-11-24T01:05:00Z",
            "scenario": "crowdsecurity/http-probing",
            "events_count": 11,
            "source": {"ip": "198.51.100.91", "scope": "Ip", "value": "198.51.100.91"},
            "decisions": [],
        },
    ],
    indent=1,
)
# CrowdSec, `cscli decisions list -o raw`.
CROWDSEC_CSV = """\
id,source,ip,reason,action,country,as,events_count,expiration,simulated,alert_id
1,crowdsec,Ip:192.0.2.90,crowdsecurity/ssh-bf,ban,BZ,"64496 EXAMPLE, Inc",5,3h,false,1
2,crowdsec,Ip:198.51.100.91,crowdsecurity/http-probing,ban,BZ,,4,2h,false,2
"""
# GreyNoise, GNQL answer: `data`, an object an address.
GREYNOISE = json.dumps(
    {
        "complete": True,
        "count": 2,
        "data": [
            {
                "ip": "192.0.2.100",
                "first_seen": "2026-11-01",
                "last_seen": "2026-11-24",
                "classification": "malicious",
                "tags": ["Mirai"],
                "metadata": {"asn": "AS64496", "country_code": "BZ"},
                "raw_data": {"scan": [{"port": 23, "protocol": "TCP"}]},
            },
            {
                "ip": "192.0.2.101",
                "first_seen": "2026-11-02",
                "last_seen": "2026-11-23",
                "classification": "benign",
                "tags": [],
                "metadata": {"asn": "AS64496", "country_code": "BZ"},
                "raw_data": {"scan": []},
            },
        ],
        "message": "ok",
        "query": "classification:malicious",
    }
)
# AbuseIPDB, CSV with the names of its API.
ABUSEIPDB = """\
ipAddress,countryCode,abuseConfidenceScore,lastReportedAt,totalReports,usageType,isp,domain
192.0.2.110,BZ,100,2026-11-24T00:17:16+00:00,52,Fixed Line ISP,Example Ltd,example.org
192.0.2.111,BZ,75,2026-11-23T22:17:16+00:00,3,Data Center/Web Hosting/Transit,Example Ltd,example.org
"""
# PhishTank, online-valid.csv (phishtank.org/developer_info.php).
PHISHTANK = """\
phish_id,url,phish_detail_url,submission_time,verified,verification_time,online,target
8001,https://login.bank.example/a,http://www.phishtank.example/phish_detail.php?phish_id=8001,2026-11-24T00:15:47+00:00,yes,2026-11-24T00:37:31+00:00,yes,Other
8002,http://192.0.2.120/b,http://www.phishtank.example/phish_detail.php?phish_id=8002,2026-11-24T00:20:47+00:00,yes,2026-11-24T00:40:31+00:00,yes,Other
"""
# An untidy spreadsheet of Europe: a title, empty lines, semicolons, day first, a date and a time, several addresses, a sum below.
EXCEL_EU = (
    "Informe de hallazgos;;;;;;\n;;;;;;\nFecha;Hora;Dirección IP;Puerto;Problema;Gravedad;Responsable\n"
    "23.11.2026;9:05;192.0.2.130;3389;Escritorio remoto abierto;Alta;\n"
    '24.11.2026;14:20;"192.0.2.131, 192.0.2.132";445;SMB abierto;Crítica;"Pérez; Ana"\n'
    "24.11.2026;;192.0.2.133;;Otro;Baja;\nTotal;;3;;;;\n"
).encode("cp1252")
# US dates, with a clock of twelve hours.
US_DATES = """\
Date,IP,Port,Issue,Severity
11/24/2026 1:05 AM,192.0.2.140,3389,open-rdp,High
11/23/2026 11:20 PM,192.0.2.141,23,open-telnet,Critical
"""
# Nothing says which is the day.
UNDECIDED = """\
Date,IP,Severity
03/04/2026 01:00,192.0.2.150,high
05/06/2026 02:00,192.0.2.151,low
"""
OPENPHISH = "https://login.bank.example/x\nhttp://192.0.2.160/y\n"
