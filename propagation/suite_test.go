// SPDX-License-Identifier: Apache-2.0

package propagation_test

import (
	"testing"

	"github.com/go-spur/spur/propagation"
	"github.com/go-spur/spur/spurtest/suite"
)

// Every propagator of this package passes the suite that others run on theirs.
func TestPropagatorSuite(t *testing.T) {
	const (
		w3cLoses = suite.LosesParentID | suite.LosesDebug | suite.LosesFirehose
		b3Loses  = suite.LosesFirehose | suite.LosesOddValues
	)
	all := []propagation.Format{propagation.FormatJaeger, propagation.FormatW3C, propagation.FormatB3, propagation.FormatB3Single}
	for _, tc := range []struct {
		name  string
		make  func(propagation.Kind, ...propagation.Option) (*propagation.Textual, error)
		loses suite.Loss
	}{
		{"default", propagation.Default, 0},
		{"jaeger", propagation.Jaeger, 0},
		{"w3c", propagation.W3C, w3cLoses},
		{"trace context", only(propagation.FormatTraceContext), w3cLoses | suite.LosesBaggage},
		{"b3", propagation.B3, b3Loses},
		{"b3 single", only(propagation.FormatB3Single), b3Loses},
		{"all", only(all...), 0},
	} {
		for kind, name := range []string{propagation.HTTP: "HTTP", propagation.Text: "Text"} {
			t.Run(tc.name+" "+name, func(t *testing.T) {
				suite.TestPropagator(t, func() propagation.Propagator {
					p, err := tc.make(propagation.Kind(kind))
					if err != nil {
						t.Fatal(err)
					}
					return p
				}, suite.PropagatorOptions{Kind: propagation.Kind(kind), Loses: tc.loses})
			})
		}
	}
}

func only(formats ...propagation.Format) func(propagation.Kind, ...propagation.Option) (*propagation.Textual, error) {
	return func(k propagation.Kind, opts ...propagation.Option) (*propagation.Textual, error) {
		return propagation.Composite(k, formats, formats, opts...)
	}
}
