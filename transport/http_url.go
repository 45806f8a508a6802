// SPDX-License-Identifier: Apache-2.0

package transport

import (
	"net/url"
	"strings"

	"github.com/go-spur/spur/internal/address"
)

const (
	jaegerPath = "/api/traces"
	otlpPath   = "/v1/traces"
	otlpPort   = "4318"
)

// parseEndpoint checks syntax only. literal says that the host is an IP address.
func parseEndpoint(endpoint string) (u *url.URL, literal bool, err error) {
	if u, literal, err = address.URL(endpoint); err != nil {
		return nil, false, badAddress(endpoint, err)
	}
	return u, literal, nil
}

// formatOf is the format that an endpoint's path asks for, or without one its port.
func formatOf(u *url.URL) Format {
	path := strings.TrimRight(u.Path, "/")
	if strings.HasSuffix(path, otlpPath) || path == "" && u.Port() == otlpPort {
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
