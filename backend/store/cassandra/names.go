// SPDX-License-Identifier: Apache-2.0

package cassandra

import (
	"sync"
	"time"
)

// names remembers which names of services and operations were written, for a time.
type names struct {
	mu    sync.Mutex
	until map[string]time.Time
}

func newNames() *names { return &names{until: map[string]time.Time{}} }

// written reports whether name was written not long ago.
func (n *names) written(name []byte, now time.Time) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	return now.Before(n.until[string(name)])
}

// wrote remembers names until then. When there are very many it begins anew.
func (n *names) wrote(all map[string]bool, until time.Time) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if len(n.until)+len(all) > maxNames {
		clear(n.until)
	}
	for name := range all {
		if len(n.until) < maxNames {
			n.until[name] = until
		}
	}
}
