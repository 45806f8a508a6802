// SPDX-License-Identifier: Apache-2.0

package main

import (
	"strings"

	"github.com/go-spur/spur/internal/env"
)

// environment is the variables, and what spur makes of them.
type environment struct {
	lookup  func(name string) (string, bool)
	environ []string // as of os.Environ
	read    env.Settings
	failed  map[string]bool // variables of which New returns an error
	wrong   map[string]bool // these, and those that count as not set
}

func newEnvironment(lookup func(name string) (string, bool), environ []string) *environment {
	e := &environment{lookup: lookup, environ: environ, read: env.Read(lookup, environ), failed: map[string]bool{}, wrong: map[string]bool{}}
	for _, err := range e.read.Errors {
		e.failed[err.Name], e.wrong[err.Name] = true, true
	}
	for i := range e.read.Warnings {
		w := &e.read.Warnings[i]
		if strings.HasPrefix(w.Text, "spur: wrong setting") || strings.HasPrefix(w.Text, "spur: variable ignored") {
			for _, name := range w.Variables() {
				e.wrong[name] = true
			}
		}
	}
	return e
}

func (e *environment) value(name string) string {
	value, _ := e.lookup(name)
	return strings.TrimSpace(value)
}

func (e *environment) isSet(name string) bool { return e.value(name) != "" }

// counts reports whether a variable is set to something that can be used.
func (e *environment) counts(name string) bool { return e.isSet(name) && !e.wrong[name] }

func (e *environment) isDisabled() bool { return e.read.Disabled != nil && *e.read.Disabled }

// configuration is what the tracer would be, and what is wrong with the variables.
type configuration struct {
	Settings  []setting  `json:"settings"`
	Variables []variable `json:"variables"`
	Findings  []finding  `json:"findings"`
}

// variable is one that is set and that spur reads.
type variable struct {
	Name     string `json:"name"`
	Value    string `json:"value"` // as it may be shown
	GoClient bool   `json:"jaeger_client_go"`
}

func (e *environment) configuration() configuration {
	c := configuration{Settings: e.settings(), Variables: []variable{}, Findings: []finding{}}
	for _, v := range env.Variables() {
		if e.isSet(v.Name) {
			c.Variables = append(c.Variables, variable{v.Name, env.Shown(v.Name, e.value(v.Name)), v.GoClient})
		}
	}
	for _, err := range e.read.Errors {
		c.Findings = append(c.Findings, newFinding(fail, err.Name, "New returns an error: "+err.Err.Error()+" (value "+err.Value+")"))
	}
	for i := range e.read.Warnings {
		w := &e.read.Warnings[i]
		subject := some(w.Variables())
		switch {
		case strings.HasPrefix(w.Text, "spur: unknown variables"), strings.HasPrefix(w.Text, "spur: nothing is sampled"):
			continue // the first follow, all of them; the sampler has a note
		case subject == "":
			subject = "environment"
		}
		c.Findings = append(c.Findings, newFinding(warn, subject, sentence(w)))
	}
	c.Findings = append(append(c.Findings, e.ignored()...), e.unknown()...)
	return c
}

// others begin names of OpenTelemetry's variables that are about other signals than
// traces, or about other programs than tracers.
var others = []string{
	"OTEL_METRICS_", "OTEL_METRIC_", "OTEL_LOGS_", "OTEL_LOG_", "OTEL_BLRP_", "OTEL_LOGRECORD_", "OTEL_GO_",
	"OTEL_EXPORTER_OTLP_METRICS_", "OTEL_EXPORTER_OTLP_LOGS_", "OTEL_EXPORTER_PROMETHEUS_", "OTEL_EXPORTER_ZIPKIN_",
	"OTEL_INSTRUMENTATION_", "OTEL_RESOURCE_ATTRIBUTES_", "OTEL_POD_", "OTEL_NODE_",
}

// unknown lists the names that spur does not know. Their values may be secret.
func (e *environment) unknown() (all []finding) {
	names := env.Unknown(e.environ)
	for i, u := range names {
		if i == maxFindings {
			return append(all, newFinding(warn, "environment", plural(len(names)-i, "more unknown variable")))
		}
		f := newFinding(warn, u.Name, "unknown, and ignored")
		if rest, cut := strings.CutPrefix(u.Name, "OTEL_EXPORTER_JAEGER_"); cut && env.Known("JAEGER_"+rest) {
			u.Meant = "JAEGER_" + rest // it was the exporter of OpenTelemetry's SDKs
		}
		switch {
		case u.Meant != "":
			f.Text += ": did you mean " + u.Meant + "?"
		case isOther(u.Name):
			f.Status, f.Text = ok, "not for a tracer"
		}
		all = append(all, f)
	}
	return all
}

func isOther(name string) bool {
	for _, prefix := range others {
		if strings.HasPrefix(name, prefix) {
			return true
		}
	}
	return false
}
