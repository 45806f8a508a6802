#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# The UI: its types and what knows no DOM in Node, its pages in Chromium with a real
# all-in-one, its numbers, its pictures. Needs Node and npm, and Chromium for all but
# the first; CHROMIUM names the browser.
# usage: scripts/ui.sh [browser [FILE...] | numbers [FLAGS] | screenshots]
. "$(dirname "$0")/lib.sh"

# A file of tests, which ends after 10 minutes even when a page is never idle.
run_tests() { node --test --test-reporter=spec --test-timeout=600000 "$@"; }
export -f run_tests

cd backend/ui/test
if [[ ! -d node_modules || package-lock.json -nt node_modules ]]; then
  npm ci --ignore-scripts --no-audit --no-fund --silent
  touch node_modules
fi

what=${1-}
if [[ -z $what ]]; then
  say "types"
  node_modules/.bin/tsc -p ..
  node_modules/.bin/tsc -p .
  say "tests in Node"
  run_tests node/*/*.test.js
  say "weight"
  go test -count=1 -run '^TestSize$' -v .. | grep bytes
  exit
fi
shift

mkdir -p ../../../bin
go -C ../.. build -o ../bin/all-in-one ./cmd/all-in-one
ALL_IN_ONE=$(realpath ../../../bin/all-in-one)
export ALL_IN_ONE
case $what in
  browser)
    if (($# == 0)); then set -- browser/*.test.js; fi
    say "tests in Chromium"
    # Two files at a time, for they wait much. One that failed gets a second chance
    # alone: a machine that does much else makes browsers miss what people would not.
    logs=$(mktemp -d)
    trap 'rm -rf "$logs"' EXIT
    export logs
    # shellcheck disable=SC2016 # for the other shell
    printf '%s\0' "$@" | xargs -0 -n1 -P2 bash -c 'name=$(basename "$0")
      run_tests "$0" >"$logs/$name" 2>&1 && touch "$logs/$name.passed"
      cat "$logs/$name"' || true
    failed=()
    for f in "$@"; do
      if [[ -e $logs/$(basename "$f").passed ]]; then continue; fi
      say "once more: $f"
      run_tests "$f" || failed+=("$f")
    done
    if ((${#failed[@]})); then
      echo "failed twice: ${failed[*]}"
      exit 1
    fi
    ;;
  numbers) node browser/numbers.js "$@" ;;
  screenshots)
    go -C ../../../examples/shop build -o ../../bin/shop .
    SHOP=$(realpath ../../../bin/shop) node browser/screenshots.js "$(realpath ../../../docs)"
    ;;
  *)
    echo "usage: scripts/ui.sh [browser [FILE...] | numbers [FLAGS] | screenshots]" >&2
    exit 2
    ;;
esac
