#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Does harm to the backend's all-in-one, in a process of its own, for some minutes.
# usage: scripts/faults.sh [FLAGS for go test]      (-run TestHostile, say)
. "$(dirname "$0")/lib.sh"

cd backend
go test ./faults -count=1 -v -timeout 30m "$@" -args -long
