// SPDX-License-Identifier: Apache-2.0

package transport

import (
	"cmp"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

const (
	minHTTPBatch = 1 << 10
	maxHTTPBatch = 64 << 20
	userAgent    = "spur"
)

// complete checks o but for its credentials, headers and files, and fills in the
// defaults; it gives u its path.
func (o *HTTPOptions) complete(u *url.URL) error {
	if o.Format == 0 {
		o.Format = formatOf(u)
	}
	o.Timeout = cmp.Or(o.Timeout, 10*time.Second)
	o.MaxBatch = cmp.Or(o.MaxBatch, DefaultHTTPBatch)
	o.MaxConnAge = cmp.Or(o.MaxConnAge, time.Minute)
	if o.Dial == nil {
		o.Dial = (&net.Dialer{}).DialContext
	}
	switch {
	case o.Format != JaegerBatch && o.Format != OTLP:
		return fmt.Errorf("%w: Format %v does not go over HTTP", ErrOption, o.Format)
	case o.Timeout < 0:
		return fmt.Errorf("%w: Timeout %v is negative", ErrOption, o.Timeout)
	case o.MaxBatch < minHTTPBatch || o.MaxBatch > maxHTTPBatch:
		return fmt.Errorf("%w: MaxBatch %d is not within %d to %d", ErrOption, o.MaxBatch, minHTTPBatch, maxHTTPBatch)
	case o.MaxConnAge < 0:
		return fmt.Errorf("%w: MaxConnAge %v is negative", ErrOption, o.MaxConnAge)
	}
	completePath(u, o.Format)
	return nil
}

// headers returns what every request carries, and the secrets in it.
func (o *HTTPOptions) headers(u *url.URL) (http.Header, secrets, error) {
	h := make(http.Header, len(o.Header)+4)
	var hide secrets
	for name, values := range o.Header {
		key := http.CanonicalHeaderKey(name)
		if !isToken(name) {
			return nil, nil, fmt.Errorf("%w: Header has a bad name, %.64q and more", ErrOption, tokenPrefix(name))
		}
		if slices.Contains(ownHeaders, key) {
			return nil, nil, fmt.Errorf("%w: Header %s is not for users to set", ErrOption, key)
		}
		for _, v := range values {
			if hasControl(v) {
				return nil, nil, fmt.Errorf("%w: Header %s has a control character in its value", ErrOption, key)
			}
			h.Add(key, v)
			hide.value(v)
		}
	}
	authorization, err := o.authorization(u, &hide)
	if err != nil {
		return nil, nil, err
	}
	if authorization != "" {
		if h.Get("Authorization") != "" {
			return nil, nil, fmt.Errorf("%w: Header Authorization and other credentials exclude each other", ErrOption)
		}
		h.Set("Authorization", authorization)
	}
	if h.Get("User-Agent") == "" {
		h.Set("User-Agent", userAgent)
	}
	h.Set("Content-Type", "application/x-thrift")
	if o.Format == OTLP {
		h.Set("Content-Type", "application/x-protobuf")
	}
	if o.Gzip {
		h.Set("Content-Encoding", "gzip")
	}
	hide.query(u)
	return h, hide, nil
}

// ownHeaders are written by the transport or by net/http.
var ownHeaders = []string{
	"Accept-Encoding", "Connection", "Content-Encoding", "Content-Length", "Content-Type", "Expect", "Host",
	"Keep-Alive", "Proxy-Connection", "Te", "Trailer", "Transfer-Encoding", "Upgrade",
}

// authorization is the value of that header, or "".
func (o *HTTPOptions) authorization(u *url.URL, hide *secrets) (string, error) {
	user, password, field := o.Username, o.Password, "Username"
	if u.User != nil && u.User.String() != "" {
		if user != "" || password != "" {
			return "", fmt.Errorf("%w: Username or Password and a user in the address exclude each other", ErrOption)
		}
		user, field = u.User.Username(), "the user in the address"
		password, _ = u.User.Password()
	} else if user == "" && password != "" {
		return "", fmt.Errorf("%w: Password without Username", ErrOption)
	}
	switch {
	case user == "" && password == "" && o.BearerToken == "":
		return "", nil
	case o.BearerToken != "" && (user != "" || password != ""):
		return "", fmt.Errorf("%w: BearerToken and %s exclude each other", ErrOption, field)
	case o.BearerToken != "":
		if strings.IndexFunc(o.BearerToken, func(r rune) bool { return r <= ' ' || r >= 0x7f }) >= 0 {
			return "", fmt.Errorf("%w: BearerToken has a space, a line end or another character that tokens do not have", ErrOption)
		}
		hide.add(o.BearerToken)
		return "Bearer " + o.BearerToken, nil
	case strings.Contains(user, ":"):
		return "", fmt.Errorf("%w: %s has a colon", ErrOption, field)
	case hasControl(user) || hasControl(password):
		return "", fmt.Errorf("%w: %s or the password has a control character", ErrOption, field)
	}
	return hide.basic(user, password), nil
}

// isToken reports whether s can be a header's name (RFC 9110, section 5.6.2).
func isToken(s string) bool { return s != "" && tokenPrefix(s) == s }

// tokenPrefix is the beginning of s that can be part of a header's name. What
// stands behind it may be a secret.
func tokenPrefix(s string) string {
	for i := 0; i < len(s); i++ {
		c := s[i]
		letter := '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
		if !letter && !strings.ContainsRune("!#$%&'*+-.^_`|~", rune(c)) {
			return s[:i]
		}
	}
	return s
}

func hasControl(s string) bool {
	for i := 0; i < len(s); i++ {
		if c := s[i]; c < ' ' && c != '\t' || c == 0x7f {
			return true
		}
	}
	return false
}
