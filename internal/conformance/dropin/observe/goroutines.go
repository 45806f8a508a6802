// SPDX-License-Identifier: Apache-2.0

package observe

import (
	"runtime"
	"strings"

	"github.com/uber/jaeger-client-go"
)

// goroutines says which tracers start some: tests that look for leaks seldom close a tracer
// that has none.
func goroutines(r *recorder) {
	guaranteed, err := jaeger.NewGuaranteedThroughputProbabilisticSampler(1, 1)
	if err != nil {
		panic(err)
	}
	perOperation := jaeger.NewPerOperationSampler(jaeger.PerOperationSamplerParams{MaxOperations: 5, Strategies: strategies()})
	for name, sampler := range map[string]jaeger.Sampler{
		"const": jaeger.NewConstSampler(true), "none": jaeger.NewConstSampler(false), "limited": jaeger.NewRateLimitingSampler(1), "guaranteed": guaranteed, "per operation": perOperation,
	} {
		for kind, reporter := range map[string]func() jaeger.Reporter{
			"null":    func() jaeger.Reporter { return jaeger.NewNullReporter() },
			"memory":  func() jaeger.Reporter { return jaeger.NewInMemoryReporter() },
			"logging": func() jaeger.Reporter { return jaeger.NewLoggingReporter(&logbook{}) },
			"composite": func() jaeger.Reporter {
				return jaeger.NewCompositeReporter(jaeger.NewNullReporter(), &bookReporter{&logbook{}, "R"})
			},
		} {
			r.say(name+"/"+kind, "%d", startedBy(sampler, reporter))
		}
	}
	u := newReceiver()
	defer u.conn.Close()
	remote := startedBy(jaeger.NewConstSampler(true), func() jaeger.Reporter {
		return jaeger.NewRemoteReporter(u.transport())
	})
	if remote == 0 {
		panic("the goroutines of a remote reporter are not counted")
	}
	r.say("const/remote", "%t", remote > 0)
}

// startedBy counts the goroutines of a tracer in use.
func startedBy(sampler jaeger.Sampler, reporter func() jaeger.Reporter) int {
	before := clientGoroutines() // what other scenarios have left behind
	tracer, closer := jaeger.NewTracer("svc", sampler, reporter())
	defer closer.Close()
	s := tracer.StartSpan("s")
	s.SetTag("k", "v").LogKV("event", "e")
	tracer.StartSpan("t").Finish()
	s.Finish()
	n := 0
	for id := range clientGoroutines() {
		if !before[id] {
			n++
		}
	}
	return n
}

// clientGoroutines returns the ids of the goroutines that the client has started.
func clientGoroutines() map[string]bool {
	buf := make([]byte, 1<<20)
	ids := map[string]bool{}
	for _, stack := range strings.Split(string(buf[:runtime.Stack(buf, true)]), "\n\n") {
		_, by, _ := strings.Cut(stack, "\ncreated by ")
		by, _, _ = strings.Cut(by, "\n") // the function, without its file
		spurs := strings.Contains(by, "go-spur/spur") && !strings.Contains(by, "/internal/conformance/")
		if spurs || strings.Contains(by, "jaeger-client-go") {
			id, _, _ := strings.Cut(stack, " [")
			ids[id] = true
		}
	}
	return ids
}
