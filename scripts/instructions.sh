#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Counts the instructions of spur's operations and compares them with
# benchmarks/instructions.txt: 5 % more is a failure. Half a minute.
# usage: scripts/instructions.sh         environment: UPDATE=1 writes the file
. "$(dirname "$0")/lib.sh"

if ! command -v valgrind >/dev/null; then
  echo "skipped: valgrind is not installed, which counts"
  exit ${CI:+1}
fi
program=$(mktemp)
trap 'rm -f "$program"' EXIT
cd benchmarks
go build -o "$program" ./spur
go run ./instructions ${UPDATE:+-update} "$program"
