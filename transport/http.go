// SPDX-License-Identifier: Apache-2.0

package transport

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/tls"
	"fmt"
	"net/http"
	"net/url"
	"sync/atomic"
	"time"
)

var (
	_ Transport = (*HTTP)(nil)
	_ Addresser = (*HTTP)(nil)
)

// DefaultHTTPBatch is the largest batch in bytes, before compression, that HTTP
// sends when HTTPOptions.MaxBatch does not say otherwise.
const DefaultHTTPBatch = 1_000_000

// HTTPOptions changes what NewHTTP does. The zero value is right for a collector
// that asks for no credentials.
type HTTPOptions struct {
	// Format is JaegerBatch or OTLP. When 0 it is OTLP for an address whose path
	// ends in "/v1/traces" (slashes behind that do not count), or has no path and port
	// 4318, else JaegerBatch.
	Format Format
	// Header is sent with every request; it is cloned. What the transport or
	// net/http writes itself is an error here: Content-Type, Content-Length,
	// Content-Encoding, Accept-Encoding, Host, Expect, and the headers of a
	// connection (Connection, Keep-Alive, Proxy-Connection, TE, Trailer,
	// Transfer-Encoding, Upgrade); so is Authorization beside other credentials.
	// User-Agent is "spur" unless it stands here.
	Header http.Header
	// Username and Password are for basic authentication. They may stand in the
	// address instead, but not in both.
	Username, Password string
	// BearerToken is sent as "Authorization: Bearer …". It excludes Username.
	BearerToken string
	// Gzip has every batch compressed.
	Gzip bool
	// Timeout bounds one Send, from the look-up of the name to the last byte of
	// the answer; 10 s when 0.
	Timeout time.Duration
	// MaxBatch is the largest batch in bytes before compression, 1 KiB to
	// 64 MiB; DefaultHTTPBatch when 0.
	MaxBatch int
	// MaxConnAge is how long after its first use a connection is used; 60 s when
	// 0. A connection without requests is closed after that time, too.
	MaxConnAge time.Duration
	// TLS is the configuration for https addresses and https proxies; it is
	// cloned. Its NextProtos is not used: HTTP/1.1 is offered.
	TLS *tls.Config
	// CAFile holds the certificates to trust in place of the system's, CertFile
	// and KeyFile the client's own; all PEM, 1 MiB at most. They exclude RootCAs,
	// and Certificates and GetClientCertificate, of TLS, and switch off its
	// ClientSessionCache; CAFile excludes InsecureSkipVerify as well. They are read
	// again for each new connection, by Send, which waits for the file system
	// whatever its context says: let them be local files. What cannot be used then,
	// such as a file that is half written, leaves the last good content in place.
	CAFile, CertFile, KeyFile string
	// Proxy chooses a proxy for a request, as http.Transport's Proxy does, on the
	// goroutine of Send; none when nil. The text of its errors is not shown, for
	// it may quote credentials.
	Proxy func(*http.Request) (*url.URL, error)
	// Dial opens connections; net.Dialer's DialContext when nil. It is called
	// with "tcp", on a goroutine of its own, and must return soon after its
	// context ends.
	Dial DialFunc
	// Resolver finds the addresses of host names, a proxy's among them, once for
	// each connection; Dial is then called with one after the other, IPv4 ones
	// first, until it succeeds. When nil, Dial gets the name.
	Resolver Resolver
}

// HTTP sends each batch as the body of one POST request. It uses HTTP/1.1 and one
// connection, which it keeps between batches; nothing of it is shared with other
// HTTP clients of the program, so that no instrumentation sees its requests. It
// follows no redirects.
//
// The connection is replaced before a Send when it is older than MaxConnAge, and
// after anything that broke it or left its state in doubt. Each new connection
// looks the name up again and reads the TLS files again.
//
// One Send writes at most one request. What it returns:
//
//   - nil: the receiver answered 2xx with an empty body, or with one that can be
//     its own: protobuf or JSON, or Thrift for JaegerBatch. A warning in it
//     (partial success with no rejected spans) is not reported;
//   - Partial: the same, and OTLP's partial_success names rejected spans;
//   - Unconfirmed: it answered 2xx with any other body, or one that is encoded, cut
//     off, above 4 MiB, not at its end in time, or that cannot be parsed; or 2xx
//     before the request was written whole; or what it answered is not HTTP;
//   - Retryable: no connection; the request was not written whole; or 429, 502,
//     503 or 504, with RetryAfter when the answer has one (at most 24 h);
//   - Retryable and Written: the request was handed to the system whole, and
//     the connection or the time ended before an answer;
//   - TooLarge: the batch is above MaxBatch (it is not written), or 413; then
//     MaxBatch becomes half of the batch's size, 64 KiB at least, until batches have
//     been accepted for a while;
//   - Refused: any other 4xx, and 413 for a batch of at most 64 KiB;
//   - Permanent: any other status, 3xx and 500 among them; and ErrClosed.
//
// Errors show the status and up to 128 bytes of the answer's body, with "…" in place
// of credentials, and of values of Header or of the query that have 4 bytes or more,
// where it repeats them as they were sent.
type HTTP struct {
	address atomic.Pointer[string]
	max     limit
	format  Format
	target  *url.URL // without user information
	shown   string   // target as Address shows it
	literal bool     // the host is an IP address, and there is no proxy
	header  http.Header
	options HTTPOptions // complete
	tls     *tlsFiles

	// What follows belongs to the goroutine that calls Send and Close.
	secrets  secrets // those of the proxy in use among them
	own      int     // how many of them are not the proxy's
	client   *client
	zip      *gzip.Writer
	zipped   bytes.Buffer
	oneShots time.Time // until when each batch gets a connection of its own
	closed   bool
}

// NewHTTP returns a transport to endpoint, a URL such as
// "https://collector:14268/api/traces". Its path is /api/traces or, for OTLP,
// /v1/traces, where there is none or "/"; else it is used as it is, and so is the
// query; a fragment is left out. NewHTTP opens no connection and asks nobody, but
// reads the TLS files. The error wraps ErrAddress or ErrOption and names the value,
// or only the field where the value may be a secret.
func NewHTTP(endpoint string, o HTTPOptions) (*HTTP, error) {
	u, literal, err := parseEndpoint(endpoint)
	if err != nil {
		return nil, err
	}
	if err := o.complete(u); err != nil {
		return nil, err
	}
	header, secrets, err := o.headers(u)
	if err != nil {
		return nil, err
	}
	files, err := newTLSFiles(&o)
	if err != nil {
		return nil, err
	}
	u.User = nil
	h := &HTTP{
		format: o.Format, target: u, shown: u.Scheme + "://" + u.Host + u.EscapedPath(),
		literal: literal && o.Proxy == nil, header: header, secrets: secrets, own: len(secrets), options: o, tls: files,
	}
	h.max.init(o.MaxBatch)
	h.address.Store(&h.shown)
	return h, nil
}

// Check returns the error that NewHTTP would return for an endpoint.
func (o HTTPOptions) Check(endpoint string) error {
	_, err := NewHTTP(endpoint, o)
	return err
}

// Format implements Transport.
func (h *HTTP) Format() Format { return h.format }

// MaxBatch implements Transport: bytes before compression. It shrinks after 413 and
// grows again, up to HTTPOptions.MaxBatch, as batches are accepted.
func (h *HTTP) MaxBatch() int { return h.max.get() }

// Address implements Addresser: the URL without user information and query, and
// behind a name the address in use, as in
// "http://collector:14268/api/traces (10.0.0.1:14268)"; with a proxy that is the
// proxy's.
func (h *HTTP) Address() string { return *h.address.Load() }

// Send implements Transport; see HTTP for what its errors mean. An empty batch is
// accepted and not written. Send returns within 100 ms after ctx or Timeout ends, unless
// the file system keeps it waiting for a TLS file.
func (h *HTTP) Send(ctx context.Context, batch []byte) error {
	if h.closed {
		return &Error{Kind: Permanent, Err: ErrClosed}
	}
	if len(batch) == 0 {
		return nil
	}
	if n := h.MaxBatch(); len(batch) > n {
		return &Error{Kind: TooLarge, Err: fmt.Errorf("batch of %d bytes, limit %d", len(batch), n)}
	}
	e := h.send(ctx, batch)
	if e == nil || e.Kind == Partial {
		h.max.accept()
	}
	if e == nil {
		return nil // not a *Error that is nil
	}
	return e
}

// Close implements Transport: it closes the connection and ends a dial that is on
// its way. It takes 50 ms at most. The error is always nil.
func (h *HTTP) Close() error {
	h.closed = true
	h.disconnect()
	h.zip, h.zipped = nil, bytes.Buffer{}
	return nil
}
