#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Measures jaeger-client-go and compat/jaeger-client-go with the same benchmarks, in turns,
# and compares them: as a whole, and what they add to what the same program costs with
# OpenTracing's NoopTracer.
# usage: scripts/bench-compat.sh     environment: BENCH (regular expression), COUNT, BENCHTIME
. "$(dirname "$0")/lib.sh"

(cd tools && go build -o ../bin/ golang.org/x/perf/cmd/benchstat)
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
cd internal/conformance/dropin
go test -c -modfile=jaeger.mod -o "$tmp/jaeger.test" ./bench
go test -c -o "$tmp/compat.test" ./bench
run() {
  "$tmp/$1.test" -test.run '^$' -test.bench "${BENCH:-.}" -test.benchtime "${BENCHTIME:-0.3s}" "${@:3}" >>"$tmp/$2"
}
for ((i = 0; i < ${COUNT:-6}; i++)); do
  run jaeger jaeger
  run compat compat
  run compat noop -noop
done

benchstat=$OLDPWD/bin/benchstat
cd "$tmp"
"$benchstat" jaeger compat noop
say "compat ÷ jaeger: the whole, and what each adds to noop, by medians"
"$benchstat" -format csv jaeger compat noop 2>/dev/null | awk -F, '
  $2 ~ /\/op$/ { unit = $2; next }
  $1 == "" || $1 == "geomean" || $8 == "" { next }
  unit == "cpu-sec/op" { names[n++] = $1 }
  { whole[$1, unit] = $4 / $2; added[$1, unit] = ($4 - $8) / ($2 - $8) }
  END {
    printf "%-50s %8s %8s %8s %8s\n", "", "CPU", "added", "allocs", "added"
    for (i = 0; i < n; i++) {
      cpu = names[i] SUBSEP "cpu-sec/op"
      allocs = names[i] SUBSEP "allocs/op"
      printf "%-50s %8.2f %8.2f %8.2f %8.2f\n", names[i], whole[cpu], added[cpu], whole[allocs], added[allocs]
    }
  }'
