// SPDX-License-Identifier: Apache-2.0

package deploy

import (
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/go-spur/spur/backend/config"
)

// TestUnit: the settings of the unit are known to its command, and it writes to the
// folder that systemd makes for it.
func TestUnit(t *testing.T) {
	unit := map[string][]string{}
	for line := range strings.SplitSeq(read(t, "systemd/spur-agent.service"), "\n") {
		if key, value, ok := strings.Cut(line, "="); ok && !strings.HasPrefix(line, "#") {
			unit[key] = append(unit[key], value)
		}
	}
	if !slices.Equal(unit["ExecStart"], []string{"/usr/local/bin/spur-agent"}) || unit["DynamicUser"] == nil {
		t.Errorf("starts %q, as %q", unit["ExecStart"], unit["DynamicUser"])
	}
	c, warning, err := config.Parse(config.Agent, nil, unit["Environment"])
	if warning != "" || err != nil {
		t.Fatal(warning, err)
	}
	if want := path.Join("/var/lib", unit["StateDirectory"][0]); c.Forward.Spool != want {
		t.Errorf("the spool is %s, and the unit's folder %s", c.Forward.Spool, want)
	}
}
