// SPDX-License-Identifier: Apache-2.0

//go:build go1.25

package faultnet

import (
	"context"
	"errors"
	"math/rand/v2"
	"net"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
)

// Ten minutes of all faults: whatever a careful client may count as delivered is
// accepted in the books, and nothing is left at the end.
func TestSoakBooks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, p, c := newHTTPPeer(t)
		chance := rand.New(rand.NewPCG(3, 3))
		faults := []Behaviour{
			Healthy(), Refuse(), Vanish(), Stall(), Mute(), ResetAt(0), ResetAt(1000), ResetAfterRead(), HangUp(),
			Restart(2 * time.Second), Slow(2 * time.Second), Slow(time.Minute), Drip(100 * time.Millisecond),
			DripBody(100 * time.Millisecond), Endless(), WrongLength(5), WrongLength(-5), HTML(), RedirectLoop(), Status(500),
		}
		outcomes := make(map[bool]int)
		sure, accepted := make(map[string]bool), make(map[string]bool)
		var switched time.Time
		for begin := time.Now(); time.Since(begin) < 10*time.Minute; time.Sleep(time.Second) {
			if time.Since(switched) >= 10*time.Second {
				p.Set(faults[chance.IntN(len(faults))])
				switched = time.Now()
			}
			body := time.Now().String()
			ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
			status, answer, err := post(ctx, c, tracesURL, []byte(body))
			cancel()
			good := err == nil && status/100 == 2 && (answer == "" || strings.HasSuffix(answer, "}"))
			outcomes[good]++
			if good {
				sure[body] = true
			}
		}
		for _, r := range p.Requests() {
			if r.Accepted {
				accepted[string(r.Body)] = true
			}
		}
		for body := range sure {
			if !accepted[body] {
				t.Errorf("%s is not in the books", body)
			}
		}
		if outcomes[true] < 30 || outcomes[false] < 100 {
			t.Errorf("outcomes %v", outcomes)
		}
	})
}

// Close has to end whatever a peer is doing.
func TestCloseEndsAll(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		nw, p, c := newHTTPPeer(t)
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
		if p.Open() != 5 { // the endless answer was read as far as post reads
			t.Errorf("%d open", p.Open())
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
		if d := time.Since(begin); d != 0 || p.Open() != 0 {
			t.Errorf("after %v: %d open", d, p.Open())
		}
		if _, err := nw.Dial(context.Background(), "tcp", streamAddr); !errors.Is(err, syscall.ECONNREFUSED) {
			t.Errorf("Dial: %v", err)
		}
	})
}
