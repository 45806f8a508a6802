// SPDX-License-Identifier: Apache-2.0

package remote

import (
	"context"
	"fmt"
	"io"

	spurbaggage "github.com/go-spur/spur/baggage"

	"github.com/uber/jaeger-client-go/internal/baggage"
	"github.com/uber/jaeger-client-go/internal/refresh"
)

var (
	_ baggage.RestrictionManager = (*RestrictionManager)(nil)
	_ io.Closer                  = (*RestrictionManager)(nil)
)

// RestrictionManager allows the baggage keys that an agent lists for the service, and no
// others.
type RestrictionManager struct {
	options
	list  *spurbaggage.Remote // nil when the address of the agent has no meaning
	err   error               // why
	tried bool                // to fetch; the loop's
	loop  *refresh.Loop
}

// NewRestrictionManager asks for the keys of a service at once and then at every interval,
// on a goroutine that ends with Close.
func NewRestrictionManager(serviceName string, options ...Option) *RestrictionManager {
	m := &RestrictionManager{options: applyOptions(options)}
	m.list, m.err = spurbaggage.NewRemote(serviceName, spurbaggage.RemoteOptions{
		Endpoint: m.hostPort, DenyUntilFetched: m.deny, Manual: true, Logger: refresh.Logger(),
	})
	m.loop = refresh.Start(0, m.refreshInterval, m.update)
	return m
}

// GetRestriction implements baggage.RestrictionManager.
func (m *RestrictionManager) GetRestriction(service, key string) *baggage.Restriction {
	length, ok := spurbaggage.DefaultValueLength, !m.deny
	if m.list != nil {
		length, ok = m.list.Allowed(service, key)
	}
	if !ok {
		return baggage.NewRestriction(false, 0)
	}
	return baggage.NewRestriction(true, length)
}

// Close stops fetching. What was fetched stays in force.
func (m *RestrictionManager) Close() error { return m.loop.Close() }

func (m *RestrictionManager) update(ctx context.Context) {
	err := m.err
	if m.list != nil {
		err = m.list.Fetch(ctx)
	}
	if ctx.Err() != nil {
		return
	}
	attempt := "update"
	if !m.tried {
		m.tried, attempt = true, "initialize"
	}
	if err == nil {
		m.metrics.BaggageRestrictionsUpdateSuccess.Inc(1)
		return
	}
	m.metrics.BaggageRestrictionsUpdateFailure.Inc(1)
	m.logger.Error(fmt.Sprintf("Failed to %s baggage restrictions: %s", attempt, err))
}
