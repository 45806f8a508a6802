// SPDX-License-Identifier: Apache-2.0

package main

import (
	"github.com/go-spur/spur/internal/format"
)

// status is how a thing is: ok, warn or fail.
type status int

const (
	ok status = iota
	warn
	fail
)

// String returns the word that begins a line.
func (s status) String() string { return [...]string{"ok", "warn", "FAIL"}[s] }

// MarshalText implements encoding.TextMarshaler.
func (s status) MarshalText() ([]byte, error) {
	return []byte([...]string{"ok", "warn", "fail"}[s]), nil
}

// report is all that is found out. doc.go describes it as JSON.
type report struct {
	Format        int           `json:"format"`
	Version       string        `json:"version"`
	Status        status        `json:"status"`
	Configuration configuration `json:"configuration"`
	Connections   []connection  `json:"connections"`
	Code          code          `json:"code"`
}

// finding is a line about something.
type finding struct {
	Status  status `json:"status"`
	Subject string `json:"subject"`
	Text    string `json:"text"`
	Line    string `json:"line,omitempty"` // to write into go.mod
}

// newFinding bounds the texts, and makes each one line.
func newFinding(s status, subject, text string) finding {
	return finding{Status: s, Subject: format.Line(subject, maxText), Text: format.Line(text, maxText)}
}

// worst returns the worst status of a list.
func worst[T any](list []T, of func(T) status) (s status) {
	for _, x := range list {
		s = max(s, of(x))
	}
	return s
}

func (r *report) judge() {
	r.Code.Status = worst(r.Code.Findings, func(f finding) status { return f.Status })
	r.Status = max(r.Code.Status,
		worst(r.Configuration.Settings, func(s setting) status { return s.Status }),
		worst(r.Configuration.Findings, func(f finding) status { return f.Status }),
		worst(r.Connections, func(c connection) status { return c.Status }))
}
