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
		for kind, reporter := range map[string]jaeger.Reporter{
			"null": jaeger.NewNullReporter(), "memory": jaeger.NewInMemoryReporter(), "logging": jaeger.NewLoggingReporter(&logbook{}),
			"composite": jaeger.NewCompositeReporter(jaeger.NewNullReporter(), &bookReporter{&logbook{}, "R"}),
		} {
			before := clientGoroutines() // what other scenarios have left behind
			tracer, closer := jaeger.NewTracer("svc", sampler, reporter)
			s := tracer.StartSpan("s")
			s.SetTag("k", "v").LogKV("event", "e")
			tracer.StartSpan("t").Finish()
			s.Finish()
			r.say(name+"/"+kind, "%d", clientGoroutines()-before)
			_ = closer.Close()
		}
	}
}

// clientGoroutines counts those that the client has started. This one itself is none.
func clientGoroutines() int {
	buf := make([]byte, 1<<20)
	n := 0
	for _, stack := range strings.Split(string(buf[:runtime.Stack(buf, true)]), "\n\n") {
		if started := stack[strings.LastIndex(stack, "created by ")+1:]; strings.Contains(started, "jaeger-client-go") || strings.Contains(started, "go-spur/spur.") {
			n++
		}
	}
	return n
}
