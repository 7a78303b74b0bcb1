"""What SCIM shows: accounts as users, and the documents by which a client learns what this service can do."""

from __future__ import annotations

from typing import Any

from django.conf import settings

from floreo.organisations.models import DirectoryAccount, User

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
LIST = "urn:ietf:params:scim:api:messages:2.0:ListResponse"
PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
ERROR = "urn:ietf:params:scim:api:messages:2.0:Error"
_CORE = "urn:ietf:params:scim:schemas:core:2.0:"
MOST = 200  # users in one answer


def base() -> str:
    return f"{settings.SITE_ADDRESS}/scim/v2"


def address_of(user: User) -> str:
    return f"{base()}/Users/{user.pk}"


def user_of(user: User, row: DirectoryAccount | None) -> dict[str, Any]:
    """An account as a resource."""
    found: dict[str, Any] = {
        "schemas": [USER],
        "id": str(user.pk),
        "userName": user.email,
        "displayName": user.name or user.email,
        "active": user.is_active,
        "emails": [{"value": user.email, "type": "work", "primary": True}],
        "meta": {
            "resourceType": "User",
            "created": user.created_at.isoformat(timespec="seconds").replace("+00:00", "Z"),
            "location": address_of(user),
        },
    }
    if row is not None and row.external_id:
        found["externalId"] = row.external_id
    return found


def list_of(resources: list[dict[str, Any]], *, total: int, start: int = 1) -> dict[str, Any]:
    return {
        "schemas": [LIST],
        "totalResults": total,
        "startIndex": start,
        "itemsPerPage": len(resources),
        "Resources": resources,
    }


def service_provider() -> dict[str, Any]:
    scheme = {
        "type": "oauthbearertoken",
        "name": "Token",
        "description": "A token made in the workspace for the purpose “Accounts of a directory”",
        "primary": True,
    }
    return {
        "schemas": [f"{_CORE}ServiceProviderConfig"],
        "patch": {"supported": True},
        "bulk": {"supported": False, "maxOperations": 0, "maxPayloadSize": 0},
        "filter": {"supported": True, "maxResults": MOST},
        "changePassword": {"supported": False},
        "sort": {"supported": False},
        "etag": {"supported": False},
        "authenticationSchemes": [scheme],
        "meta": {"resourceType": "ServiceProviderConfig", "location": f"{base()}/ServiceProviderConfig"},
    }


def resource_type() -> dict[str, Any]:
    return {
        "schemas": [f"{_CORE}ResourceType"],
        "id": "User",
        "name": "User",
        "endpoint": "/Users",
        "description": "Accounts",
        "schema": USER,
        "schemaExtensions": [],
        "meta": {"resourceType": "ResourceType", "location": f"{base()}/ResourceTypes/User"},
    }


def _attribute(name: str, kind: str, words: str, mutability: str, **more: Any) -> dict[str, Any]:
    return {
        "name": name,
        "type": kind,
        "multiValued": False,
        "description": words,
        "required": False,
        "caseExact": False,
        "mutability": mutability,
        "returned": "default",
        "uniqueness": "none",
        **more,
    }


def user_schema() -> dict[str, Any]:
    """Only what is here: who reads it maps no more than that."""
    mail = [
        _attribute("value", "string", "The address", "readOnly"),
        _attribute("type", "string", "Always work", "readOnly", canonicalValues=["work"]),
        _attribute("primary", "boolean", "Always true", "readOnly"),
    ]
    return {
        "schemas": [f"{_CORE}Schema"],
        "id": USER,
        "name": "User",
        "description": "An account",
        "attributes": [
            _attribute(
                "userName", "string", "The address that signs in", "immutable", required=True, uniqueness="server"
            ),
            _attribute("displayName", "string", "The name of the account, which is kept here", "readOnly"),
            _attribute("active", "boolean", "Whether the account can sign in", "readWrite"),
            _attribute("emails", "complex", "The same address", "readOnly", multiValued=True, subAttributes=mail),
        ],
        "meta": {"resourceType": "Schema", "location": f"{base()}/Schemas/{USER}"},
    }
