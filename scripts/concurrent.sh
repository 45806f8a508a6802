#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Runs the tests whose names end in ConcurrentSafe many times under the race
# detector: one pass seldom meets the interleaving that matters.
# usage: scripts/concurrent.sh [COUNT]
. "$(dirname "$0")/lib.sh"

count=${1:-5}
while read -r m packages; do
  say "$m: *ConcurrentSafe, $count times"
  # shellcheck disable=SC2086 # packages is a list
  (cd "$m" && go test -race -short -run 'ConcurrentSafe$' -count "$count" $packages)
done < <(test_functions 'Test[A-Za-z0-9_]*ConcurrentSafe' | cut -d' ' -f1 | LC_ALL=C sort -u | by_module)
