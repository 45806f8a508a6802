// SPDX-License-Identifier: Apache-2.0

package spurtest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"
)

func TestCollectorFailNext(t *testing.T) {
	c := NewCollector(t)
	c.FailNext(503, 0)
	c.FailNext(429)
	cl := client(t)
	for i, want := range []int{503, 202, 429, 202} {
		if got := mustPost(t, cl, c.ThriftURL(), thriftBody(), "Content-Type", thriftType); got.status != want {
			t.Errorf("answer %d is %d, want %d", i, got.status, want)
		}
		if r := c.Requests()[i]; r.Status != want || r.Size == 0 {
			t.Errorf("noted %+v", r)
		}
	}
	if c.Connections() != 1 || c.Asked() != 4 {
		t.Errorf("%d connections, %d requests", c.Connections(), c.Asked())
	}
}

func TestCollectorRequireAuthorization(t *testing.T) {
	c := NewCollector(t)
	c.RequireAuthorization("Bearer swordfish")
	cl := client(t)
	for _, tc := range []struct {
		value string
		want  int
	}{{"", 401}, {"Bearer herring", 401}, {"Bearer swordfish", 202}} {
		got := mustPost(t, cl, c.ThriftURL(), thriftBody(), "Content-Type", thriftType, "Authorization", tc.value)
		if got.status != tc.want || (tc.want == 401) != (got.header.Get("WWW-Authenticate") != "") {
			t.Errorf("%q: got %+v", tc.value, got)
		}
	}
	c.RequireAuthorization("")
	if got := mustPost(t, cl, c.ThriftURL(), thriftBody(), "Content-Type", thriftType); got.status != 202 {
		t.Errorf("got %d without a requirement", got.status)
	}
}

func TestCollectorIntercept(t *testing.T) {
	CheckLeaks(t)
	c := NewCollector(t)
	cl := client(t)
	c.Intercept(func(w http.ResponseWriter, r *http.Request) bool {
		b, _ := io.ReadAll(r.Body)
		if len(b) < 3 {
			return false
		}
		w.Header().Set("Retry-After", "7")
		w.WriteHeader(http.StatusServiceUnavailable)
		return true
	})
	got := mustPost(t, cl, c.ThriftURL(), thriftBody(), "Content-Type", thriftType)
	if got.status != 503 || got.header.Get("Retry-After") != "7" {
		t.Errorf("got %+v", got)
	}
	if r := c.Requests(); len(r) != 1 || r[0].Status != 0 {
		t.Errorf("noted %+v", r)
	}
	if got := mustPost(t, cl, c.ThriftURL(), nil, "Content-Type", "x"); got.status != 400 {
		t.Errorf("got %+v although the hook passed it on", got)
	}
	c.Intercept(func(http.ResponseWriter, *http.Request) bool { panic(http.ErrAbortHandler) })
	if got, err := post(t, cl, c.ThriftURL(), thriftBody(), "Content-Type", thriftType); err == nil {
		t.Errorf("got %+v from a broken connection", got)
	}
	c.Intercept(nil)
	if got := mustPost(t, cl, c.ThriftURL(), thriftBody(), "Content-Type", thriftType); got.status != 202 {
		t.Errorf("got %d without a hook", got.status)
	}
}

// TestCollectorCloseEndsRequests closes while a client waits for its answer and
// another one has sent half a body.
func TestCollectorCloseEndsRequests(t *testing.T) {
	CheckLeaks(t)
	c := NewCollector(t)
	entered := make(chan struct{})
	c.Intercept(func(_ http.ResponseWriter, r *http.Request) bool {
		if r.URL.Path != "/hang" {
			return false
		}
		close(entered)
		<-r.Context().Done()
		return true
	})
	failed := make(chan error, 1)
	cl := client(t)
	go func() {
		_, err := post(t, cl, c.URL()+"/hang", thriftBody())
		failed <- err
	}()
	<-entered
	conn, err := net.Dial("tcp", c.Addr())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := io.WriteString(conn, "POST /api/traces HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n1234"); err != nil {
		t.Fatal(err)
	}
	if !eventually(10*time.Second, func() bool { return c.Asked() == 2 }) {
		t.Fatal("the second request did not arrive")
	}
	waiting := make(chan error, 1)
	go func() { waiting <- c.Wait(context.Background(), 1) }()
	if err := c.Close(); err != nil {
		t.Error(err)
	}
	if err := <-failed; err == nil {
		t.Error("the client was answered")
	}
	if err := <-waiting; !errors.Is(err, ErrClosed) {
		t.Errorf("Wait returned %v, want ErrClosed", err)
	}
	if err := c.Close(); err != nil {
		t.Errorf("second Close: %v", err)
	}
	if _, err := post(t, cl, c.ThriftURL(), thriftBody()); err == nil {
		t.Error("a closed collector answers")
	}
}

func TestCollectorIsBounded(t *testing.T) {
	c, err := StartCollector(CollectorOptions{MaxSpans: 5})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	cl := client(t)
	for _, n := range []int{3, 3, 2} {
		if got := mustPost(t, cl, c.ThriftURL(), thriftBody(sample()[:n]...), "Content-Type", thriftType); got.status != 202 {
			t.Errorf("got %d", got.status)
		}
	}
	if len(c.Spans()) != 5 || len(c.Batches()) != 2 || c.Discarded() != 3 || c.Received() != 8 {
		t.Errorf("%d spans in %d batches, %d discarded, %d received", len(c.Spans()), len(c.Batches()), c.Discarded(), c.Received())
	}
	c.Reset()
	if len(c.Spans()) != 0 || c.Received() != 0 || c.Asked() != 0 || len(c.Requests()) != 0 || c.Discarded() != 3 {
		t.Error("Reset left something, or forgot Discarded")
	}

	c.bytes = maxInboxBytes - batchBytes // an empty batch needs that, and its own bytes
	mustPost(t, cl, c.ThriftURL(), thriftBody(), "Content-Type", thriftType)
	if got := len(c.Batches()); got != 0 {
		t.Errorf("%d batches although there is no room: bytes are not bounded", got)
	}
	c.headers = collectorHeaders - 10
	mustPost(t, cl, c.ThriftURL(), thriftBody(), "Content-Type", thriftType)
	if got := len(c.Requests()); got != 1 || c.Asked() != 2 {
		t.Errorf("%d of %d requests kept: headers are not bounded", got, c.Asked())
	}
	for range collectorRequests {
		c.requests = append(c.requests, new(Request))
	}
	c.headers = 0
	mustPost(t, cl, c.ThriftURL(), thriftBody(), "Content-Type", thriftType)
	if got := len(c.Requests()); got != collectorRequests+1 || c.Asked() != 3 {
		t.Errorf("%d requests kept, %d came: their number is not bounded", got, c.Asked())
	}
	conn, err := net.Dial("tcp", c.Addr())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	_, _ = fmt.Fprintf(conn, "POST / HTTP/1.1\r\nHost: x\r\nX: %s\r\n\r\n", strings.Repeat("x", 2*collectorHeader))
	if first, _ := io.ReadAll(io.LimitReader(conn, 12)); string(first) != "HTTP/1.1 431" {
		t.Errorf("a long header is answered with %q", first)
	}
}

func TestCollectorConcurrentSafe(t *testing.T) {
	CheckLeaks(t)
	c := NewCollector(t)
	var wait sync.WaitGroup
	for range 4 {
		wait.Add(1)
		go func() {
			defer wait.Done()
			cl := client(t)
			for range 10 {
				mustPost(t, cl, c.ThriftURL(), thriftBody(sample()...), "Content-Type", thriftType)
				c.FailNext(0)
				c.Intercept(func(http.ResponseWriter, *http.Request) bool { return false })
				_, _, _ = c.Tree(), c.Requests(), c.Connections()
			}
		}()
	}
	if err := c.Wait(patience(t), 4*10*3); err != nil {
		t.Error(err)
	}
	wait.Wait()
	for range 4 { // senders and closers meet
		wait.Add(2)
		go func() {
			defer wait.Done()
			_, _ = post(t, client(t), c.ThriftURL(), thriftBody(), "Content-Type", thriftType)
		}()
		go func() {
			defer wait.Done()
			_ = c.Close()
		}()
	}
	wait.Wait()
	if got := len(c.Spans()); got != 120 || c.Connections() < 4 {
		t.Errorf("%d spans, want 120; %d connections", got, c.Connections())
	}
}
