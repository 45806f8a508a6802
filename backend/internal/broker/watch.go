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

// Watch knows whether brokers answer, and logs that they do not once a minute, and that
// they do again.
type Watch struct {
	client *kgo.Client
	log    *slog.Logger

	mu      sync.Mutex
	trouble error
	well    time.Time // when something last went well
	logged  time.Time // when trouble last was
	told    bool      // the log's last word is that there is trouble
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
	w.trouble = err
	worse, better := false, false
	switch {
	case err == nil:
		w.well, better, w.told = now, w.told, false
	case now.Sub(w.logged) >= logEvery:
		w.logged, worse, w.told = now, true, true
	}
	w.mu.Unlock()
	if worse {
		w.log.Warn("kafka does not answer", "error", err)
	} else if better {
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
