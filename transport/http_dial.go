// SPDX-License-Identifier: Apache-2.0

package transport

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"time"

	"github.com/go-spur/spur/internal/guard"
)

// addressWait is for one of several addresses, but the last.
const addressWait = 2 * time.Second

// guardedProxy keeps what a foreign function says and does from spreading. The
// credentials in its URL are secrets from then on, until it is asked again.
func (h *HTTP) guardedProxy() func(*http.Request) (*url.URL, error) {
	if h.options.Proxy == nil {
		return nil
	}
	return func(r *http.Request) (*url.URL, error) {
		var u *url.URL
		err := guard.Try(func() (err error) {
			u, err = h.options.Proxy(r)
			return err
		})
		if err != nil {
			return nil, errors.New("the Proxy function failed")
		}
		h.secrets = h.secrets[:h.own]
		if u != nil && u.User != nil {
			password, _ := u.User.Password()
			h.secrets.basic(u.User.Username(), password)
		}
		return u, nil
	}
}

// dial is called by net/http on a goroutine of its own.
func (c *client) dial(_ context.Context, network, addr string) (net.Conn, error) {
	var raw net.Conn
	var at string
	err := guard.Try(func() (err error) {
		raw, at, err = c.open(network, addr)
		return err
	})
	if err != nil {
		return nil, err
	}
	return c.adopt(raw, at)
}

// open dials addr, by way of the Resolver if there is one. It returns the address
// that answered.
func (c *client) open(network, addr string) (net.Conn, string, error) {
	o := &c.owner.options
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, "", err
	}
	if _, err := netip.ParseAddr(host); err == nil || o.Resolver == nil {
		conn, err := c.dialOne(c.ctx, network, addr)
		if err != nil || conn.RemoteAddr() == nil {
			return conn, addr, err
		}
		return conn, conn.RemoteAddr().String(), nil
	}
	hosts, err := o.Resolver.LookupHost(c.ctx, host)
	if err != nil {
		return nil, "", fmt.Errorf("resolving %s: %w", host, err)
	}
	addrs := usable(hosts, port)
	err = fmt.Errorf("resolving %s: no usable address among %d", host, len(hosts))
	for i, a := range addrs {
		ctx, cancel := c.ctx, context.CancelFunc(func() {})
		if i < len(addrs)-1 {
			ctx, cancel = context.WithTimeout(ctx, addressWait)
		}
		var conn net.Conn
		conn, err = c.dialOne(ctx, network, a)
		cancel()
		if err == nil {
			return conn, a, nil
		}
	}
	return nil, "", err
}

func (c *client) dialOne(ctx context.Context, network, addr string) (net.Conn, error) {
	conn, err := c.owner.options.Dial(ctx, network, addr)
	if err == nil && conn == nil {
		err = errNoConn
	}
	return conn, err
}
