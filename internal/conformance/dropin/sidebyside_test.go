// SPDX-License-Identifier: Apache-2.0

package dropin

import (
	"encoding/json"
	"maps"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/go-spur/spur/internal/conformance/dropin/observe"
	"github.com/go-spur/spur/spurtest"
)

// TestSideBySide runs package observe with the real module and with compat, and compares
// what it sees, one observation after the other. What differs is agreed upon in
// differences_test.go.
func TestSideBySide(t *testing.T) {
	spurtest.CheckLeaks(t)
	real, ours := realObservations(t), observe.All()
	used, heard := make([]bool, len(differences)), make([]bool, len(silent))
	same := 0
	for _, name := range slices.Sorted(maps.Keys(real)) {
		a, b := real[name], ours[name]
		if a == b {
			same++
			if saysNothing(name, a) && !listed(heard, name) {
				t.Errorf("%s says nothing on both sides: %q", name, a)
			}
		} else if !agreed(used, name, a, b) {
			t.Errorf("%s\nreal: %s\nours: %s", name, indent(a), indent(b))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(ours)) {
		if _, ok := real[name]; !ok && !agreed(used, name, "", ours[name]) {
			t.Errorf("%s\nreal: nothing\nours: %s", name, indent(ours[name]))
		}
	}
	for i, d := range differences {
		if !used[i] {
			t.Errorf("agreed upon, but nowhere to be seen: %s", d.name)
		}
	}
	for i, name := range silent {
		if !heard[i] {
			t.Errorf("listed as silent, and is not: %s", name)
		}
	}
	t.Logf("%d observations, %d the same on both sides", len(real), same)
}

// realObservations runs package observe in a process that is linked with the real module.
func realObservations(t *testing.T) map[string]string {
	t.Helper()
	cmd := exec.Command("go", "run", "-modfile=jaeger.mod", "./record")
	cmd.Env = append(os.Environ(), "GOWORK=off")
	var complaints strings.Builder
	cmd.Stderr = &complaints
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v: %v\n%s", cmd, err, complaints.String())
	}
	var seen map[string]string
	if err := json.Unmarshal(out, &seen); err != nil {
		t.Fatal(err)
	}
	return seen
}

// agreed reports whether all of a difference is agreed upon, and marks those that say so.
func agreed(used []bool, name, a, b string) bool {
	found := false
	for i, d := range differences {
		if matches(d.name, name) && matches(d.real, a) && matches(d.ours, b) {
			found, used[i] = true, true
		}
	}
	return found
}

// silent are observations that say nothing on either side, and are right to: regular
// expressions for their names.
var silent = []string{
	`thrift/fields/field/<nil>`, // log.Noop
}

// saysNothing reports whether an observation has no content, so that the sides agree
// whatever they do.
func saysNothing(name, text string) bool {
	broken := strings.HasSuffix(name, "/panic") || strings.HasSuffix(name, "/hangs")
	return broken || noContent.MatchString(text)
}

// noContent is nothing at all, nothing before how it went, or what the scenarios say when
// nothing arrives.
var noContent = regexp.MustCompile(`^\s*$|^\s+(ok|<nil>)$|no batch|no request|^undecodable`)

// listed reports whether an observation may be silent, and marks the lines that say so.
func listed(heard []bool, name string) bool {
	found := false
	for i, pattern := range silent {
		if matches(pattern, name) {
			found, heard[i] = true, true
		}
	}
	return found
}

func matches(pattern, text string) bool {
	return regexp.MustCompile(`(?s)^(?:` + pattern + `)$`).MatchString(text)
}

// TestDifferencesAreDocumented looks for the reason of each in the documents.
func TestDifferencesAreDocumented(t *testing.T) {
	var documents string
	for _, file := range []string{"../../../DESIGN.md", "../../../compat/jaeger-client-go/README.md"} {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		documents += string(text)
	}
	for _, d := range differences {
		if d.because == "" || !strings.Contains(documents, d.because) {
			t.Errorf("%s: neither DESIGN.md nor README.md says %q", d.name, d.because)
		}
	}
}

func indent(text string) string { return strings.ReplaceAll(text, "\n", "\n      ") }
