// SPDX-License-Identifier: Apache-2.0

package config

import "time"

// adaptive are the options of adaptive sampling.
func (c *Config) adaptive() []option {
	a := &c.Adaptive
	return []option{
		{"sampling.target-samples-per-second", "SAMPLING_TARGET_SAMPLES_PER_SECOND", number(&a.TargetSamplesPerSecond, 1e-6, 1e6), "adaptive: traces of each operation that are wanted", "", collects},
		{"sampling.delta-tolerance", "SAMPLING_DELTA_TOLERANCE", number(&a.DeltaTolerance, 0, 1000), "adaptive: how far off that is near enough, as a part of it", "", collects},
		{"sampling.calculation-interval", "SAMPLING_CALCULATION_INTERVAL", durationFrom(&a.CalculationInterval, time.Second), "adaptive: how often probabilities are computed", "", collects},
		{"sampling.buckets-for-calculation", "SAMPLING_BUCKETS_FOR_CALCULATION", count(&a.BucketsForCalculation, 1, 100), "adaptive: intervals that probabilities are computed from, the last counting most", "", collects},
		{"sampling.aggregation-buckets", "SAMPLING_AGGREGATION_BUCKETS", count(&a.AggregationBuckets, 1, 1_000_000), "adaptive: intervals after which an operation that is not seen is forgotten", "", collects},
		{"sampling.delay", "SAMPLING_DELAY", interval(&a.Delay), "adaptive: what is computed is computed from what arrived so long ago", "", collects},
		{"sampling.initial-sampling-probability", "SAMPLING_INITIAL_SAMPLING_PROBABILITY", number(&a.InitialProbability, 0, 1), "adaptive: probability of operations of which nothing is known", "", collects},
		{"sampling.min-sampling-probability", "SAMPLING_MIN_SAMPLING_PROBABILITY", number(&a.MinProbability, 0, 1), "adaptive: the least probability that is computed", "", collects},
		{"sampling.min-samples-per-second", "SAMPLING_MIN_SAMPLES_PER_SECOND", number(&a.MinSamplesPerSecond, 0, 1e6), "adaptive: traces of each operation that clients sample in any case", "", collects},
	}
}
