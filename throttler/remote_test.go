// SPDX-License-Identifier: Apache-2.0

package throttler

import (
	"errors"
	"strings"
	"testing"
)

func TestNewRemoteErrors(t *testing.T) {
	for _, tt := range []struct {
		service, want string
		o             RemoteOptions
	}{
		{"", "no service name", RemoteOptions{}},
		{"a", "RefreshInterval", RemoteOptions{RefreshInterval: -1}},
		{"a", "Timeout", RemoteOptions{Timeout: -1}},
		{"a", "Endpoint", RemoteOptions{Endpoint: "ftp://user:secret@x/?token=secret"}},
	} {
		r, err := NewRemote(tt.service, tt.o)
		if !errors.Is(err, ErrInvalidOption) || !strings.Contains(err.Error(), tt.want) || r != nil || strings.Contains(err.Error(), "secret") {
			t.Errorf("%+v: %v, %v; want an error of %s", tt.o, r, err, tt.want)
		}
	}
}

// nastyError is an error whose text cannot be had.
type nastyError struct{}

func (nastyError) Error() string { panic("nasty") }
