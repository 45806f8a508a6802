#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Vets every package that users link, tests included, for other platforms, and runs
# the tests of the root module as 32-bit programs where this machine can.
. "$(dirname "$0")/lib.sh"

export CGO_ENABLED=0
failed=()
linked=$(linked_modules)
for platform in linux/386 linux/arm windows/amd64 darwin/arm64 js/wasm; do
  export GOOS=${platform%/*} GOARCH=${platform#*/}
  for m in $linked; do
    say "$m: go vet for $platform"
    (cd "$m" && go vet ./...) || failed+=("$m on $platform")
  done
done

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
