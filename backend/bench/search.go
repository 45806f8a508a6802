// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"
)

// reader asks a backend through Jaeger's first HTTP API.
type reader struct {
	client *http.Client
	base   string
	load   *load
}

// errNothing is an answer without anything in it.
var errNothing = errors.New("nothing found")

// get returns the body of an answer.
func (r *reader) get(ctx context.Context, path string, q url.Values) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, r.base+path+"?"+q.Encode(), nil)
	if err != nil {
		return nil, err
	}
	res, err := r.client.Do(req)
	if err != nil {
		return nil, err
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		return nil, err
	}
	if res.StatusCode == http.StatusNotFound {
		return nil, errNothing
	}
	if res.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s?%s answers %s: %.200q", path, q.Encode(), res.Status, body)
	}
	return body, nil
}

// stored returns how many spans the traces first, first+step, … below last have,
// and how many of them the backend returns.
func (r *reader) stored(ctx context.Context, first, last, step int) (want, got int, err error) {
	const atOnce = 50
	q := url.Values{}
	for n := first; n < last; n += step {
		want += len(r.load.trace(n))
		q.Add("traceID", r.load.id(n).Hex32())
		if len(q["traceID"]) < atOnce && n+step < last {
			continue
		}
		body, err := r.get(ctx, "/api/traces", q)
		if err != nil {
			return 0, 0, err
		}
		got += bytes.Count(body, []byte(`"operationName":`)) // once in each span
		q.Del("traceID")
	}
	return want, got, nil
}

// search is a kind of request: the same question about ever other things.
type search struct {
	name string
	ask  func(r *reader, rng *rand.Rand, traces int) (path string, q url.Values)
}

var searches = []search{
	{"services", func(*reader, *rand.Rand, int) (string, url.Values) { return "/api/services", nil }},
	{"trace by id", func(r *reader, rng *rand.Rand, traces int) (string, url.Values) {
		return "/api/traces/" + r.load.id(rng.IntN(traces)).Hex32(), nil
	}},
	{"service", func(r *reader, rng *rand.Rand, _ int) (string, url.Values) {
		return "/api/traces", r.within(rng, "service", services[rng.IntN(len(services))][0])
	}},
	{"service + operation", func(r *reader, rng *rand.Rand, _ int) (string, url.Values) {
		s := services[rng.IntN(len(services))]
		return "/api/traces", r.within(rng, "service", s[0], "operation", s[1+rng.IntN(len(s)-1)])
	}},
	{"service + tag, rare", func(r *reader, rng *rand.Rand, traces int) (string, url.Values) {
		tags := fmt.Sprintf(`{"user.id":%q}`, user(rng.IntN(traces)))
		return "/api/traces", r.within(rng, "service", "frontend", "tags", tags)
	}},
	{"service + tag, common", func(r *reader, rng *rand.Rand, _ int) (string, url.Values) {
		return "/api/traces", r.within(rng, "service", services[rng.IntN(len(services))][0], "tags", `{"tier":"business"}`)
	}},
	{"service + duration", func(r *reader, rng *rand.Rand, _ int) (string, url.Values) {
		return "/api/traces", r.within(rng, "service", "frontend", "minDuration", strconv.Itoa(300+rng.IntN(100))+"ms")
	}},
}

// within returns a search for 20 traces within the whole load.
func (r *reader) within(rng *rand.Rand, pairs ...string) url.Values {
	start := r.load.first.Add(-time.Duration(1+rng.IntN(60)) * time.Second) // never twice the same
	q := url.Values{
		"start": {strconv.FormatInt(start.UnixMicro(), 10)},
		"end":   {strconv.FormatInt(r.load.first.Add(2*time.Hour).UnixMicro(), 10)},
		"limit": {"20"},
	}
	for i := 0; i < len(pairs); i += 2 {
		q.Set(pairs[i], pairs[i+1])
	}
	return q
}

// one asks once and returns the time until the whole answer was there. An answer
// that is not there after patience counts as one after patience.
func (s search) one(ctx context.Context, r *reader, rng *rand.Rand, traces int) (time.Duration, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, patience, errLate)
	defer cancel()
	path, q := s.ask(r, rng, traces)
	begin := time.Now()
	body, err := r.get(ctx, path, q)
	took := time.Since(begin)
	if err != nil {
		if errors.Is(context.Cause(ctx), errLate) {
			return patience, nil
		}
		return took, err
	}
	var answer struct {
		Data []json.RawMessage `json:"data"`
	}
	if err := json.Unmarshal(body, &answer); err != nil {
		return 0, fmt.Errorf("%s: %w", path, err)
	}
	if len(answer.Data) == 0 {
		return took, errNothing
	}
	return took, nil
}

const patience = 5 * time.Second

var errLate = errors.New("no answer in time")

// repeat asks n times, or until limit is over. Empty are the answers with nothing
// in them.
func (s search) repeat(ctx context.Context, r *reader, traces, n int, limit time.Duration) (all latencies, empty int, err error) {
	rng := rand.New(rand.NewPCG(2, 3))
	for begin := time.Now(); len(all) < n && time.Since(begin) < limit; {
		took, err := s.one(ctx, r, rng, traces)
		switch {
		case errors.Is(err, errNothing):
			empty++
		case err != nil:
			return nil, 0, err
		}
		all = append(all, took)
	}
	return all, empty, nil
}

type latencies []time.Duration

// quantile returns the smallest latency that the given part of all do not exceed.
func (l latencies) quantile(q float64) time.Duration {
	if len(l) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(l))
	return sorted[min(int(q*float64(len(sorted))), len(sorted)-1)]
}
