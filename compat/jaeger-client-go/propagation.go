// SPDX-License-Identifier: Apache-2.0

package jaeger

import (
	"errors"

	"github.com/opentracing/opentracing-go"

	"github.com/go-spur/spur"
	"github.com/go-spur/spur/model"
)

// Injector writes a context into a carrier of the format that it is registered for.
type Injector interface {
	Inject(ctx SpanContext, carrier interface{}) error
}

// Extractor reads a context from a carrier of the format that it is registered for. When
// there is none it returns opentracing.ErrSpanContextNotFound.
type Extractor interface {
	Extract(carrier interface{}) (SpanContext, error)
}

// extractCustom reads a context with the program's own extractor.
func (t *Tracer) extractCustom(e Extractor, carrier interface{}) (opentracing.SpanContext, error) {
	var c SpanContext
	var err error
	if !t.guard("an extractor", func() { c, err = e.Extract(carrier) }) {
		return nil, errPanicked
	}
	if err != nil {
		return nil, err
	}
	m := c.ctx.Model()
	m.State = m.State&^model.StateDeferred | model.StateRemote
	return SpanContext{spur.NewSpanContext(m)}, nil
}

func isCorrupted(err error) bool { return errors.Is(err, opentracing.ErrSpanContextCorrupted) }

// addCodecs registers the formats that spur does not know.
func (t *Tracer) addCodecs() {}
