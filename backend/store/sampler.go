// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"
	"time"
)

// Sampler is an engine that keeps what adaptive sampling counts and computes, for
// all collectors that share a store, and for the time after a restart.
type Sampler interface {
	// InsertThroughput adds what a collector counted in the time up to at. What was
	// inserted with a time before forget is no longer needed.
	InsertThroughput(ctx context.Context, at time.Time, counted []Throughput, forget time.Time) error

	// Throughput returns what was inserted with a time after from and not after to.
	// An operation is in it as often as it was inserted.
	Throughput(ctx context.Context, from, to time.Time) ([]Throughput, error)

	// InsertProbabilities replaces what it was given before.
	InsertProbabilities(ctx context.Context, computed []Probability) error

	// LatestProbabilities returns what InsertProbabilities was given last, in any
	// order.
	LatestProbabilities(ctx context.Context) ([]Probability, error)
}

// Leaser is an engine that several processes can agree by on who does what only one is
// to do.
type Leaser interface {
	// Lease reports whether owner holds the lease called name: because nobody held it, or
	// because owner did already. It then holds it for d from now, a second at least. With d of 0
	// or less it reports false, and owner no longer holds the lease if it did.
	Lease(ctx context.Context, name, owner string, d time.Duration) (bool, error)
}

// Throughput is how many traces of an operation arrived that a probability had
// chosen.
type Throughput struct {
	Service, Operation string
	Count              int64
	// Probabilities are those that chose them, each once, with six digits behind the
	// point. A trace that a lower bound chose is not counted, but its probability is
	// here.
	Probabilities []float64
}

// Probability is what adaptive sampling has computed for an operation.
type Probability struct {
	Service, Operation string
	Probability        float64
	QPS                float64 // traces a second that led to it
}
