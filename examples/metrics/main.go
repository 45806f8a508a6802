// SPDX-License-Identifier: Apache-2.0

// Metrics publishes what a tracer counts by expvar, at /debug/vars. Package spurprom
// does it for Prometheus.
//
//	go run ./examples/metrics
//
// It serves a few requests, asks itself for what was counted, prints it and ends.
// With -listen=:8080 it goes on serving.
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"expvar"
	"flag"
	"fmt"
	"io"
	"log"
	"log/slog"
	"net"
	"net/http"
	"os"
	"time"

	"github.com/go-spur/spur"
	"github.com/go-spur/spur/sampler"
	"github.com/go-spur/spur/spurtest"
)

func main() {
	listen := flag.String("listen", "", "address to go on serving at, such as :8080")
	flag.Parse()
	slog.SetLogLoggerLevel(slog.LevelWarn)
	if err := run(os.Stdout, *listen); err != nil {
		log.Fatal(err)
	}
}

func run(out io.Writer, listen string) error {
	agent, err := spurtest.StartAgent(spurtest.AgentOptions{})
	if err != nil {
		return err
	}
	defer agent.Close()
	// What stands before FromEnv is a default: JAEGER_* variables replace it.
	tracer, err := spur.New("shop",
		spur.WithSampler(sampler.NewConst(true)),
		spur.WithEndpoint("udp://"+agent.Addr()),
		spur.FromEnv())
	if err != nil {
		return err
	}
	defer tracer.Close()

	address := listen
	if address == "" {
		address = "127.0.0.1:0"
	}
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return err
	}
	server := &http.Server{Handler: routes(tracer), ReadHeaderTimeout: 10 * time.Second}
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(listener) }()
	defer server.Close()

	url := "http://" + listener.Addr().String()
	for range 3 {
		if err := get(io.Discard, url+"/"); err != nil {
			return err
		}
	}
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	if err := tracer.Flush(ctx); err != nil {
		slog.Warn("not all spans are sent", "error", err) // the metrics show it, too
	}
	var vars bytes.Buffer
	if err := get(&vars, url+"/debug/vars"); err != nil {
		return err
	}
	var pretty bytes.Buffer
	if err := json.Indent(&pretty, vars.Bytes(), "", "  "); err != nil {
		return err
	}
	fmt.Fprintln(out, pretty.String())
	if listen != "" {
		fmt.Fprintf(out, "\nServing at %s/debug/vars\n", url)
		return <-ended
	}
	return nil
}

// routes are the pages of the program. Metrics are not traced.
func routes(tracer *spur.Tracer) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		_, span := tracer.Start(r.Context(), "GET /")
		defer span.Finish()
		fmt.Fprintln(w, "hello")
	})
	// expvar.Publish("spur", …) would do the same at expvar's own /debug/vars, for
	// a program with one tracer: a name can be published once.
	vars := new(expvar.Map).Init()
	vars.Set("spur", expvar.Func(func() any { return tracer.Stats() }))
	mux.HandleFunc("/debug/vars", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		_, _ = io.WriteString(w, vars.String())
	})
	return mux
}

func get(out io.Writer, url string) error {
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: 5 * time.Second}
	resp, err := client.Get(url)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("%s: %s", url, resp.Status)
	}
	_, err = io.Copy(out, resp.Body)
	return err
}
