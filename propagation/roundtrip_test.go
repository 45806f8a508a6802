// SPDX-License-Identifier: Apache-2.0

package propagation_test

import (
	"math/rand/v2"
	"testing"

	"github.com/go-spur/spur/internal/race"
	"github.com/go-spur/spur/model"
	"github.com/go-spur/spur/propagation"
)

// TestIDsSurvive sends random ids, with any number of leading zeros, through every
// format. A part of them is sent under -short and -race.
func TestIDsSurvive(t *testing.T) {
	n := 1_000_000
	if testing.Short() || race.Enabled {
		n = 20_000
	}
	binary := newBinary(t)
	for name, inject := range map[string]formats{
		"jaeger": {fJaeger}, "w3c": {fW3C}, "b3": {fB3}, "b3 single": {propagation.FormatB3Single}, "all": {fJaeger, fW3C, fB3}, "binary": nil,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			http := newComposite(t, propagation.HTTP, formats{fJaeger, fW3C, fB3}, inject)
			r := rand.New(rand.NewPCG(6831, 4317))
			id := func() uint64 { return max(r.Uint64()>>r.UintN(64), 1) }
			header, text := propagation.Header{}, textMap{}
			var frame []byte
			for i := range n {
				in := model.Context{TraceID: model.TraceID{Low: id()}, SpanID: model.SpanID(id()), ParentID: model.SpanID(id())}
				switch i % 4 {
				case 0:
					in.TraceID.High = id()
				case 1:
					in.TraceID = model.TraceID{High: id()} // low half zero
				case 2:
					in.ParentID = 0
				}
				if i%2 == 0 {
					in.Flags = model.FlagSampled
				}
				var out model.Context
				var err error
				switch {
				case name == "binary":
					frame = binary.AppendBinary(frame[:0], &in)
					out, err = binary.ParseBinary(frame)
				case i%8 == 7:
					clear(text)
					http.Inject(&in, text)
					out, err = http.Extract(text)
				default:
					http.Inject(&in, header)
					out, err = http.Extract(header)
				}
				want := in
				want.State = model.StateRemote
				if name == "w3c" {
					want.ParentID = 0 // traceparent has none
				}
				if err != nil || out != want {
					t.Fatalf("%+v arrived as %+v, %v", want, out, err)
				}
			}
			for _, s := range http.Stats() {
				if s.Conflicts != 0 || s.Rejected != 0 {
					t.Errorf("%+v", s)
				}
			}
		})
	}
}
