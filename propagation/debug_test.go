// SPDX-License-Identifier: Apache-2.0

package propagation_test

import (
	"fmt"
	"testing"

	"github.com/go-spur/spur/model"
	"github.com/go-spur/spur/propagation"
)

// TestB3AsksForNoMore sends every flag through Jaeger's format and then B3's, which
// has no debug flag without a sampled one: what arrives is never more sampled, or
// more debug, than what was sent.
func TestB3AsksForNoMore(t *testing.T) {
	for name, b3 := range map[string]propagation.Format{"multi": fB3, "single": propagation.FormatB3Single} {
		for _, state := range []model.State{0, model.StateDeferred} {
			for flags := range model.Flags(16) {
				p := newComposite(t, propagation.HTTP, formats{fJaeger, fB3}, formats{b3})
				in := model.Context{TraceID: model.TraceID{Low: 1}, SpanID: 2, Flags: flags, State: state}
				if state == 0 {
					var err error
					in, err = p.Extract(propagation.Header{"Uber-Trace-Id": {fmt.Sprintf("1:2:0:%x", uint8(flags))}})
					if err != nil || in.Flags != flags {
						t.Fatalf("flags %x are read as %x, %v", flags, in.Flags, err)
					}
				}
				for what, carrier := range map[string]duplex{"Header": propagation.Header{}, "map": textMap{}} {
					p.Inject(&in, carrier)
					out, err := p.Extract(carrier)
					want := flags & (model.FlagSampled | model.FlagDebug)
					if !flags.IsSampled() || state != 0 {
						want = 0
					}
					if err != nil || out.Flags != want || out.State&model.StateDeferred != state {
						t.Errorf("%s, %s: flags %x, state %x arrive as %x, %x, %v: %v", name, what, flags, state, out.Flags, out.State, err, carrier)
					}
				}
			}
		}
	}
}

// TestAgreementAddsNoDebug: whatever two formats of one trace say, and whichever is
// preferred, the context is debugged only if one of them asks for that by itself.
func TestAgreementAddsNoDebug(t *testing.T) {
	for flags := range model.Flags(16) {
		for _, order := range []formats{{fJaeger, fW3C, fB3}, {fW3C, fJaeger, fB3}, {fB3, fW3C, fJaeger}, {fB3, fJaeger, fW3C}} {
			for _, parent := range []string{"00", "01"} {
				for _, b3 := range []string{"", "-0", "-1", "-d"} {
					p := newComposite(t, propagation.HTTP, order, nil)
					from := propagation.Header{
						"Uber-Trace-Id": {fmt.Sprintf("1:2:0:%x", uint8(flags))},
						"Traceparent":   {"00-00000000000000000000000000000001-0000000000000002-" + parent},
						"B3":            {"1-2" + b3},
					}
					c, err := p.Extract(from)
					if err != nil {
						t.Fatal(err)
					}
					asked := b3 == "-d" || flags.IsSampled() && flags.IsDebug()
					if c.IsDebug() && c.IsSampled() != asked {
						t.Errorf("%v of %v is %s", order, from, describe(c))
					}
					if c.IsDebug() && !asked && (order[0] != fJaeger || !flags.IsDebug()) {
						t.Errorf("%v of %v has a debug flag that the winner has not: %s", order, from, describe(c))
					}
					if asked && !(c.IsDebug() && c.IsSampled()) {
						t.Errorf("%v of %v lost its debug flag: %s", order, from, describe(c))
					}
				}
			}
		}
	}
}
