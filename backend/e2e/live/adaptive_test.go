// SPDX-License-Identifier: Apache-2.0

//go:build e2e

package live

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"net"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/opentracing/opentracing-go"
	"github.com/uber/jaeger-client-go"
	jaegerconfig "github.com/uber/jaeger-client-go/config"

	"github.com/go-spur/spur/backend/config"
	"github.com/go-spur/spur/backend/e2e/live/emit"
)

const (
	adaptiveTarget    = 20 // traces a second
	adaptivePerSecond = 10 * adaptiveTarget
	adaptiveOperation = "GET /"
)

// second is what a client did in one: how many traces it made, and how many of them
// sampled.
type second struct{ made, sampled int }

// TestAdaptive has ten times the traces that adaptive sampling wants, from each of
// three clients. They sample all at first, and in the end as many as are wanted, also
// behind a restart.
func TestAdaptive(t *testing.T) {
	c := config.Default(config.AllInOne)
	c.Data = t.TempDir()
	c.FreePorts()
	c.SamplingType = "adaptive"
	a := &c.Adaptive
	a.TargetSamplesPerSecond, a.InitialProbability = adaptiveTarget, 1
	a.CalculationInterval, a.Delay, a.AggregationBuckets = 2*time.Second, 0, 1000
	ours, stop := startConfig(t, c)

	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	clients := map[string]chan second{"nothing-set": make(chan second, 100), "jaegergo": make(chan second, 100), "jaegernode": make(chan second, 100)}
	spur := fromEnv(t, ours)
	await(t, func() (bool, any) { return spur.Stats().Sampling.Fetched > 0, "spur was told nothing" })
	go drive(ctx, spur, clients["nothing-set"])
	go drive(ctx, jaegerGo(t, ours), clients["jaegergo"])
	if !driveNode(ctx, t, ours, clients["jaegernode"]) {
		delete(clients, "jaegernode")
	}

	for service, seconds := range clients {
		first := <-seconds
		if first.made < adaptivePerSecond/2 || first.sampled < 5*adaptiveTarget {
			t.Errorf("%s begins with %d of %d", service, first.sampled, first.made)
		}
		reachTarget(t, service, seconds)
	}

	// The same ports, for clients that know nothing else.
	_, c.SamplingHTTP, _ = net.SplitHostPort(strings.TrimSuffix(strings.TrimPrefix(ours.sampling, "http://"), "/sampling"))
	_, c.CompactUDP, _ = net.SplitHostPort(ours.wires[emit.Compact])
	_, c.BinaryUDP, _ = net.SplitHostPort(ours.wires[emit.Binary])
	stop()
	again, _ := startConfig(t, c)
	for service := range clients {
		if p := toldProbability(t, again, service); p == 0 || p > 0.5 { // it begins with 1
			t.Errorf("%s is told %v after a restart", service, p)
		}
	}
	for service, seconds := range clients {
		for len(seconds) > 0 {
			<-seconds
		}
		reachTarget(t, service, seconds)
	}
	cancel()
	if err := spur.Close(); err != nil {
		t.Error(err)
	}
}

// reachTarget waits until a client has sampled as many traces as are wanted, for some
// seconds, none of which is far off.
func reachTarget(t *testing.T, service string, seconds <-chan second) {
	t.Helper()
	const window = 5
	late := time.After(60 * time.Second)
	var last []second
	for {
		select {
		case s := <-seconds:
			last = append(last, s)
		case <-late:
			t.Errorf("%s has not come near to %d traces a second: %v", service, adaptiveTarget, last)
			return
		}
		if len(last) < window {
			continue
		}
		sampled, far := 0, false
		for _, s := range last[len(last)-window:] {
			sampled += s.sampled
			far = far || s.sampled < adaptiveTarget/4 || s.sampled > 2*adaptiveTarget
		}
		if rate := float64(sampled) / window; !far && math.Abs(rate-adaptiveTarget) <= 0.3*adaptiveTarget {
			t.Logf("%s samples %v traces a second after %v", service, rate, last)
			return
		}
	}
}

// toldProbability is what a service is told for the operation.
func toldProbability(t *testing.T, r *receiver, service string) float64 {
	t.Helper()
	var told struct {
		OperationSampling struct {
			PerOperationStrategies []struct {
				Operation             string
				ProbabilisticSampling struct{ SamplingRate float64 }
			}
		}
	}
	_, _, body := get(t, r.sampling+"?"+query("service", service))
	if err := json.Unmarshal(body, &told); err != nil {
		t.Fatal(err)
	}
	for _, o := range told.OperationSampling.PerOperationStrategies {
		if o.Operation == adaptiveOperation {
			return o.ProbabilisticSampling.SamplingRate
		}
	}
	return 0
}

// jaegerGo is a tracer of jaeger-client-go that samples as r says.
func jaegerGo(t *testing.T, r *receiver) opentracing.Tracer {
	t.Helper()
	tracer, closer, err := jaegerconfig.Configuration{
		ServiceName: "jaegergo",
		Sampler: &jaegerconfig.SamplerConfig{
			Type: jaeger.SamplerTypeRemote, Param: 1, SamplingServerURL: r.sampling, SamplingRefreshInterval: time.Second,
		},
		Reporter: &jaegerconfig.ReporterConfig{LocalAgentHostPort: r.wires[emit.Compact], BufferFlushInterval: 100 * time.Millisecond},
	}.NewTracer()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = closer.Close() }) // a datagram may be lost
	return tracer
}

// drive makes traces, and says each second how many.
func drive(ctx context.Context, tracer opentracing.Tracer, seconds chan<- second) {
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	begun, made, said := time.Now(), 0, 0
	var s second
	for {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
		for due := int(time.Since(begun).Seconds() * adaptivePerSecond); made < due; made++ {
			s.made++
			if sampled(tracer.StartSpan(adaptiveOperation)) {
				s.sampled++
			}
		}
		if int(time.Since(begun).Seconds()) > said {
			said++
			select {
			case seconds <- s:
			case <-ctx.Done():
				return
			}
			s = second{}
		}
	}
}

// driveNode is drive with Node's jaeger-client. It is false without Node.
func driveNode(ctx context.Context, t *testing.T, r *receiver, seconds chan<- second) bool {
	t.Helper()
	cmd := exec.CommandContext(ctx, "./node.sh", "send", "drive", "jaegernode", adaptiveOperation, fmt.Sprint(adaptivePerSecond), r.wires[emit.Binary], r.sampling)
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) } // node, too
	cmd.Env = append(cmd.Environ(), "E2E_NODE_SECONDS=150")
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	there := make(chan bool, 1)
	go func() {
		lines := bufio.NewScanner(out)
		for lines.Scan() {
			var s second
			if _, err := fmt.Sscan(lines.Text(), &s.made, &s.sampled); err != nil {
				continue
			}
			select {
			case there <- true:
			default:
			}
			select {
			case seconds <- s:
			case <-ctx.Done():
			}
		}
		err := cmd.Wait()
		var exit *exec.ExitError
		if errors.As(err, &exit) && exit.ExitCode() == 3 {
			there <- false
		}
	}()
	select {
	case ok := <-there:
		if !ok {
			t.Log("SKIPPED: no Node")
		}
		return ok
	case <-time.After(30 * time.Second):
		t.Fatal("Node has done nothing")
		return false
	}
}
