// SPDX-License-Identifier: Apache-2.0

package poll

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/go-spur/spur/internal/address"
	"github.com/go-spur/spur/internal/guard"
)

// Where servers are asked if nobody says so: Jaeger's agents, and v2, answer there.
const (
	defaultHost = "127.0.0.1"
	defaultPort = "5778"
)

var errNoService = errors.New("no service name")

// ServerOptions are what the options of all that asks servers have in common.
type ServerOptions struct {
	Service string // the value of the parameter service in the query; required
	// Endpoint is what people write: a URL, or host, host:port or host:port/path
	// alone, which mean http and, without a port, 5778. IPv6 addresses stand in
	// brackets. 127.0.0.1 when empty.
	Endpoint string
	Path     string       // where Endpoint has none
	Client   *http.Client // nil: one of NewClient

	RefreshInterval, Timeout time.Duration // checked, not used
}

// Server is where documents are fetched from. Its methods may be called from any
// goroutine.
type Server struct {
	url    *url.URL
	client *http.Client
	name   string
	secret bool
}

// NewServer checks the options. The error names the one that has no meaning.
func NewServer(o ServerOptions) (*Server, error) {
	switch {
	case o.Service == "":
		return nil, errNoService
	case o.RefreshInterval < 0:
		return nil, fmt.Errorf("RefreshInterval %v is negative", o.RefreshInterval)
	case o.Timeout < 0:
		return nil, fmt.Errorf("Timeout %v is negative", o.Timeout)
	}
	u, err := endpoint(o.Endpoint, o.Path)
	if err != nil {
		return nil, fmt.Errorf("Endpoint %.200q: %w", address.Hide(o.Endpoint), err)
	}
	path := address.Hide(u.Path)
	others := withoutService(u.RawQuery)
	s := &Server{
		url: u, client: ownClient(o.Client),
		name:   (&url.URL{Scheme: u.Scheme, Host: u.Host, Path: path}).String(),
		secret: u.User != nil || len(others) > 0 || path != u.Path || addsSecrets(o.Client, u),
	}
	u.RawQuery = strings.Join(append(others, "service="+url.QueryEscape(o.Service)), "&")
	return s, nil
}

func endpoint(text, path string) (*url.URL, error) {
	text = cmp.Or(text, defaultHost)
	bare := !strings.Contains(text, "://")
	if bare {
		text = "http://" + text
	}
	u, _, err := address.URL(text)
	if err != nil {
		return nil, err
	}
	if bare && u.Port() == "" {
		u.Host = address.Join(u.Hostname(), defaultPort)
	}
	if u.Path == "" {
		u.Path = path
	}
	return u, nil
}

// withoutService returns the other parameters of a query, as they are.
func withoutService(query string) (others []string) {
	for _, pair := range strings.Split(query, "&") {
		key, _, _ := strings.Cut(pair, "=")
		if name, err := url.QueryUnescape(key); pair != "" && (err != nil || name != "service") {
			others = append(others, pair)
		}
	}
	return others
}

// addsSecrets reports whether a client may add to requests what nobody else should
// know.
func addsSecrets(c *http.Client, u *url.URL) bool {
	if c == nil {
		return false
	}
	if c.Jar != nil || c.CheckRedirect != nil {
		return true // cookies, or the addresses that redirects lead to
	}
	t, ok := c.Transport.(*http.Transport)
	if !ok || t == nil {
		return c.Transport != nil
	}
	if len(t.ProxyConnectHeader) > 0 || t.GetProxyConnectHeader != nil {
		return true
	}
	secret := false
	err := guard.Try(func() error {
		if t.Proxy == nil {
			return nil
		}
		proxy, err := t.Proxy(&http.Request{URL: u})
		secret = proxy != nil && proxy.User != nil
		return err
	})
	return secret || err != nil
}

// String returns the address without what may be secret: no user, no query.
func (s *Server) String() string { return s.name }

// Get fetches a document of at most limit bytes, counted after decompression. query,
// which may be empty, is added to the address's and begins with "&". Get waits no
// longer than ctx allows, reading included. A status outside 200 to 299, a redirect
// among them, is an error.
//
// No error shows the address. If requests to the server hold secrets (a user, a
// query, or whatever the client of a user adds), none shows what the server or the
// client said either: servers repeat what they were sent.
func (s *Server) Get(ctx context.Context, query string, limit int) (body []byte, err error) {
	u := *s.url
	u.RawQuery += query
	err = guard.Try(func() (err error) {
		body, err = get(ctx, s.client, u.String(), limit, !s.secret)
		return err
	})
	switch {
	case err == nil:
		return body, nil
	case ctx.Err() != nil:
		return nil, ctx.Err() // and not what that broke
	case s.secret:
		return nil, withoutSecrets(err)
	}
	return nil, err
}

// Fetch is Get for a document that parse understands. If requests to the server
// hold secrets, errors of parse do not show what they quote: the value of a
// jsondoc.Quoted, the whole text of a Foreign one and of a panic.
func Fetch[T any](ctx context.Context, s *Server, query string, limit int, parse func([]byte) (T, error)) (parsed T, err error) {
	body, err := s.Get(ctx, query, limit)
	if err != nil {
		return parsed, err
	}
	err = guard.Try(func() (err error) {
		parsed, err = parse(body)
		return err
	})
	if err != nil && s.secret {
		err = withoutQuote(err)
	}
	return parsed, err
}
