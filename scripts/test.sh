#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Vets and race-tests every module, each on its own. The seeds of
# the fuzz targets run with the tests. What programs allocate is tested without the
# race detector, which allocates, too.
# usage: scripts/test.sh        environment: TESTFLAGS, more flags for go test
. "$(dirname "$0")/lib.sh"

all=$(code_modules)
for m in $all; do
  say "$m: go vet, go test -race"
  (
    cd "$m"
    go vet ./...
    if grep -rqE --include='*.go' '^//go:build .*\be2e\b' .; then
      go vet -tags e2e ./... # otherwise only "make e2e" would notice that it broke
    fi
    # shellcheck disable=SC2086 # TESTFLAGS is a list
    go test -race -timeout 10m ${TESTFLAGS:-} ./...
    # shellcheck disable=SC2086
    go test -run 'Alloc|Bytes|Sizes' ${TESTFLAGS:-} ./... | { grep -v 'no tests to run\|no test files' || true; }
  )
done
