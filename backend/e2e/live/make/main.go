// SPDX-License-Identifier: Apache-2.0

// Command make writes backend/testdata/thrift, otlp and zipkin again: what the senders of
// package emit send; what an agent makes of it on its way to a collector, in postspans;
// and answers about backend/sampling/testdata/strategies.json. It is run in this
// module's folder, after make e2e has built the Jaegers and the Collector and fetched
// the libraries of Node.js.
//
//	go run ./make TESTDATA [NAME]...     (of senders, postspans or strategies; all of them)
package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"log"
	"math"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/go-spur/spur/backend/e2e/live/emit"
)

// delivery is a datagram or a body.
type delivery struct {
	body   []byte
	zipped bool
}

func main() {
	log.SetFlags(0)
	data, only := os.Args[1], os.Args[2:]
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	check(err)
	came := make(chan delivery, 100)
	go func() {
		for {
			b := make([]byte, 1<<16)
			n, _, err := conn.ReadFrom(b)
			check(err)
			came <- delivery{body: b[:n]}
		}
	}()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b, err := io.ReadAll(r.Body)
		check(err)
		came <- delivery{b, r.Header.Get("Content-Encoding") == "gzip"}
		w.Header().Set("Content-Type", r.Header.Get("Content-Type"))
		switch {
		case r.URL.Path == "/api/traces", strings.HasSuffix(r.URL.Path, "/spans"):
			w.WriteHeader(http.StatusAccepted)
		case strings.HasSuffix(r.Header.Get("Content-Type"), "json"):
			_, _ = io.WriteString(w, "{}")
		}
	}))
	to := map[emit.Wire]string{
		emit.Compact: conn.LocalAddr().String(), emit.Binary: conn.LocalAddr().String(),
		emit.ThriftHTTP: server.URL + "/api/traces", emit.OTLPHTTP: server.URL + "/v1/traces",
		emit.Zipkin: server.URL,
	}

	for _, s := range emit.Senders("./node.sh", "../../../internal/conformance/e2e/collector.sh") {
		if s.File == "" || len(only) > 0 && !slices.Contains(only, s.Name) {
			continue
		}
		fmt.Println(s.Name)
		check(s.Send(context.Background(), to[s.Wire]))
		d := <-came
		if len(came) > 0 {
			log.Fatalf("%s sends in pieces", s.Name)
		}
		name := filepath.Join(data, s.File)
		if d.zipped {
			check(os.WriteFile(name+".gz", d.body, 0o644))
			r, err := gzip.NewReader(bytes.NewReader(d.body))
			check(err)
			d.body, err = io.ReadAll(r)
			check(err)
		}
		check(os.WriteFile(name, d.body, 0o644))
	}
	damage(filepath.Join(data, "thrift"))
	if len(only) == 0 || slices.Contains(only, "postspans") {
		relayed(data)
	}
	if len(only) == 0 || slices.Contains(only, "strategies") {
		strategies(filepath.Join(data, "../sampling/testdata"))
	}
}

// damage is made of what came: each must cost itself alone.
func damage(thrift string) {
	for from, broken := range map[string]string{"spur-compact-values.bin": "broken-compact-cut.bin", "spur-http-values.bin": "broken-http-cut.bin"} {
		good, err := os.ReadFile(filepath.Join(thrift, from))
		check(err)
		check(os.WriteFile(filepath.Join(thrift, broken), good[:len(good)/2], 0o644))
	}
	check(os.WriteFile(filepath.Join(thrift, "broken-http-huge.bin"), binary.BigEndian.AppendUint32([]byte{15, 0, 2, 12}, math.MaxInt32), 0o644))
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
