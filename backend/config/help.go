// SPDX-License-Identifier: Apache-2.0

package config

import (
	"fmt"
	"strings"
)

const usage = `Usage: %v [flags]

%s Each flag is also a variable, and a key of
the YAML file that --config-file (or CONFIG_FILE) names; a flag wins over a
variable, and that over the file.

`

// Help returns what a command answers the flag --help with.
func Help(command Command) string {
	var b strings.Builder
	fmt.Fprintf(&b, usage, command, command.purpose())
	c := Default(command)
	for _, o := range table(&c, nil) {
		kind := " " + o.value.Type()
		if kind == " bool" { // what follows a blank would be no value
			kind = "=true|false"
		}
		fmt.Fprintf(&b, "  --%s%s\n        %s\n        (%s", o.flag, kind, o.help, o.env)
		if d := o.shown(); d != "" {
			fmt.Fprintf(&b, ", default %s", d)
		}
		b.WriteString(")\n")
	}
	return b.String()
}
