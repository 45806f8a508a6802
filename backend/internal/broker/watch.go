// SPDX-License-Identifier: Apache-2.0

package broker

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/go-spur/spur/backend/internal/trouble"
)

// checkEvery is how often a broker is asked, unless something went well since.
const checkEvery = 5 * time.Second

// Watch knows whether brokers answer, and logs that they do not once a minute, and that
// they do again.
type Watch struct {
	client *kgo.Client
	log    *slog.Logger
	told   trouble.Log

	mu      sync.Mutex
	failure error
	well    time.Time // when something last went well
}

// NewWatch returns a Watch whose first note is err, if any.
func NewWatch(client *kgo.Client, err error, log *slog.Logger) *Watch {
	w := &Watch{client: client, log: log}
	w.Note(err)
	return w
}

// Run asks the brokers until ctx is done.
func (w *Watch) Run(ctx context.Context) {
	ticker := time.NewTicker(checkEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		w.mu.Lock()
		well := time.Since(w.well) < checkEvery
		w.mu.Unlock()
		if well {
			continue
		}
		if err := Ping(ctx, w.client); ctx.Err() == nil {
			w.Note(err)
		}
	}
}

// Note says that something went well, or what is wrong.
func (w *Watch) Note(err error) {
	w.mu.Lock()
	if w.failure = err; err == nil {
		w.well = time.Now()
	}
	w.mu.Unlock()
	if worse, better := w.told.Note(err); worse {
		w.log.Warn("kafka does not answer", "error", err)
	} else if better {
		w.log.Info("kafka answers again")
	}
}

// Ready returns nil, or why nothing goes on.
func (w *Watch) Ready() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.failure == nil {
		return nil
	}
	return fmt.Errorf("kafka: %w", w.failure)
}
