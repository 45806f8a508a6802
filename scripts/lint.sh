#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Formatting and linters, in every module. The first run builds the tools: about
# a minute and a half on two cores.
. "$(dirname "$0")/lib.sh"

say "tools"
(cd tools && go build -o ../bin/ tool)

failed=()
say "gofumpt"
# shellcheck disable=SC2046 # no source file has a blank in its name
wrong=$(bin/gofumpt -l $(sources -name '*.go' | xargs grep -LE '^// Code generated .* DO NOT EDIT\.$'))
if [[ -n $wrong ]]; then
  printf 'not formatted; "make format" does it:\n%s\n' "$wrong" >&2
  failed+=(gofumpt)
fi

config=$PWD/.golangci.yml linter=$PWD/bin/golangci-lint
all=$(code_modules)
for m in $all; do
  say "$m: golangci-lint"
  (cd "$m" && "$linter" run --config "$config" ./...) || failed+=("$m")
done
if ((${#failed[@]})); then
  echo "not clean: ${failed[*]}" >&2
  exit 1
fi
