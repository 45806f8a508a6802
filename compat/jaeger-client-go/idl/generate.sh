#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Writes thrift-gen from this folder's files with the Thrift compiler, version 0.17.0
# (Debian: apt-get install thrift-compiler).
# usage: idl/generate.sh [DIRECTORY], by default thrift-gen beside this folder
set -eu
idl=$(cd "$(dirname "$0")" && pwd)
out=${1:-$idl/../thrift-gen}
module=github.com/uber/jaeger-client-go
mkdir -p "$out"
for name in agent baggage jaeger sampling zipkincore; do
  thrift -out "$out" -I "$idl" \
    -gen "go:thrift_import=$module/thrift,package_prefix=$module/thrift-gen/,skip_remote" "$idl/$name.thrift"
done
gofmt -w "$out"
