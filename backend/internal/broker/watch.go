// SPDX-License-Identifier: Apache-2.0

package broker

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
)

const (
	// checkEvery is how often a broker is asked, unless something went well since.
	checkEvery = 5 * time.Second
	// logEvery is how often the same trouble is logged.
	logEvery = time.Minute
)

// Watch knows whether brokers answer, and logs when that changes, and once a minute
// while they do not.
type Watch struct {
	client *kgo.Client
	log    *slog.Logger

	mu      sync.Mutex
	trouble error
	well    time.Time // when something last went well
	logged  time.Time
}

// NewWatch returns a Watch whose trouble is err, if any.
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
	now := time.Now()
	w.mu.Lock()
	before := w.trouble
	w.trouble = err
	if err == nil {
		w.well = now
	}
	quiet := err != nil && now.Sub(w.logged) < logEvery
	if err != nil && !quiet {
		w.logged = now
	}
	w.mu.Unlock()
	switch {
	case quiet:
	case err != nil:
		w.log.Warn("kafka does not answer", "error", err)
	case before != nil:
		w.log.Info("kafka answers again")
	}
}

// Ready returns nil, or why nothing goes on.
func (w *Watch) Ready() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.trouble == nil {
		return nil
	}
	return fmt.Errorf("kafka: %w", w.trouble)
}
