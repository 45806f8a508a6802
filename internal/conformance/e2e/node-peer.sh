#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# The services in Node.js that the tests send requests to: see node-peer/server.js.
# usage: node-peer.sh install   fetch the libraries, as package-lock.json has them,
#                               into $E2E_CACHE/node-peer; nothing to do the second time
#        node-peer.sh run       in the foreground, until stdin closes
# Without node and npm, install says so and succeeds, and run exits 3.
here=$(cd "$(dirname "$0")" && pwd)
. "$here/lib.sh"
dir=$E2E_CACHE/node-peer

there() { command -v node >/dev/null && command -v npm >/dev/null; }

case ${1:-} in
install)
  if ! there; then
    say "SKIPPED: node-peer needs node and npm"
    exit 0
  fi
  mkdir -p "$dir"
  if cmp -s "$here/node-peer/package-lock.json" "$dir/installed.json"; then
    say "node-peer is there"
    exit 0
  fi
  say "fetching the libraries of node-peer"
  install -m 644 "$here"/node-peer/package{,-lock}.json "$dir"
  (cd "$dir" && npm ci --ignore-scripts --no-fund --no-audit --loglevel error >&2)
  install -m 644 "$here/node-peer/package-lock.json" "$dir/installed.json"
  ;;
run)
  there && [[ -s $dir/installed.json ]] || exit 3
  install -m 644 "$here/node-peer/server.js" "$dir"
  exec timeout --foreground "$E2E_MAX_SECONDS" node "$dir/server.js"
  ;;
*)
  sed -n '/^# usage/,/^here/{/^here/d;s/^# \{0,1\}//p}' "$0" >&2
  exit 2
  ;;
esac
