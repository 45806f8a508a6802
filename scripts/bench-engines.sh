#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Measures what writing spans into Kafka, Cassandra and OpenSearch costs, by our collector
# and ingester and by Jaeger 1.62's, which the first run builds, and prints a table.
# docs/scale.md has one. Nothing else should run meanwhile.
# usage: scripts/bench-engines.sh [FLAGS of backend/bench], such as -cpu-spans 200000
#        environment: ENGINES (kafka cassandra opensearch; there must be kafka)
. "$(dirname "$0")/lib.sh"

folder=backend/e2e/engines
export CASSANDRA_COMMITLOG=periodic # what operators have unless they change it
read -ra servers <<<"${ENGINES:-kafka cassandra opensearch}"
internal/conformance/e2e/build.sh collector-1.62 ingester-1.62
work=$(mktemp -d)
trap 'rm -rf "$work"; for s in "${servers[@]}"; do "$folder/$s.sh" stop; done' EXIT
(cd backend && go build -trimpath -ldflags=-s -o "$work/" ./cmd/collector ./cmd/ingester ./bench)
for s in "${servers[@]}"; do
  say "$s"
  lines=$("$folder/$s.sh" start)
  export ${lines?}
done
cache=${XDG_CACHE_HOME:-$HOME/.cache}
"$work/bench" -commands "$work" -jaegers "${E2E_CACHE:-$cache/spur-e2e}/bin" -engines-run "${ENGINES_RUN:-${ENGINES_CACHE:-$cache/spur-engines}/run${ENGINES_OFFSET:+-$ENGINES_OFFSET}}" \
  -kafka "$KAFKA_PLAIN" -kafka-behind "$KAFKA_BEHIND" -cassandra "${CASSANDRA:-}" -opensearch "${ELASTIC:-}" -dir "$work" "$@"
