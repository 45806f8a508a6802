// SPDX-License-Identifier: Apache-2.0

// Package kafka is a store that hands spans to Kafka, as Jaeger's collector does: a
// topic holds them until ingesters, ours or Jaeger's, write them into another store.
// It can read none.
package kafka
