// SPDX-License-Identifier: Apache-2.0

//go:build go1.25

package soak

import (
	"errors"
	"math/rand/v2"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/opentracing/opentracing-go"
	"github.com/opentracing/opentracing-go/ext"
	"github.com/opentracing/opentracing-go/log"

	"github.com/go-spur/spur"
)

const (
	soakWriters  = 4
	soakMaxText  = 20 << 10 // above the limits of tags and log values
	soakGiantLog = 80       // logs of a giant span: together above 1 MiB
)

// writers are the application's goroutines: together they finish 1,000 to 5,000
// spans a second.
type writers struct {
	tracer  *spur.Tracer
	text    string
	gate    sync.RWMutex // locked: no span is being finished
	stopped chan struct{}
	running sync.WaitGroup
}

func startWriters(tracer *spur.Tracer, seed uint64) *writers {
	w := &writers{tracer: tracer, text: strings.Repeat("soak äöü ", soakMaxText/8), stopped: make(chan struct{})}
	for i := range soakWriters {
		w.running.Add(1)
		go w.run(rand.New(rand.NewPCG(seed, uint64(i))))
	}
	return w
}

func (w *writers) stop() {
	close(w.stopped)
	w.running.Wait()
}

func (w *writers) run(chance *rand.Rand) {
	defer w.running.Done()
	const ticks = 100 // a second
	tick := time.NewTicker(time.Second / ticks)
	defer tick.Stop()
	burst := 0
	for n := 0; ; n++ {
		if n%ticks == 0 {
			burst = (1000 + chance.IntN(4000)) / soakWriters / ticks
		}
		select {
		case <-tick.C:
		case <-w.stopped:
			return
		}
		w.gate.RLock()
		for done := 0; done < burst; {
			done += w.trace(chance)
		}
		w.gate.RUnlock()
	}
}

// trace finishes a few spans that belong together and says how many.
func (w *writers) trace(chance *rand.Rand) int {
	root := w.tracer.StartSpan("root "+strconv.Itoa(chance.IntN(20)), ext.SpanKindRPCServer)
	children := chance.IntN(3)
	for range children {
		child := w.tracer.StartSpan("child", opentracing.ChildOf(root.Context()))
		w.fill(child, chance)
		child.Finish()
	}
	w.fill(root, chance)
	if chance.IntN(1000) == 0 {
		for range soakGiantLog {
			root.LogFields(log.String("giant", w.text[:16<<10]))
		}
	}
	root.Finish()
	return 1 + children
}

func (w *writers) fill(s opentracing.Span, chance *rand.Rand) {
	for i := range chance.IntN(8) {
		key := "key " + strconv.Itoa(i)
		switch chance.IntN(5) {
		case 0:
			s.SetTag(key, chance.Int64())
		case 1:
			s.SetTag(key, chance.Float64())
		case 2:
			s.SetTag(key, errors.New(w.some(chance)))
		default:
			s.SetTag(key, w.some(chance))
		}
	}
	for range chance.IntN(3) {
		s.LogFields(log.String("event", w.some(chance)), log.Int("n", chance.IntN(1e6)), log.Bool("ok", true))
	}
}

// some returns text that is mostly short.
func (w *writers) some(chance *rand.Rand) string {
	switch n := chance.IntN(1000); {
	case n == 0:
		return w.text[:chance.IntN(soakMaxText)]
	case n < 50:
		return w.text[:chance.IntN(1024)]
	}
	return w.text[:chance.IntN(64)]
}
