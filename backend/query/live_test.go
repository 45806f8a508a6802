// SPDX-License-Identifier: Apache-2.0

package query

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// liveEvent is what a browser makes of the lines of an event.
type liveEvent struct{ name, data, id string }

// liveClient reads a stream from a real server.
type liveClient struct {
	t *testing.T
	r *bufio.Reader
}

func openLive(t *testing.T, url, lastID string) *liveClient {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	t.Cleanup(cancel)
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Accept-Encoding", "gzip")
	if lastID != "" {
		r.Header.Set("Last-Event-ID", lastID)
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = resp.Body.Close() })
	if h := resp.Header; resp.StatusCode != 200 || h.Get("Content-Type") != "text/event-stream" || h.Get("Content-Encoding") != "" || h.Get("X-Accel-Buffering") != "no" {
		t.Fatalf("%d %v", resp.StatusCode, h)
	}
	return &liveClient{t, bufio.NewReader(resp.Body)}
}

func (c *liveClient) next() (e liveEvent) {
	c.t.Helper()
	for {
		line, err := c.r.ReadString('\n')
		if err != nil {
			c.t.Fatal(err)
		}
		if line == "\n" {
			return e
		}
		name, value, _ := strings.Cut(strings.TrimSuffix(line, "\n"), ": ")
		switch name {
		case "event":
			e.name = value
		case "data":
			e.data = value
		case "id":
			e.id = value
		default:
			c.t.Fatalf("line %q", line)
		}
	}
}

// traces is the ids of the traces in the next event that has some.
func (c *liveClient) traces() (ids []string, e liveEvent) {
	c.t.Helper()
	for e = c.next(); e.name != "traces"; e = c.next() {
		if e.name != "" {
			c.t.Fatalf("event %+v", e)
		}
	}
	var data struct{ Traces []traceSummary }
	if err := json.Unmarshal([]byte(e.data), &data); err != nil {
		c.t.Fatal(err)
	}
	for _, t := range data.Traces {
		ids = append(ids, t.TraceID)
	}
	return ids, e
}

// TestLive: what is written arrives, and a client that comes back gets what it
// missed.
func TestLive(t *testing.T) {
	s := searchStore(t, 3)
	server := httptest.NewServer(New(Config{Store: s}))
	t.Cleanup(server.Close)
	url := server.URL + "/api/live?columns=i&q=odd%3Dtrue"
	write := func(i int) {
		t.Helper()
		if err := s.Write(t.Context(), searchTrace(i)); err != nil {
			t.Fatal(err)
		}
	}

	c := openLive(t, url, "")
	if first := c.next(); first.name != "" || first.id == "" {
		t.Fatalf("it begins with %+v", first)
	}
	write(4)
	write(5)
	ids, last := c.traces()
	if fmt.Sprint(ids) != "[0000000000000105]" || !strings.Contains(last.data, `"columns":["5"]`) || last.id == "" {
		t.Errorf("got %v in %+v", ids, last)
	}
	write(7)
	ids, _ = c.traces()
	if fmt.Sprint(ids) != "[0000000000000107]" {
		t.Errorf("got %v", ids)
	}

	ids, _ = openLive(t, url, last.id).traces()
	if fmt.Sprint(ids) != "[0000000000000107]" {
		t.Errorf("after coming back: %v", ids)
	}
	if e := openLive(t, url, "of.another.store").next(); e.name != "gap" {
		t.Errorf("with a cursor of another store: %+v", e)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := c.r.ReadString('\n'); err == nil {
		t.Error("the stream goes on without a store")
	}
}

// TestLiveHead: a request for the header alone is over with it, and the next one
// on its connection has its turn.
func TestLiveHead(t *testing.T) {
	server := httptest.NewServer(New(Config{Store: searchStore(t, 1)}))
	t.Cleanup(server.Close)
	client := http.Client{Transport: &http.Transport{MaxConnsPerHost: 1}, Timeout: 20 * time.Second}
	t.Cleanup(client.CloseIdleConnections)
	for range 2 {
		resp, err := client.Head(server.URL + "/api/live")
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		if resp.StatusCode != 200 || resp.Header.Get("Content-Type") != "text/event-stream" {
			t.Errorf("%d %v", resp.StatusCode, resp.Header)
		}
	}
}
