// SPDX-License-Identifier: Apache-2.0

package propagation_test

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/go-spur/spur/model"
	"github.com/go-spur/spur/propagation"
)

const (
	suiteTrace  = "12345678901234567890123456789012"
	suiteParent = "00-" + suiteTrace + "-1234567890123456-00"
)

// suiteCase is a request of the W3C's suite. A request that goes on belongs to the
// trace it came with. state is the tracestate that goes out, "" for none.
type suiteCase struct {
	name    string
	headers [][2]string
	goesOn  bool
	state   string
}

// TestW3CSuite asks what the W3C's own suite does (w3c/trace-context, test/test.py, as
// of June 2026 with the strictest level, for levels 1 and 2 of the specification), of
// a service that reads a request and calls another one.
func TestW3CSuite(t *testing.T) {
	var cases []suiteCase
	parent := func(name string, goesOn bool, values ...string) {
		for i, v := range values {
			cases = append(cases, suiteCase{fmt.Sprintf("%s %d", name, i), [][2]string{{"traceparent", v}}, goesOn, ""})
		}
	}
	state := func(name, want string, lines ...string) {
		headers := [][2]string{{"traceparent", suiteParent}}
		for _, line := range lines {
			headers = append(headers, [2]string{"tracestate", line})
		}
		cases = append(cases, suiteCase{name, headers, true, want})
	}
	with := func(format string) string { return fmt.Sprintf(format, suiteTrace+"-1234567890123456") }
	more := "-what-the-future-will-be-like"

	cases = append(cases, suiteCase{name: "both missing"})
	parent("traceparent alone", true, with("00-%s-01"))
	cases = append(cases, suiteCase{"traceparent duplicated", [][2]string{
		{"traceparent", "00-12345678901234567890123456789011-1234567890123456-01"}, {"traceparent", with("00-%s-01")},
	}, false, ""})
	for _, name := range []string{"trace-parent", "trace.parent"} {
		cases = append(cases, suiteCase{"name " + name, [][2]string{{name, with("00-%s-01")}}, false, ""})
	}
	for _, name := range []string{"TraceParent", "TrAcEpArEnT", "TRACEPARENT"} {
		cases = append(cases, suiteCase{"name " + name, [][2]string{{name, with("00-%s-01")}}, true, ""})
	}
	parent("version 00", false, with("00-%s-01."), with("00-%s-01")+more)
	parent("version cc", true, with("cc-%s-01"), with("cc-%s-01")+more)
	parent("version cc with a dot", false, with("cc-%s-01.")+more[1:])
	parent("version ff", false, with("ff-%s-01"))
	parent("version, characters", false, with(".0-%s-01"), with("0.-%s-01"))
	parent("version, length", false, with("000-%s-01"), with("0000-%s-01"), with("0-%s-01"))
	parent("trace id, zero", false, "00-00000000000000000000000000000000-1234567890123456-01")
	parent("trace id, characters", false, "00-.2345678901234567890123456789012-1234567890123456-01", "00-1234567890123456789012345678901.-1234567890123456-01")
	parent("trace id, length", false, "00-"+suiteTrace+"3-1234567890123456-01", "00-"+suiteTrace[1:]+"-1234567890123456-01")
	parent("parent id, zero", false, "00-"+suiteTrace+"-0000000000000000-01")
	parent("parent id, characters", false, "00-"+suiteTrace+"-.234567890123456-01", "00-"+suiteTrace+"-123456789012345.-01")
	parent("parent id, length", false, "00-"+suiteTrace+"-12345678901234567-01", "00-"+suiteTrace+"-123456789012345-01")
	parent("flags, characters", false, with("00-%s-.0"), with("00-%s-0."))
	parent("flags, length", false, with("00-%s-001"), with("00-%s-1"))
	parent("spaces", true, with(" 00-%s-01"), with("\t00-%s-01"), with("00-%s-01 "), with("00-%s-01\t"), with("\t 00-%s-01 \t"))
	parent("upper case", false, strings.ToUpper(strings.ReplaceAll(with("0a-%s-0a"), "1", "b")))

	cases = append(cases, suiteCase{"tracestate alone", [][2]string{{"tracestate", "foo=1,bar=2"}}, false, ""})
	state("both", "foo=1,bar=2", "foo=1,bar=2")
	for _, name := range []string{"trace-state", "trace.state"} {
		cases = append(cases, suiteCase{"name " + name, [][2]string{{"traceparent", suiteParent}, {name, "foo=1"}}, true, ""})
	}
	for _, name := range []string{"TraceState", "TrAcEsTaTe", "TRACESTATE"} {
		cases = append(cases, suiteCase{"name " + name, [][2]string{{"traceparent", suiteParent}, {name, "foo=1"}}, true, "foo=1"})
	}
	state("empty", "", "")
	state("empty behind", "foo=1", "foo=1", "")
	state("empty before", "foo=1", "", "foo=1")
	state("several headers", "foo=1,bar=2,rojo=1,congo=2,baz=3", "foo=1,bar=2", "rojo=1,congo=2", "baz=3")
	state("duplicates", "foo=1", "foo=1,foo=1")
	state("duplicates, other values", "foo=1", "foo=1,foo=2")
	state("duplicates in two headers", "foo=1", "foo=1", "foo=1")
	state("duplicates in two headers, other values", "foo=1", "foo=1", "foo=2")
	key := "abcdefghijklmnopqrstuvwxyz0123456789_-*/"
	value := ""
	for c := byte(' '); c <= '~'; c++ {
		if c != ',' && c != '=' {
			value += string(rune(c))
		}
	}
	state("all characters", key+"="+value, key+"="+value)
	state("all characters and a vendor", key+"@a-z0-9_-*/="+value, key+"@a-z0-9_-*/="+value)
	state("spaces between", "foo=1,bar=2,baz=3", "foo=1 \t , \t bar=2, \t baz=3")
	state("tabs between", "foo=1,bar=2,baz=3", "foo=1\t \t,\t \tbar=2,\t \tbaz=3")
	for _, line := range []string{" foo=1", "\tfoo=1", "foo=1 ", "foo=1\t", "\t foo=1 \t"} {
		state(fmt.Sprintf("spaces around %q", line), "foo=1", line)
	}
	for _, line := range []string{"foo =1", "FOO=1", "foo.bar=1", "@foo=1,bar=2", "foo=bar=baz", "foo=,bar=3"} {
		state("illegal "+line, "", line)
	}
	for _, line := range []string{"foo@=1,bar=2", "foo@@bar=1,bar=2", "foo@bar@baz=1,bar=2"} {
		state("at signs "+line, line, line)
	}
	members := func(from, to int) string {
		var list []string
		for i := from; i <= to; i++ {
			list = append(list, fmt.Sprintf("bar%02d=%02d", i, i))
		}
		return strings.Join(list, ",")
	}
	state("32 members", members(1, 32), members(1, 10), members(11, 20), members(21, 30), members(31, 32))
	state("33 members", "", members(1, 10), members(11, 20), members(21, 30), members(31, 33))
	for _, key := range []string{
		strings.Repeat("z", 256), strings.Repeat("t", 241) + "@" + strings.Repeat("v", 14), strings.Repeat("t", 242) + "@v", "t@" + strings.Repeat("v", 15),
	} {
		state(fmt.Sprintf("key of %d", len(key)), "foo=1,"+key+"=1", "foo=1", key+"=1")
	}
	state("key of 257", "", "foo=1", strings.Repeat("z", 257)+"=1")

	for _, tt := range cases {
		t.Run(tt.name, func(t *testing.T) { tt.run(t) })
	}
}

func (s *suiteCase) run(t *testing.T) {
	h := propagation.Header{}
	for _, kv := range s.headers {
		http.Header(h).Add(kv[0], kv[1])
	}
	for what, from := range map[string]propagation.Reader{"Header": h, "foreign": &pairs{list: s.headers}} {
		for _, p := range []*propagation.Textual{newW3C(t, propagation.HTTP), newDefault(t, propagation.HTTP)} {
			c, err := p.Extract(from)
			if goesOn := err == nil && c.TraceID.Hex32() == suiteTrace; goesOn != s.goesOn || err != nil && c != (model.Context{}) {
				t.Errorf("%s: %s, %v", what, describe(c), err)
			}
			if err != nil { // a trace of its own
				c.TraceID, c.State = model.TraceID{High: 1, Low: 2}, model.StateW3CRandom
			}
			for _, span := range []model.SpanID{7, 8, 9} { // three calls
				c.SpanID = span
				out := propagation.Header{}
				p.Inject(&c, out)
				parent, state := out["Traceparent"], out["Tracestate"]
				if len(parent) != 1 || !regexp.MustCompile(`^00-[0-9a-f]{32}-`+span.String()+`-0[0-3]$`).MatchString(parent[0]) {
					t.Errorf("%s: sent on as %q", what, parent)
				}
				if got := strings.Join(state, "|"); got != s.state || s.state == "" && state != nil {
					t.Errorf("%s: tracestate %q is sent on, want %q", what, state, s.state)
				}
			}
		}
	}
}

// TestW3CRandomFlag is level 2's: the flag is that of the trace, so it goes on with
// the trace, and flags that nobody defined do not.
func TestW3CRandomFlag(t *testing.T) {
	for in, want := range map[string]string{"00": "00", "01": "01", "02": "02", "03": "03", "fc": "00", "ff": "03", "06": "02", "0b": "03"} {
		for name, h := range map[string]propagation.Header{
			"alone":         {"Traceparent": {suiteParent[:53] + in}},
			"beside Jaeger": {"Traceparent": {suiteParent[:53] + in}, "Uber-Trace-Id": {suiteTrace + ":1234567890123456:0:" + map[bool]string{true: "1", false: "0"}[strings.ContainsAny(want, "13")]}},
		} {
			p := newDefault(t, propagation.HTTP)
			for range 3 {
				c, err := p.Extract(h)
				if err != nil || c.State&model.StateW3CRandom != 0 != (want >= "02") {
					t.Errorf("%s, flags %s: %s, %v", name, in, describe(c), err)
				}
				h = propagation.Header{}
				c.SpanID++
				p.Inject(&c, h)
				if got := h["Traceparent"][0][53:]; got != want {
					t.Errorf("%s: flags %s are sent on as %s, want %s", name, in, got, want)
				}
			}
		}
	}
	// Another trace's flag is not ours.
	h := propagation.Header{"Traceparent": {suiteParent[:53] + "03"}, "Uber-Trace-Id": {"1:2:0:1"}}
	if c, err := newDefault(t, propagation.HTTP).Extract(h); err != nil || c.State&model.StateW3CRandom != 0 {
		t.Errorf("%s, %v", describe(c), err)
	}
}
