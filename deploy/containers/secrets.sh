#!/bin/sh
# Makes deploy/secrets/ with new passwords and keys, once. Containers run as user 10001, who must be able to read them.
set -eu
cd "$(dirname "$0")/.."
[ ! -e secrets ] || { echo "deploy/secrets exists already."; exit 1; }
umask 077
mkdir secrets
random() { openssl rand -hex 24; }
random > secrets/secret_key
random > secrets/owner_password
random > secrets/program_password
printf 'postgresql://floreo_owner:%s@database/floreo\n' "$(cat secrets/owner_password)" > secrets/database_owner
printf 'postgresql://floreo:%s@database/floreo\n' "$(cat secrets/program_password)" > secrets/database_program
openssl genpkey -algorithm ed25519 -out secrets/head_key 2>/dev/null
openssl genpkey -algorithm ed25519 -out secrets/certificate_key 2>/dev/null
: > secrets/smtp_password
chmod 0444 secrets/*    # the folder, which only you may enter, keeps others out
