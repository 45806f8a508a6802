#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Builds, vets and tests the root module with the oldest Go release it supports,
# where that toolchain can be had. Without it, vet of a newer release still
# refuses newer language features and newer parts of the standard library,
# because go.mod says 1.23.
# usage: scripts/oldgo.sh       environment: OLDGO, a toolchain; TESTFLAGS, more flags for go test
. "$(dirname "$0")/lib.sh"

old=${OLDGO:-go1.23.12}
say "root module with $old"
if ! why=$(GOTOOLCHAIN=$old timeout 300 go version 2>&1); then
  echo "skipped: $old cannot be had here: ${why##*$'\n'}"
  exit 0
fi
export GOTOOLCHAIN=$old
go build ./...
go vet ./...
# Allocation budgets hold for the newest compiler; they have Alloc in their names.
# shellcheck disable=SC2086 # TESTFLAGS is a list
go test -timeout 5m -skip Alloc ${TESTFLAGS:-} ./...
