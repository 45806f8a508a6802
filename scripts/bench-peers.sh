#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Measures spur beside other tracers, and writes benchmarks/results.txt, which benchstat
# reads, benchmarks/README.md, its chart, and the table of README.md. About 25 minutes,
# in which nothing else should run.
# usage: scripts/bench-peers.sh      environment: ROUNDS (5); ONLY, a regular expression of what to
#        measure, such as 'Time/.*peer=(spur|jaeger)$', which writes nothing but bin/peers-….txt
. "$(dirname "$0")/lib.sh"

programs=$(mktemp -d)
trap 'rm -rf "$programs"' EXIT
for m in benchmarks benchmarks/*/; do
  if [[ -f $m/go.mod ]]; then (cd "$m" && go build -o "$programs/" ./...); fi
done
cd benchmarks
if [[ -n ${ONLY:-} ]]; then
  raw=../bin/peers-$(date +%Y%m%d-%H%M%S).txt
  mkdir -p ../bin
  "$programs/compare" -programs "$programs" -raw "$raw" -rounds "${ROUNDS:-5}" -only "$ONLY"
  (cd ../tools && go build -o ../bin/ golang.org/x/perf/cmd/benchstat)
  ../bin/benchstat -col /peer "$raw"
else
  "$programs/compare" -programs "$programs" -raw "$programs/results.txt" -rounds "${ROUNDS:-5}" || failed=$? # what could be measured is still reported
  mv "$programs/results.txt" results.txt
  "$programs/compare" -raw results.txt -report . -readme ../README.md
  exit "${failed:-0}"
fi
