#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Starts and stops a real agent of Jaeger 1.62 on 127.0.0.1, which hands on to a
# collector, by gRPC, spans that come by UDP and questions how to sample.
# usage: agent.sh start|stop|status
#
# environment:
#   E2E_OFFSET       added to every port (0); give each rig its own
#   E2E_MAX_SECONDS  it ends by itself after that (900)
#   E2E_FORWARD      the collector's host:port
#   E2E_CACHE        where build.sh has put the binary
#
# start returns when it is ready. Starting one that runs only prints.
# It prints these lines to stdout, and messages to stderr:
#   E2E_AGENT_COMPACT  host:port, UDP, Thrift compact
#   E2E_AGENT_BINARY   host:port, UDP, Thrift binary
#   E2E_SAMPLING       URL that answers ?service=NAME
#   E2E_LOG            what it says
# stop ends what start has started, and nothing else; it succeeds when there is
# nothing to stop. status exits 0 when it runs and 1 otherwise.
here=$(cd "$(dirname "$0")" && pwd)
. "$here/lib.sh"
mkdir -p "$E2E_RUN"
name=agent-alone-1.62-$E2E_OFFSET

start() {
  local p
  if ! running "$name"; then
    for p in 5775 6831 6832; do is_free udp "$(port "$p")" || die "UDP port $(port "$p") is taken; set E2E_OFFSET"; done
    for p in 5778 14271; do is_free tcp "$(port "$p")" || die "TCP port $(port "$p") is taken; set E2E_OFFSET"; done
    "$here/build.sh" agent-1.62
    trap 'finish "$name"' EXIT # whatever fails below
    launch "$name" "$E2E_CACHE/bin/agent-1.62" \
      --admin.http.host-port="$(at 14271)" \
      --http-server.host-port="$(at 5778)" \
      --processor.jaeger-binary.server-host-port="$(at 6832)" \
      --processor.jaeger-compact.server-host-port="$(at 6831)" \
      --processor.zipkin-compact.server-host-port="$(at 5775)" \
      --reporter.grpc.host-port="${E2E_FORWARD:?}"
    answers "$name" "http://$(at 14271)/"
    trap - EXIT
    say "the agent is up"
  fi
  cat <<LINES
E2E_AGENT_COMPACT=$(at 6831)
E2E_AGENT_BINARY=$(at 6832)
E2E_SAMPLING=http://$(at 5778)/sampling
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
