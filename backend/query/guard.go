// SPDX-License-Identifier: Apache-2.0

package query

import (
	"net/http"
	"time"

	"github.com/go-spur/spur/backend/internal/hosts"
)

// guard lets through what the user of this server may have sent: requests for
// a name that is the server's, and changes that no foreign page asks for.
func (s *server) guard(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		// What an earlier request of the connection set is over.
		_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(writeTimeout))
		w.Header().Set("X-Content-Type-Options", "nosniff")
		w.Header().Set("Cache-Control", "no-store")
		if !hosts.Allowed(r.Host, s.AllowedHosts) {
			writeError(w, errorf(http.StatusForbidden, "host %q is not allowed: see --allowed-hosts", shorten(r.Host)))
			return
		}
		if err := s.origins.Check(r); err != nil {
			writeError(w, errorf(http.StatusForbidden, "%v", err))
			return
		}
		h.ServeHTTP(w, r)
	})
}
