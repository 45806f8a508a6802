#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Checks the UI: types, the tests of what knows no DOM in Node, and, with "browser", the pages
# of a real all-in-one in Chromium.
# usage: scripts/ui.sh [browser [FILE...]]
. "$(dirname "$0")/lib.sh"

cd backend/ui/test
if [[ ! -d node_modules || package-lock.json -nt node_modules ]]; then
  npm ci --ignore-scripts --no-audit --no-fund --silent
  touch node_modules
fi
if [[ ${1-} != browser ]]; then
  say "types"
  node_modules/.bin/tsc -p ..
  say "tests in Node"
  node --test --test-reporter=spec node/
  exit
fi
shift
say "tests in Chromium"
mkdir -p ../../../bin
go -C ../.. build -o ../bin/all-in-one ./cmd/all-in-one
ALL_IN_ONE=$(realpath ../../../bin/all-in-one) node --test --test-reporter=spec --test-concurrency=1 "${@:-browser/}"
