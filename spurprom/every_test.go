// SPDX-License-Identifier: Apache-2.0

package spurprom

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/go-spur/spur"
)

// derived are numbers that are sums of others.
var derived = map[string]func(st *spur.Stats) bool{
	"Propagation[0].Seen": func(st *spur.Stats) bool { f := st.Propagation[0]; return f.Seen == f.Accepted+f.Conflicts+f.Rejected },
	"Propagation[1].Seen": func(st *spur.Stats) bool { f := st.Propagation[1]; return f.Seen == f.Accepted+f.Conflicts+f.Rejected },
}

// text is what has no number: errors, and a sentence for people.
var text = []string{"LastError", "Description"}

// leaf is a number or text of Stats that fill has set.
type leaf struct {
	path   string
	number float64
	text   string
}

// fill sets everything in v to values that occur once, and returns them.
func fill(t *testing.T, v reflect.Value, path string, next *int) (leaves []leaf) {
	t.Helper()
	if at, ok := v.Addr().Interface().(*time.Time); ok {
		*next++
		*at = time.Unix(int64(*next), 0)
		return []leaf{{path: path, number: float64(*next)}}
	}
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			name := v.Type().Field(i).Name
			leaves = append(leaves, fill(t, v.Field(i), strings.TrimPrefix(path+"."+name, "."), next)...)
		}
		return leaves
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		fallthrough
	case reflect.Array:
		for i := range v.Len() {
			leaves = append(leaves, fill(t, v.Index(i), fmt.Sprintf("%s[%d]", path, i), next)...)
		}
		return leaves
	}
	*next++
	switch {
	case v.Kind() == reflect.String:
		v.SetString(fmt.Sprint("text", *next))
		return []leaf{{path: path, text: v.String()}}
	case v.CanUint():
		v.SetUint(uint64(*next))
	case v.CanInt():
		v.SetInt(int64(*next))
	case v.CanFloat():
		v.SetFloat(float64(*next))
	default:
		t.Fatalf("%s is a %v: this test, and perhaps NewCollector, do not know what to make of it", path, v.Type())
	}
	return []leaf{{path: path, number: float64(*next)}}
}

// samples gathers a collector: values by name and labels, in Prometheus's notation.
func samples(t testing.TB, c ...prometheus.Collector) map[string]float64 {
	t.Helper()
	registry := prometheus.NewPedanticRegistry()
	for _, c := range c {
		if err := registry.Register(c); err != nil {
			t.Fatal(err)
		}
	}
	families, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]float64{}
	for _, f := range families {
		for _, m := range f.GetMetric() {
			labels := make([]string, 0, len(m.GetLabel()))
			for _, l := range m.GetLabel() {
				labels = append(labels, fmt.Sprintf("%s=%q", l.GetName(), l.GetValue()))
			}
			all[f.GetName()+"{"+strings.Join(labels, ",")+"}"] = m.GetCounter().GetValue() + m.GetGauge().GetValue()
		}
	}
	return all
}

// Every number of Stats is a metric's value, and every name a label's.
func TestEveryNumber(t *testing.T) {
	var st spur.Stats
	next := 1000 // info metrics are 1
	leaves := fill(t, reflect.ValueOf(&st).Elem(), "", &next)
	for i := range st.Propagation {
		f := &st.Propagation[i]
		f.Seen = f.Accepted + f.Conflicts + f.Rejected
	}
	got := samples(t, newCollector("test", func() spur.Stats { return st }))
	if len(leaves) < 60 {
		t.Fatalf("only %d numbers and texts", len(leaves))
	}
	for _, l := range leaves {
		if ok := derived[l.path]; ok != nil {
			if !ok(&st) {
				t.Errorf("%s is not the sum of others", l.path)
			}
			continue
		}
		found := 0
		for key, value := range got {
			if l.text == "" && value == l.number || l.text != "" && strings.Contains(key, fmt.Sprintf("=%q", l.text)) {
				found++
			}
		}
		isText := false
		for _, name := range text {
			isText = isText || strings.HasSuffix(l.path, name)
		}
		switch {
		case isText && found > 0:
			t.Errorf("%s is the value of a label: there is no bound to such values", l.path)
		case !isText && found == 0:
			t.Errorf("no metric shows %s", l.path)
		case l.text == "" && found > 1:
			t.Errorf("%d metrics show %s", found, l.path)
		}
	}
}
