#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# The senders in Node.js: see node/send.js.
# usage: node.sh install          fetch the libraries, as package-lock.json has them, into
#                                 $E2E_CACHE/live-node; nothing to do the second time
#        node.sh send ARGUMENTS   of send.js; it ends after $E2E_NODE_SECONDS (60)
# Without node and npm, install says so and succeeds, and send exits 3.
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../../../internal/conformance/e2e/lib.sh"
dir=$E2E_CACHE/live-node

there() { command -v node >/dev/null && command -v npm >/dev/null; }

case ${1:-} in
install)
  if ! there; then
    say "SKIPPED: the senders in Node.js need node and npm"
    exit 0
  fi
  mkdir -p "$dir"
  if cmp -s "$here/node/package-lock.json" "$dir/installed.json"; then
    say "live-node is there"
    exit 0
  fi
  say "fetching the libraries of live-node"
  install -m 644 "$here"/node/package{,-lock}.json "$dir"
  (cd "$dir" && npm ci --ignore-scripts --no-fund --no-audit --loglevel error >&2)
  install -m 644 "$here/node/package-lock.json" "$dir/installed.json"
  ;;
send)
  there && [[ -s $dir/installed.json ]] || exit 3
  shift
  install -m 644 "$here"/node/*.js "$dir"
  exec timeout --foreground "${E2E_NODE_SECONDS:-60}" node "$dir/send.js" "$@"
  ;;
*)
  sed -n '/^# usage/,/^here/{/^here/d;s/^# \{0,1\}//p}' "$0" >&2
  exit 2
  ;;
esac
