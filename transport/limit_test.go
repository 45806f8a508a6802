// SPDX-License-Identifier: Apache-2.0

package transport

import (
	"net/http"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/go-spur/spur/internal/faultnet"
)

// One answer of 413 used to lower MaxBatch until the program's end.
func TestMaxBatchGrowsBack(t *testing.T) {
	var narrow atomic.Bool
	c := collect(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if narrow.Swap(false) {
			w.WriteHeader(http.StatusRequestEntityTooLarge)
		}
	}))
	h := newHTTP(t, c.URL, HTTPOptions{})
	for range 3 {
		narrow.Store(true)
		wantHTTP(t, h, strings.Repeat("x", DefaultHTTPBatch), "too large")
		if n := h.MaxBatch(); n != DefaultHTTPBatch/2 {
			t.Fatalf("MaxBatch %d after 413", n)
		}
		for sent := 0; h.MaxBatch() != DefaultHTTPBatch; sent++ {
			if wantHTTP(t, h, "batch", "ok"); sent > 1000 {
				t.Fatalf("MaxBatch is still %d", h.MaxBatch())
			}
		}
	}

	var nw faultnet.Network
	p := nw.Listen(addrA)
	u := newUDP(t, addrA, UDPOptions{Dial: nw.Dial})
	p.Fail(syscall.EMSGSIZE, syscall.EMSGSIZE)
	wantSend(t, u, strings.Repeat("x", 65000), "too large")
	for range 100 {
		wantSend(t, u, "x", "ok")
	}
	if n := u.MaxBatch(); n != 65000 {
		t.Errorf("MaxBatch over UDP is still %d", n)
	}
}

// A path that stays narrow is tried with more ever less often, and never above what
// the options allow.
func TestLimitIsPatient(t *testing.T) {
	var l limit
	l.init(1000)
	refusals := 0
	for range 100_000 {
		if n := l.get(); n > 1000 {
			t.Fatalf("limit %d", n)
		} else if n > 600 {
			l.lower(500)
			refusals++
			continue
		}
		l.accept()
	}
	if refusals < 50 || refusals > 110 {
		t.Errorf("%d refusals in 100,000 batches", refusals)
	}
	l.lower(700) // more than now
	if n := l.get(); n > 500 && n != 1000 {
		t.Errorf("limit %d", n)
	}
}
