#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Starts and stops a real Jaeger on 127.0.0.1.
# usage: jaeger.sh start|stop|status 1.62|2
#
#   1.62  the separate agent of the v1 days (UDP and sampling), which forwards by
#         gRPC to an all-in-one
#   2     the single v2 binary
#
# environment:
#   E2E_OFFSET       added to every port (0); give each rig its own
#   E2E_MAX_SECONDS  each process ends by itself after that (900)
#   E2E_STRATEGIES   sampling strategies (strategies.json beside this script);
#                    a changed file is read again within a second
#   E2E_ADAPTIVE     with 2: no strategies, but adaptive sampling, of so many traces
#                    a second and operation; computed every second, starting with 1
#   E2E_DATA         a directory that keeps traces, and with 2 what adaptive sampling
#                    has computed, from one start to the next; memory when empty
#   E2E_CACHE        where build.sh has put the binaries
#
# start returns when everything answers. Starting a rig that runs only prints.
# It prints these lines to stdout, and messages to stderr:
#   E2E_JAEGER          1.62 or 2
#   E2E_AGENT_COMPACT   host:port, UDP, Thrift compact
#   E2E_AGENT_BINARY    host:port, UDP, Thrift binary
#   E2E_SAMPLING        URL that answers ?service=NAME: the agent's, or v2's
#   E2E_COLLECTOR_HTTP  URL that takes Thrift batches by POST
#   E2E_COLLECTOR_GRPC  host:port, Jaeger's own gRPC
#   E2E_OTLP_HTTP       URL that takes OTLP traces by POST
#   E2E_OTLP_GRPC       host:port
#   E2E_ZIPKIN          URL that takes Zipkin JSON spans by POST
#   E2E_QUERY           base URL; /api/v3/services answers there
#   E2E_LOG             what it writes; with 1.62 the all-in-one's
# stop ends what start has started, and nothing else; it succeeds when there is
# nothing to stop. status exits 0 when everything runs and 1 otherwise.
here=$(cd "$(dirname "$0")" && pwd)
. "$here/lib.sh"
mkdir -p "$E2E_RUN"

usage() {
  sed -n '/^# usage/,/^here/{/^here/d;s/^# \{0,1\}//p}' "$0" >&2
  exit 2
}
[[ $# -eq 2 ]] || usage
version=$2
case $version in
1.62) parts=("all-in-one-1.62-$E2E_OFFSET" "agent-1.62-$E2E_OFFSET") udp=(5775 6075 6831 6832 7131 7132) tcp=(4317 4318 5778 6078 9411 14250 14268 14269 14271 16685 16686) ;;
2) parts=("jaeger-2-$E2E_OFFSET") udp=(6831 6832) tcp=(4317 4318 5778 5779 9411 13133 14250 14268 16685 16686) ;;
*) usage ;;
esac
strategies=$(realpath "${E2E_STRATEGIES:-$here/strategies.json}")

start_1_62() {
  local bin=$E2E_CACHE/bin storage=(memory)
  if [[ -n ${E2E_DATA:-} ]]; then
    storage=(badger --badger.ephemeral=false --badger.directory-key="$E2E_DATA/keys" --badger.directory-value="$E2E_DATA/values")
  fi
  # Its built-in agent gets ports that nobody asks for (+300).
  launch "${parts[0]}" env SPAN_STORAGE_TYPE="${storage[0]}" "$bin/all-in-one-1.62" "${storage[@]:1}" \
    --admin.http.host-port="$(at 14269)" \
    --collector.grpc-server.host-port="$(at 14250)" \
    --collector.http-server.host-port="$(at 14268)" \
    --collector.otlp.grpc.host-port="$(at 4317)" \
    --collector.otlp.http.host-port="$(at 4318)" \
    --collector.zipkin.host-port="$(at 9411)" \
    --http-server.host-port="$(at 6078)" \
    --processor.jaeger-binary.server-host-port="$(at 7132)" \
    --processor.jaeger-compact.server-host-port="$(at 7131)" \
    --processor.zipkin-compact.server-host-port="$(at 6075)" \
    --query.grpc-server.host-port="$(at 16685)" \
    --query.http-server.host-port="$(at 16686)" \
    --reporter.grpc.host-port="$(at 14250)" \
    --sampling.strategies-file="$strategies" \
    --sampling.strategies-reload-interval=1s
  answers "${parts[0]}" "http://$(at 14269)/"
  launch "${parts[1]}" "$bin/agent-1.62" \
    --admin.http.host-port="$(at 14271)" \
    --http-server.host-port="$(at 5778)" \
    --processor.jaeger-binary.server-host-port="$(at 6832)" \
    --processor.jaeger-compact.server-host-port="$(at 6831)" \
    --processor.zipkin-compact.server-host-port="$(at 5775)" \
    --reporter.grpc.host-port="$(at 14250)"
  answers "${parts[1]}" "http://$(at 14271)/"
  # The agent answers before its connection to the collector stands.
  answers "${parts[1]}" "http://$(at 5778)/sampling?service=e2e-always"
}

start_2() {
  local config=$E2E_RUN/${parts[0]}.yaml processors=batch adaptive=
  local store="memory: {max_traces: 100000}" sampling="file: {path: \"$strategies\", reload_interval: 1s}"
  if [[ -n ${E2E_DATA:-} ]]; then
    store="badger: {ephemeral: false, directories: {keys: \"$E2E_DATA/keys\", values: \"$E2E_DATA/values\"}}"
  fi
  if [[ -n ${E2E_ADAPTIVE:-} ]]; then
    processors="batch, adaptive_sampling" adaptive="adaptive_sampling: {}"
    # A service that starts in the middle of a second seems slower than it is; the
    # tolerance is so large that what counts is a second with all of its traces.
    sampling="adaptive: {sampling_store: store, target_samples_per_second: $E2E_ADAPTIVE, initial_sampling_probability: 1,
      calculation_interval: 1s, calculation_delay: 0s, delta_tolerance: 4}"
  fi
  cat >"$config" <<YAML
service:
  extensions: [jaeger_storage, jaeger_query, remote_sampling, healthcheckv2]
  pipelines:
    traces: {receivers: [otlp, jaeger, zipkin], processors: [$processors], exporters: [jaeger_storage_exporter]}
  telemetry:
    metrics: {level: none}
extensions:
  jaeger_query:
    storage: {traces: store}
    enable_tracing: false
    http: {endpoint: "$(at 16686)"}
    grpc: {endpoint: "$(at 16685)"}
  jaeger_storage:
    backends:
      store: {$store}
  remote_sampling:
    $sampling
    http: {endpoint: "$(at 5778)"}
    grpc: {endpoint: "$(at 5779)"}
  healthcheckv2:
    use_v2: true
    http: {endpoint: "$(at 13133)"}
receivers:
  otlp:
    protocols:
      grpc: {endpoint: "$(at 4317)"}
      http: {endpoint: "$(at 4318)"}
  jaeger:
    protocols:
      grpc: {endpoint: "$(at 14250)"}
      thrift_http: {endpoint: "$(at 14268)"}
      thrift_binary: {endpoint: "$(at 6832)"}
      thrift_compact: {endpoint: "$(at 6831)"}
  zipkin: {endpoint: "$(at 9411)"}
processors:
  batch: {timeout: 100ms}
  $adaptive
exporters:
  jaeger_storage_exporter: {trace_storage: store}
YAML
  launch "${parts[0]}" "$E2E_CACHE/bin/jaeger-2.13" --config "file:$config"
  answers "${parts[0]}" "http://$(at 13133)/status"
  answers "${parts[0]}" "http://$(at 5778)/sampling?service=e2e-always"
}

all_running() {
  local part
  for part in "${parts[@]}"; do running "$part" || return 1; done
}

stop() {
  local i
  for ((i = ${#parts[@]} - 1; i >= 0; i--)); do finish "${parts[i]}"; done
}

start() {
  local p
  if ! all_running; then
    stop # half a rig
    for p in "${udp[@]}"; do is_free udp "$(port "$p")" || die "UDP port $(port "$p") is taken; set E2E_OFFSET"; done
    for p in "${tcp[@]}"; do is_free tcp "$(port "$p")" || die "TCP port $(port "$p") is taken; set E2E_OFFSET"; done
    case $version in
    1.62) "$here/build.sh" agent-1.62 all-in-one-1.62 ;;
    2) "$here/build.sh" jaeger-2.13 ;;
    esac
    trap 'stop' EXIT # whatever fails below
    "start_${version//./_}"
    answers "${parts[0]}" "http://$(at 16686)/api/v3/services"
    trap - EXIT
    say "Jaeger $version is up"
  fi
  cat <<LINES
E2E_JAEGER=$version
E2E_AGENT_COMPACT=$(at 6831)
E2E_AGENT_BINARY=$(at 6832)
E2E_SAMPLING=http://$(at 5778)/sampling
E2E_COLLECTOR_HTTP=http://$(at 14268)/api/traces
E2E_COLLECTOR_GRPC=$(at 14250)
E2E_OTLP_HTTP=http://$(at 4318)/v1/traces
E2E_OTLP_GRPC=$(at 4317)
E2E_ZIPKIN=http://$(at 9411)/api/v2/spans
E2E_QUERY=http://$(at 16686)
E2E_LOG=$E2E_RUN/${parts[0]}.log
LINES
}

case $1 in
start) start ;;
stop) stop ;;
status)
  for part in "${parts[@]}"; do
    if running "$part"; then echo "$part runs"; else echo "$part does not run"; fi
  done
  all_running
  ;;
*) usage ;;
esac
