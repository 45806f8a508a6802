// SPDX-License-Identifier: Apache-2.0

package transport

import (
	"encoding/base64"
	"net/url"
	"strings"
)

// secrets are texts that no error may show.
type secrets []string

func (s *secrets) add(text string) {
	if text != "" {
		*s = append(*s, text)
	}
}

// basic adds what basic authentication is made of, and returns its header.
func (s *secrets) basic(user, password string) string {
	encoded := base64.StdEncoding.EncodeToString([]byte(user + ":" + password))
	s.add(password)
	s.add(user + ":" + password)
	s.add(encoded)
	return "Basic " + encoded
}

// value adds the value of a header, unless it is too short to be a secret and
// would only make errors hard to read.
func (s *secrets) value(text string) {
	const tooShort = 4
	if len(text) < tooShort {
		return
	}
	s.add(text)
	if _, tail, ok := strings.Cut(text, " "); ok { // "Bearer …"
		s.value(tail)
	}
}

func (s *secrets) query(u *url.URL) {
	s.value(u.RawQuery)
	for _, values := range u.Query() {
		for _, v := range values {
			s.value(v)
		}
	}
}

// hide returns text with "…" for every stretch of it that belongs to a secret. cut
// says that more of it was there: then its end may be the beginning of a secret.
func (s secrets) hide(text string, cut bool) string {
	covered := make([]bool, len(text))
	found := false
	for _, secret := range s {
		for i := range len(text) {
			rest := text[i:]
			if !strings.HasPrefix(rest, secret) && (!cut || !strings.HasPrefix(secret, rest)) {
				continue
			}
			found = true
			for j := range min(len(secret), len(rest)) {
				covered[i+j] = true
			}
		}
	}
	if !found {
		return text
	}
	var b strings.Builder
	for i := range len(text) {
		switch {
		case !covered[i]:
			b.WriteByte(text[i])
		case i == 0 || !covered[i-1]:
			b.WriteString("…")
		}
	}
	return b.String()
}
