#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Starts the real servers of the backend's engines, one after the other, runs the tests
# with the build tag engines against each, and stops it. ENGINES="kafka cassandra"
# selects. Servers come from Maven; see backend/e2e/engines/lib.sh. GOFLAGS=-short
# asks for fewer random searches, which take long on a busy machine.
. "$(dirname "$0")/lib.sh"

folder=backend/e2e/engines
export ENGINES_MAX_SECONDS=${ENGINES_MAX_SECONDS:-5400}
# The packages whose tests an engine has, beside those of the folder whose names begin
# with its own, or with another.
declare -A packages=(
  [cassandra]="./store/cassandra"
  [kafka]="./store/kafka ./ingest"
  [elasticsearch]="./store/elastic"
  [elasticsearch7]="./store/elastic"
  [opensearch]="./store/elastic"
)
declare -A tests=([elasticsearch]=elastic [elasticsearch7]=elastic [opensearch]=elastic)
failed=
for engine in ${ENGINES:-${!packages[@]}}; do
  [[ -n ${packages[$engine]:-} ]] || { echo "there is no engine $engine: ${!packages[*]}"; exit 2; }
  say "$engine"
  trap '"$folder/$engine.sh" stop' EXIT
  lines=$("$folder/$engine.sh" start)
  (
    cd backend
    export ${lines?}
    go test -tags engines -count=1 -timeout 45m -run 'Real' ${packages[$engine]} &&
      go test -tags engines -count=1 -timeout 45m -v -run "(?i)^Test${tests[$engine]:-$engine}" ./e2e/engines
  ) || failed="$failed $engine"
  "$folder/$engine.sh" stop
  trap - EXIT
done
[[ -z $failed ]] || { echo "failed:$failed"; exit 1; }
