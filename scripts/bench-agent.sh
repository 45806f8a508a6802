#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Measures cmd/agent beside Jaeger 1.62's agent, which the first run builds, in three
# minutes, and writes the section "Agents" of backend/BENCHMARKS.md.
# usage: scripts/bench-agent.sh [FLAGS of backend/bench]
#        environment: OUT, the file to change (backend/BENCHMARKS.md)
. "$(dirname "$0")/lib.sh"
. internal/conformance/e2e/lib.sh

out=$(realpath -m "${OUT:-backend/BENCHMARKS.md}")
internal/conformance/e2e/build.sh agent-1.62
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
(cd backend && go build -trimpath -ldflags=-s -o "$work/" ./cmd/agent ./bench)
load=$(cut -d' ' -f1 /proc/loadavg)
"$work/bench" -agent "$work/agent" -agent1 "$E2E_CACHE/bin/agent-1.62" -dir "$work" -cpu-spans 40000 "$@" >"$work/table.md"
{
  if [[ -f $out ]]; then printf '%s\n\n' "$(sed '/^## Agents$/,$d' "$out")"; fi
  cat <<MD
## Agents

Written by \`make bench-agent\`: \`cmd/agent\` and Jaeger 1.62's, by turns, in front of the same collector, which speaks Jaeger's gRPC and only
counts. Both get the same datagrams, 8,000 spans a second with about 12 tags and 500 bytes each, of ten services. CPU is that of the whole
process, the median of three rounds; spans are lost when the socket's buffer is full.

$(date -u +%Y-%m-%d) · commit $(git rev-parse --short HEAD) · $(nproc) × $(sed -n 's/^model name.*: //p' /proc/cpuinfo | head -n 1) · load before $load

MD
  cat "$work/table.md"
} >"$work/all.md"
mv "$work/all.md" "$out"
say "$out"
