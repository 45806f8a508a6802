// SPDX-License-Identifier: Apache-2.0

package transport

import (
	"context"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// cyclic is a value that fmt cannot print without overflowing the stack.
func cyclic() any {
	m := map[string]any{}
	m["self"] = m
	return m
}

type badResolver struct{}

func (badResolver) LookupHost(context.Context, string) ([]string, error) { panic(cyclic()) }

// Functions of the user's may panic with anything: nothing was sent, and the program
// lives.
func TestForeignPanics(t *testing.T) {
	dial := func(context.Context, string, string) (net.Conn, error) { panic(cyclic()) }
	nothing := func(context.Context, string, string) (net.Conn, error) { return nil, nil }
	for name, o := range map[string]HTTPOptions{
		"Dial":         {Dial: dial},
		"Dial of nil":  {Dial: nothing},
		"Resolver":     {Resolver: badResolver{}},
		"Proxy":        {Proxy: func(*http.Request) (*url.URL, error) { panic(cyclic()) }},
		"Dial of both": {Dial: dial, Resolver: badResolver{}},
	} {
		err := wantHTTP(t, newHTTP(t, "http://collector", o), "batch", "retryable")
		if len(err.Error()) > 1000 {
			t.Errorf("HTTP, %s: %d bytes of error", name, len(err.Error()))
		}
	}
	for name, o := range map[string]UDPOptions{
		"Dial":        {Dial: dial},
		"Dial of nil": {Dial: nothing},
	} {
		if err := wantSend(t, newUDP(t, addrA, o), "batch", "no receiver"); name == "Dial" && !strings.Contains(err.Error(), "panic: map[self:") {
			t.Errorf("UDP, %s: %v", name, err)
		}
	}
	if err := wantSend(t, newUDP(t, "agent:1", UDPOptions{Resolver: badResolver{}}), "batch", "no receiver"); !strings.Contains(err.Error(), "panic: map[self:") {
		t.Errorf("UDP, Resolver: %v", err)
	}
}
