// SPDX-License-Identifier: Apache-2.0

package config

import (
	"fmt"
	"strings"
)

// Help is the error of Parse when the flag --help is given: its text is the help.
type Help string

func (h Help) Error() string { return string(h) }

const usage = `Usage: all-in-one [flags]

Receives, stores and searches traces. Each flag is also a variable, and a key of
the YAML file that --config-file (or CONFIG_FILE) names; a flag wins over a
variable, and that over the file.

`

func help(options []option) string {
	var b strings.Builder
	b.WriteString(usage)
	for _, o := range options {
		kind := o.value.Type()
		if kind == "bool" {
			kind = ""
		}
		fmt.Fprintf(&b, "  --%s %s\n        %s\n        (%s", o.flag, kind, o.help, o.env)
		if d := o.shown(); d != "" {
			fmt.Fprintf(&b, ", default %s", d)
		}
		b.WriteString(")\n")
	}
	return b.String()
}
