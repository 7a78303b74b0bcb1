#!/bin/sh
# Run once, when PostgreSQL makes its data folder: the role under which the program works. What it may do: floreo migrate --grant.
set -eu
psql -v ON_ERROR_STOP=1 -v word="$(cat /run/secrets/program_password)" --username floreo_owner --dbname floreo <<'SQL'
CREATE ROLE floreo LOGIN PASSWORD :'word';
SQL
