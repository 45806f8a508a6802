#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Builds, vets and tests each module that users link with the oldest Go release it
# says it works with, where that toolchain can be had. Without it, vet of a newer
# release still refuses newer language features and newer parts of the standard
# library, because of go.mod.
# usage: scripts/oldgo.sh       environment: OLDGO, a toolchain for those of go 1.23; TESTFLAGS, more flags for go test
. "$(dirname "$0")/lib.sh"

for m in $(linked_modules); do
  old=go$(sed -n 's/^go //p' "$m/go.mod")
  if [[ $old == go1.23 ]]; then old=${OLDGO:-go1.23.12}; fi
  say "$m with $old"
  if ! why=$(GOTOOLCHAIN=$old timeout 300 go version 2>&1); then
    echo "skipped: $old cannot be had here: ${why##*$'\n'}"
    continue
  fi
  # Allocation budgets hold for the newest compiler; they have Alloc in their names.
  # shellcheck disable=SC2086 # TESTFLAGS is a list
  (cd "$m" && export GOTOOLCHAIN=$old &&
    go build ./... && go_vet ./... && go test -short -timeout 5m -skip Alloc ${TESTFLAGS:-} ./...)
done
