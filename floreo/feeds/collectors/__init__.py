"""The ways in: kept bytes, watched folders, addresses fetched, mail read. They hand files to actions and write no rows."""
