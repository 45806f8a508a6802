#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Real programs from the module proxy that import jaeger-client-go: runs their own tests,
# first as they are, then with the replace line. What fails without the line does not
# count; what passes without it must pass with it.
# usage: scripts/compat-consumers.sh [NAME...]    environment: CONSUMERS_DIR, kept and used again
. "$(dirname "$0")/lib.sh"

# module, version, flags, packages that import jaeger-client-go or work with those that do;
# the linker of today refuses the old golang.org/x/net of tchannel-go without its flag
consumers='
github.com/jaegertracing/jaeger v1.38.0 ./examples/hotrod/... ./cmd/query/app ./cmd/collector/app/handler ./cmd/collector/app/zipkin ./plugin/sampling/strategystore/adaptive ./internal/tracegen ./model
github.com/weaveworks/common v0.0.0-20230728070032-dd9e68f319d5 ./tracing ./httpgrpc/... ./middleware ./server ./instrument ./user
github.com/grafana/dskit v0.0.0-20260703122047-de1ec7541c44 ./tracing/... ./spanlogger ./spanprofiler ./httpgrpc/... ./middleware ./server/...
go.uber.org/yarpc v1.70.3 ./serialize ./transport/http ./transport/grpc ./transport/tchannel ./internal/observability
go.uber.org/cadence v1.2.9 ./internal ./internal/common/...
github.com/m3db/m3 v1.5.0 ./src/x/context ./src/x/opentracing ./src/query/api/v1/middleware
github.com/thanos-io/thanos v0.30.0 ./internal/cortex/frontend/v1 ./internal/cortex/querier/queryrange ./internal/cortex/scheduler ./pkg/extprom/http ./pkg/tracing/...
gitlab.com/gitlab-org/labkit v1.0.0 -tags=tracer_static,tracer_static_jaeger ./tracing/...
github.com/ory/x v0.0.214 ./tracing/...
github.com/opentracing-contrib/go-gin v0.0.0-20201220185307-1dd2273433a4 ./...
github.com/uber/tchannel-go v1.32.1 -ldflags=-checklinkname=0 . ./thrift ./json ./http ./testutils/testtracing ./crossdock/behavior/trace
github.com/ethersphere/bee v1.17.0 ./pkg/tracing
github.com/influxdata/influxdb/v2 v2.7.1 ./kit/tracing/... ./kit/transport/http ./logger
vitess.io/vitess v0.15.0 ./go/trace
'
dir=${CONSUMERS_DIR:-$(mktemp -d)}
[[ -n ${CONSUMERS_DIR:-} ]] || trap 'chmod -R u+w "$dir"; rm -rf "$dir"' EXIT
mkdir -p "$dir"
root=$PWD
export GOFLAGS=-mod=mod GOTOOLCHAIN=local

# run OUT PACKAGE...: the tests' verdicts, one a line, into OUT. Some names hold addresses.
run() {
  go test -v -short -count=1 -vet=off -timeout 8m "${@:2}" >"$1.log" 2>&1 || true
  sed -nE 's/^ *--- (PASS|FAIL|SKIP): ([^ ]+) .*/\1 \2/p' "$1.log" | sed -E 's/0x[0-9a-f]+/0x/g' | LC_ALL=C sort -u >"$1"
}

printf '%-32s %9s %9s %9s\n' module before after broken | tee "$dir/report"
failed=0
while read -r module version packages; do
  [[ -n $module ]] || continue
  name=$(basename "${module%/v[2-9]}")
  if (($#)) && [[ " $* " != *" $name "* ]]; then continue; fi
  copy=$dir/$name
  if [[ ! -d $copy ]]; then
    from=$(cd "$(mktemp -d)" && go mod download -json "$module@$version" | sed -n 's/^\t"Dir": "\(.*\)",$/\1/p') || true
    [[ -n $from ]] || { echo "$module@$version cannot be had"; failed=1; continue; }
    cp -r "$from" "$copy"
    chmod -R u+w "$copy"
  fi
  cd "$copy"
  [[ -f go.mod ]] || { go mod init "$module" && go mod tidy; } >/dev/null 2>&1
  [[ -f $copy.mod ]] || cp go.mod "$copy.mod"
  cp "$copy.mod" go.mod # without what an earlier run has added
  # shellcheck disable=SC2086 # packages is a list
  [[ -s $copy.before ]] || run "$copy.before" $packages
  go mod edit -replace "github.com/uber/jaeger-client-go=$root/compat/jaeger-client-go" -replace "github.com/go-spur/spur=$root"
  # shellcheck disable=SC2086 # as above
  run "$copy.after" $packages
  passed() { sed -n 's/^PASS //p' "$1"; }
  LC_ALL=C comm -23 <(passed "$copy.before") <(passed "$copy.after") >"$copy.broken"
  for _ in 1 2 3 4; do # some pass now and then, without the line as with it
    [[ -s $copy.broken ]] || break
    # shellcheck disable=SC2086 # as above
    run "$copy.again" -run "^($(cut -d/ -f1 "$copy.broken" | LC_ALL=C sort -u | paste -sd'|'))\$" $packages
    LC_ALL=C comm -23 "$copy.broken" <(passed "$copy.again") >"$copy.still"
    mv "$copy.still" "$copy.broken"
  done
  printf '%-32s %9d %9d %9d\n' "$name" "$(passed "$copy.before" | wc -l)" "$(passed "$copy.after" | wc -l)" "$(wc -l <"$copy.broken")" | tee -a "$dir/report"
  if [[ -s $copy.broken ]]; then
    sed 's/^/  broken: /' "$copy.broken"
    failed=1
  fi
  if ! grep -q '^PASS ' "$copy.before"; then
    echo "  no test passes without the line:"
    tail -5 "$copy.before.log" | sed 's/^/  /'
    failed=1
  fi
  cd "$root"
done <<<"$consumers"
exit $failed
