// SPDX-License-Identifier: Apache-2.0

package golden

import "testing"

// TestServers: the table has all in which v2.13 differs from 1.62, and no more.
func TestServers(t *testing.T) {
	old, err := Load("../../testdata", "jaeger-1.62")
	if err != nil {
		t.Fatal(err)
	}
	v2, err := Load("../../testdata", "jaeger-2.13")
	if err != nil {
		t.Fatal(err)
	}
	table := NewTable()
	explain := func(name string, want, got Facts) {
		for _, d := range Compare(name, want, got) {
			if !table.Explains(V213, d) {
				t.Error(d)
			}
		}
	}
	for i, r := range old.Requests {
		want, err := old.Facts(r)
		if err != nil {
			t.Fatal(err)
		}
		if v2.Requests[i].Name != r.Name {
			t.Fatalf("request %d is %s and %s", i, r.Name, v2.Requests[i].Name)
		}
		got, err := v2.Facts(v2.Requests[i])
		if err != nil {
			t.Fatal(err)
		}
		explain(r.Name, want, got)
	}
	for i, d := range old.Sent {
		explain("sent "+d.File, d.Facts(), v2.Sent[i].Facts())
	}
	for _, k := range table.Unused(V213) {
		t.Errorf("not met: %+v", k)
	}
}
