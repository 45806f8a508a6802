// SPDX-License-Identifier: Apache-2.0

package propagation

import (
	"slices"
	"strings"
)

var (
	_ Setter = (*Environ)(nil)
	_ Reader = (*Environ)(nil)
)

// Environ is a list of environment variables, as os.Environ returns it and
// exec.Cmd.Env takes it, as a carrier for child processes and batch jobs. Keys
// are written in upper case with '_' for everything but letters and digits
// (TRACEPARENT, UBER_TRACE_ID, UBERCTX_TENANT) and read back in lower case with
// '-'. Use it with a Text propagator (opentracing.TextMap).
//
// Keys of baggage that differ only in what becomes '_' are one key here. Its
// spelling is that in BAGGAGE, W3C's list, where there is one.
//
//	env := propagation.Environ(os.Environ())
//	err := tracer.Inject(span.Context(), opentracing.TextMap, &env)
//	cmd.Env = env
type Environ []string

// Set replaces the variable or adds it; one that is there several times is there once
// afterwards. The array behind the list is not changed: it is copied first.
func (e *Environ) Set(key, value string) {
	name := environName(key)
	entry := name + "=" + value
	same := func(old string) bool {
		return len(old) > len(name) && old[len(name)] == '=' && old[:len(name)] == name
	}
	if i := slices.IndexFunc(*e, same); i >= 0 {
		list := append(Environ(nil), *e...)
		list[i] = entry
		*e = append(list[:i+1], slices.DeleteFunc(list[i+1:], same)...)
		return
	}
	*e = append((*e)[:len(*e):len(*e)], entry)
}

// ForeachKey calls handler for every variable whose name is one that Set writes.
func (e *Environ) ForeachKey(handler func(key, value string) error) error {
	for _, entry := range *e {
		name, value, ok := strings.Cut(entry, "=")
		if !ok || name == "" || name != environName(name) {
			continue
		}
		if err := handler(strings.ReplaceAll(strings.ToLower(name), "_", "-"), value); err != nil {
			return err
		}
	}
	return nil
}

func environName(key string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case 'a' <= r && r <= 'z':
			return r - 'a' + 'A'
		case 'A' <= r && r <= 'Z', '0' <= r && r <= '9':
			return r
		}
		return '_'
	}, key)
}
