// SPDX-License-Identifier: Apache-2.0

package routers

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// TestReadme: what the README says to write stands in the file it names, and what
// spurhttp's docs say in one of them.
func TestReadme(t *testing.T) {
	text := func(name string) string {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	all := ""
	rows := regexp.MustCompile("(?m)^\\| \\[.*\\]\\((.*)\\) \\|.*\\| `(.*)` \\|$").FindAllStringSubmatch(text("README.md"), -1)
	for _, row := range rows {
		file := text(row[1])
		for _, statement := range strings.Split(row[2], "; ") {
			if !strings.Contains(file, statement) {
				t.Errorf("README.md: %s does not have %s", row[1], statement)
			}
		}
		all += file
	}
	said := regexp.MustCompile(`SetRoute\(.*\)`).FindAllString(text("../../spurhttp/doc.go"), -1)
	for _, call := range said {
		if !strings.Contains(all, call) {
			t.Errorf("spurhttp/doc.go: no example has %s", call)
		}
	}
	if len(rows) != 9 || len(said) != 7 {
		t.Errorf("%d rows in README.md, %d lines in spurhttp/doc.go", len(rows), len(said))
	}
}
