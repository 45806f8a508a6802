// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net/http"
	"os/exec"
	"slices"
	"sync"
	"time"
)

// loopback starts a server and sends it requests on 4 connections. The server's
// processor time is measured, and what the clients wait.
func loopback(ctx context.Context, program string, args []string) (string, error) {
	cmd := exec.CommandContext(ctx, program, args...)
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return "", err
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return "", err
	}
	if err := cmd.Start(); err != nil {
		return "", err
	}
	line, err := ask(stdin, bufio.NewReader(stdout))
	_ = stdin.Close() // and it ends
	_, _ = io.Copy(io.Discard, stdout)
	if ended := cmd.Wait(); err == nil {
		err = ended
	}
	return line, err
}

func ask(stdin io.Writer, stdout *bufio.Reader) (string, error) {
	var address string
	if _, err := fmt.Fscanln(stdout, &address); err != nil {
		return "", err
	}
	cpu := func() (ns int64, err error) {
		if _, err = io.WriteString(stdin, "\n"); err == nil {
			_, err = fmt.Fscanln(stdout, &ns)
		}
		return ns, err
	}
	const warm, n = 400, 4000
	if _, err := load("http://"+address+"/orders/7", warm); err != nil {
		return "", err
	}
	before, err := cpu()
	if err != nil {
		return "", err
	}
	took, err := load("http://"+address+"/orders/7", n)
	if err != nil {
		return "", err
	}
	after, err := cpu()
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%d %d cpu-ns/op %d p50-ns %d p99-ns", n, (after-before)/n, took[n/2], took[n*99/100]), nil
}

// load sends n requests, each connection one after another, and returns how long they
// took, sorted.
func load(url string, n int) ([]time.Duration, error) {
	const connections = 4
	took := make([]time.Duration, n)
	errs := make([]error, connections)
	var all sync.WaitGroup
	for c := range connections {
		all.Go(func() {
			client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 1}}
			defer client.CloseIdleConnections()
			for i := c; i < n; i += connections {
				began := time.Now()
				resp, err := client.Get(url)
				if err != nil {
					errs[c] = err
					return
				}
				_, _ = io.Copy(io.Discard, resp.Body)
				_ = resp.Body.Close()
				took[i] = time.Since(began)
			}
		})
	}
	all.Wait()
	for _, err := range errs {
		if err != nil {
			return nil, err
		}
	}
	slices.Sort(took)
	return took, nil
}
