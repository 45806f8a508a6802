#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Fails when go.mod and go.sum of a module, or another .mod beside them, are not what
# "go mod tidy" would write.
. "$(dirname "$0")/lib.sh"

for mod in $(sources -name '*.mod'); do
  say "$mod: go mod tidy -diff"
  (cd "$(dirname "$mod")" && go mod tidy -diff -modfile="$(basename "$mod")")
done
