// SPDX-License-Identifier: Apache-2.0

package elastic

import (
	"bytes"
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/elastic/elastic-transport-go/v8/elastictransport"

	"github.com/go-spur/spur/backend/store"
)

// maxAnswer is the number of bytes of an answer that are read, unless a request says fewer.
const maxAnswer = 128 << 20

// errAnswer says that an answer is longer than that.
var errAnswer = errors.New("an answer")

// client speaks to the server. Its nodes are asked by turns; one that fails is left
// alone for a while.
type client struct {
	transport *elastictransport.Client
	idle      interface{ CloseIdleConnections() }
	config    *Config
	counters  *counters
}

// request is what call sends.
type request struct {
	method, path, query string
	body                []byte
	lines               bool // body is not one JSON value but one a line
	most                int  // bytes of the answer that are read; 0 is maxAnswer
}

// serverError is an answer that is an error.
type serverError struct {
	status       int
	kind, reason string
	typed        bool // the kind is one of the server's
}

// ofContent reports whether what was sent is at fault: it is too large, or the server itself
// says so, and nobody on the way to it.
func (e *serverError) ofContent() bool {
	return e.status == http.StatusRequestEntityTooLarge || e.status == http.StatusBadRequest && e.typed
}

func (e *serverError) Error() string {
	return fmt.Sprintf("the server answers %d, %s: %s", e.status, e.kind, e.reason)
}

func newClient(c *Config, counters *counters) (*client, error) {
	t, err := c.TLS.config()
	if err != nil {
		return nil, err
	}
	transport := &http.Transport{
		Proxy:                 http.ProxyFromEnvironment,
		DialContext:           (&net.Dialer{Timeout: 10 * time.Second, KeepAlive: 30 * time.Second}).DialContext,
		TLSClientConfig:       t,
		TLSHandshakeTimeout:   10 * time.Second,
		MaxIdleConnsPerHost:   16,
		MaxConnsPerHost:       64,
		IdleConnTimeout:       90 * time.Second,
		ResponseHeaderTimeout: c.Timeout,
		ForceAttemptHTTP2:     true,
	}
	cfg := elastictransport.Config{Transport: transport, MaxRetries: len(c.URLs) - 1, DisableRetry: len(c.URLs) == 1, UserAgent: "spur"}
	for _, text := range c.URLs {
		u, err := url.Parse(text)
		if err != nil {
			return nil, err
		}
		cfg.URLs = append(cfg.URLs, u)
	}
	e, err := elastictransport.New(cfg)
	if err != nil {
		return nil, err
	}
	return &client{e, transport, c, counters}, nil
}

// config reads the files.
func (t *TLS) config() (*tls.Config, error) {
	c := &tls.Config{ServerName: t.ServerName, InsecureSkipVerify: t.SkipVerify} //nolint:gosec // by option
	if t.CA != "" {
		pem, err := os.ReadFile(t.CA)
		if err != nil {
			return nil, fmt.Errorf("authorities of the server's certificate: %w", err)
		}
		c.RootCAs = x509.NewCertPool()
		if !c.RootCAs.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("authorities of the server's certificate: there is none in %s", t.CA)
		}
	}
	if t.Cert != "" || t.Key != "" {
		pair, err := tls.LoadX509KeyPair(t.Cert, t.Key)
		if err != nil {
			return nil, fmt.Errorf("certificate to show to the server: %w", err)
		}
		c.Certificates = []tls.Certificate{pair}
	}
	return c, nil
}

// call sends r and returns the body of an answer that is no error. An error that may
// pass by itself wraps store.ErrUnavailable; ctx's comes as it is.
func (c *client) call(ctx context.Context, r request) ([]byte, error) {
	limited, cancel := context.WithTimeout(ctx, c.config.Timeout)
	defer cancel()
	u := url.URL{Path: r.path, RawQuery: r.query}
	req, err := http.NewRequestWithContext(limited, r.method, "/", bytes.NewReader(r.body))
	if err != nil {
		return nil, err
	}
	req.URL = &u
	if r.body != nil {
		req.Header.Set("Content-Type", "application/json")
		if r.lines {
			req.Header.Set("Content-Type", "application/x-ndjson")
		}
	}
	if err := c.authorize(req); err != nil {
		return nil, fmt.Errorf("%w: %w", store.ErrUnavailable, err)
	}
	c.counters.requests.Inc()
	resp, err := c.transport.Perform(req)
	if err != nil {
		return nil, c.away(ctx, err)
	}
	defer func() { _ = resp.Body.Close() }()
	most := cmp.Or(r.most, maxAnswer)
	b, err := io.ReadAll(io.LimitReader(resp.Body, int64(most)+1))
	switch {
	case err != nil:
		return nil, c.away(ctx, err)
	case len(b) > most:
		return nil, fmt.Errorf("%w of more than %d MiB", errAnswer, most>>20)
	case resp.StatusCode >= 300:
		return b, failure(resp.StatusCode, b)
	}
	return b, nil
}

// errGone says that no server is there: what answers next may be another.
var errGone = errors.New("no server answers")

// away is the error of a server that does not answer.
func (c *client) away(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ended(ctx)
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return unavailable(fmt.Errorf("no answer within %v", c.config.Timeout))
	}
	var timeout net.Error
	if errors.As(err, &timeout) && timeout.Timeout() {
		return unavailable(err)
	}
	return fmt.Errorf("%w: %w: %w", store.ErrUnavailable, errGone, err)
}

// authorize adds what the settings say to show.
func (c *client) authorize(req *http.Request) error {
	secret := func(file string) (string, error) {
		b, err := os.ReadFile(file)
		return strings.TrimSpace(string(b)), err
	}
	switch s := c.config; {
	case s.TokenFile != "":
		token, err := secret(s.TokenFile)
		req.Header.Set("Authorization", "Bearer "+token)
		return err
	case s.APIKeyFile != "":
		key, err := secret(s.APIKeyFile)
		req.Header.Set("Authorization", "ApiKey "+key)
		return err
	case s.PasswordFile != "":
		password, err := secret(s.PasswordFile)
		req.SetBasicAuth(s.Username, password)
		return err
	case s.Username != "":
		req.SetBasicAuth(s.Username, s.Password)
	}
	return nil
}

// failure is what an answer with an error says.
func failure(status int, b []byte) error {
	e := &serverError{status: status, kind: http.StatusText(status), reason: fmt.Sprintf("%.300s", b)}
	var body struct {
		Error json.RawMessage `json:"error"`
	}
	if json.Unmarshal(b, &body) == nil {
		var detail itemError
		if json.Unmarshal(body.Error, &detail) == nil && detail.Type != "" {
			e.typed, e.kind, e.reason = true, detail.Type, fmt.Sprintf("%.300s", detail.Reason)
			if len(detail.Root) > 0 && detail.Root[0].Reason != detail.Reason {
				e.reason += fmt.Sprintf(": %s: %.300s", detail.Root[0].Type, detail.Root[0].Reason)
			}
		}
	}
	if passing(status, e.kind, e.reason) {
		return fmt.Errorf("%w: %w", store.ErrUnavailable, e)
	}
	return e
}

// passing reports whether what failed can succeed later: the server has no room or no
// time, it may not write, or credentials are wrong, which can be put right.
func passing(status int, kind, reason string) bool {
	switch status {
	case http.StatusUnauthorized, http.StatusForbidden, http.StatusTooManyRequests, http.StatusRequestTimeout:
		return true
	case http.StatusNotFound:
		return kind == "index_not_found_exception"
	case http.StatusBadRequest: // of a kind that is none: cluster.max_shards_per_node are there
		return strings.HasPrefix(reason, "Validation Failed: ") && strings.Contains(reason, ": this action would add [")
	}
	return status >= 500 || kind == "cluster_block_exception"
}

// forbidden reports whether the server answers that we may not ask.
func forbidden(err error) bool {
	var e *serverError
	return errors.As(err, &e) && (e.status == http.StatusUnauthorized || e.status == http.StatusForbidden)
}

// refuses reports whether err says that the credentials are wrong.
func refuses(err error) bool {
	var e *serverError
	return errors.As(err, &e) && (e.status == http.StatusUnauthorized || e.status == http.StatusForbidden && e.kind == "security_exception")
}
