// SPDX-License-Identifier: Apache-2.0

package utils_test

import (
	"math/rand" //nolint:depguard // what NewRand is like
	"sync"
	"testing"

	"github.com/uber/jaeger-client-go/utils"
)

func TestNewRand(t *testing.T) {
	a, b := utils.NewRand(5), rand.New(rand.NewSource(5))
	for range 100 {
		if x, y := a.Int63(), b.Int63(); x != y {
			t.Fatalf("%d, want %d", x, y)
		}
	}
	a.Seed(7)
	if x, y := a.Int63(), rand.New(rand.NewSource(7)).Int63(); x != y {
		t.Errorf("%d after Seed, want %d", x, y)
	}
}

func TestRandConcurrentSafe(t *testing.T) {
	r := utils.NewRand(1)
	var all sync.Map
	var done sync.WaitGroup
	for range 8 {
		done.Add(1)
		go func() {
			defer done.Done()
			for range 1000 {
				if _, twice := all.LoadOrStore(r.Int63(), true); twice {
					t.Error("a number came twice")
				}
			}
		}()
	}
	done.Wait()
}
