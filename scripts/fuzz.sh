#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Live fuzzing. Each commit starts at another target, so that over time all get
# their turn within a short run.
# usage: scripts/fuzz.sh rotate SECONDS     that many seconds in all, 15 or more a target
#        scripts/fuzz.sh all DURATION       every target that long (such as 5m)
. "$(dirname "$0")/lib.sh"

mapfile -t targets < <(test_functions 'Fuzz[A-Za-z0-9_]+')
n=${#targets[@]}
if ((n == 0)); then
  echo "skipped: there are no fuzz targets"
  exit 0
fi

case ${1:-} in
rotate)
  turns=$(($2 / 15))
  ((turns < n)) || turns=$n
  ((turns > 0)) || turns=1
  each=$(($2 / turns))s
  commit=$(git rev-parse HEAD 2>/dev/null || echo 0)
  first=$((16#${commit:0:7} % n))
  ;;
all) turns=$n each=$2 first=0 ;;
*)
  sed -n 's/^# \(usage: \)/\1/p; s/^#        //p' "$0" >&2
  exit 2
  ;;
esac

log=$(mktemp)
trap 'rm -f "$log"' EXIT
echo "fuzzing $turns of $n targets, $each each"
for ((i = 0; i < turns; i++)); do
  read -r dir name <<<"${targets[(first + i) % n]}"
  say "$dir: $name for $each"
  if (cd "$dir" && go test -run '^$' -fuzz "^$name\$" -fuzztime "$each" -fuzzminimizetime 100x . 2>&1) | tee "$log" | grep -v '^fuzz: elapsed: [0-9]*s, gathering'; then
    continue
  fi
  # The engine sometimes reports its own time limit as a failure of the target
  # (golang.org/issue/75804); a real one leaves an input behind.
  if grep -q 'context deadline exceeded' "$log" && ! grep -q 'Failing input written' "$log"; then
    echo "note: the fuzzing engine ran into its own time limit; no input failed"
    continue
  fi
  sed -n 's,^.*Failing input written to \(testdata/.*\)$,\1,p' "$log" | while read -r input; do
    echo "--- $dir/$input (add it to the repository with the fix)"
    cat "$dir/$input"
  done
  exit 1
done
