#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Services, agent, collectors, Kafka, ingesters, Cassandra and OpenSearch, queries: all of
# them, some killed on the way, and everything read back. About five minutes, and 3 GB of
# memory. CHAIN_SHOT names a file for a picture of a trace, which Chromium makes.
. "$(dirname "$0")/lib.sh"

folder=backend/e2e/engines
servers=(kafka cassandra opensearch)
trap 'for s in "${servers[@]}"; do "$folder/$s.sh" stop; done' EXIT
for s in "${servers[@]}"; do
  say "$s"
  lines=$("$folder/$s.sh" start)
  export ${lines?}
done
(cd backend && go test -tags engines -count=1 -timeout 20m -v -run '^TestChain$' ./e2e/engines)
