// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/go-spur/spur/backend/internal/golden"
)

// deliveries are all files, each by its own door, and then bad ones.
func deliveries(data string) (all []golden.Delivery) {
	names := slices.Concat(glob(data, "thrift/*.bin"), glob(data, "otlp/*"), glob(data, "zipkin/*"))
	for _, name := range names {
		broken := strings.Contains(name, "broken")
		switch {
		case strings.Contains(name, "-compact-"):
			all = append(all, golden.Delivery{File: name, Port: 6831})
		case strings.Contains(name, "-binary-"):
			all = append(all, golden.Delivery{File: name, Port: 6832})
		case strings.Contains(name, "-http-"):
			all = append(all, thrift(name, "application/x-thrift"))
		case strings.HasSuffix(name, ".v1.thrift"):
			all = append(all, zipkin(name, "v1", "application/x-thrift"))
		case strings.HasSuffix(name, ".v1.json"):
			all = append(all, zipkin(name, "v1", "application/json"))
		case strings.HasSuffix(name, ".v2.json"):
			all = append(all, zipkin(name, "v2", "application/json"))
		case strings.HasSuffix(name, ".v2.pb"):
			all = append(all, zipkin(name, "v2", "application/x-protobuf"))
		case strings.HasSuffix(name, ".pb") && !broken:
			all = append(all, otlp(name, "application/x-protobuf", ""))
		}
	}
	zipped := otlp("otlp/collector-values.pb.gz", "application/x-protobuf", "gzip")
	bad := "thrift/broken-http-cut.bin" // nothing may be stored twice
	all = append(
		all,
		golden.Delivery{Port: 14268, Method: "POST", Path: "/api/traces", ContentType: "application/x-thrift"},
		thrift(bad, ""), thrift(bad, "application/json"), thrift(bad, "application/x-thrift; charset=utf-8"), thrift(bad, "application/vnd.apache.thrift.binary"), thrift(bad, ";"),
		golden.Delivery{File: bad, Port: 14268, Method: "POST", Path: "/api/traces?format=jaeger.thrift", ContentType: "application/x-thrift"},
		golden.Delivery{File: bad, Port: 14268, Method: "POST", Path: "/api/traces?format=zipkin.thrift", ContentType: "application/x-thrift"},
		golden.Delivery{Port: 14268, Method: "GET", Path: "/api/traces"}, golden.Delivery{Port: 14268, Method: "GET", Path: "/"},
		otlp("otlp/oteljs-huge.json", "application/json", ""),
		otlp(bad, "application/x-protobuf", ""), otlp(bad, "application/json", ""),
		otlp(bad, "text/plain", ""), otlp(bad, "", ""), otlp("otlp/otelgo-nan.pb", "application/x-protobuf", "gzip"), otlp("otlp/otelgo-nan.pb", "application/x-protobuf", "brotli"),
		golden.Delivery{Port: 4318, Method: "POST", Path: "/v1/traces", ContentType: "application/x-protobuf"}, golden.Delivery{Port: 4318, Method: "POST", Path: "/v1/traces", ContentType: "application/json"},
		zipkin(bad, "v1", "application/x-thrift"), zipkin(bad, "v1", "application/json"), zipkin(bad, "v2", "application/json"), zipkin(bad, "v2", "application/x-protobuf"), zipkin(bad, "v2", ""),
		zipkin("", "v1", "application/x-thrift"), zipkin("", "v1", "application/json"), zipkin("", "v2", "application/json"), zipkin("", "v2", "application/x-protobuf"),
		golden.Delivery{Port: 4318, Method: "GET", Path: "/v1/traces"}, golden.Delivery{Port: 4318, Method: "POST", Path: "/", ContentType: "application/json"},
	)
	if i := slices.IndexFunc(all, func(d golden.Delivery) bool { return d.File == "otlp/collector-values.pb" }); i >= 0 {
		all[i] = zipped
	}
	return all
}

func thrift(file, contentType string) golden.Delivery {
	return golden.Delivery{File: file, Port: 14268, Method: "POST", Path: "/api/traces", ContentType: contentType}
}

func zipkin(file, version, contentType string) golden.Delivery {
	return golden.Delivery{File: file, Port: 9411, Method: "POST", Path: "/api/" + version + "/spans", ContentType: contentType}
}

func otlp(file, contentType, encoding string) golden.Delivery {
	return golden.Delivery{File: file, Port: 4318, Method: "POST", Path: "/v1/traces", ContentType: contentType, ContentEncoding: encoding}
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

func requests() (all []golden.Request) {
	get := func(name, path string) {
		all = append(all, golden.Request{Name: name, Method: http.MethodGet, Path: path})
	}
	post := func(name, path, body string) {
		all = append(all, golden.Request{Name: name, Method: http.MethodPost, Path: path, Body: body})
	}
	get("services", "/api/services")
	for _, s := range services() {
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
