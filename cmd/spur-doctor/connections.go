// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"sync"
	"time"

	"github.com/go-spur/spur/internal/address"
)

// connection is a place that was asked, and how it answered.
type connection struct {
	Name         string `json:"name"` // agent, collector, otlp or sampling
	Address      string `json:"address"`
	Source       string `json:"source"` // the variable that names it, or "default"
	Used         bool   `json:"used"`
	Status       status `json:"status"`
	Text         string `json:"text"`
	Hint         string `json:"hint,omitempty"` // what to do
	TraceID      string `json:"trace_id,omitempty"`
	Strategy     string `json:"strategy,omitempty"`
	Milliseconds int64  `json:"milliseconds"`
}

// connections asks all places at once, within most.
func (e *environment) connections(ctx context.Context, most time.Duration) []connection {
	ctx, cancel := context.WithTimeout(ctx, most)
	defer cancel()
	wires := e.wires()
	all := make([]connection, len(wires), len(wires)+1)
	if e.remote() {
		all = all[:len(wires)+1]
	}
	var asking sync.WaitGroup
	for i := range all {
		asking.Add(1)
		go func() {
			defer asking.Done()
			start := time.Now()
			if i < len(wires) {
				all[i] = wires[i].try(ctx, most)
			} else {
				all[i] = e.askSampling(ctx, most)
			}
			all[i].Milliseconds = time.Since(start).Milliseconds()
		}()
	}
	asking.Wait()
	return all
}

// connection is the wire before it is tried.
func (w *wire) connection() connection {
	return connection{Name: w.at.Name(), Address: address.Hide(w.at.Address), Source: w.source, Used: w.used}
}
