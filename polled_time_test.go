// SPDX-License-Identifier: Apache-2.0

//go:build go1.25

package spur

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-spur/spur/internal/poll/polltest"
)

// TestPolledInterval: servers are asked once a second at most, whatever the option
// says and whether they answer or not.
func TestPolledInterval(t *testing.T) {
	for _, tt := range []struct {
		name    string
		handler http.Handler
		rig     func(t *testing.T, h http.Handler) *polltest.Server
	}{
		{"restrictions", polltest.Body(goodRestrictions), restrictionsPolled},
		{"restrictions fail", http.NotFoundHandler(), restrictionsPolled},
		{"credits", polltest.Body(`{"balances":[]}`), creditsPolled},
		{"credits fail", http.NotFoundHandler(), creditsPolled},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				server := tt.rig(t, tt.handler)
				<-time.After(100 * time.Second)
				if n := server.Requests(); n < 90 || n > 112 {
					t.Errorf("%d requests in 100 s", n)
				}
			})
		})
	}
}

func restrictionsPolled(t *testing.T, h http.Handler) *polltest.Server {
	t.Helper()
	return newRemoteRig(t, h, RemoteBaggageOptions{RefreshInterval: 1}).server
}

func creditsPolled(t *testing.T, h http.Handler) *polltest.Server {
	t.Helper()
	r := newCreditsRig(t, h, RemoteThrottlerOptions{RefreshInterval: 1})
	r.Allow("op") // else there is nothing to ask
	return r.server
}

func TestPolledURL(t *testing.T) {
	u, err := polledURL("Options", "agent", "/path", "a", 0, 0)
	if err != nil || u.String() != "http://agent:5778/path?service=a" {
		t.Errorf("%v, %v", u, err)
	}
	for _, endpoint := range []string{"agent:99999", "::1:5778"} {
		_, err := polledURL("Options", endpoint, "/path", "a", 0, 0)
		var wrong *ConfigError
		if !errors.As(err, &wrong) || !strings.Contains(err.Error(), endpoint) {
			t.Errorf("%s: %v", endpoint, err)
		}
	}
}
