// SPDX-License-Identifier: Apache-2.0

package spur

import (
	"testing"

	"github.com/go-spur/spur/sampler"
)

// silent embeds a sampler of ours and changes its Sample alone, as people do.
type silent struct{ *sampler.ParentBased }

func (s silent) Sample(p sampler.Params) sampler.Decision {
	d := s.ParentBased.Sample(p)
	d.Tags = nil
	return d
}

// A tracer that asked the embedded sampler's SampleState would go past it.
func TestSampleOfAnEmbeddingSamplerIsAsked(t *testing.T) {
	tracer, got := newTestTracer(t, WithSampler(silent{sampler.NewParentBased(sampler.NewConst(true))}))
	tracer.StartSpan("alone").Finish()
	if err := tracer.SetSampler(sampler.NewFirst(silent{sampler.NewParentBased(sampler.NewConst(true))})); err != nil {
		t.Fatal(err)
	}
	tracer.StartSpan("in another").Finish()
	for _, s := range got.all() {
		if len(s.Tags) != 0 {
			t.Errorf("%s: tags %v, want none", s.Operation, s.Tags)
		}
	}
	if n := len(got.all()); n != 2 {
		t.Errorf("%d spans, want 2", n)
	}
}
