// SPDX-License-Identifier: Apache-2.0

package workload

import (
	"errors"
	"fmt"
	"net/http"
)

// ErrUnsupported is that a tracer cannot do a workload.
var ErrUnsupported = errors.New("the tracer cannot do that")

// Names are all workloads, in the order of tables.
var Names = []string{"a", "b", "c", "d", "cl", "dl", "inject", "extract", "inject2", "extract2", "http"}

// configure returns c for a workload.
func configure(c Config, name string) Config {
	switch name {
	case "a", "b", "http":
		c.Rate = 0
	default:
		c.Rate = 1
	}
	c.Lossless = name == "cl" || name == "dl"
	return c
}

// operation returns what a workload does once. A function does it for one goroutine.
func (t *Tracer) operation(name string) (func() error, error) {
	var spans func()
	switch name {
	case "a", "c", "cl":
		spans = t.Root
	case "b":
		spans = t.RootAndChild
	case "d", "dl":
		spans = t.RPC
	case "inject":
		return injecting(t.Inject)
	case "inject2":
		return injecting(t.Inject2)
	case "extract":
		return extracting(t.Inject, t.Extract)
	case "extract2":
		return extracting(t.Inject2, t.Extract2)
	case "http":
		return serving(t.Handler)
	default:
		return nil, fmt.Errorf("no workload is called %q", name)
	}
	if spans == nil {
		return nil, ErrUnsupported
	}
	done := 0
	return func() error {
		spans()
		if done++; done == t.Most {
			done = 0
			return t.Flush()
		}
		return nil
	}, nil
}

func injecting(inject func(http.Header) error) (func() error, error) {
	if inject == nil {
		return nil, ErrUnsupported
	}
	h := http.Header{}
	return func() error {
		clear(h)
		return inject(h)
	}, nil
}

func extracting(inject, extract func(http.Header) error) (func() error, error) {
	if inject == nil || extract == nil {
		return nil, ErrUnsupported
	}
	h := otherHeaders()
	if err := inject(h); err != nil {
		return nil, err
	}
	return func() error { return extract(h) }, nil
}

func serving(traced func(http.Handler) http.Handler) (func() error, error) {
	if traced == nil {
		return nil, ErrUnsupported
	}
	h, r, w := traced(service()), request(), &nowhere{header: http.Header{}}
	return func() error {
		h.ServeHTTP(w, r)
		return nil
	}, nil
}
