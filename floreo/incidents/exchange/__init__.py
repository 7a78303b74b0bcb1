"""What leaves for machines of others and comes in from them: plain data in `shared`, STIX and MISP in a module each.

A server of TAXII and a synchronisation with MISP are not here: either would take the bytes that `stix.bundle` and `misp.event` give,
for the audience that it serves."""
