// SPDX-License-Identifier: Apache-2.0

package receive

import (
	"net/http"

	"github.com/go-spur/spur/backend/internal/bearer"
	"github.com/go-spur/spur/backend/trace"
)

// tokened is a listener that lets in only those who show its token, if it has one.
type tokened struct{ token bearer.Token }

// RequireToken makes it refuse requests for spans without the header
// "Authorization: Bearer" and the token. It must be called before Serve.
func (t *tokened) RequireToken(token string) { t.token = bearer.Token(token) }

var errToken = &bodyError{http.StatusUnauthorized, trace.ReasonToken, "the bearer token is missing or wrong"}

// enter returns errToken unless r may be read.
func (t *tokened) enter(r *http.Request) error {
	if t.token.Shown(r.Header.Get("Authorization")) {
		return nil
	}
	return errToken
}
