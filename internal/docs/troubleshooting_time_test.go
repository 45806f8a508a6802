// SPDX-License-Identifier: Apache-2.0

//go:build go1.25

package docs_test

import (
	"strings"
	"testing"
	"testing/synctest"
)

func TestTroubleshootingSampling(t *testing.T) {
	env := []string{"JAEGER_SAMPLING_ENDPOINT=http://" + closedPort(t)}
	synctest.Test(t, func(t *testing.T) {
		compareLines(t, func(line string) bool { return strings.Contains(line, samplingTrouble) }, 1, play(t, env, samplingTrouble))
	})
}
