// SPDX-License-Identifier: Apache-2.0

package thrift_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/uber/jaeger-client-go/thrift"
)

func TestSimpleJSONRead(t *testing.T) {
	type protocol = *thrift.TSimpleJSONProtocol
	str := func(p protocol) (any, error) { return p.ReadString(background) }
	binary := func(p protocol) (any, error) { return p.ReadBinary(background) }
	i64 := func(p protocol) (any, error) { return p.ReadI64(background) }
	double := func(p protocol) (any, error) { return p.ReadDouble(background) }
	boolean := func(p protocol) (any, error) { return p.ReadBool(background) }
	message := func(p protocol) (any, error) {
		name, kind, sequence, err := p.ReadMessageBegin(background)
		if err == nil {
			err = p.ReadMessageEnd(background)
		}
		return fmt.Sprint(name, kind, sequence), err
	}
	list := func(p protocol) (any, error) {
		kind, size, err := p.ReadListBegin(background)
		var all []string
		for i := 0; i < size && err == nil; i++ {
			var s string
			s, err = p.ReadString(background)
			all = append(all, s)
		}
		if err == nil {
			err = p.ReadListEnd(background)
		}
		return fmt.Sprint(kind, all), err
	}
	object := func(p protocol) (any, error) {
		var names []string
		_, err := p.ReadStructBegin(background)
		for err == nil {
			var name string
			var id int16
			if name, _, id, err = p.ReadFieldBegin(background); err != nil || id == 0 {
				break
			}
			names = append(names, name)
			_, err = p.ReadI64(background)
		}
		if err == nil {
			err = p.ReadStructEnd(background)
		}
		return fmt.Sprint(names), err
	}
	const bad = "error"
	for _, tc := range []struct {
		in   string
		read func(protocol) (any, error)
		want string
	}{
		{`"a\"\\\u00e9"`, str, `a"\é`},
		{`null`, str, ``},
		{` "" `, str, ``},
		{`x`, str, bad},
		{`"x`, str, bad},
		{`"\x"`, str, bad},
		{`nul`, str, bad},
		{``, str, bad},
		{`"YWJj"`, binary, `[97 98 99]`},
		{`"YWI="`, binary, `[97 98]`},
		{`"YWI"`, binary, `[97 98]`},
		{`null`, binary, `[]`},
		{`"!"`, binary, bad},
		{`12`, i64, `12`},
		{`"-12"`, i64, `-12`},
		{`null`, i64, `0`},
		{`"12`, i64, bad},
		{`+x`, i64, bad},
		{`""`, i64, bad},
		{`{`, i64, bad},
		{`-1.5e3`, double, `-1500`},
		{`"NaN"`, double, `NaN`},
		{`"-Infinity"`, double, `-Inf`},
		{`1.2.3`, double, bad},
		{`true`, boolean, `true`},
		{`false`, boolean, `false`},
		{`null`, boolean, `false`},
		{`True`, boolean, bad},
		{`["method",1,-5]`, message, `method1 -5`},
		{` [ "method" , 1 , -5 ] `, message, `method1 -5`},
		{`["method",1,-5`, message, bad},
		{`["method" 1,-5]`, message, bad},
		{`[1]`, message, bad},
		{`{}`, message, bad},
		{`[11,2,"a","b"]`, list, `STRING [a b]`},
		{`[11,0]`, list, `STRING []`},
		{`null`, list, `VOID []`},
		{`[11,2,"a"]`, list, bad},
		{`[11,1,"a","b"]`, list, bad},
		{`{"a":1,"b":"2"}`, object, `[a b]`},
		{`{}`, object, `[]`},
		{`{"a" 1}`, object, bad},
		{`{"a":1,}`, object, `[a]`},
		{`{a:1}`, object, bad},
		{`[`, object, bad},
	} {
		got, err := tc.read(thrift.NewTSimpleJSONProtocol(buffer([]byte(tc.in))))
		if text := fmt.Sprint(got); (err != nil) != (tc.want == bad) || (err == nil && text != tc.want) {
			t.Errorf("%s: %q, %v", tc.in, text, err)
		}
	}
}

// Values as keys are quoted; only callers of the Output methods write such objects.
func TestSimpleJSONKeys(t *testing.T) {
	wire := thrift.NewTMemoryBuffer()
	p := thrift.NewTSimpleJSONProtocol(wire)
	check(t, p.OutputObjectBegin())
	for _, write := range []func() error{
		func() error { return p.OutputBool(true) }, p.OutputNull,
		func() error { return p.OutputI64(1) }, func() error { return p.OutputBool(false) },
		func() error { return p.OutputF64(2.5) }, func() error { return p.OutputString("s") },
	} {
		check(t, write())
	}
	check(t, p.OutputObjectEnd())
	check(t, p.Flush(background))
	if got, want := wire.String(), `{"true":null,"1":false,"2.5":"s"}`; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	if err := p.OutputListEnd(); err == nil {
		if err = p.OutputListEnd(); err == nil {
			t.Error("more ends than beginnings")
		}
	}
	check(t, p.WriteMessageBegin(background, "again", thrift.CALL, 1))
	check(t, p.Flush(background))
	if got := wire.String(); !strings.HasSuffix(got, `["again",1,1`) {
		t.Errorf("%s after a mistake", got)
	}
}
