// SPDX-License-Identifier: Apache-2.0

package sampling_test

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"

	"github.com/go-spur/spur/backend/sampling"
)

func Example() {
	dir, err := os.MkdirTemp("", "")
	if err != nil {
		panic(err)
	}
	defer func() { _ = os.RemoveAll(dir) }()
	path := filepath.Join(dir, "strategies.json")
	const text = `{"service_strategies": [{"service": "shop", "type": "ratelimiting", "param": 5}]}`
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		panic(err)
	}

	ctx := context.Background()
	file, err := sampling.OpenFile(ctx, sampling.FileConfig{Location: path}, nil, slog.Default())
	if err != nil {
		panic(err)
	}
	defer file.Close()
	for _, service := range []string{"shop", "other"} {
		strategy, err := file.Strategy(ctx, service)
		fmt.Printf("%s: %s %v\n", service, strategy.JSON(), err)
	}
	// Output:
	// shop: {"strategyType":"RATE_LIMITING","rateLimitingSampling":{"maxTracesPerSecond":5}} <nil>
	// other: {"strategyType":"PROBABILISTIC","probabilisticSampling":{"samplingRate":0.001}} <nil>
}
