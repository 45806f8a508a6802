// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"time"

	"github.com/go-spur/spur"
	"github.com/go-spur/spur/spurhttp"
)

// shop is the five services, each with a tracer of its own, as if they were five
// programs.
type shop struct {
	tracers  []*spur.Tracer
	frontend *httptest.Server
	payment  *httptest.Server
	store    *httptest.Server
	stock    *stockServer
	delivery *delivery
}

// openShop starts the services. What goes wrong in them depends on seed; slow is
// whether the store finds prices slowly.
func openShop(seed uint64, slow bool, opts ...spur.Option) (*shop, error) {
	s := &shop{}
	tracers := map[string]*spur.Tracer{}
	for _, name := range []string{"frontend", "payment", "stock", "store", "delivery"} {
		t, err := spur.New(name, opts...)
		if err != nil {
			return nil, errors.Join(err, s.closeTracers(context.Background()))
		}
		tracers[name] = t
		s.tracers = append(s.tracers, t)
	}
	s.store = httptest.NewServer(spurhttp.Handler(tracers["store"], storeHandler(tracers["store"], newLuck(seed, 1), slow)))
	s.payment = httptest.NewServer(spurhttp.Handler(tracers["payment"], paymentHandler(tracers["payment"], newLuck(seed, 2))))
	s.delivery = startDelivery(tracers["delivery"], newLuck(seed, 4), s.store.URL)
	var err error
	if s.stock, err = startStock(tracers["stock"], tracers["frontend"], s.store.URL); err != nil {
		return nil, errors.Join(err, s.close(context.Background()))
	}
	f := &frontend{
		tracer: tracers["frontend"], luck: newLuck(seed, 3),
		stock: s.stock.client, store: s.store.URL, payment: s.payment.URL, orders: s.delivery.orders,
	}
	s.frontend = httptest.NewServer(spurhttp.Handler(tracers["frontend"], f.handler()))
	return s, nil
}

// close ends the services, the first that customers meet first, and sends what
// spans there are.
func (s *shop) close(ctx context.Context) error {
	if s.frontend != nil {
		s.frontend.Close()
	}
	if s.stock != nil {
		s.stock.close()
	}
	s.delivery.close()
	s.payment.Close()
	s.store.Close()
	return s.closeTracers(ctx)
}

func (s *shop) closeTracers(ctx context.Context) error {
	var err error
	for _, t := range s.tracers {
		err = errors.Join(err, t.Shutdown(ctx))
	}
	return err
}

// buy is a customer, whose browser knows nothing of tracing.
func (s *shop) buy(ctx context.Context) (answer, traceID string, err error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, s.frontend.URL+"/checkout?customer=ada", nil)
	if err != nil {
		return "", "", err
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		return "", "", err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	return fmt.Sprintf("%s (%s)", body, resp.Status), resp.Header.Get("Trace-Id"), err
}

// load buys perSecond times a second until ctx ends. Customers who find more
// than a hundred others waiting go away.
func (s *shop) load(ctx context.Context, perSecond float64) (bought, failed int64) {
	tick := time.NewTicker(time.Duration(float64(time.Second) / perSecond))
	defer tick.Stop()
	var wg sync.WaitGroup
	var n, gone atomic.Int64
	inside := make(chan struct{}, 100)
	for {
		select {
		case <-ctx.Done():
			wg.Wait()
			return n.Load(), gone.Load()
		case <-tick.C:
		}
		select {
		case inside <- struct{}{}:
		default:
			gone.Add(1)
			continue
		}
		wg.Go(func() {
			defer func() { <-inside }()
			if _, _, err := s.buy(context.WithoutCancel(ctx)); err != nil {
				gone.Add(1)
				return
			}
			n.Add(1)
		})
	}
}

// count adds up what the tracers know of their spans.
func (s *shop) count() (finished, sent, dropped uint64) {
	for _, t := range s.tracers {
		st := t.Stats()
		finished += st.Spans.FinishedSampled
		for _, d := range st.Destinations {
			sent += d.Sent
			dropped += d.DroppedTotal()
		}
	}
	return finished, sent, dropped
}

// sentTo returns how many spans were sent to an address.
func (s *shop) sentTo(address string) int {
	n := 0
	for _, t := range s.tracers {
		for _, d := range t.Stats().Destinations {
			if d.Address == address {
				n += int(d.Sent)
			}
		}
	}
	return n
}

// luck decides what goes wrong. Each service has its own, so that none changes
// that of another.
type luck struct {
	mu sync.Mutex
	r  *rand.Rand
}

func newLuck(seed, service uint64) *luck { return &luck{r: rand.New(rand.NewPCG(seed, service))} }

// bad reports, once in n times, that something goes wrong.
func (l *luck) bad(n int) bool { return l.between(0, n) == 0 }

// between returns a number from low to high-1.
func (l *luck) between(low, high int) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return low + l.r.IntN(high-low)
}

// work takes some time, in milliseconds from low to high.
func (l *luck) work(low, high int) {
	time.Sleep(time.Duration(l.between(low*1000, high*1000)) * time.Microsecond)
}
