// SPDX-License-Identifier: Apache-2.0

package baggage

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/go-spur/spur/internal/poll"
	"github.com/go-spur/spur/internal/poll/polltest"
	"github.com/go-spur/spur/internal/race"
)

func TestParseRestrictions(t *testing.T) {
	for _, tt := range []struct {
		name, in string
		want     lengths // nil: an error
	}{
		{"Jaeger's", `[{"baggageKey":"key","maxValueLength":10}]`, lengths{"key": 10}},
		{"none", ` [ ] `, lengths{}},
		{"two", `[{"baggageKey":"a","maxValueLength":1},{"maxValueLength":2147483647,"baggageKey":"é"}]`, lengths{"a": 1, "é": 1<<31 - 1}},
		{"length 0", `[{"baggageKey":"a","maxValueLength":0}]`, lengths{"a": 0}},
		{"twice", `[{"baggageKey":"a","maxValueLength":1},{"baggageKey":"a","maxValueLength":2}]`, lengths{"a": 2}},
		{"any case, the last key", `[{"BAGGAGEKEY":"x","baggageKey":"a","maxvaluelength":2,"maxValueLength":1}]`, lengths{"a": 1}},
		{"later fields", `[{"baggageKey":"a","maxValueLength":1,"since":{"v":[3]}}]`, lengths{"a": 1}},
		{"longest key", `[{"baggageKey":"` + strings.Repeat("k", 8192) + `","maxValueLength":1}]`, lengths{strings.Repeat("k", 8192): 1}},
		{"key too long", `[{"baggageKey":"` + strings.Repeat("k", 8193) + `","maxValueLength":1}]`, nil},
		{"empty", "", nil},
		{"null", "null", nil},
		{"object", `{"baggageKey":"a","maxValueLength":1}`, nil},
		{"null entry", `[null]`, nil},
		{"null among others", `[{"baggageKey":"a","maxValueLength":1},null]`, nil},
		{"null fields", `[{"baggageKey":null,"maxValueLength":null}]`, nil},
		{"no key", `[{"maxValueLength":1}]`, nil},
		{"empty key", `[{"baggageKey":"","maxValueLength":1}]`, nil},
		{"no length", `[{"baggageKey":"a"}]`, nil},
		{"negative length", `[{"baggageKey":"a","maxValueLength":-1}]`, nil},
		{"length beyond int32", `[{"baggageKey":"a","maxValueLength":2147483648}]`, nil},
		{"fraction", `[{"baggageKey":"a","maxValueLength":1.5}]`, nil},
		{"length as text", `[{"baggageKey":"a","maxValueLength":"1"}]`, nil},
		{"number as key", `[{"baggageKey":1,"maxValueLength":1}]`, nil},
		{"list in a list", `[[]]`, nil},
		{"trailing comma", `[{"baggageKey":"a","maxValueLength":1},]`, nil},
		{"cut off", `[{"baggageKey":"a","maxValueLength":1}`, nil},
		{"more behind", `[] x`, nil},
		{"two lists", `[][]`, nil},
		{"html", `<html>`, nil},
		{"10,000 entries", restrictionList(10_000), manyLengths(10_000)},
		{"10,001 entries", restrictionList(10_001), nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := parse([]byte(tt.in))
			if (err == nil) != (tt.want != nil) || !maps.Equal(got, tt.want) {
				t.Fatalf("%d keys, %v", len(got), err)
			}
			if err != nil && (!errors.Is(err, errAnswer) || len(err.Error()) > 200) {
				t.Errorf("%v", err)
			}
		})
	}
}

func restrictionList(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, `,{"baggageKey":"key-%d","maxValueLength":%d}`, i, i)
	}
	return "[" + b.String()[1:] + "]"
}

func manyLengths(n int) lengths {
	l := lengths{}
	for i := range n {
		l[fmt.Sprint("key-", i)] = int32(i)
	}
	return l
}

// FuzzParseRestrictions compares with encoding/json read in one go: what is
// accepted is what the rules say, and nothing else.
func FuzzParseRestrictions(f *testing.F) {
	f.Add([]byte(`[{"baggageKey":"key","maxValueLength":10}]`))
	f.Add([]byte(`[null]`)) // jaeger-client-go dereferences a null entry of the sampling server
	f.Add([]byte(`[{"baggageKey":"a","maxValueLength":-1},{"BAGGAGEKEY":"b","maxvaluelength":2}]`))
	f.Add([]byte(`[{"baggageKey":"a","maxValueLength":1},]`))
	f.Add([]byte("[{\"baggageKey\":\"\\ud800\xff\",\"maxValueLength\":1}] "))
	f.Add([]byte(`[{"baggageKey":"a","baggageKey":null,"maxValueLength":1}]`))
	f.Fuzz(func(t *testing.T, body []byte) {
		var m0, m1 runtime.MemStats
		runtime.ReadMemStats(&m0)
		got, err := parse(body)
		runtime.ReadMemStats(&m1)
		if got := m1.TotalAlloc - m0.TotalAlloc; got > uint64(1<<20+32*len(body)) && !race.Enabled {
			t.Fatalf("%d bytes allocated for %d", got, len(body))
		}
		var entries []struct {
			Key    *string `json:"baggageKey"`
			Length *int32  `json:"maxValueLength"`
		}
		good := json.Unmarshal(body, &entries) == nil && entries != nil && len(entries) <= maxEntries
		want := lengths{}
		for _, e := range entries {
			if e.Key == nil || *e.Key == "" || len(*e.Key) > maxKey || e.Length == nil || *e.Length < 0 {
				good = false
				break
			}
			want[*e.Key] = *e.Length
		}
		if good != (err == nil) || good && !maps.Equal(got, want) {
			t.Fatalf("%v, %v; want %v, %v", got, err, want, good)
		}
		for key := range got {
			if !utf8.ValidString(key) {
				t.Errorf("key %q", key)
			}
		}
		if again, err2 := parse(bytes.Clone(body)); (err2 == nil) != (err == nil) || !maps.Equal(again, got) {
			t.Error("not the same twice")
		}
	})
}

func TestRemoteOptions(t *testing.T) {
	for _, tt := range []struct {
		name, service string
		o             RemoteOptions
		want          string
	}{
		{"no service", "", RemoteOptions{}, "no service name"},
		{"interval", "a", RemoteOptions{RefreshInterval: -1}, "RefreshInterval"},
		{"timeout", "a", RemoteOptions{Timeout: -1}, "Timeout"},
		{"scheme", "a", RemoteOptions{Endpoint: "ftp://x"}, `Endpoint "ftp://x": scheme`},
		{"port", "a", RemoteOptions{Endpoint: "http://u:secret@x:port/?token=secret"}, `Endpoint "http://***@x:port/?***": not a URL`},
	} {
		r, err := NewRemote(tt.service, tt.o)
		if r != nil || !errors.Is(err, ErrInvalidOption) || !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
}

// TestRemoteDefaults: without a server everything works, and Close
// is quick.
func TestRemoteDefaults(t *testing.T) {
	r, err := NewRemote("a b", RemoteOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if n, ok := r.Allowed("a b", "k"); n != 2048 || !ok {
		t.Errorf("%d, %v", n, ok)
	}
	start := time.Now()
	if err := r.Close(); err != nil || time.Since(start) > time.Second {
		t.Errorf("closed after %v: %v", time.Since(start), err)
	}
	if st := r.Status(); st != (RemoteStatus{}) {
		t.Errorf("%+v", st)
	}
	if n, ok := r.Allowed("a b", "k"); n != 2048 || !ok {
		t.Errorf("after Close %d, %v", n, ok)
	}
	if got := testing.AllocsPerRun(100, func() { r.Allowed("a b", "k") }); got != 0 && !race.Enabled {
		t.Errorf("Allowed: %v allocations", got)
	}
}

func TestRemoteConcurrentSafe(t *testing.T) {
	server := polltest.NewServer(polltest.Body(`[{"baggageKey":"k","maxValueLength":3}]`))
	defer server.Close()
	o := RemoteOptions{Client: poll.NewClient(server.Dial, nil), DenyUntilFetched: true, Logger: slog.New(slog.NewTextHandler(io.Discard, nil))}
	src, err := o.follow("orders")
	if err != nil {
		t.Fatal(err)
	}
	src.Options = poll.Options{Interval: time.Millisecond, Floor: time.Millisecond}
	r := &Remote{deny: true, list: poll.Follow(src)}
	var wg sync.WaitGroup
	for range 4 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for r.Status().Fetched < 20 {
				n, ok := r.Allowed("orders", "k")
				if ok && n != 3 || !ok && n != DefaultValueLength {
					t.Errorf("k: %d, %v", n, ok)
				}
				if _, ok := r.Allowed("orders", "x"); ok {
					t.Error("x is allowed")
				}
			}
			if err := r.Close(); err != nil {
				t.Error(err)
			}
		}()
	}
	wg.Wait()
}
