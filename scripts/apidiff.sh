#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# What changed in the exported API of the root module since a commit or tag.
# usage: scripts/apidiff.sh BASE
. "$(dirname "$0")/lib.sh"

base=${1:?usage: scripts/apidiff.sh BASE}
(cd tools && go build -o ../bin/ golang.org/x/exp/cmd/apidiff)
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
module=$(go list -m)
apidiff=$PWD/bin/apidiff
mkdir "$tmp/old"
git archive "$base" | tar -x -C "$tmp/old"
(cd "$tmp/old" && "$apidiff" -m -w "$tmp/old.api" "$module" 2>/dev/null)
"$apidiff" -m "$tmp/old.api" "$module" 2>&1 | { grep -v '^Ignoring internal package' || echo "no change since $base"; }
