// SPDX-License-Identifier: Apache-2.0

package poll

import (
	"context"
	"net"
	"net/http"
	"net/url"
	"time"
)

// DialFunc opens a connection, as net.Dialer's DialContext does.
type DialFunc func(ctx context.Context, network, addr string) (net.Conn, error)

// NewClient returns a client that shares no connections and is nobody else's: requests
// of a tracer must not be traced. A connection, being dialled or in use, ends with the
// request of a Server that wanted it. A nil dial stands for net.Dialer's, a nil proxy
// for none; see http.Transport.
func NewClient(dial DialFunc, proxy func(*http.Request) (*url.URL, error)) *http.Client {
	if dial == nil {
		dial = new(net.Dialer).DialContext
	}
	return &http.Client{Transport: &http.Transport{
		Proxy: proxy,
		DialContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
			return dialForRequest(ctx, dial, network, addr)
		},
		DisableKeepAlives:      true, // a minute is too long to hold on to an idle one
		MaxResponseHeaderBytes: 64 << 10,
		TLSHandshakeTimeout:    10 * time.Second,
	}}
}

// ownClient returns a client for a Server: a copy of c, which may be nil. It follows no
// redirects unless c has a CheckRedirect of its own, and has the transport of NewClient
// where c has none, for http.DefaultTransport may be instrumented.
func ownClient(c *http.Client) *http.Client {
	own := http.Client{}
	if c != nil {
		own = *c
	}
	if own.CheckRedirect == nil {
		own.CheckRedirect = stay
	}
	if own.Transport == nil {
		own.Transport = NewClient(nil, nil).Transport
	}
	return &own
}

// stay makes the redirecting answer the one that is returned.
func stay(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

// requestKey finds the request's own context in that of a dial: net/http lets
// dials outlive the requests that began them, so it keeps the values only.
type requestKey struct{}

func withRequest(ctx context.Context) context.Context {
	return context.WithValue(ctx, requestKey{}, ctx)
}

// dialForRequest dials until the request ends, and closes the connection then.
func dialForRequest(ctx context.Context, dial DialFunc, network, addr string) (net.Conn, error) {
	request, ok := ctx.Value(requestKey{}).(context.Context)
	if !ok {
		return dial(ctx, network, addr)
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	stop := context.AfterFunc(request, cancel)
	defer stop()
	conn, err := dial(ctx, network, addr)
	if err != nil {
		return nil, err
	}
	context.AfterFunc(request, func() { conn.Close() })
	return conn, nil
}
