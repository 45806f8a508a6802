#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# mockgen.sh SOURCE TARGET: mocks the interfaces of a file of opentracing-go.
set -eu
here=$PWD
made=$(cd "$(go list -m -f '{{.Dir}}' github.com/opentracing/opentracing-go)" &&
	go run github.com/golang/mock/mockgen@v1.6.0 -source "$1" -package mock_opentracing | sed "/^\/\/ Package /d")
printf '// SPDX-License-Identifier: Apache-2.0\n\n%s\n' "$made" > "$here/$2"
