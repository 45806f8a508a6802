#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Vets and tests every module, each on its own. The seeds of the fuzz targets run with
# the tests.
# usage: scripts/test.sh [FLAGS for go test]      environment: TESTFLAGS, more of them
. "$(dirname "$0")/lib.sh"

all=$(code_modules)
go build -o bin/ ./scripts/summary
for m in $all; do
  say "$m"
  cd "$m"
  short=
  if [[ $m == backend* && " $* " == *' -race '* ]]; then short=-short; fi # SQLite is many times slower then
  go vet ./... || echo "FAIL go vet in $m"
  if grep -rqE --include='*.go' '^//go:build .*\be2e\b' .; then
    go vet -tags e2e ./... || echo "FAIL go vet -tags e2e in $m" # otherwise only "make e2e" would notice
  fi
  # shellcheck disable=SC2086 # TESTFLAGS is a list, short may be nothing
  go test -json -vet=off -timeout 10m "$@" $short ${TESTFLAGS:-} ./... || echo "FAIL go test in $m"
  cd "$OLDPWD"
done 2>&1 | bin/summary
