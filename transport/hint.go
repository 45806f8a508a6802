// SPDX-License-Identifier: Apache-2.0

package transport

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"mime"
	"net"
	"net/http"
	"strings"
)

// Hints: what is probably wrong, and what to do.
const (
	hintAuthority = "the server's certificate is not signed by an authority that is trusted here: name its CA in CAFile (OTEL_EXPORTER_OTLP_CERTIFICATE)"
	hintName      = "the server's certificate is for another host: use a name that stands in it"
	hintDate      = "the server's certificate is not valid now: renew it, or set this host's clock"
	hintNoTLS     = "the port does not speak TLS: try http:// instead of https://"
	hintTLS       = "the port speaks TLS: try https:// instead of http://"
	hintGRPC      = "the port speaks HTTP/2, as gRPC does, usually at 4317: OTLP over HTTP has a port of its own, usually 4318"
	hintPage      = "a web page answered, such as Jaeger's UI (port 16686) or a login: collectors take OTLP at port 4318 and Thrift at 14268"
	hintHost      = "no such host: is the name spelled right, and known to the resolver here?"
	hintRefused   = "nobody listens at that port: is the receiver running, and is the port right?"
	hintSilent    = "the receiver hung up without an answer: is the port one for HTTP, and not for gRPC or for TLS?"
	hintSecret    = "the receiver wants other credentials"
	hintPath      = "no such path there for spans: OTLP is usually taken at /v1/traces of port 4318, Thrift at /api/traces of port 14268"
)

// hintOf says what an error of a connection or a handshake means, or "".
func hintOf(err error) string {
	var (
		authority x509.UnknownAuthorityError
		name      x509.HostnameError
		invalid   x509.CertificateInvalidError
		record    tls.RecordHeaderError
		dns       *net.DNSError
	)
	switch {
	case errors.As(err, &authority):
		return hintAuthority
	case errors.As(err, &name):
		return hintName
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return hintDate
	case errors.As(err, &record):
		return hintNoTLS
	case errors.As(err, &dns) && dns.IsNotFound:
		return hintHost
	case isRefused(err):
		return hintRefused
	case err != nil && strings.HasSuffix(err.Error(), "no application protocol"): // an alert of TLS: it takes h2 only
		return hintGRPC
	}
	return ""
}

// hintOfStart says what the first bytes mean that came over a connection for a
// scheme, below TLS.
func hintOfStart(b []byte, scheme string) string {
	const alert, settings = 0x15, 4
	switch {
	case scheme == "http" && len(b) >= 2 && b[0] == alert && b[1] == 3:
		return hintTLS
	case len(b) >= 4 && b[0] == 0 && b[3] == settings: // the length has three bytes
		return hintGRPC
	}
	return ""
}

// hintOfAnswer says what an answer means that is no collector's, or refuses.
func hintOfAnswer(resp *http.Response, body []byte) string {
	text := string(body)
	media, _, _ := mime.ParseMediaType(resp.Header.Get("Content-Type"))
	switch status := resp.StatusCode; {
	case status == http.StatusBadRequest && strings.Contains(text, "HTTP request") && strings.Contains(text, "HTTPS"):
		return hintTLS // as Go's servers and nginx say
	case media == "text/html":
		return hintPage
	case status == http.StatusNotFound || status == http.StatusMethodNotAllowed:
		return hintPath
	case status == http.StatusUnauthorized || status == http.StatusForbidden || status == http.StatusProxyAuthRequired:
		return hintSecret
	}
	return ""
}
