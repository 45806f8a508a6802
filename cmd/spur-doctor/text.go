// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/go-spur/spur/internal/format"
)

// write prints the report for people: sections, and a line for each finding.
func (r *report) write(w io.Writer) error {
	var b bytes.Buffer
	fmt.Fprintf(&b, "spur-doctor %s\n", r.Version)
	b.WriteString("\nConfiguration: what spur.New(service, spur.FromEnv()) makes of this environment\n")
	r.Configuration.write(&b)
	b.WriteString("\nConnections: one span to each place, of the service " + service + "\n")
	writeConnections(&b, r.Connections)
	b.WriteString("\nCode" + r.Code.title() + "\n")
	r.Code.write(&b)
	b.WriteString("\n" + r.result() + "\n")
	_, err := w.Write(b.Bytes())
	return err
}

// line prints a status, and texts in columns of these widths.
func line(b *bytes.Buffer, s status, columns []int, texts ...string) {
	text := fmt.Sprintf("  %-4s", s)
	for i, t := range texts {
		text += "  " + t
		if i < len(columns) {
			text += strings.Repeat(" ", max(0, columns[i]-utf8.RuneCountInString(t)))
		}
	}
	b.WriteString(strings.TrimRight(text, " ") + "\n")
}

// more prints a line that belongs to the one above it.
func more(b *bytes.Buffer, text string) { b.WriteString("        " + text + "\n") }

func (c *configuration) write(b *bytes.Buffer) {
	var name, value int
	for i := range c.Settings {
		name = max(name, utf8.RuneCountInString(c.Settings[i].Name))
		value = max(value, min(50, utf8.RuneCountInString(c.Settings[i].Value)))
	}
	for i := range c.Settings {
		s := &c.Settings[i]
		source := s.Source
		if s.Note != "" {
			source += ": " + s.Note
		}
		line(b, s.Status, []int{name, value}, s.Name, s.Value, source)
	}
	for _, f := range c.Findings {
		line(b, f.Status, nil, f.Subject+": "+f.Text)
	}
}

func writeConnections(b *bytes.Buffer, all []connection) {
	if len(all) == 0 {
		line(b, ok, nil, "none: spans do not leave the program")
	}
	for i := range all {
		c := &all[i]
		at := fmt.Sprintf("%s %s, set by %s", c.Name, c.Address, c.Source)
		if c.Source == byDefault {
			at = fmt.Sprintf("%s %s, by default", c.Name, c.Address)
		}
		if !c.Used {
			at += ", not used"
		}
		line(b, c.Status, nil, at+": "+c.Text)
		if c.Hint != "" {
			more(b, c.Hint)
		}
		if c.TraceID != "" {
			find := "in the UI look for the service " + service + ", or the trace " + c.TraceID
			if c.Status != ok {
				find = "it may have arrived: " + find
			}
			more(b, find)
		}
	}
}

func (c *code) title() string {
	if c.Module == "" {
		return ""
	}
	return format.Line(": module "+c.Module+", "+plural(c.Packages, "package"), maxText)
}

func (c *code) write(b *bytes.Buffer) {
	for _, f := range c.Findings {
		line(b, f.Status, nil, f.Subject+": "+f.Text)
		if f.Line != "" {
			more(b, f.Line)
		}
		n := 0
		for i := range c.Imports {
			if at := &c.Imports[i]; at.library.path == f.Subject {
				if n++; n <= maxFindings {
					more(b, format.Line(fmt.Sprintf("%s:%d: %s", at.File, at.Line, at.Path), maxText))
				}
			}
		}
		if n > maxFindings {
			more(b, plural(n-maxFindings, "more import"))
		}
	}
}

// result counts what is wrong.
func (r *report) result() string {
	var n [3]int
	for _, s := range r.Configuration.Settings {
		n[s.Status]++
	}
	for _, f := range r.Configuration.Findings {
		n[f.Status]++
	}
	for _, c := range r.Connections {
		n[c.Status]++
	}
	for _, f := range r.Code.Findings {
		n[f.Status]++
	}
	if n[warn]+n[fail] == 0 {
		return "Nothing is wrong."
	}
	return fmt.Sprintf("%d warn, %d FAIL", n[warn], n[fail])
}
