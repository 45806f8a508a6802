#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Measures jaeger-client-go and compat/jaeger-client-go with the same benchmarks, in turns,
# and compares them.
# usage: scripts/bench-compat.sh     environment: BENCH (regular expression), COUNT, BENCHTIME
. "$(dirname "$0")/lib.sh"

(cd tools && go build -o ../bin/ golang.org/x/perf/cmd/benchstat)
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
cd internal/conformance/dropin
go test -c -modfile=jaeger.mod -o "$tmp/jaeger.test" ./bench
go test -c -o "$tmp/compat.test" ./bench
for ((i = 0; i < ${COUNT:-6}; i++)); do
  for side in jaeger compat; do
    "$tmp/$side.test" -test.run '^$' -test.bench "${BENCH:-.}" -test.benchtime "${BENCHTIME:-0.3s}" >>"$tmp/$side"
  done
done
"$OLDPWD/bin/benchstat" "$tmp/jaeger" "$tmp/compat"
