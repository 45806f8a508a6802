// SPDX-License-Identifier: Apache-2.0

// Command record sends the files of backend/testdata to a Jaeger that has just
// started, asks its HTTP API, and writes what it says: an answer a file, and
// index.json. jaeger.sh of internal/conformance/e2e starts one.
//
//	go run ./record v1 jaeger-1.62 OFFSET TESTDATA     (or v3; OFFSET is added to every port)
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
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/go-spur/spur/backend/e2e/live/emit"
	"github.com/go-spur/spur/backend/internal/golden"
)

const (
	base  = 1795867200123456 // µs: 2026-11-28T12:00:00.123456Z
	early = base - 3600_000_000
	late  = base + 3600_000_000
)

var offset int

func main() {
	log.SetFlags(0)
	var err error
	offset, err = strconv.Atoi(os.Args[3])
	check(err)
	data := os.Args[4]
	out := filepath.Join(data, os.Args[1], os.Args[2])
	check(os.RemoveAll(out))
	check(os.MkdirAll(out, 0o755))
	x := golden.Index{Server: os.Args[2]}
	for _, d := range deliveries(data) {
		send(data, &d)
		x.Sent = append(x.Sent, d)
	}
	await(len(services()))
	questions := requests
	if os.Args[1] == "v3" {
		questions = requestsV3
	}
	for _, r := range questions() {
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

func send(data string, d *golden.Delivery) {
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

// services are those whose spans are in the files.
func services() (names []string) {
	for _, s := range emit.Senders("", "") { // none of them sends
		if s.File != "" {
			names = append(names, s.Services...)
		}
	}
	return slices.Compact(slices.Sorted(slices.Values(names)))
}

func query(path string) (int, []byte) {
	r, err := http.NewRequest(http.MethodGet, fmt.Sprintf("http://127.0.0.1:%d%s", 16686+offset, path), nil)
	check(err)
	status, _, body := do(r)
	return status, body
}

// await waits until n services are known, and then until no more come.
func await(n int) {
	const settled = 2 // seconds
	end := time.After(20 * time.Second)
	for since, known := 0, 0; since < settled; {
		select {
		case <-time.After(time.Second):
		case <-end:
			log.Fatalf("%d services, not %d", known, n)
		}
		_, body := query("/api/services")
		var all struct{ Data []string }
		check(json.Unmarshal(body, &all))
		if known = len(all.Data); known >= n {
			since++
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

func ask(data, out string, r *golden.Request) {
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
