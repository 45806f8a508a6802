// SPDX-License-Identifier: Apache-2.0

//go:build go1.25

package utils_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/uber/jaeger-client-go/utils"
)

func TestRateLimiter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		limiter := utils.NewRateLimiter(2, 2)
		take := func(n int) {
			t.Helper()
			for range n {
				if !limiter.CheckCredit(1) {
					t.Error("no credit left")
				}
			}
			if limiter.CheckCredit(1) {
				t.Error("a credit too many")
			}
		}
		take(2) // what it begins with
		time.Sleep(time.Second / 4)
		take(0)
		time.Sleep(time.Second / 4)
		take(1)
		time.Sleep(time.Minute)
		take(2) // not more than the maximum
		time.Sleep(time.Second / 2)
		limiter.Update(1, 10) // half of 2 becomes half of 10
		take(5)
		limiter.Update(1, 0)
		time.Sleep(time.Minute)
		take(0)
		limiter.Update(1, 3)
		take(3)
	})
}
