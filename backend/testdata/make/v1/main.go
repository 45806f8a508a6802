// SPDX-License-Identifier: Apache-2.0

// Command v1 sends the files of ../../otlp and ../../thrift to a Jaeger that has just
// started, asks its HTTP API, and writes what it says: an answer a file, and
// index.json. usage: v1 NAME OFFSET TESTDATA, where OFFSET is added to every port
package main

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Delivery is a file that was sent, and what the server said.
type Delivery struct {
	File            string `json:"file,omitempty"` // in testdata; none is an empty body
	Port            int    `json:"port"`
	Method          string `json:"method,omitempty"` // none for datagrams
	Path            string `json:"path,omitempty"`
	ContentType     string `json:"contentType,omitempty"`
	ContentEncoding string `json:"contentEncoding,omitempty"`
	Status          int    `json:"status,omitempty"`
	AnswerType      string `json:"answerType,omitempty"`
	Answer          []byte `json:"answer,omitempty"`
}

// Request is a question to the query service, and where its answer is.
type Request struct {
	Name        string `json:"name"`
	Method      string `json:"method"`
	Path        string `json:"path"`
	Body        string `json:"body,omitempty"` // a file in testdata
	Status      int    `json:"status"`
	ContentType string `json:"contentType,omitempty"`
	File        string `json:"file,omitempty"` // none for an empty answer and for the UI's page
}

// Index is index.json.
type Index struct {
	Server   string     `json:"server"`
	Sent     []Delivery `json:"sent"`
	Requests []Request  `json:"requests"`
}

const (
	base  = 1795867200123456 // µs: 2026-11-28T12:00:00.123456Z
	early = base - 3600_000_000
	late  = base + 3600_000_000
)

var offset int

func main() {
	log.SetFlags(0)
	var err error
	offset, err = strconv.Atoi(os.Args[2])
	check(err)
	data := os.Args[3]
	out := filepath.Join(data, "v1", os.Args[1])
	check(os.RemoveAll(out))
	check(os.MkdirAll(out, 0o755))
	x := Index{Server: os.Args[1]}
	for _, d := range deliveries(data) {
		send(data, &d)
		x.Sent = append(x.Sent, d)
	}
	await(len(services(data)))
	for _, r := range requests(data) {
		fmt.Println(r.Name)
		ask(data, out, &r)
		x.Requests = append(x.Requests, r)
	}
	file, err := os.Create(filepath.Join(out, "index.json"))
	check(err)
	e := json.NewEncoder(file)
	e.SetEscapeHTML(false)
	e.SetIndent("", " ")
	check(e.Encode(x))
	check(file.Close())
}

// deliveries are all files, each by its own door, and then bad ones.
func deliveries(data string) (all []Delivery) {
	names := append(glob(data, "thrift/*.bin"), glob(data, "otlp/*")...)
	for _, name := range names {
		broken := strings.Contains(name, "broken")
		switch {
		case strings.Contains(name, "-compact-"):
			all = append(all, Delivery{File: name, Port: 6831})
		case strings.Contains(name, "-binary-"):
			all = append(all, Delivery{File: name, Port: 6832})
		case strings.Contains(name, "-http-"):
			all = append(all, thrift(name, "application/x-thrift"))
		case strings.HasSuffix(name, ".pb") && !broken:
			all = append(all, otlp(name, "application/x-protobuf", ""))
		}
	}
	zipped := otlp("otlp/collector-values.pb.gz", "application/x-protobuf", "gzip")
	bad := "thrift/broken-http-cut.bin" // nothing may be stored twice
	all = append(
		all,
		Delivery{Port: 14268, Method: "POST", Path: "/api/traces", ContentType: "application/x-thrift"},
		thrift(bad, ""), thrift(bad, "application/json"), thrift(bad, "application/x-thrift; charset=utf-8"), thrift(bad, "application/vnd.apache.thrift.binary"), thrift(bad, ";"),
		Delivery{File: bad, Port: 14268, Method: "POST", Path: "/api/traces?format=jaeger.thrift", ContentType: "application/x-thrift"},
		Delivery{File: bad, Port: 14268, Method: "POST", Path: "/api/traces?format=zipkin.thrift", ContentType: "application/x-thrift"},
		Delivery{Port: 14268, Method: "GET", Path: "/api/traces"}, Delivery{Port: 14268, Method: "GET", Path: "/"},
		otlp("otlp/oteljs-huge.json", "application/json", ""),
		otlp(bad, "application/x-protobuf", ""), otlp(bad, "application/json", ""),
		otlp(bad, "text/plain", ""), otlp(bad, "", ""), otlp("otlp/otelgo-nan.pb", "application/x-protobuf", "gzip"), otlp("otlp/otelgo-nan.pb", "application/x-protobuf", "brotli"),
		Delivery{Port: 4318, Method: "POST", Path: "/v1/traces", ContentType: "application/x-protobuf"}, Delivery{Port: 4318, Method: "POST", Path: "/v1/traces", ContentType: "application/json"},
		Delivery{Port: 4318, Method: "GET", Path: "/v1/traces"}, Delivery{Port: 4318, Method: "POST", Path: "/", ContentType: "application/json"},
	)
	if i := slices.IndexFunc(all, func(d Delivery) bool { return d.File == "otlp/collector-values.pb" }); i >= 0 {
		all[i] = zipped
	}
	return all
}

func thrift(file, contentType string) Delivery {
	return Delivery{File: file, Port: 14268, Method: "POST", Path: "/api/traces", ContentType: contentType}
}

func otlp(file, contentType, encoding string) Delivery {
	return Delivery{File: file, Port: 4318, Method: "POST", Path: "/v1/traces", ContentType: contentType, ContentEncoding: encoding}
}

func send(data string, d *Delivery) {
	var body []byte
	if d.File != "" {
		var err error
		body, err = os.ReadFile(filepath.Join(data, d.File))
		check(err)
	}
	address := net.JoinHostPort("127.0.0.1", strconv.Itoa(d.Port+offset))
	if d.Method == "" {
		conn, err := net.Dial("udp", address)
		check(err)
		_, err = conn.Write(body)
		check(err)
		check(conn.Close())
		return
	}
	r, err := http.NewRequest(d.Method, "http://"+address+d.Path, bytes.NewReader(body))
	check(err)
	if d.ContentType != "" {
		r.Header.Set("Content-Type", d.ContentType)
	}
	if d.ContentEncoding != "" {
		r.Header.Set("Content-Encoding", d.ContentEncoding)
	}
	d.Status, d.AnswerType, d.Answer = do(r)
}

func do(r *http.Request) (status int, contentType string, body []byte) {
	answer, err := http.DefaultClient.Do(r)
	check(err)
	body, err = io.ReadAll(answer.Body)
	check(err)
	check(answer.Body.Close())
	return answer.StatusCode, answer.Header.Get("Content-Type"), body
}

// services are the names in the files.
func services(data string) (names []string) {
	for _, name := range append(glob(data, "thrift/*.bin"), glob(data, "otlp/*.pb")...) {
		if strings.Contains(name, "broken") {
			continue
		}
		b, err := os.ReadFile(filepath.Join(data, name))
		check(err)
		for _, m := range regexp.MustCompile(`(spur|jaegergo|node|otel-go|otel-js|collector|search)(-[a-zä0-9]+)*`).FindAll(b, -1) {
			names = append(names, string(m))
		}
	}
	known := names[:0]
	for _, name := range slices.Compact(slices.Sorted(slices.Values(names))) {
		switch name {
		case "spur", "spur-0", "jaegergo", "node":
		default:
			known = append(known, name)
		}
	}
	return known
}

func query(path string) (int, []byte) {
	r, err := http.NewRequest(http.MethodGet, fmt.Sprintf("http://127.0.0.1:%d%s", 16686+offset, path), nil)
	check(err)
	status, _, body := do(r)
	return status, body
}

// await waits until n services are known, and then until no more come.
func await(n int) {
	for end := time.Now().Add(20 * time.Second); ; time.Sleep(time.Second) {
		_, body := query("/api/services")
		var known struct{ Data []string }
		check(json.Unmarshal(body, &known))
		if len(known.Data) >= n {
			time.Sleep(2 * time.Second)
			return
		}
		if time.Now().After(end) {
			log.Fatalf("%d services, not %d: %s", len(known.Data), n, body)
		}
	}
}

// traces are the ids of a service's traces, as the server writes them.
func traces(service string) (ids []string) {
	_, body := query(search("service", service, "limit", "100"))
	for _, m := range regexp.MustCompile(`\{"traceID":"([0-9a-f]+)","spans"`).FindAllSubmatch(body, -1) {
		ids = append(ids, string(m[1]))
	}
	slices.Sort(ids)
	return ids
}

// search is the path of a search in the hour before and after base, unless it says otherwise.
func search(kv ...string) string {
	q := url.Values{"start": {strconv.Itoa(early)}, "end": {strconv.Itoa(late)}}
	for i := 0; i < len(kv); i += 2 {
		if kv[i+1] == "-" {
			q.Del(kv[i])
		} else {
			if kv[i] == "start" || kv[i] == "end" {
				q.Del(kv[i])
			}
			q.Add(kv[i], kv[i+1])
		}
	}
	return "/api/traces?" + q.Encode()
}

func requests(data string) (all []Request) {
	get := func(name, path string) { all = append(all, Request{Name: name, Method: http.MethodGet, Path: path}) }
	post := func(name, path, body string) {
		all = append(all, Request{Name: name, Method: http.MethodPost, Path: path, Body: body})
	}
	get("services", "/api/services")
	for _, s := range services(data) {
		get("operations-"+s, "/api/operations?service="+url.QueryEscape(s))
		for i, id := range traces(s) {
			if !strings.HasPrefix(s, "search") || i == 3 {
				get(fmt.Sprintf("trace-%s-%d", s, i), "/api/traces/"+id)
			}
		}
	}
	get("operations-of-service", "/api/services/search-front/operations")
	get("operations-of-service-escaped", "/api/services/otel-go-b%C3%A4ck/operations")
	get("operations-of-unknown-service", "/api/services/unknown/operations")
	get("operations-of-slashes", "/api/services/a%2Fb/operations")
	get("operations-server", "/api/operations?service=search-front&spanKind=server")
	get("operations-client", "/api/operations?service=search-front&spanKind=client")
	get("operations-other-kind", "/api/operations?service=search-front&spanKind=nonsense")
	get("operations-no-service", "/api/operations")
	get("operations-unknown", "/api/operations?service=unknown")

	front := func(name string, kv ...string) {
		get("search-"+name, search(append([]string{"service", "search-front"}, kv...)...))
	}
	ids := traces("search-front")
	one, two := ids[0], ids[1]
	short := traces("jaegergo-64bit")
	front("limit-2", "limit", "2")
	front("operation", "operation", "POST /order", "limit", "3")
	front("operation-all", "operation", "all", "limit", "2")
	front("operation-unknown", "operation", "unknown")
	front("tags", "tags", `{"customer":"ada"}`)
	front("tags-two", "tags", `{"customer":"ada","gift":"true"}`)
	front("tags-int", "tags", `{"items":"7"}`)
	front("tags-int-json", "tags", `{"items":7}`)
	front("tags-double", "tags", `{"price":"7.5"}`)
	front("tags-bool", "tags", `{"gift":"true"}`, "limit", "2")
	front("tags-process", "tags", `{"zone":"eu"}`, "limit", "2")
	front("tags-of-two-spans", "tags", `{"customer":"ada","error":"true"}`)
	front("tags-other-service", "tags", `{"peer.service":"db"}`)
	front("tags-bad", "tags", `{"customer"`)
	front("tag", "tag", "customer:eve")
	front("tag-two", "tag", "customer:eve", "tag", "gift:true")
	front("tag-bad", "tag", "customer")
	front("tag-colon", "tag", "customer:a:b")
	get("search-error", search("service", "search-back", "tags", `{"error":"true"}`))
	get("search-log", search("service", "search-back", "tags", `{"attempt":"7"}`))
	get("search-log-event", search("service", "search-back", "tags", `{"event":"retry"}`, "limit", "1"))
	get("search-kind", search("service", "search-back", "tags", `{"span.kind":"client"}`, "limit", "1"))
	get("search-scope", search("service", "search-back", "tags", `{"otel.scope.name":"shop"}`, "limit", "1"))
	get("search-bytes", search("service", "spur-compact", "tags", `{"raw":"01"}`))
	front("min-duration", "minDuration", "100ms")
	front("max-duration", "maxDuration", "5ms", "limit", "2")
	front("durations", "minDuration", "50ms", "maxDuration", "60ms")
	front("durations-reversed", "minDuration", "60ms", "maxDuration", "50ms")
	front("min-duration-bad", "minDuration", "100")
	front("max-duration-bad", "maxDuration", "soon")
	front("limit-0", "limit", "0")
	front("limit-minus", "limit", "-1")
	front("limit-bad", "limit", "abc")
	front("window", "start", strconv.Itoa(base+60_000_000), "end", strconv.Itoa(base+180_000_000))
	front("start-bad", "start", "yesterday")
	front("end-bad", "end", "1.5")
	front("start-after-end", "start", strconv.Itoa(late), "end", strconv.Itoa(early))
	front("lookback", "lookback", "2h", "limit", "1")
	front("raw", "raw", "true", "limit", "1")
	front("pretty", "prettyPrint", "true", "limit", "1")
	get("search-unknown-service", search("service", "unknown"))
	get("search-no-service", search())
	get("search-nothing", "/api/traces")
	get("search-nan", search("service", "otel-go-nan"))
	get("trace-nan", "/api/traces/2af7651916cd43dd8448eb211c803102")
	get("search-by-id", "/api/traces?traceID="+one)
	get("search-by-two-ids", "/api/traces?traceID="+one+"&traceID="+two)
	get("search-by-unknown-id", "/api/traces?traceID=1234")
	get("search-by-known-and-unknown-id", "/api/traces?traceID="+one+"&traceID=1234")
	get("search-by-bad-id", "/api/traces?traceID=nonsense")
	get("search-by-id-and-service", search("service", "unknown", "traceID", one))

	get("trace-raw", "/api/traces/"+one+"?raw=true")
	get("trace-pretty", "/api/traces/"+one+"?prettyPrint=true")
	get("trace-upper-case", "/api/traces/"+strings.ToUpper(one))
	get("trace-64-bit-spelled-short", "/api/traces/"+strings.TrimLeft(short[len(short)-1], "0"))
	get("trace-64-bit-spelled-long", "/api/traces/"+fmt.Sprintf("%032s", strings.TrimLeft(short[len(short)-1], "0")))
	get("trace-in-window", fmt.Sprintf("/api/traces/%s?start=%d&end=%d", one, early, late))
	get("trace-outside-window", fmt.Sprintf("/api/traces/%s?start=%d&end=%d", one, early, early+1))
	get("trace-window-bad", "/api/traces/"+one+"?start=yesterday")
	get("trace-unknown", "/api/traces/1234")
	get("trace-bad", "/api/traces/nonsense")
	get("trace-too-long", "/api/traces/"+strings.Repeat("1", 33))
	get("trace-zero", "/api/traces/0")
	get("trace-slash", "/api/traces/")

	get("dependencies", fmt.Sprintf("/api/dependencies?endTs=%d&lookback=%d", late/1000, 7200_000))
	get("dependencies-none", fmt.Sprintf("/api/dependencies?endTs=%d&lookback=1000", early/1000))
	get("dependencies-no-lookback", fmt.Sprintf("/api/dependencies?endTs=%d", late/1000))
	get("dependencies-bad", "/api/dependencies?endTs=now&lookback=1000")
	get("dependencies-lookback-bad", fmt.Sprintf("/api/dependencies?endTs=%d&lookback=1h", late/1000))

	post("archive-unknown", "/api/archive/1234", "")
	post("archive-bad", "/api/archive/nonsense", "")
	post("archive", "/api/archive/"+one, "")
	get("archive-get", "/api/archive/"+one)
	post("transform", "/api/transform", "otlp/collector-values.json")
	post("transform-js", "/api/transform", "otlp/oteljs-values.json")
	post("transform-bad", "/api/transform", "thrift/broken-http-cut.bin")
	post("transform-nothing", "/api/transform", "")
	for _, m := range []string{"calls", "latencies", "errors", "minstep"} {
		get("metrics-"+m, "/api/metrics/"+m+"?service=search-front&quantile=0.95")
	}
	get("metrics-calls-no-service", "/api/metrics/calls")
	get("metrics-latencies-no-quantile", "/api/metrics/latencies?service=search-front")
	get("metrics-latencies-quantile-bad", "/api/metrics/latencies?service=search-front&quantile=2")
	get("metrics-calls-bad", "/api/metrics/calls?service=search-front&spanKind=nonsense&step=x&lookback=-")
	post("services-post", "/api/services", "")
	get("unknown", "/api/unknown")
	get("home", "/")
	get("ui-search", "/search?service=search-front")
	return all
}

func ask(data, out string, r *Request) {
	var body []byte
	if r.Body != "" {
		var err error
		body, err = os.ReadFile(filepath.Join(data, r.Body))
		check(err)
	}
	request, err := http.NewRequest(r.Method, fmt.Sprintf("http://127.0.0.1:%d%s", 16686+offset, r.Path), bytes.NewReader(body))
	check(err)
	var answer []byte
	r.Status, r.ContentType, answer = do(request)
	if len(answer) > 0 && !strings.HasPrefix(r.ContentType, "text/html") {
		r.File = r.Name + cmp.Or(map[string]string{"application/json": ".json"}[r.ContentType], ".txt")
		check(os.WriteFile(filepath.Join(out, r.File), answer, 0o644))
	}
}

func glob(data, pattern string) (names []string) {
	all, err := filepath.Glob(filepath.Join(data, pattern))
	check(err)
	for _, name := range all {
		name, err = filepath.Rel(data, name)
		check(err)
		names = append(names, filepath.ToSlash(name))
	}
	return names
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
