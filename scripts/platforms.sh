#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Builds every package that users link for other platforms, and vets it with its tests
# for those that people develop on; builds the backend for those it is run on; and runs
# the tests of the root module as 32-bit programs where this machine can.
. "$(dirname "$0")/lib.sh"

export CGO_ENABLED=0
failed=()
each() { # COMMAND PLATFORM...
  local m platform wrong=0
  for platform in "${@:2}"; do
    for m in $linked; do
      say "$m: $1 for $platform"
      (cd "$m" && GOOS=${platform%/*} GOARCH=${platform#*/} $1 ./...) || wrong=1
    done
  done
  return $wrong
}
linked=$(linked_modules)
backend=$(mktemp)
trap 'rm -f "$backend"' EXIT
# SQLite in Go is one package, which keeps one core busy for long: the others need not wait.
(
  cd backend
  for platform in linux/arm64 windows/amd64 darwin/arm64; do
    say "backend: go build for $platform"
    GOOS=${platform%/*} GOARCH=${platform#*/} go build ./... || exit 1
  done
) >"$backend" 2>&1 &
each go_vet windows/amd64 darwin/arm64 || failed+=("vet of linked modules")
each "go build" linux/386 js/wasm || failed+=("build of linked modules")
wait $! || failed+=("build of the backend")
cat "$backend"

say "tests as 32-bit programs"
if uname -sm | grep -q '^Linux x86_64$'; then
  # shellcheck disable=SC2086 # TESTFLAGS is a list
  GOOS=linux GOARCH=386 go test -short -timeout 5m ${TESTFLAGS:-} ./... || failed+=("32-bit tests")
else
  echo "skipped: they need Linux on amd64"
fi
if ((${#failed[@]})); then
  printf 'failed: %s\n' "${failed[@]}" >&2
  exit 1
fi
