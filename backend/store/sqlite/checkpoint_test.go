// SPDX-License-Identifier: Apache-2.0

package sqlite

import (
	"os"
	"sync"
	"testing"

	"github.com/go-spur/spur/backend/trace"
)

// The write-ahead log does not grow for ever while there is always a reader.
func TestLogBounded(t *testing.T) {
	s := openTest(t, Config{})
	s.w.maxLog = 2 * checkpointBytes
	if err := s.Write(t.Context(), some(1, 2000)); err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	var readers sync.WaitGroup
	for range maxReaders {
		readers.Go(func() {
			for {
				select {
				case <-done:
					return
				default:
				}
				if _, err := s.Trace(t.Context(), traceID(1), trace.Window{}); err != nil {
					t.Errorf("reader: %v", err)
					return
				}
			}
		})
	}
	largest := int64(0)
	for id := uint64(2); id < 150; id++ {
		if err := s.Write(t.Context(), some(id, 500)); err != nil {
			t.Fatal(err)
		}
		info, err := os.Stat(s.path + "-wal")
		if err != nil {
			t.Fatal(err)
		}
		largest = max(largest, info.Size())
	}
	close(done)
	readers.Wait()
	if largest > 3*checkpointBytes {
		t.Errorf("the log grew to %d bytes", largest)
	}
}

// A reader that never ends, as in a process that was stopped, does not make every
// few writes wait for it.
func TestStuckReader(t *testing.T) {
	s := openTest(t, Config{})
	s.w.maxLog = checkpointBytes
	if err := s.w.exec("PRAGMA busy_timeout = 1"); err != nil {
		t.Fatal(err)
	}
	waits, at, size := 0, int64(0), int64(0)
	err := s.read(t.Context(), func(*snapshot) error {
		for id := uint64(1); size < 8*checkpointBytes; id++ {
			if err := s.Write(t.Context(), some(id, 500)); err != nil {
				return err
			}
			info, err := os.Stat(s.path + "-wal")
			if err != nil {
				return err
			}
			size = info.Size()
			if s.w.inVain != at {
				waits, at = waits+1, s.w.inVain
			}
		}
		return nil
	})
	if err != nil || waits == 0 || waits > 4 { // at 1, 2, 4 and 8
		t.Errorf("%d waits, %v", waits, err)
	}
}

// A trace that is always written to stays known: reading all its hashes again
// would make each Write as long as the trace.
func TestKnownStays(t *testing.T) {
	s := openTest(t, Config{})
	write := func(id uint64) *known {
		t.Helper()
		if err := s.Write(t.Context(), some(id, 10)); err != nil {
			t.Fatal(err)
		}
		return s.w.traces.byID[traceID(id)]
	}
	k := write(1)
	for id := uint64(2); id < 6; id++ {
		s.w.traces.hashes = maxKnownHashes + 1
		if again := write(1); again != k {
			t.Fatalf("round %d: read again", id)
		}
		write(id)
	}
	if len(s.w.traces.byID) > 2 {
		t.Errorf("%d traces are known", len(s.w.traces.byID))
	}
}
