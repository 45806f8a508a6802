// SPDX-License-Identifier: Apache-2.0

package transport

import (
	"net"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
)

const (
	jaegerPath = "/api/traces"
	otlpPath   = "/v1/traces"
)

// parseEndpoint checks syntax only. literal says that the host is an IP address.
func parseEndpoint(endpoint string) (u *url.URL, literal bool, err error) {
	u, err = url.Parse(endpoint)
	if err != nil {
		// Without err, which quotes pieces of what may be a password.
		return nil, false, badEndpoint(endpoint, "not a URL: its host, port or an escape is malformed")
	}
	if u.Scheme != "http" && u.Scheme != "https" {
		return nil, false, badEndpoint(endpoint, "scheme is not http or https")
	}
	u.Fragment, u.RawFragment = "", "" // HTTP sends none
	host, port := u.Hostname(), u.Port()
	if ip, err := netip.ParseAddr(host); err == nil {
		if !goodZone(ip) {
			return nil, false, badEndpoint(endpoint, "the zone is not a name")
		}
		host, literal = ip.String(), true
	} else if why := badName(host); why != "" {
		return nil, false, badEndpoint(endpoint, why)
	}
	if port == "" {
		if strings.HasSuffix(u.Host, ":") {
			return nil, false, badEndpoint(endpoint, "port is missing")
		}
		return u, literal, nil
	}
	n, err := strconv.ParseUint(port, 10, 16)
	if err != nil || n == 0 {
		return nil, false, badEndpoint(endpoint, "port is not within 1 to 65535")
	}
	u.Host = net.JoinHostPort(host, strconv.FormatUint(n, 10))
	return u, literal, nil
}

// badEndpoint shows endpoint without what can be a user, a password or a query,
// however it is to be read.
func badEndpoint(endpoint, why string) error {
	at, query := strings.LastIndexByte(endpoint, '@'), strings.IndexAny(endpoint, "?#")
	switch {
	case query >= 0 && query < at: // the query holds an @, or the password a ?
		endpoint = "…"
	case query >= 0:
		endpoint = endpoint[:query] + "…"
	}
	return badAddress(endpoint, why)
}

// formatOf is the format that an endpoint's path asks for.
func formatOf(u *url.URL) Format {
	if strings.HasSuffix(strings.TrimRight(u.Path, "/"), otlpPath) {
		return OTLP
	}
	return JaegerBatch
}

// completePath gives an endpoint without a path the one its format has.
func completePath(u *url.URL, f Format) {
	if u.Path != "" && u.Path != "/" {
		return
	}
	u.Path, u.RawPath = jaegerPath, ""
	if f == OTLP {
		u.Path = otlpPath
	}
}
