#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Fails when go.mod or go.sum of a module is not what "go mod tidy" would write.
. "$(dirname "$0")/lib.sh"

for m in $(modules); do
  say "$m: go mod tidy -diff"
  (cd "$m" && go mod tidy -diff)
done
