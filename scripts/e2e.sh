#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Builds real Jaegers and an OpenTelemetry Collector once and runs the tests with
# the build tag e2e against them: the tracer's, and the backend's with real clients.
# The tests start and stop them: see jaeger.sh and collector.sh in
# internal/conformance/e2e.
. "$(dirname "$0")/lib.sh"

e2e=internal/conformance/e2e live=backend/e2e/live
"$e2e/build.sh"
"$live/node.sh" install
stop() {
  for v in 1.62 2; do "$e2e/jaeger.sh" stop "$v"; done
  "$e2e/collector.sh" stop
  E2E_OFFSET=12000 "$e2e/agent.sh" stop
  for v in 1.62 2; do E2E_OFFSET=10000 "$e2e/jaeger.sh" stop "$v"; done
  E2E_OFFSET=10000 "$e2e/collector.sh" stop
  E2E_OFFSET=11000 "$e2e/collector.sh" stop
}
trap stop EXIT # also when a test dies before it can
failed=
for folder in "$e2e" "$live"; do
  (cd "$folder" && go test -tags e2e -count=1 -v -timeout 15m ./...) || failed=1
done
[[ -z $failed ]]
