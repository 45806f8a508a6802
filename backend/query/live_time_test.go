// SPDX-License-Identifier: Apache-2.0

package query

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"

	"github.com/go-spur/spur/backend/store"
	"github.com/go-spur/spur/backend/trace"
)

// fakeArrivals is a store in which seq traces arrived, of which those above
// lost can still be told.
type fakeArrivals struct {
	store.Store
	mu        sync.Mutex
	seq, lost int
	asked     int
	err       error
}

// change calls f alone, and returns how often Arrivals was called since the
// last change.
func (f *fakeArrivals) change(do func()) (asked int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	asked, f.asked = f.asked, 0
	do()
	return asked
}

func (f *fakeArrivals) arrive() { f.seq++ }

func (f *fakeArrivals) Arrivals(_ context.Context, q trace.Query) (page trace.Page, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.asked++
	at := f.seq
	if q.Cursor != "" {
		if _, err := fmt.Sscan(q.Cursor, &at); err != nil {
			return page, store.ErrCursor
		}
	}
	if at < f.lost {
		at, page.CutAt = f.lost, time.Unix(1, 0)
	}
	for ; at < f.seq && len(page.Traces) < q.Limit; at++ {
		page.Traces = append(page.Traces, trace.Summary{TraceID: pcommon.TraceID{14: byte(at >> 8), 15: byte(at)}})
	}
	page.Cursor = fmt.Sprint(at)
	return page, f.err
}

// serveLive serves a stream from f until the returned function is called, which
// returns what was sent.
func serveLive(t *testing.T, f *fakeArrivals, lastID string) (stop func() []string) {
	s, log := testServer(t)
	s.Store = f
	ctx, cancel := context.WithCancel(t.Context())
	r := httptest.NewRequestWithContext(ctx, http.MethodGet, "/api/live", nil)
	r.Header.Set("Last-Event-ID", lastID)
	rec := httptest.NewRecorder()
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer func() { _ = recover() }() // http.ErrAbortHandler
		s.raw(s.live).ServeHTTP(rec, r)
	}()
	return func() []string {
		cancel()
		<-done
		if log.Len() > 0 {
			t.Errorf("logged %s", log)
		}
		return strings.Split(strings.TrimSuffix(rec.Body.String(), "\n\n"), "\n\n")
	}
}

// TestLivePace: the store is asked every quarter of a second while something
// arrives and every second while nothing does, and the client hears something
// every quarter of a minute.
func TestLivePace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fakeArrivals{seq: 7}
		stop := serveLive(t, f, "")
		time.Sleep(40*time.Second + time.Millisecond)
		if asked := f.change(f.arrive); asked < 40 || asked > 43 {
			t.Errorf("asked %d times in 40 s in which nothing happened", asked)
		}
		time.Sleep(time.Second)
		f.change(f.arrive)
		asked := 0
		for range 40 {
			time.Sleep(250 * time.Millisecond)
			asked += f.change(f.arrive)
		}
		if asked < 39 || asked > 41 {
			t.Errorf("asked %d times in 10 s in which something happened", asked)
		}
		sent := stop()
		heartbeats, events := 0, 0
		for _, e := range sent {
			if e == "id: 7" {
				heartbeats++
			} else if strings.HasPrefix(e, "event: traces\n") {
				events++
			} else {
				t.Errorf("sent %q", e)
			}
		}
		if heartbeats != 3 || events < 39 {
			t.Errorf("%d heartbeats and %d events", heartbeats, events)
		}
	})
}

// TestLiveGap: what is too much, or forgotten, is said to be missing.
func TestLiveGap(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fakeArrivals{seq: 5000, lost: 10}
		stop := serveLive(t, f, "9")
		time.Sleep(time.Second)
		f.change(f.arrive)
		time.Sleep(time.Second)
		sent := stop()
		if want := 1 + liveBacklog + 1 + 1; len(sent) != want {
			t.Fatalf("%d events, want %d", len(sent), want)
		}
		for i, e := range sent {
			name := "event: traces\n"
			if i == 0 || i == 1+liveBacklog {
				name = "event: gap\ndata: {}"
			}
			if !strings.HasPrefix(e, name) {
				t.Errorf("event %d is %.50q", i, e)
			}
		}
		if !strings.HasSuffix(sent[len(sent)-1], "id: 5001") || sent[1+liveBacklog] != "event: gap\ndata: {}\nid: 5000" {
			t.Errorf("the last are %q", sent[len(sent)-2:])
		}
	})
}

// TestLiveErrors: a stream that cannot begin is an answer with a status, and
// there are not more than maxStreams.
func TestLiveErrors(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, _ := testServer(t)
		s.Store = &fakeArrivals{err: errors.ErrUnsupported}
		if rec := get(s.raw(s.live), "/api/live"); rec.Code != http.StatusNotImplemented {
			t.Errorf("%d %s", rec.Code, rec.Body)
		}
		if !s.streams.TryAcquire(maxStreams) {
			t.Error("a stream that failed counts")
		}
		if rec := get(s.raw(s.live), "/api/live"); rec.Code != http.StatusServiceUnavailable {
			t.Errorf("%d %s", rec.Code, rec.Body)
		}
		s.streams.Release(maxStreams)

		f := &fakeArrivals{}
		stop := serveLive(t, f, "")
		time.Sleep(time.Second)
		f.change(func() { f.err = store.ErrClosed })
		time.Sleep(time.Minute)
		stop()
		if asked := f.change(func() {}); asked != 1 {
			t.Errorf("asked %d times while the store was closed", asked)
		}
	})
}

// TestLiveSlowReader: who does not read is cut off, and holds up nobody.
func TestLiveSlowReader(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fakeArrivals{seq: 1}
		conns := make(pipeListener, 1)
		server := &http.Server{Handler: New(Config{Store: f})}
		go func() { _ = server.Serve(conns) }() // until it is closed
		client, conn := net.Pipe()
		conns <- conn
		if _, err := client.Write([]byte("GET /api/live HTTP/1.1\r\nHost: localhost\r\n\r\n")); err != nil {
			t.Fatal(err)
		}
		synctest.Wait() // the server writes now
		stop := serveLive(t, f, "")
		time.Sleep(time.Second)
		f.change(f.arrive)
		time.Sleep(time.Second)
		if sent := stop(); len(sent) != 2 || !strings.HasPrefix(sent[1], "event: traces") {
			t.Errorf("beside a slow reader: %q", sent)
		}
		time.Sleep(writeTimeout)
		if n, err := client.Read(make([]byte, 1)); err != io.EOF {
			t.Errorf("the slow reader still has a stream: %d bytes, %v", n, err)
		}
		if err := server.Close(); err != nil {
			t.Error(err)
		}
	})
}

// pipeListener hands out connections.
type pipeListener chan net.Conn

func (l pipeListener) Accept() (net.Conn, error) {
	c, ok := <-l
	if !ok {
		return nil, net.ErrClosed
	}
	return c, nil
}

func (l pipeListener) Close() error   { close(l); return nil }
func (l pipeListener) Addr() net.Addr { return &net.TCPAddr{} }
