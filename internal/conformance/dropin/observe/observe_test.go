// SPDX-License-Identifier: Apache-2.0

package observe

import (
	"maps"
	"strings"
	"testing"
)

// TestExpvarTwice runs a scenario again in a process that has its names already.
func TestExpvarTwice(t *testing.T) {
	s := scenario{"expvar", expvarMetrics}
	first, second := s.run(), s.run()
	if !maps.Equal(first, second) || !strings.Contains(first["expvar/all"], "traces") {
		t.Errorf("metrics of the first run:\n%v\nof the second:\n%v", first, second)
	}
}
