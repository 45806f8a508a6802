#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Vets every package that users link, tests included, for other platforms, and the
# backend for those it is run on, of which linux/arm64 need only build; and runs the
# tests of the root module as 32-bit programs where this machine can.
. "$(dirname "$0")/lib.sh"

export CGO_ENABLED=0
failed=()
vet() { # MODULES PLATFORM...
  local m platform wrong=0
  for platform in "${@:2}"; do
    for m in $1; do
      say "$m: go vet for $platform"
      (cd "$m" && GOOS=${platform%/*} GOARCH=${platform#*/} go_vet ./...) || wrong=1
    done
  done
  return $wrong
}
linked=$(linked_modules)
backend=$(mktemp)
trap 'rm -f "$backend"' EXIT
# SQLite in Go is one package, which keeps one core busy for long: the others need not wait.
(
  vet backend windows/amd64 darwin/arm64 || exit 1
  say "backend: go build for linux/arm64"
  cd backend && GOOS=linux GOARCH=arm64 go build ./...
) >"$backend" 2>&1 &
vet "$linked" linux/386 windows/amd64 darwin/arm64 js/wasm || failed+=("vet of linked modules")
wait $! || failed+=("vet of the backend")
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
