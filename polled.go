// SPDX-License-Identifier: Apache-2.0

package spur

import (
	"net/url"
	"time"

	"github.com/go-spur/spur/internal/poll"
)

// polledPort is where Jaeger's agents, and v2, answer questions.
const polledPort = "5778"

// polledURL checks what the options of everything that polls a server have in
// common, and returns the URL to ask. options names the struct, for the error.
func polledURL(options, endpoint, path, service string, interval, timeout time.Duration) (*url.URL, error) {
	for _, d := range []struct {
		name  string
		value time.Duration
	}{{"RefreshInterval", interval}, {"Timeout", timeout}} {
		if d.value < 0 {
			return nil, &ConfigError{Name: options + "." + d.name, Value: d.value.String(), Err: errNegative}
		}
	}
	u, err := poll.Endpoint(endpoint, polledPort, path, service)
	if err != nil {
		return nil, &ConfigError{Name: options + ".Endpoint", Value: maskURL(endpoint), Err: err}
	}
	return u, nil
}
