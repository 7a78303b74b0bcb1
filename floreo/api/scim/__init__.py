"""SCIM 2.0 (RFC 7643, RFC 7644), as far as a directory needs it to say that somebody left: accounts are found, switched off and on again.

None is opened: accounts come from invitations. Roles are Floreo's own, and a directory reads none of them."""
