#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Builds real Jaegers and an OpenTelemetry Collector once and runs the tests with
# the build tag e2e against them. The tests start and stop them: see jaeger.sh and
# collector.sh in internal/conformance/e2e.
. "$(dirname "$0")/lib.sh"

e2e=internal/conformance/e2e
if ! grep -qs '^//go:build .*\be2e\b' "$e2e"/*_test.go; then
  echo "skipped: $e2e has no tests yet"
  exit 0
fi
"$e2e/build.sh"
stop() {
  for v in 1.62 2; do "$e2e/jaeger.sh" stop "$v"; done
  "$e2e/collector.sh" stop
}
trap stop EXIT # also when a test dies before it can
(cd "$e2e" && go test -tags e2e -count=1 -v -timeout 15m ./...)
