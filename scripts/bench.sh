#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Benchmarks. "once" runs each of every module for one iteration, so that they
# keep working. "full" measures those of the root module and those against the real
# jaeger-client-go.
# usage: scripts/bench.sh once
#        scripts/bench.sh full      environment: BENCH (regular expression), COUNT, BENCHTIME
. "$(dirname "$0")/lib.sh"

case ${1:-} in
once)
  while read -r m packages; do
    say "$m: benchmarks, one iteration"
    # shellcheck disable=SC2086 # packages is a list
    (cd "$m" && go test -short -run '^$' -bench . -benchtime 1x $packages)
  done < <(test_functions 'Benchmark[A-Za-z0-9_]*' | cut -d' ' -f1 | LC_ALL=C sort -u | by_module)
  ;;
full)
  (cd tools && go build -o ../bin/ golang.org/x/perf/cmd/benchstat)
  out=$PWD/bin/bench-$(date +%Y%m%d-%H%M%S).txt
  for dir in . internal/conformance; do
    say "$dir: benchmarks, $out"
    (cd "$dir" && go test -run '^$' -bench "${BENCH:-.}" -benchmem -count "${COUNT:-6}" -benchtime "${BENCHTIME:-1s}" ./...) | tee -a "$out"
  done
  bin/benchstat "$out"
  echo "compare with an older run: bin/benchstat OLD.txt $out"
  ;;
*)
  sed -n 's/^# \(usage: \)/\1/p; s/^#        //p' "$0" >&2
  exit 2
  ;;
esac
