// SPDX-License-Identifier: Apache-2.0

package suite

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/go-spur/spur/model"
	"github.com/go-spur/spur/propagation"
)

// bentPropagator is a good propagator with a fault. Fields that are nil are good.
type bentPropagator struct {
	propagation.Propagator
	inject  func(good propagation.Propagator, c *model.Context, to propagation.Setter)
	extract func(good propagation.Propagator, from propagation.Reader) (model.Context, error)
}

func (b bentPropagator) Inject(c *model.Context, to propagation.Setter) {
	if b.inject == nil {
		b.Propagator.Inject(c, to)
		return
	}
	b.inject(b.Propagator, c, to)
}

func (b bentPropagator) Extract(from propagation.Reader) (model.Context, error) {
	if b.extract == nil {
		return b.Propagator.Extract(from)
	}
	return b.extract(b.Propagator, from)
}

// changed is an extraction whose result is changed.
func changed(change func(*model.Context)) func(propagation.Propagator, propagation.Reader) (model.Context, error) {
	return func(good propagation.Propagator, from propagation.Reader) (model.Context, error) {
		c, err := good.Extract(from)
		if err == nil {
			change(&c)
		}
		return c, err
	}
}

func TestPropagatorSuiteFindsFaults(t *testing.T) {
	good := func(t *testing.T, k propagation.Kind, opts ...propagation.Option) propagation.Propagator {
		p, err := propagation.Jaeger(k, opts...)
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	for _, tc := range []struct {
		name string
		bentPropagator
		want map[string]string
	}{
		{"none", bentPropagator{}, nil},
		{
			"drops baggage",
			bentPropagator{extract: changed(func(c *model.Context) { c.Baggage = nil })},
			map[string]string{"baggage": `accent is "" (there: false), want "acmé"`, "baggage without ids": "", "concurrent use": ""},
		},
		{
			"64 bits",
			bentPropagator{extract: changed(func(c *model.Context) { c.TraceID.High = 0 })},
			map[string]string{"ids": "128 bits by propagation.Header: got trace 1f94672794ce4b8d"},
		},
		{"no parent", bentPropagator{extract: changed(func(c *model.Context) { c.ParentID = 0 })}, map[string]string{"ids": "got parent 0000000000000000, want 0000000000003333"}},
		{"no debug", bentPropagator{extract: changed(func(c *model.Context) { c.Flags &^= model.FlagDebug })}, map[string]string{"flags": "flags 11 by"}},
		{"samples everything", bentPropagator{extract: changed(func(c *model.Context) { c.Flags |= 1 })}, map[string]string{"flags": "open decision by"}},
		{"raw values", bentPropagator{Propagator: good(t, propagation.Text)}, map[string]string{"valid headers": "not a valid header", "baggage": "blanks is"}},
		{
			"no limits",
			bentPropagator{Propagator: good(t, propagation.HTTP, propagation.WithLimits(propagation.Limits{BaggageBytes: 1 << 30, BaggageMembers: 1 << 30, IDHeaderBytes: 1 << 20}))},
			map[string]string{"limits": "2,000 members: Inject wrote"},
		},
		{"panics", bentPropagator{extract: func(good propagation.Propagator, from propagation.Reader) (model.Context, error) {
			_ = from.ForeachKey(func(key, value string) error {
				if strings.Contains(strings.ToLower(key), "trace-id") {
					_ = value[3]
				}
				return nil
			})
			return good.Extract(from)
		}}, map[string]string{"hostile carriers": "panic: runtime error: index out of range"}},
		{"half a context", bentPropagator{extract: func(good propagation.Propagator, from propagation.Reader) (model.Context, error) {
			c, err := good.Extract(from)
			if errors.Is(err, propagation.ErrCorrupted) {
				err = nil
			}
			return c, err
		}}, map[string]string{"hostile carriers": "success without ids", "readers that fail": ""}},
		{"an error of its own", bentPropagator{extract: func(good propagation.Propagator, from propagation.Reader) (model.Context, error) {
			c, err := good.Extract(from)
			if err != nil {
				err = errors.New("no")
			}
			return c, err
		}}, map[string]string{"hostile carriers": "wraps neither", "nothing there": "want ErrNotFound", "readers that fail": ""}},
		{"a context beside the error", bentPropagator{extract: func(good propagation.Propagator, from propagation.Reader) (model.Context, error) {
			c, err := good.Extract(from)
			c.SpanID = max(c.SpanID, 1)
			return c, err
		}}, map[string]string{"readers that fail": "a context beside the error"}},
		{"removes headers", bentPropagator{inject: func(good propagation.Propagator, c *model.Context, to propagation.Setter) {
			if h, ok := to.(propagation.Header); ok {
				http.Header(h).Del("Cookie")
			}
			good.Inject(c, to)
		}}, map[string]string{"foreign entries": "Inject changed Cookie"}},
		{"writes to a Header only", bentPropagator{inject: func(good propagation.Propagator, c *model.Context, to propagation.Setter) {
			if h, ok := to.(propagation.Header); ok {
				good.Inject(c, h)
			}
		}}, map[string]string{"foreign entries": "Inject wrote nothing into a carrier", "ids": "by another carrier", "flags": "by another carrier"}},
		{"changes the context", bentPropagator{inject: func(good propagation.Propagator, c *model.Context, to propagation.Setter) {
			good.Inject(c, to)
			c.Flags = 0
		}}, map[string]string{"the context is not changed": "Inject changed the context"}},
		{"adds", bentPropagator{inject: func(good propagation.Propagator, c *model.Context, to propagation.Setter) {
			h, ok := to.(propagation.Header)
			if !ok {
				good.Inject(c, to)
				return
			}
			fresh := http.Header{}
			good.Inject(c, propagation.Header(fresh))
			for key, values := range fresh {
				h[key] = append(values, h[key]...)
			}
		}}, map[string]string{"twice into one carrier": "want the ids of the second Inject"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if tc.Propagator == nil {
				tc.Propagator = good(t, propagation.HTTP)
			}
			piece := propagatorPiece{func() propagation.Propagator { return tc.bentPropagator }, PropagatorOptions{}}
			wantFailing(t, failingChecks(piece, propagatorChecks, tc.want), tc.want)
		})
	}
}
