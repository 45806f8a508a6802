// SPDX-License-Identifier: Apache-2.0

package sqlite

import "os"

// checkpoint moves what the write-ahead log holds into the file, each time it
// has grown by checkpointBytes. SQLite begins the log anew only when nobody
// reads from it. So that readers, one after the other, cannot make it grow for
// ever, a log of writer.maxLog is waited for: new readers begin once those that
// are there have ended. When one does not, the next time is when the log is twice as
// large.
func (s *Store) checkpoint() {
	info, err := os.Stat(s.path + "-wal")
	if err != nil {
		s.log.Warn("checkpoint failed", "err", err)
		return
	}
	size := info.Size() // as large as the log: journal_size_limit is 0
	if size < s.w.walBytes {
		s.w.walBytes, s.w.inVain = 0, 0 // it began anew
	}
	if size-s.w.walBytes < checkpointBytes {
		return
	}
	s.w.walBytes = size
	query, wait := "PRAGMA wal_checkpoint(PASSIVE)", size >= max(s.w.maxLog, 2*s.w.inVain)
	if wait {
		query = "PRAGMA wal_checkpoint(TRUNCATE)" // waits, up to busyWait
		s.mu.Lock()
		defer s.mu.Unlock()
	}
	var busy, log, done int
	if err := s.w.one(query, nil, &busy, &log, &done); err != nil {
		s.log.Warn("checkpoint failed", "path", s.path, "err", err)
	} else if busy != 0 && wait {
		s.w.inVain = size
	}
}
