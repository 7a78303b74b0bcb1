# Sourced: a PostgreSQL of our own, on a socket in a temporary folder ($PGDATA_DIR), thrown away afterwards.
as_postgres() { if [ "$(id -u)" = 0 ]; then su postgres -s /bin/sh -c "$1"; else sh -c "$1"; fi; }
stop_postgres() { as_postgres "$PGBIN/pg_ctl -D $PGDATA_DIR/data -m immediate stop" >/dev/null 2>&1 || true; rm -rf "$PGDATA_DIR"; }
start_postgres() {
  PGBIN=$(dirname "$(ls /usr/lib/postgresql/*/bin/initdb | tail -1)")
  PGDATA_DIR=$(mktemp -d /tmp/floreo-pg.XXXXXX)
  [ "$(id -u)" = 0 ] && chown postgres "$PGDATA_DIR"
  as_postgres "$PGBIN/initdb -D $PGDATA_DIR/data -A trust -E UTF8 --no-locale -U floreo" >/dev/null
  as_postgres "$PGBIN/pg_ctl -D $PGDATA_DIR/data -w -o \"-k $PGDATA_DIR -h '' -F -c full_page_writes=off -c synchronous_commit=off\" -l $PGDATA_DIR/log start" >/dev/null
}
