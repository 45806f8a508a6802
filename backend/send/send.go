// SPDX-License-Identifier: Apache-2.0

package send

import (
	"cmp"
	"context"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/go-spur/spur/transport"
)

// Protocol is what a receiver speaks.
type Protocol string

// The protocols, with the port that each usually has.
const (
	OTLPGRPC   Protocol = "otlp-grpc"   // 4317
	OTLPHTTP   Protocol = "otlp-http"   // 4318: protobuf, compressed with gzip
	JaegerGRPC Protocol = "jaeger-grpc" // 14250: PostSpans
	ThriftHTTP Protocol = "thrift-http" // 14268
)

// Config says where spans go, and how.
type Config struct {
	Protocol Protocol
	// Endpoint is host:port or, for HTTP, a URL. A URL without a path gets the
	// protocol's.
	Endpoint string
	// Address, if not empty, is the host:port that is dialled in place of the
	// Endpoint's, which certificates are still checked for.
	Address string
	// Token is sent as "Authorization: Bearer".
	Token string
	// Header is sent with each request: of HTTP, or as metadata of gRPC.
	Header map[string]string
	TLS    TLS
	// Timeout bounds one attempt; 0 is DefaultTimeout.
	Timeout time.Duration
}

// Sender sends spans to one receiver. Its methods may be called from any goroutine.
type Sender interface {
	// Send makes one attempt and returns nil when all spans of b were taken, or a
	// *transport.Error, whose Kind says what to do:
	//
	//   - Retryable: try again, after RetryAfter if that is not 0;
	//   - TooLarge: Split, and send the parts;
	//   - Partial: Rejected of the spans were not taken, the others were;
	//   - anything else: the spans are lost.
	//
	// It returns soon after ctx is done, and does not keep b.
	Send(ctx context.Context, b Batch) error
	// Close closes the connections. Sends under way fail.
	Close() error
}

// New returns a Sender. It reads the TLS files, but opens no connection.
func New(c Config) (Sender, error) {
	c.Timeout = cmp.Or(c.Timeout, DefaultTimeout)
	switch c.Protocol {
	case OTLPGRPC:
		return newOTLPGRPC(c)
	case OTLPHTTP:
		return newOTLPHTTP(c)
	case JaegerGRPC:
		return newJaegerGRPC(c)
	case ThriftHTTP:
		return newThriftHTTP(c)
	}
	return nil, fmt.Errorf("there is no protocol %.40q: use %s, %s, %s or %s", c.Protocol, OTLPGRPC, OTLPHTTP, JaegerGRPC, ThriftHTTP)
}

// HostPort returns the host and port of an Endpoint, which a URL may leave out.
func HostPort(p Protocol, endpoint string) (string, error) {
	if !strings.Contains(endpoint, "://") {
		host, port, err := net.SplitHostPort(endpoint)
		if err != nil || host == "" || port == "" {
			return "", fmt.Errorf("%.100q is not host:port", endpoint)
		}
		return endpoint, nil
	}
	u, err := url.Parse(endpoint)
	if err != nil || u.Hostname() == "" || u.Scheme != "http" && u.Scheme != "https" {
		return "", fmt.Errorf("%.100q is not a URL of http or https", endpoint)
	}
	if p == OTLPGRPC || p == JaegerGRPC {
		return "", fmt.Errorf("%.100q: %s takes host:port, not a URL", endpoint, p)
	}
	port := u.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[u.Scheme]
	}
	return net.JoinHostPort(u.Hostname(), port), nil
}

// header is c.Header as net/http has it.
func (c *Config) header() http.Header {
	h := http.Header{}
	for name, value := range c.Header {
		h.Set(name, value)
	}
	return h
}

// failed is the error of an attempt.
func failed(kind transport.Kind, err error) *transport.Error {
	return &transport.Error{Kind: kind, Err: err}
}
