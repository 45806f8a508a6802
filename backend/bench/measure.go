// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"time"
)

// sizes says how much is measured.
type sizes struct {
	starts        int // empty starts
	idle          time.Duration
	cpuTraces     int // for CPU a span, by each protocol
	cpuRate       int // spans a second meanwhile
	traces        int // stored when memory and searches are measured
	rate          int // spans a second: until then, and in the sustained part
	sustain       time.Duration
	searches      int // of each kind
	searchLimit   time.Duration
	checkEvery    int // one in so many traces of the sustained part is read back
	searchesEvery time.Duration
}

// result is what was measured of one backend. Durations are in seconds, sizes in
// bytes.
type result struct {
	Name     string
	Ready    float64
	IdleRSS  float64
	CPU      map[string]float64 // a span, by protocol
	FullRSS  float64
	Searches map[string]latencies
	Empty    int     // searches that found nothing
	Disk     float64 // a span

	Rate      float64 // spans a second that were accepted in the sustained part
	Lost      float64 // part of those accepted
	Busy      int     // payloads refused for now
	Meanwhile latencies

	Spans  int     // stored at the end
	Again  float64 // ready with them
	Gone   float64 // the part of them that is not there then
	Exists bool    // Again and Gone were measured
}

// measure runs t in a folder below dir and measures it.
func measure(ctx context.Context, t target, p ports, dir string, l *load, s sizes, say func(string, ...any)) (out result, err error) {
	out = result{Name: t.name, CPU: map[string]float64{}, Searches: map[string]latencies{}}
	dir, err = os.MkdirTemp(dir, "data-")
	if err != nil {
		return out, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()

	var readies latencies
	for i := range s.starts - 1 {
		empty := filepath.Join(dir, fmt.Sprint("empty", i))
		if err := os.Mkdir(empty, 0o700); err != nil {
			return out, err
		}
		run, ready, err := start(ctx, t, p, empty)
		if err != nil {
			return out, err
		}
		readies = append(readies, ready)
		if err := run.stop(); err != nil {
			return out, err
		}
	}
	data := filepath.Join(dir, "data")
	if err := os.Mkdir(data, 0o700); err != nil {
		return out, err
	}
	run, ready, err := start(ctx, t, p, data)
	if err != nil {
		return out, err
	}
	defer func() {
		if run != nil {
			err = errors.Join(err, run.stop())
		}
	}()
	out.Ready = append(readies, ready).quantile(0.5).Seconds()
	wait(ctx, s.idle)
	idle, err := run.rss()
	if err != nil {
		return out, err
	}
	out.IdleRSS = float64(idle)
	say("ready after %.3f s, %.0f MB", out.Ready, out.IdleRSS/1e6)

	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 16}}
	defer client.CloseIdleConnections()
	m := &measurement{t, p, run, l, s, &reader{client, p.query(), l}, say, &out, 0}
	for _, step := range []func(context.Context) error{m.cpu, m.fill, m.search, m.sustain} {
		if err := step(ctx); err != nil {
			return out, err
		}
	}
	if !t.disk {
		return out, nil
	}

	err, run = run.stop(), nil
	if err != nil {
		return out, err
	}
	used, err := diskUse(ctx, data)
	if err != nil {
		return out, err
	}
	out.Disk = float64(used) / float64(out.Spans)
	again, ready, err := start(ctx, t, p, data)
	if err != nil {
		return out, err
	}
	run = again
	out.Again, out.Exists = ready.Seconds(), true
	say("%.0f bytes of disk a span; ready again after %.3f s", out.Disk, out.Again)
	want, got, err := m.reader.stored(ctx, 0, s.cpuTraces, s.checkEvery)
	if err != nil {
		return out, fmt.Errorf("after another start: %w", err)
	}
	out.Gone = 1 - float64(got)/float64(want)
	say("after another start %d of %d spans are there", got, want)
	return out, nil
}

// measurement is what the steps of measure share.
type measurement struct {
	target target
	ports  ports
	run    *process
	load   *load
	sizes  sizes
	reader *reader
	say    func(string, ...any)
	out    *result
	next   int // the first trace that was not sent
}

// cpu measures the time a span takes, by each protocol. Where spans are lost it
// does so again at half the rate.
func (m *measurement) cpu(ctx context.Context) error {
	for _, protocol := range []string{"UDP", "OTLP"} {
		for rate := m.sizes.cpuRate; ; rate /= 2 {
			want, got, err := m.cpuAt(ctx, protocol, rate)
			if err != nil {
				return err
			}
			m.out.Spans += got
			if got == want {
				break
			}
			if rate < 500 {
				return fmt.Errorf("%s: of %d spans at %d a second %d are stored", protocol, want, rate, got)
			}
		}
	}
	return nil
}

func (m *measurement) cpuAt(ctx context.Context, protocol string, rate int) (want, got int, err error) {
	before, err := m.run.settle(ctx)
	if err != nil {
		return 0, 0, err
	}
	first, last := m.next, m.next+m.sizes.cpuTraces
	var done sent
	if protocol == "UDP" {
		send, stop, err := toUDP(ctx, m.ports.udp())
		if err != nil {
			return 0, 0, err
		}
		defer stop()
		done, err = m.load.pace(ctx, first, last, rate, datagramSpans, time.Hour, compact, 1, send)
		if err != nil {
			return 0, 0, err
		}
	} else {
		done, err = m.load.pace(ctx, first, last, rate, bodySpans, time.Hour, otlp, 4, toOTLP(m.reader.client, m.ports.otlp()))
		if err != nil {
			return 0, 0, err
		}
	}
	after, err := m.run.settle(ctx)
	if err != nil {
		return 0, 0, err
	}
	m.next = last
	want, got, err = m.reader.stored(ctx, first, last, 1)
	if err != nil {
		return 0, 0, err
	}
	m.out.CPU[protocol] = (after - before).Seconds() / float64(max(got, 1))
	m.say("%s: %.1f µs CPU a span at %.0f spans/s, %d of %d stored",
		protocol, m.out.CPU[protocol]*1e6, float64(done.spans)/done.took.Seconds(), got, want)
	return want, got, nil
}

// fill stores spans until there are as many as searches are measured with.
func (m *measurement) fill(ctx context.Context) error {
	done, err := m.load.pace(ctx, m.next, m.sizes.traces, m.sizes.rate, bodySpans, time.Hour, otlp, 4, toOTLP(m.reader.client, m.ports.otlp()))
	if err != nil {
		return err
	}
	if _, err := m.run.settle(ctx); err != nil {
		return err
	}
	rss, err := m.run.rss()
	if err != nil {
		return err
	}
	m.out.FullRSS = float64(rss)
	lost, err := m.lost(ctx, m.next, m.sizes.traces)
	if err != nil {
		return err
	}
	m.next = max(m.next, m.sizes.traces)
	m.out.Spans += int(float64(done.spans) * (1 - lost))
	m.say("%.0f MB with %d spans, %.0f spans/s, %.2f %% lost",
		m.out.FullRSS/1e6, m.out.Spans, float64(done.spans)/done.took.Seconds(), 100*lost)
	return nil
}

func (m *measurement) search(ctx context.Context) error {
	for _, s := range searches {
		l, empty, err := s.repeat(ctx, m.reader, m.next, m.sizes.searches, m.sizes.searchLimit)
		if err != nil {
			return err
		}
		m.out.Empty += empty
		m.out.Searches[s.name] = l
		m.say("%s: p50 %v, p99 %v of %d, %d found nothing", s.name, l.quantile(0.5), l.quantile(0.99), len(l), empty)
	}
	return nil
}

// sustain sends at the full rate for a while, with searches meanwhile.
func (m *measurement) sustain(ctx context.Context) error {
	first, known := m.next, m.next
	type answered struct {
		latencies
		empty int
		err   error
	}
	searched := make(chan answered, 1)
	sending, stop := context.WithCancel(ctx)
	defer stop()
	go func() {
		var a answered
		rng := rand.New(rand.NewPCG(4, 5))
		for i := 0; sending.Err() == nil && a.err == nil; i++ {
			var took time.Duration
			took, a.err = searches[i%len(searches)].one(sending, m.reader, rng, known)
			if errors.Is(a.err, errNothing) {
				a.empty, a.err = a.empty+1, nil
			}
			if sending.Err() != nil {
				a.err = nil // interrupted
				break
			}
			a.latencies = append(a.latencies, took)
			wait(sending, m.sizes.searchesEvery)
		}
		searched <- a
	}()
	done, err := m.load.pace(ctx, first, 1<<40, m.sizes.rate, bodySpans, m.sizes.sustain, otlp, 4, toOTLP(m.reader.client, m.ports.otlp()))
	stop()
	a := <-searched
	if err := errors.Join(err, a.err); err != nil {
		return err
	}
	if _, err := m.run.settle(ctx); err != nil {
		return err
	}
	m.next += done.traces
	m.out.Lost, err = m.lost(ctx, first, m.next)
	if err != nil {
		return err
	}
	m.out.Rate = float64(done.spans) / done.took.Seconds()
	m.out.Busy = done.retries
	m.out.Meanwhile = a.latencies
	m.out.Empty += a.empty
	m.out.Spans += int(float64(done.spans) * (1 - m.out.Lost))
	m.say("%.0f spans/s for %v, %.2f %% lost, %d times busy, searches p50 %v, p99 %v of %d",
		m.out.Rate, done.took.Round(time.Second), 100*m.out.Lost, done.retries,
		a.quantile(0.5), a.quantile(0.99), len(a.latencies))
	return nil
}

// lost returns the part of the spans of these traces that are not stored, from a
// sample of them.
func (m *measurement) lost(ctx context.Context, first, last int) (float64, error) {
	want, got, err := m.reader.stored(ctx, first, last, m.sizes.checkEvery)
	if err != nil || want == 0 {
		return 0, err
	}
	return float64(want-got) / float64(want), nil
}
