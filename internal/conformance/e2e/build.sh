#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Builds the Jaegers and the OpenTelemetry Collector that the e2e tests run against,
# from their modules, once, into $E2E_CACHE/bin. Cold, on two cores, that takes about
# fifteen minutes. And fetches what the services in Node.js need: see node-peer.sh.
# usage: build.sh [agent-1.62 | all-in-one-1.62 | collector-1.62 | es-rollover-1.62 | ingester-1.62 | jaeger-2.13 | collector-0.162 | node-peer]...     (all but the second, third and fourth)
#        environment: E2E_CACHE (default: spur-e2e in the user's cache directory)
here=$(cd "$(dirname "$0")" && pwd)
. "$here/lib.sh"
export GOWORK=off GOTOOLCHAIN=local GOFLAGS="-mod=mod -buildvcs=false"
mkdir -p "$E2E_CACHE/bin"

# build OUTPUT VERSION GO COMMAND. "go install package@version" refuses Jaeger
# because its go.mod has a replacement; so an empty module requires it and says
# the replacement again. Jaeger's own go.sum comes along: it vouches for modules
# that a checksum database may no longer know.
build() {
  local out=$E2E_CACHE/bin/$1 dir=$E2E_CACHE/src/$1 source
  if [[ -x $out ]]; then
    say "$1 is there"
    return
  fi
  say "building $1"
  mkdir -p "$dir"
  cd "$dir"
  cat >go.mod <<MOD
module e2e.invalid/jaeger

go $3

require github.com/jaegertracing/jaeger $2

replace github.com/Shopify/sarama => github.com/Shopify/sarama v1.33.0
MOD
  source=$(go mod download -json "github.com/jaegertracing/jaeger@$2" | sed -n 's/.*"Dir": "\(.*\)".*/\1/p')
  install -m 644 "$source/go.sum" go.sum
  go build -o "$out.new" "github.com/jaegertracing/jaeger/cmd/$4"
  mv "$out.new" "$out"
}

# build_collector OUTPUT VERSION STABLE: collector/main.go with the components of
# these two versions; the Collector numbers what is stable apart. What is there is
# used again if it was made of the same source, requirements and compiler.
build_collector() {
  local out=$E2E_CACHE/bin/$1 dir=$E2E_CACHE/src/$1 stamp
  mkdir -p "$dir"
  cd "$dir"
  cat >go.mod.new <<MOD
module e2e.invalid/collector

go 1.26.0

require (
	github.com/open-telemetry/opentelemetry-collector-contrib/exporter/fileexporter $2
	github.com/open-telemetry/opentelemetry-collector-contrib/receiver/jaegerreceiver $2
	go.opentelemetry.io/collector/component $3
	go.opentelemetry.io/collector/confmap $3
	go.opentelemetry.io/collector/confmap/provider/fileprovider $3
	go.opentelemetry.io/collector/exporter $3
	go.opentelemetry.io/collector/exporter/otlpexporter $2
	go.opentelemetry.io/collector/exporter/otlphttpexporter $2
	go.opentelemetry.io/collector/otelcol $2
	go.opentelemetry.io/collector/receiver $3
	go.opentelemetry.io/collector/receiver/otlpreceiver $2
	go.opentelemetry.io/collector/service $2
)
MOD
  stamp=$({ cat go.mod.new "$here/collector/main.go"; go version; } | sha256sum)
  if [[ -x $out && $(cat "$out.stamp" 2>/dev/null) == "$stamp" ]]; then
    rm go.mod.new
    say "$1 is there"
    return
  fi
  say "building $1"
  mv go.mod.new go.mod
  rm -f go.sum
  install -m 644 "$here/collector/main.go" main.go
  go build -o "$out.new" main.go # named, because else its build tag would hide it
  mv "$out.new" "$out"
  echo "$stamp" >"$out.stamp"
}

# One build at a time: they would only slow each other down.
exec 9>"$E2E_CACHE/lock"
flock 9

want=("$@")
((${#want[@]})) || want=(agent-1.62 all-in-one-1.62 jaeger-2.13 collector-0.162 node-peer)
for name in "${want[@]}"; do
  case $name in
  agent-1.62) (build "$name" v1.62.0 1.24.6 agent) ;; # the last release but one with an agent
  all-in-one-1.62) (build "$name" v1.62.0 1.24.6 all-in-one) ;;
  collector-1.62) (build "$name" v1.62.0 1.24.6 collector) ;;
  ingester-1.62) (build "$name" v1.62.0 1.24.6 ingester) ;;
  es-rollover-1.62) (build "$name" v1.62.0 1.24.6 es-rollover) ;;
  jaeger-2.13) (build "$name" v1.76.0 1.25.0 jaeger) ;; # v2.13.0 is cmd/jaeger of this module version
  collector-0.162) (build_collector "$name" v0.162.0 v1.68.0) ;;
  node-peer) "$here/node-peer.sh" install ;;
  *) die "unknown: $name; see the head of $0" ;;
  esac
done
