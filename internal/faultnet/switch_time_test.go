// SPDX-License-Identifier: Apache-2.0

//go:build go1.25

package faultnet

import (
	"context"
	"errors"
	"net"
	"slices"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
)

func TestTakeLeavesWhatIsUnderWay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, p, c := newHTTPPeer(t)
		p.Next(Healthy(), Slow(time.Minute))
		for _, limit := range []time.Duration{time.Hour, time.Second} {
			ctx, cancel := context.WithTimeout(context.Background(), limit)
			_, _, _ = post(ctx, c, tracesURL, nil)
			cancel()
		}
		synctest.Wait()
		if rs := p.Take(); len(rs) != 1 || rs[0].Behaviour != "healthy" {
			t.Errorf("took %+v", rs)
		}
		time.Sleep(time.Minute) // the answer is written then, though the client has gone
		synctest.Wait()
		if rs := p.Take(); len(rs) != 1 || rs[0].Behaviour != "slow 1m0s" || !rs[0].Accepted {
			t.Errorf("took %+v", rs)
		}
	})
}

func TestSwitchIsReproducible(t *testing.T) {
	run := func(seed uint64) (names []string) {
		synctest.Test(t, func(t *testing.T) {
			_, p, _ := newHTTPPeer(t)
			begin := time.Now()
			stop := p.Switch(seed, 10*time.Second)
			time.Sleep(5*time.Minute + time.Second)
			if p.Goroutines() != 1 {
				t.Errorf("%d goroutines", p.Goroutines())
			}
			stop()
			stop()
			time.Sleep(time.Minute)
			for i, h := range p.History() {
				if h.Time.Sub(begin) != time.Duration(i)*10*time.Second {
					t.Errorf("switch %d after %v", i, h.Time.Sub(begin))
				}
				names = append(names, h.Behaviour)
			}
		})
		return names
	}
	a := run(1)
	if len(a) != 31 || !slices.Equal(a, run(1)) || slices.Equal(a, run(2)) {
		t.Errorf("%d switches: %q", len(a), a)
	}
	if slices.Sort(a); len(slices.Compact(a)) < 10 {
		t.Errorf("few kinds: %q", slices.Compact(a))
	}
}

// Ten minutes of all faults: whatever a careful client may count as delivered is
// accepted in the books, and nothing is left at the end.
func TestSoakBooks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, p, c := newHTTPPeer(t)
		defer p.Switch(3, 10*time.Second)()
		outcomes := make(map[bool]int)
		sure, accepted := make(map[string]bool), make(map[string]bool)
		for begin := time.Now(); time.Since(begin) < 10*time.Minute; time.Sleep(time.Second) {
			body := time.Now().String()
			ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
			status, answer, err := post(ctx, c, tracesURL, []byte(body))
			cancel()
			good := err == nil && status/100 == 2 && (answer == "" || strings.HasSuffix(answer, "}"))
			outcomes[good]++
			if good {
				sure[body] = true
			}
			for _, r := range p.Take() {
				if r.Accepted {
					accepted[string(r.Body)] = true
				}
			}
		}
		for body := range sure {
			if !accepted[body] {
				t.Errorf("%s is not in the books", body)
			}
		}
		if outcomes[true] < 30 || outcomes[false] < 100 || len(p.Requests()) > 100 {
			t.Errorf("outcomes %v, %d requests kept", outcomes, len(p.Requests()))
		}
		t.Logf("outcomes %v, accepted %d, connections %d, refused %d", outcomes, len(accepted), p.Connections(), p.Refused())
	})
}

// Close has to end whatever a peer is doing.
func TestCloseEndsAll(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		nw, p, c := newHTTPPeer(t)
		p.Switch(7, time.Second, Healthy())
		p.Switch(8, time.Hour, Healthy())
		synctest.Wait()
		kinds := []Behaviour{Stall(), Mute(), Slow(time.Hour), Drip(time.Hour), DripBody(time.Hour), Endless()}
		ended := make(chan error, len(kinds)+1)
		for _, b := range kinds {
			p.Next(b)
			go func() {
				_, _, err := post(context.Background(), c, tracesURL, make([]byte, 1<<20))
				ended <- err
			}()
			time.Sleep(100 * time.Millisecond)
		}
		p.Set(Vanish())
		go func() {
			_, err := nw.Dial(context.Background(), "tcp", streamAddr)
			ended <- err
		}()
		synctest.Wait()
		if p.Open() != 5 || p.Goroutines() != 6 { // the endless answer was read as far as post reads
			t.Errorf("%d open, %d goroutines", p.Open(), p.Goroutines())
		}
		begin := time.Now()
		_ = p.Close()
		_ = p.Close()
		for i := range cap(ended) {
			err := <-ended
			var op *net.OpError
			if (err == nil) != (i == 0) || err != nil && !errors.As(err, &op) {
				t.Errorf("call %d ended with %v", i, err)
			}
		}
		if d := time.Since(begin); d != 0 || p.Open() != 0 || p.Goroutines() != 0 {
			t.Errorf("after %v: %d open, %d goroutines", d, p.Open(), p.Goroutines())
		}
		if _, err := nw.Dial(context.Background(), "tcp", streamAddr); !errors.Is(err, syscall.ECONNREFUSED) {
			t.Errorf("Dial: %v", err)
		}
		p.Switch(1, time.Second)()
	})
}
