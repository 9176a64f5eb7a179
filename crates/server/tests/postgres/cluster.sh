#!/bin/sh
# A PostgreSQL cluster in a folder of its own, reached by a socket in it: `cluster.sh <folder of its programs> <settings>`.
# It says the folder once it can be used, obeys `start` and `stop`, and is gone when standard input ends: whoever started
# it may end in any way. To be run as a user other than root.
set -eu
programs=$1 settings=$2
umask 077
folder=$(mktemp -d /tmp/liaison-postgres.XXXXXX)

stop() { "$programs/pg_ctl" -D "$folder/data" -m immediate -w stop >&2; }
start() {
  "$programs/pg_ctl" -D "$folder/data" -w -l "$folder/log" -o "-k $folder -c listen_addresses= $settings" start >&2
}
end() {
  trap '' INT TERM HUP EXIT
  stop || true
  rm -rf "$folder"
}
trap end EXIT
trap 'exit 1' INT TERM HUP

"$programs/initdb" -D "$folder/data" -U postgres -A trust -E UTF8 --locale=C.UTF-8 --data-checksums --no-sync >&2
start
echo "$folder"
while read -r order; do
  case $order in start | stop) "$order" ;; *) exit 2 ;; esac
  echo "$order"
done
