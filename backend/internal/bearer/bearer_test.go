// SPDX-License-Identifier: Apache-2.0

package bearer_test

import (
	"testing"

	"github.com/go-spur/spur/backend/internal/bearer"
)

func TestShown(t *testing.T) {
	for header, want := range map[string]bool{
		"Bearer secret": true, "bearer secret": true, "Bearer  secret ": true,
		"": false, "Bearer": false, "Bearer ": false, "secret": false, "Basic secret": false, "Bearer Secret": false, "Bearer secrets": false,
	} {
		if got := bearer.Token("secret").Shown(header); got != want {
			t.Errorf("%q: %v", header, got)
		}
		if !bearer.Token("").Shown(header) {
			t.Errorf("%q is refused where there is no token", header)
		}
	}
}
