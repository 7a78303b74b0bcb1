"""Who and where: the country, organisations, people, accounts, places, networks."""
