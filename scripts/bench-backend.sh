#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Measures the backend beside real Jaegers, which the first run builds, and writes
# backend/BENCHMARKS.md. Nothing else should run meanwhile.
# usage: scripts/bench-backend.sh [FLAGS of backend/bench]
#        environment: OUT, the file to write (backend/BENCHMARKS.md)
. "$(dirname "$0")/lib.sh"
. internal/conformance/e2e/lib.sh

out=$(realpath -m "${OUT:-backend/BENCHMARKS.md}")
internal/conformance/e2e/build.sh all-in-one-1.62 jaeger-2.13
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
(cd backend && go build -trimpath -ldflags=-s -o "$work/" ./cmd/all-in-one ./bench)

load=$(cat /proc/loadavg) begin=$SECONDS
"$work/bench" -all-in-one "$work/all-in-one" -jaeger1 "$E2E_CACHE/bin/all-in-one-1.62" \
  -jaeger2 "$E2E_CACHE/bin/jaeger-2.13" -dir "$work" "$@" >"$work/report.md" || failed=$? # what could be measured is still reported
{
  cat <<MD
# Benchmarks of the backend

Written by \`make bench-backend\`, which took $(((SECONDS - begin + 59) / 60)) minutes: \`cmd/all-in-one\`, Jaeger 1.62's
\`all-in-one\` and Jaeger 2.13, one after the other, each a process of its own with its default settings, but for ports,
retention, and Jaeger 1.62's queue, which has room for 50,000 spans as ours has. All get the same spans, of about 12 tags and
500 bytes, and answer through Jaeger's HTTP API, by which what they stored is counted.

$(date -u +%Y-%m-%d) · commit $(git rev-parse --short HEAD) · $(go env GOVERSION) $(go env GOOS)/$(go env GOARCH) ·
$(nproc) × $(sed -n 's/^model name.*: //p' /proc/cpuinfo | head -n 1) · $(awk '/^MemTotal/ { printf "%.0f GB", $2 / 1e6 }' /proc/meminfo) ·
load before $(cut -d' ' -f1 <<<"$load")$(if (($#)); then echo " · flags \`$*\`"; fi)

MD
  cat "$work/report.md"
} >"$work/all.md"
if [[ -f $out ]]; then sed -n '/^## Agents$/{s/^/\n/;:a;p;n;ba}' "$out" >>"$work/all.md"; fi # bench-agent.sh's
mv "$work/all.md" "$out"
say "$out"
exit "${failed:-0}"
