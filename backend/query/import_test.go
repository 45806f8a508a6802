// SPDX-License-Identifier: Apache-2.0

package query

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/go-spur/spur/backend/collect"
	"github.com/go-spur/spur/backend/internal/golden"
	"github.com/go-spur/spur/backend/receive"
	"github.com/go-spur/spur/backend/store"
	"github.com/go-spur/spur/backend/store/memory"
)

// testHandler is a handler of a store in memory.
func testHandler(t testing.TB) (http.Handler, store.Store) {
	t.Helper()
	db := memory.Open(memory.Config{MaxBytes: 256 << 20})
	t.Cleanup(func() { db.Close() })
	return New(Config{Store: db, DecodeOTLP: receive.DecodeOTLP}), db
}

func do(h http.Handler, method, target, contentType string, body []byte) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, "http://localhost"+target, bytes.NewReader(body))
	r.Header.Set("Content-Type", contentType)
	rec := httptest.NewRecorder()
	h.ServeHTTP(rec, r)
	return rec
}

func zipped(t *testing.T, b []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	z := gzip.NewWriter(&out)
	if _, err := z.Write(b); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// TestImportJaeger: what real Jaegers answered, imported and read again, is the
// same.
func TestImportJaeger(t *testing.T) {
	files, err := filepath.Glob("../testdata/v1/*/trace-*-[0-9].json")
	if err != nil || len(files) < 30 {
		t.Fatal(len(files), err)
	}
	for _, file := range files {
		body, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		h, _ := testHandler(t)
		rec := do(h, "POST", "/api/import", "", body)
		var answer imported
		if err := json.Unmarshal(rec.Body.Bytes(), &answer); err != nil || rec.Code != 200 {
			t.Fatalf("%s: %d %s", file, rec.Code, rec.Body)
		}
		if len(answer.Traces) != 1 || answer.Refused != 0 || answer.Spans != bytes.Count(body, []byte(`"operationName"`)) {
			t.Errorf("%s: %+v", file, answer)
		}
		want := golden.FactsOf(200, "application/json", body)
		rec = do(h, "GET", "/api/traces/"+answer.Traces[0], "", nil)
		got := golden.FactsOf(rec.Code, rec.Header().Get("Content-Type"), rec.Body.Bytes())
		for _, d := range golden.Compare(filepath.Base(file), want, got) {
			switch {
			case d.Field == "warnings", d.Field == "trace.warnings": // are made anew
			case strings.Contains(d.Want, " + ") && strings.Contains(d.Want, d.Got): // the last of several tags
			case d.Field == "tags.internal.span.format" && d.Want == "", d.Field == "tags" && d.Want == "[]": // v2 does not say it
			case d.Field == "duration" && d.Want == "18446744073709551615" && d.Got == "0": // -1
			default:
				t.Error(d)
			}
		}
	}
}

// TestImportOTLP: OTLP in either form, compressed or not, is stored.
func TestImportOTLP(t *testing.T) {
	for _, file := range []string{"otelgo-values.pb", "oteljs-values.json", "collector-values.pb.gz", "collector-values.json.gz"} {
		body, err := os.ReadFile("../testdata/otlp/" + file)
		if err != nil {
			t.Fatal(err)
		}
		h, db := testHandler(t)
		rec := do(h, "POST", "/api/import", "application/octet-stream", body)
		var answer imported
		if err := json.Unmarshal(rec.Body.Bytes(), &answer); err != nil || rec.Code != 200 {
			t.Fatalf("%s: %d %s", file, rec.Code, rec.Body)
		}
		st, err := db.Status(t.Context())
		if err != nil || answer.Spans == 0 || st.Spans != int64(answer.Spans) {
			t.Errorf("%s: %+v, %d stored, %v", file, answer, st.Spans, err)
		}
	}
}

// TestImportJSONStream: OTLP JSON as Jaeger's v3 API answers it, and line by line.
func TestImportJSONStream(t *testing.T) {
	one := `{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"0000000000000000000000000000001f","spanId":"0000000000000001","name":"a"}]}]}]}`
	two := strings.Replace(one, "0000000000000001", "0000000000000002", 1)
	for body, want := range map[string]int{
		`{"result":` + one + `}`:                             1,
		`{"result":` + one + "}\n{\"result\":" + two + "}\n": 2,
		one + "\n" + two:                                     2,
		one + two[:20]:                                       0, // cut off
	} {
		h, _ := testHandler(t)
		rec := do(h, "POST", "/api/import", "application/json", []byte(body))
		var answer imported
		if err := json.Unmarshal(rec.Body.Bytes(), &answer); err != nil || answer.Spans != want || (rec.Code == 200) != (want > 0) {
			t.Errorf("%s: %d %s", body, rec.Code, rec.Body)
		}
	}
}

// TestImportBadSpans: what cannot be kept is counted and costs no other span.
func TestImportBadSpans(t *testing.T) {
	const good = `{"traceID":"1f","spanID":"2","operationName":"a","processID":"p1","tags":[{"key":"n","type":"int64","value":"x"}]}`
	for bad, because := range map[string]string{
		`{"spanID":"2"}`:                               `span \"2\": invalid trace id \"\"`,
		`{"traceID":"1f","spanID":"0"}`:                `span \"0\": invalid span id \"0\"`,
		`{"traceID":"1f","spanID":"3","tags":7}`:       `span \"3\": tags cannot be number`,
		`{"traceID":"1f","spanID":"3","startTime":-1}`: `start time -1 µs`,
		`{"traceID":"1f","spanID":"3","references":[{"refType":"CHILD_OF","traceID":"x","spanID":"1"}]}`:              `invalid trace id \"x\"`,
		`{"traceID":"1f","spanID":"3","tags":[` + strings.Repeat(`{},`, maxImportTags) + `{"key":"k"}]}`:              `1001 tags or fields are more than 1000`,
		`{"traceID":"1f","spanID":"3","logs":[{"fields":[` + strings.Repeat(`{},`, maxImportTags) + `{"key":"k"}]}]}`: `1001 tags or fields are more than 1000`,
		`{"traceID":"1f","spanID":"3","processID":"p2"}`:                                                              `process \"p2\": 1001 tags or fields are more than 1000`,
	} {
		h, _ := testHandler(t)
		body := `{"traceID":"1f","spans":[` + good + "," + bad + `],"processes":{"p1":{"serviceName":"s"},"p2":{"tags":[` + strings.Repeat(`{},`, maxImportTags-1) + `{}]}}}`
		rec := do(h, "POST", "/api/import", "", []byte(body))
		got := rec.Body.String()
		if !strings.HasPrefix(got, `{"spans":1,"traces":["000000000000001f"],"refused":1,"because":"`) || !strings.Contains(got, because) {
			t.Errorf("%.100s: %s", bad, got)
		}
	}
}

// TestImportIsValidated: what is imported is mended and refused as what senders
// send.
func TestImportIsValidated(t *testing.T) {
	db := memory.Open(memory.Config{})
	c := collect.New(collect.Config{}, db, nil, slog.New(slog.DiscardHandler))
	t.Cleanup(func() {
		if err := errors.Join(c.Close(context.Background()), db.Close()); err != nil {
			t.Error(err)
		}
	})
	h := New(Config{Store: db, DecodeOTLP: receive.DecodeOTLP, Validate: c.Validate})
	for body, want := range map[string]string{
		`{"resourceSpans":[{"scopeSpans":[{"spans":[{"spanId":"0000000000000001"},{"traceId":"0000000000000000000000000000001f","spanId":"0000000000000001"}]}]}]}`: `{"spans":1,"traces":["000000000000001f"],"refused":1,"because":"invalid_trace_id"}`,
		`{"spans":[{"traceID":"2f","spanID":"1"}]}`: `{"spans":1,"traces":["000000000000002f"],"refused":0}`,
	} {
		if got := strings.TrimSpace(do(h, "POST", "/api/import", "", []byte(body)).Body.String()); got != want {
			t.Errorf("%s: %s", body, got)
		}
	}
	if got := do(h, "GET", "/api/services", "", nil).Body.String(); !strings.Contains(got, `"missing-service-name"`) {
		t.Error(got)
	}
}

// TestImportRefused: bodies that are refused as a whole, with the reason.
func TestImportRefused(t *testing.T) {
	long := `{"data":[{"spans":[{"spanID":"` + strings.Repeat("x", 2*maxImportToken) + `"}]}]}`
	for body, want := range map[string]string{
		"":                               `{"spans":0,"traces":[],"refused":0}`, // protobuf of nothing
		"nonsense":                       "400 cannot read the body",
		"{}":                             `{"spans":0,"traces":[],"refused":0}`,
		"[]":                             `{"spans":0,"traces":[],"refused":0}`,
		"[7]":                            "400 cannot read the body",
		`{"spans":7}`:                    `400 cannot read the body: "spans" is not a list`,
		`{"data":null}`:                  `{"spans":0,"traces":[],"refused":0}`,
		`{"data":[]} {"data":[]}`:        "400 cannot read the body: something follows the traces",
		`{"data":[]} x`:                  "400 cannot read the body: something follows the traces",
		`{"data":[{"spans":[{}`:          "400 cannot read the body: unexpected EOF",
		`{"data":7}`:                     "400 cannot read the body: 7 is not a trace",
		`{"resourceSpans":7}`:            "400 cannot read the body",
		"\x1f\x8bnonsense":               "400 cannot read the body",
		long:                             "413 a span, or what else is a value, is longer than 4194304 bytes",
		strings.Repeat("[", 1000):        "400 cannot read the body: lists and objects nested deeper than 4",
		strings.Repeat(`{"data":`, 1000): "400 cannot read the body: lists and objects nested deeper than 4",
	} {
		h, _ := testHandler(t)
		for _, b := range [][]byte{[]byte(body), zipped(t, []byte(body))} {
			rec := do(h, "POST", "/api/import", "application/x-www-form-urlencoded", b)
			got := strings.TrimSpace(rec.Body.String())
			if rec.Code != 200 {
				var e envelope
				if err := json.Unmarshal([]byte(got), &e); err != nil {
					t.Fatal(err)
				}
				got = fmt.Sprint(rec.Code, " ", e.Errors[0].Msg)
			}
			if !strings.HasPrefix(got, want) {
				t.Errorf("%.50s: %s, want %s", body, got, want)
			}
		}
	}
}

func FuzzReadJaeger(f *testing.F) {
	for _, file := range []string{"otel-js-huge", "otel-go-64bit", "jaegergo-64bit"} {
		b, err := os.ReadFile("../testdata/v1/jaeger-1.62/trace-" + file + "-0.json")
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	for _, s := range []string{
		`{"data":null}`, `{"spans":null,"processes":null}`, `{"data":[{"data":[{"data":[]}]}]}`, `{"spans":[null,7,[],{}]}`,
		`{"spans":[{"traceID":"1","spanID":"1","tags":[{"key":"k","type":"binary","value":{"a":[1]}},{"value":1e999},null]}]}`,
		`{"spans":[{"traceID":"1","spanID":"1","references":[{"refType":"CHILD_OF","traceID":"1","spanID":"1"}]}],"processes":{"":{"tags":null}}}`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		td, refused, why, err := readJaeger(bytes.NewReader(b))
		if (refused > 0) != (why != nil) && err == nil {
			t.Fatalf("%d refused: %v", refused, why)
		}
		if err != nil {
			return
		}
		views, err := newViews(td)
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range views {
			if err := v.adjust(); err != nil {
				t.Fatal(err)
			}
		}
	})
}
