// SPDX-License-Identifier: Apache-2.0

//go:build e2e

package e2e

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/go-spur/spur"
	"github.com/go-spur/spur/reporter"
	"github.com/go-spur/spur/sampler"
	"github.com/go-spur/spur/transport"
)

// refresh is how often strategies are fetched.
const refresh = 300 * time.Millisecond

// remoteTracer samples as the rig says, by way of what wrap makes of the sampler,
// and reports to the rig over UDP. It ends with the test.
func remoteTracer(t *testing.T, r rig, service string, wrap ...func(*sampler.ParentBased) sampler.Sampler) *spur.Tracer {
	t.Helper()
	u, err := transport.NewUDP(r["E2E_AGENT_COMPACT"], transport.UDPOptions{})
	if err != nil {
		t.Fatal(err)
	}
	b, err := reporter.NewBatching(u, reporter.BatchingOptions{FlushInterval: refresh})
	if err != nil {
		t.Fatal(err)
	}
	remote, err := sampler.NewRemote(service, sampler.RemoteOptions{Endpoint: r["E2E_SAMPLING"], RefreshInterval: refresh})
	if err != nil {
		t.Fatal(err)
	}
	parentBased := sampler.NewParentBased(remote)
	var s sampler.Sampler = parentBased
	for _, w := range wrap {
		s = w(parentBased)
	}
	tracer, err := spur.New(service, spur.WithReporter(b), spur.WithSampler(s))
	return closing(t, tracer, err)
}

func closing(t *testing.T, tracer *spur.Tracer, err error) *spur.Tracer {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := tracer.Close(); err != nil {
			t.Error(err)
		}
	})
	return tracer
}

// trace1 makes a trace of one span, and returns how many were sampled.
func trace1(tracer *spur.Tracer, operation string) int {
	s := tracer.StartSpan(operation).(*spur.Span)
	defer s.Finish()
	if s.SpanContext().IsSampled() {
		return 1
	}
	return 0
}

// drive makes a trace every so often, and returns how many there were and how many
// of them sampled. A busy host makes fewer.
func drive(tracer *spur.Tracer, operation string, long, every time.Duration) (traces, sampled int) {
	end := time.NewTimer(long)
	defer end.Stop()
	next := time.NewTicker(every)
	defer next.Stop()
	for {
		select {
		case <-next.C:
			traces++
			sampled += trace1(tracer, operation)
		case <-end.C:
			return traces, sampled
		}
	}
}

// awaitSampling waits until the status of the tracer's sampler is as wanted.
func awaitSampling(t *testing.T, tracer *spur.Tracer, as func(sampler.Status) bool) {
	t.Helper()
	await(t, 10*time.Second, func() (bool, any) {
		status := tracer.Stats().Sampling
		return as(status), status
	})
}

// await asks again and again until the answer is yes, and says what came last when
// it takes too long.
func await(t *testing.T, most time.Duration, ask func() (bool, any)) {
	t.Helper()
	late := time.NewTimer(most)
	defer late.Stop()
	again := time.NewTicker(200 * time.Millisecond)
	defer again.Stop()
	for {
		ok, last := ask()
		if ok {
			return
		}
		select {
		case <-again.C:
		case <-late.C:
			t.Fatalf("after %v: %+v", most, last)
		}
	}
}

// sampled waits until the query service has n traces of an operation, and returns
// their spans.
func (r rig) sampled(t *testing.T, tracer *spur.Tracer, service, operation string, n int) []facts {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	if err := tracer.Flush(ctx); err != nil {
		t.Fatal(err)
	}
	if d := tracer.Stats().Destinations[0]; d.DroppedTotal() != 0 {
		t.Fatalf("spans are lost: %+v", d)
	}
	var spans []facts
	await(t, 30*time.Second, func() (bool, any) {
		spans = r.byOperation(t, service)[operation]
		return len(spans) == n, fmt.Sprintf("Jaeger has %d traces of %s, %d were sampled", len(spans), operation, n)
	})
	return spans
}

// byOperation asks once for all spans of a service.
func (r rig) byOperation(t *testing.T, service string) map[string][]facts {
	t.Helper()
	all, err := readOTLP(r.received(t, service), func(trace, span any) string { return fmt.Sprint(trace, " ", span) })
	if err != nil {
		t.Fatal(err)
	}
	spans := map[string][]facts{}
	for _, f := range all {
		spans[f["name"]] = append(spans[f["name"]], f)
	}
	return spans
}

// get returns status and body of an answer, and 0 when there is none.
func get(ctx context.Context, t *testing.T, from string) (int, []byte) {
	t.Helper()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, from, nil)
	if err != nil {
		t.Fatal(err)
	}
	res, err := (&http.Client{Timeout: 15 * time.Second}).Do(req)
	if err != nil {
		return 0, nil
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		return 0, nil
	}
	return res.StatusCode, body
}
