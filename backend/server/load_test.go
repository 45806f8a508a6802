// SPDX-License-Identifier: Apache-2.0

package server

import (
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
)

// TestCloseUnderLoad: what senders were told is taken is stored when a server is
// stopped in the midst of it.
func TestCloseUnderLoad(t *testing.T) {
	s := start(t, settings(t, "memory"))
	var accepted atomic.Int64
	var senders sync.WaitGroup
	begun := make(chan struct{}, 1000)
	for range 4 {
		senders.Go(func() {
			client := &http.Client{Transport: new(http.Transport)}
			defer client.CloseIdleConnections()
			for {
				resp, err := client.Post("http://"+s.Addr(OTLPHTTP)+"/v1/traces", "application/json", strings.NewReader(body))
				if err != nil {
					return // nobody listens any more
				}
				if resp.StatusCode == http.StatusOK {
					accepted.Add(1) // of the two spans
				}
				_ = resp.Body.Close()
				select {
				case begun <- struct{}{}:
				default:
				}
			}
		})
	}
	for range 100 {
		<-begun
	}
	if err := s.Close(t.Context()); err != nil {
		t.Error(err)
	}
	senders.Wait()
	if b := s.Books(); b.Balance() != 0 || b.Waiting != 0 || b.Stored != accepted.Load() || b.Received != 2*accepted.Load() {
		t.Errorf("%d accepted; books: %+v", accepted.Load(), b)
	}
}
