#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Builds real Jaegers once and runs the tests with the build tag e2e against
# them. The tests start and stop them: internal/conformance/e2e/jaeger.sh.
. "$(dirname "$0")/lib.sh"

e2e=internal/conformance/e2e
if ! grep -qs '^//go:build .*\be2e\b' "$e2e"/*_test.go; then
  echo "skipped: $e2e has no tests yet"
  exit 0
fi
"$e2e/build.sh"
stop() { for v in 1.62 2; do "$e2e/jaeger.sh" stop "$v"; done; }
trap stop EXIT # also when a test dies before it can
(cd "$e2e" && go test -tags e2e -count=1 -v -timeout 15m ./...)
