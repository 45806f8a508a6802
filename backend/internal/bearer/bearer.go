// SPDX-License-Identifier: Apache-2.0

// Package bearer checks bearer tokens (RFC 6750).
package bearer

import (
	"crypto/subtle"
	"strings"
)

// Token is a secret that clients must show. The empty one lets everyone in.
type Token string

// Shown reports whether authorization, the header of that name, has the token. It
// takes as long for a wrong one.
func (t Token) Shown(authorization string) bool {
	if t == "" {
		return true
	}
	scheme, token, _ := strings.Cut(authorization, " ")
	return strings.EqualFold(scheme, "Bearer") && subtle.ConstantTimeCompare([]byte(strings.TrimSpace(token)), []byte(t)) == 1
}
