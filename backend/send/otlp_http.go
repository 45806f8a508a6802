// SPDX-License-Identifier: Apache-2.0

package send

import (
	"context"

	"github.com/go-spur/spur/transport"
)

// otlpHTTP posts to /v1/traces (opentelemetry.io specification, protocol/otlp.md).
type otlpHTTP struct{ requests }

func newOTLPHTTP(c Config) (Sender, error) {
	s := &otlpHTTP{}
	if err := s.open(c, transport.OTLP); err != nil {
		return nil, err
	}
	return s, nil
}

// Send implements Sender.
func (s *otlpHTTP) Send(ctx context.Context, b Batch) error { return s.post(ctx, b.OTLP) }
