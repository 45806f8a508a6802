// SPDX-License-Identifier: Apache-2.0

package config_test

import (
	"testing"
	"time"

	"github.com/go-spur/spur/backend/config"
	"github.com/go-spur/spur/backend/sampling"
)

// TestAdaptive: the variables of a Jaeger 1.62 whose sampling is adaptive mean the
// same, and those of a lease that one process does not need are named in the warning.
func TestAdaptive(t *testing.T) {
	c, warning, err := config.Parse(config.Collector, nil, []string{
		"SAMPLING_CONFIG_TYPE=adaptive", "SAMPLING_TARGET_SAMPLES_PER_SECOND=2.5", "SAMPLING_DELTA_TOLERANCE=0.25",
		"SAMPLING_BUCKETS_FOR_CALCULATION=3", "SAMPLING_CALCULATION_INTERVAL=30s", "SAMPLING_AGGREGATION_BUCKETS=20", "SAMPLING_DELAY=1m30s",
		"SAMPLING_INITIAL_SAMPLING_PROBABILITY=0.01", "SAMPLING_MIN_SAMPLING_PROBABILITY=0.0001", "SAMPLING_MIN_SAMPLES_PER_SECOND=0.5",
		"SAMPLING_LEADER_LEASE_REFRESH_INTERVAL=5s", "SAMPLING_FOLLOWER_LEASE_REFRESH_INTERVAL=60s",
	})
	want := sampling.AdaptiveConfig{
		TargetSamplesPerSecond: 2.5, DeltaTolerance: 0.25, BucketsForCalculation: 3, CalculationInterval: 30 * time.Second, AggregationBuckets: 20,
		Delay: 90 * time.Second, InitialProbability: 0.01, MinProbability: 0.0001, MinSamplesPerSecond: 0.5,
	}
	if err != nil || c.SamplingType != "adaptive" || c.Adaptive != want {
		t.Errorf("%+v, %v", c.Adaptive, err)
	}
	const lease = "these variables have no effect here: SAMPLING_FOLLOWER_LEASE_REFRESH_INTERVAL; SAMPLING_LEADER_LEASE_REFRESH_INTERVAL"
	if warning != lease {
		t.Error(warning)
	}
}
