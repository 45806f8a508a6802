// SPDX-License-Identifier: Apache-2.0

package config

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "rewrite docs/backend-settings.md")

// TestDocument compares docs/backend-settings.md with the table of options. This
// rewrites it:
//
//	go test ./config -run TestDocument -update
func TestDocument(t *testing.T) {
	const path = "../../docs/backend-settings.md"
	want := page(t)
	if *update {
		if err := os.WriteFile(path, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != want {
		t.Errorf("%s is not what go test ./config -run TestDocument -update writes", path)
	}
}

func page(t *testing.T) string {
	t.Helper()
	intro, err := os.ReadFile("testdata/settings.md")
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	b.Write(intro)
	b.WriteString("\n| flag and key | variable | commands | values | meaning | default |\n| --- | --- | --- | --- | --- | --- |\n")
	c := Default(AllInOne)
	cell := strings.NewReplacer("|", `\|`)
	for _, o := range everything(&c, nil) {
		if o.help == "" {
			t.Errorf("--%s has no meaning", o.flag)
		}
		who := o.commands.String()
		if o.commands == everyone {
			who = "all"
		}
		fmt.Fprintf(&b, "| `%s` | `%s` | %s | %s | %s | %s |\n", o.flag, o.env, who, cell.Replace(o.value.Type()), cell.Replace(o.help), cell.Replace(o.shown()))
	}
	return b.String()
}
