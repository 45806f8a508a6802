// SPDX-License-Identifier: Apache-2.0

package broker

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
)

// TestWatchLog: without a broker the log has one line a minute, and the health check the
// reason, until something goes well.
func TestWatchLog(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client, err := kgo.NewClient(kgo.SeedBrokers("127.0.0.1:1"), kgo.Dialer(func(context.Context, string, string) (net.Conn, error) {
			return nil, errors.New("no route")
		}))
		if err != nil {
			t.Fatal(err)
		}
		defer client.Close()
		var log bytes.Buffer
		w := NewWatch(client, nil, slog.New(slog.NewTextHandler(&log, nil)))
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute)
		defer cancel()
		w.Run(ctx)
		if n := strings.Count(log.String(), "kafka does not answer"); n != 10 {
			t.Errorf("%d lines in ten minutes, want 10:\n%s", n, log.String())
		}
		if err := w.Ready(); err == nil || !strings.Contains(err.Error(), "no route") {
			t.Errorf("ready: %v, want that there is no route", err)
		}
		log.Reset()
		w.Note(nil)
		w.Note(nil)
		if err := w.Ready(); err != nil || strings.Count(log.String(), "\n") != 1 || !strings.Contains(log.String(), "answers again") {
			t.Errorf("ready: %v; want one line that says that kafka answers again:\n%s", err, log.String())
		}
		w.Note(errors.New("again"))
		for range 1000 { // trouble and none by turns
			w.Note(nil)
			w.Note(errors.New("again"))
		}
		if n := strings.Count(log.String(), "\n"); n > 3 {
			t.Errorf("%d lines in no time:\n%.300s", n, log.String())
		}
	})
}

// TestWatchAsks: a broker is asked only when nothing went well for a while.
func TestWatchAsks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var asked atomic.Int64
		client, err := kgo.NewClient(kgo.SeedBrokers("127.0.0.1:1"), kgo.Dialer(func(context.Context, string, string) (net.Conn, error) {
			asked.Add(1)
			return nil, errors.New("no route")
		}))
		if err != nil {
			t.Fatal(err)
		}
		defer client.Close()
		w := NewWatch(client, nil, slog.New(slog.DiscardHandler))
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		go w.Run(ctx)
		for range 20 {
			time.Sleep(checkEvery / 2)
			w.Note(nil)
		}
		if synctest.Wait(); asked.Load() > 0 {
			t.Errorf("a broker was asked %d times though all went well", asked.Load())
		}
		<-ctx.Done()
		if synctest.Wait(); asked.Load() == 0 {
			t.Error("no broker was asked though nothing went well")
		}
	})
}
