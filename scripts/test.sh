#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Vets and tests every module, each on its own. The seeds of the fuzz targets run with
# the tests. Those of the race detector are not vetted: the others are.
# usage: scripts/test.sh [FLAGS for go test]      environment: TESTFLAGS, more of them
. "$(dirname "$0")/lib.sh"

all=$(code_modules)
go build -o bin/ ./scripts/summary
for m in $all; do
  say "$m"
  cd "$m"
  short=
  if [[ " $* " == *' -race '* ]]; then
    if [[ $m == backend* ]]; then short=-short; fi # SQLite is many times slower then
  else
    go_vet ./... || echo "FAIL go vet in $m"
    if grep -rqE --include='*.go' '^//go:build .*\be2e\b' .; then
      go_vet -tags e2e ./... || echo "FAIL go vet -tags e2e in $m" # otherwise only "make e2e" would notice
    fi
  fi
  slow= # packages that begin first, or at the end one core waits for them
  if [[ $m == backend ]]; then slow="./store/sqlite ./e2e"; fi
  # shellcheck disable=SC2086 # lists, or nothing
  go test -json -vet=off -timeout 10m "$@" $short ${TESTFLAGS:-} $slow ./... || echo "FAIL go test in $m"
  cd "$OLDPWD"
done 2>&1 | bin/summary
