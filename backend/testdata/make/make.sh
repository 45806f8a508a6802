#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Makes the files of ../otlp and ../thrift again, with the real libraries.
# usage: make.sh otelgo | oteljs | collector | thrift | thriftjs      one of them or several
#        environment: COLLECTOR, a Collector v0.162 with the exporter otlphttp
# All but the jaeger-clients' UUIDs and the order in otelgo-resources comes out as it was.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
data=$(dirname "$here")
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
export GOWORK=off

# in_module REQUIREMENTS PROGRAM ARGUMENTS...: runs it in a module of its own.
in_module() {
  local requirements=$1 program=$2
  shift 2
  cp "$here/$program/main.go" "$scratch"
  printf 'module make.invalid\n\ngo 1.26.0\n\nrequire (\n%s\n)\n' "$requirements" >"$scratch/go.mod"
  (cd "$scratch" && GOFLAGS=-mod=mod go build -o program . && ./program "$@")
}

# in_node PROGRAM ARGUMENTS...
in_node() {
  local program=$1
  shift
  cp "$here/$program"/{main.js,package.json} "$scratch"
  (cd "$scratch" && npm install --ignore-scripts --no-fund --no-audit --loglevel error && node main.js "$@")
}

for what in "$@"; do
  case $what in
  otelgo)
    in_module "go.opentelemetry.io/otel v1.47.0
      go.opentelemetry.io/otel/sdk v1.47.0
      go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp v1.47.0" otelgo "$data/otlp"
    ;;
  oteljs) in_node oteljs "$data/otlp" ;;
  collector)
    "${COLLECTOR:?names no Collector}" --config "file:$here/collector/config.yaml" 2>"$scratch/log" &
    trap 'kill $!; rm -rf "$scratch"' EXIT
    until grep -qs "Everything is ready" "$scratch/log"; do kill -0 $!; done
    in_module "go.opentelemetry.io/proto/otlp v1.11.0
      google.golang.org/protobuf v1.36.12" collector http://127.0.0.1:24318/v1/traces 127.0.0.1:24319 "$data/otlp"
    ;;
  thrift) # jaeger-client-go has no other way to be told the host's name
    (cd "$here/../../../internal/conformance" && go build -o "$scratch/program" "$here/thrift/main.go")
    unshare -ur --uts sh -c 'hostname host-1 && exec "$@"' sh "$scratch/program" "$data"
    ;;
  thriftjs) in_node thriftjs "$data" ;;
  *)
    sed -n '/^# usage/,/^set/{/^set/d;s/^# \{0,1\}//p}' "$0" >&2
    exit 2
    ;;
  esac
done
