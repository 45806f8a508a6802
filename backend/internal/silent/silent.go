// SPDX-License-Identifier: Apache-2.0

// Package silent is about connections on which nobody has asked anything yet.
// Browsers and HTTP clients open such connections in advance.
package silent

import (
	"net"
	"net/http"
	"sync"
)

// EndOnShutdown makes srv.Shutdown close silent connections, for which it would
// wait five seconds. It sets srv.ConnState, and is called before srv serves.
func EndOnShutdown(srv *http.Server) {
	var mu sync.Mutex
	silent := map[net.Conn]bool{}
	ended := false
	srv.ConnState = func(c net.Conn, state http.ConnState) {
		mu.Lock()
		defer mu.Unlock()
		switch {
		case state != http.StateNew:
			delete(silent, c)
		case ended:
			_ = c.Close()
		default:
			silent[c] = true
		}
	}
	srv.RegisterOnShutdown(func() {
		mu.Lock()
		defer mu.Unlock()
		ended = true
		for c := range silent {
			_ = c.Close()
		}
	})
}
