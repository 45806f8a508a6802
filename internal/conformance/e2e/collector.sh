#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Starts and stops a real OpenTelemetry Collector on 127.0.0.1, which writes every
# span that it receives to a file, or hands it on.
# usage: collector.sh start|stop|status
#
# environment:
#   E2E_OFFSET       added to every port (0); give each rig its own
#   E2E_MAX_SECONDS  it ends by itself after that (900)
#   E2E_FORWARD      where it hands on what it receives, with gzip, instead of writing it:
#                    an OTLP/HTTP endpoint (without /v1/traces), or host:port for gRPC
#   E2E_ENCODING     by HTTP in proto (the default) or json
#   E2E_CACHE        where build.sh has put the binary
#
# start returns when every receiver listens. Starting one that runs only prints.
# It prints these lines to stdout, and messages to stderr:
#   E2E_AGENT_COMPACT   host:port, UDP, Thrift compact
#   E2E_AGENT_BINARY    host:port, UDP, Thrift binary
#   E2E_COLLECTOR_HTTP  URL that takes Thrift batches by POST
#   E2E_OTLP_HTTP       URL that takes OTLP traces by POST
#   E2E_FILE            what it has received since the start: the JSON of OTLP, a
#                       request a line, within 100 ms
#   E2E_LOG             what it says
# stop ends what start has started, and nothing else; it succeeds when there is
# nothing to stop. status exits 0 when it runs and 1 otherwise.
here=$(cd "$(dirname "$0")" && pwd)
. "$here/lib.sh"
mkdir -p "$E2E_RUN"
name=collector-$E2E_OFFSET file=$E2E_RUN/collector-$E2E_OFFSET.jsonl

start() {
  local p config=$E2E_RUN/$name.yaml exporter to
  if ! running "$name"; then
    for p in 6831 6832; do is_free udp "$(port "$p")" || die "UDP port $(port "$p") is taken; set E2E_OFFSET"; done
    for p in 4318 14268; do is_free tcp "$(port "$p")" || die "TCP port $(port "$p") is taken; set E2E_OFFSET"; done
    "$here/build.sh" collector-0.162
    rm -f "$file"
    case ${E2E_FORWARD:-} in
    "") exporter=file to="{path: \"$file\", format: json, flush_interval: 100ms}" ;;
    http*) exporter=otlp_http to="{endpoint: \"$E2E_FORWARD\", encoding: ${E2E_ENCODING:-proto}, compression: gzip}" ;;
    *) exporter=otlp_grpc to="{endpoint: \"$E2E_FORWARD\", compression: gzip, tls: {insecure: true}}" ;;
    esac
    cat >"$config" <<YAML
receivers:
  jaeger:
    protocols:
      thrift_http: {endpoint: "$(at 14268)"}
      thrift_binary: {endpoint: "$(at 6832)"}
      thrift_compact: {endpoint: "$(at 6831)"}
  otlp:
    protocols:
      http: {endpoint: "$(at 4318)"}
exporters:
  $exporter: $to
service:
  pipelines:
    traces: {receivers: [jaeger, otlp], exporters: [$exporter]}
  telemetry:
    metrics: {level: none}
YAML
    trap 'finish "$name"' EXIT # whatever fails below
    launch "$name" "$E2E_CACHE/bin/collector-0.162" --config "file:$config"
    says "$name" "Everything is ready"
    trap - EXIT
    say "the Collector is up"
  fi
  cat <<LINES
E2E_AGENT_COMPACT=$(at 6831)
E2E_AGENT_BINARY=$(at 6832)
E2E_COLLECTOR_HTTP=http://$(at 14268)/api/traces
E2E_OTLP_HTTP=http://$(at 4318)/v1/traces
E2E_FILE=$file
E2E_LOG=$E2E_RUN/$name.log
LINES
}

case "$#$*" in
1start) start ;;
1stop) finish "$name" ;;
1status)
  if running "$name"; then echo "$name runs"; else echo "$name does not run"; exit 1; fi
  ;;
*)
  sed -n '/^# usage/,/^here/{/^here/d;s/^# \{0,1\}//p}' "$0" >&2
  exit 2
  ;;
esac
