// SPDX-License-Identifier: Apache-2.0

package golden

import "testing"

// TestServers: the table has all in which v2.13 differs from 1.62, and no more.
func TestServers(t *testing.T) { compareServers(t, "v1", NewTable(), V162, V213) }

// TestServersV3: the table has all in which 1.62 differs from v2.13, and no more.
func TestServersV3(t *testing.T) { compareServers(t, "v3", NewTableV3(), V213, V162) }

func compareServers(t *testing.T, api string, table *Table, reference, other Server) {
	t.Helper()
	names := map[Server]string{V162: "jaeger-1.62", V213: "jaeger-2.13"}
	x, err := Load("../../testdata", api, names[reference])
	if err != nil {
		t.Fatal(err)
	}
	y, err := Load("../../testdata", api, names[other])
	if err != nil {
		t.Fatal(err)
	}
	explain := func(name string, want, got Facts) {
		for _, d := range Compare(name, want, got) {
			if !table.Explains(other, d) {
				t.Error(d)
			}
		}
	}
	for i, r := range x.Requests {
		want, err := x.Facts(r)
		if err != nil {
			t.Fatal(err)
		}
		if y.Requests[i].Name != r.Name {
			t.Fatalf("request %d is %s and %s", i, r.Name, y.Requests[i].Name)
		}
		got, err := y.Facts(y.Requests[i])
		if err != nil {
			t.Fatal(err)
		}
		explain(r.Name, want, got)
	}
	if api == "v1" { // the same was sent for v3
		for i, d := range x.Sent {
			explain("sent "+d.File, d.Facts(), y.Sent[i].Facts())
		}
	}
	for _, k := range table.Unused(other) {
		t.Errorf("not met: %+v", k)
	}
}
