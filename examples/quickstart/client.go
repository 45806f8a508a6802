// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
)

// visit is a browser: it knows nothing of tracing.
func visit(ctx context.Context, url string) (answer, traceID string, err error) {
	answer, header, err := get(ctx, http.DefaultClient, url)
	return answer, header.Get("Trace-Id"), err
}

// get returns what a URL answers. With a client of spurhttp's it is the child of
// the span in ctx.
func get(ctx context.Context, client *http.Client, url string) (string, http.Header, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return "", nil, err
	}
	resp, err := client.Do(r)
	if err != nil {
		return "", nil, err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err == nil && resp.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %s", resp.Status, body)
	}
	return string(body), resp.Header, err
}
