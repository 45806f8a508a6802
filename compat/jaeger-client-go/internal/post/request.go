// SPDX-License-Identifier: Apache-2.0

package post

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"time"
)

const (
	// DefaultTimeout bounds a request unless the program says otherwise.
	DefaultTimeout = 5 * time.Second

	maxAnswer = 4 << 20 // bytes of an answer that are read
)

// NewClient returns a client that follows no redirects: they would take credentials along.
func NewClient() *http.Client {
	return &http.Client{
		Timeout:       DefaultTimeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// Request is where batches go, and what is sent with them.
type Request struct {
	URL      string
	Header   map[string]string
	Username string
	Password string
	Auth     bool // Username and Password are sent
}

// New makes the request that sends a batch.
func (r *Request) New(ctx context.Context, batch []byte) (*http.Request, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, r.URL, bytes.NewReader(batch))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "application/x-thrift")
	for k, v := range r.Header {
		req.Header.Set(k, v)
	}
	if r.Auth {
		req.SetBasicAuth(r.Username, r.Password)
	}
	return req, nil
}

// Send sends a batch. It returns the status and the body of the answer, of at most 4 MiB.
func (r *Request) Send(client *http.Client, batch []byte) (status int, answer []byte, err error) {
	req, err := r.New(context.Background(), batch)
	if err != nil {
		return 0, nil, err
	}
	resp, err := client.Do(req)
	if err != nil {
		return 0, nil, err
	}
	defer resp.Body.Close()
	answer, err = Read(resp)
	if err != nil {
		return 0, nil, fmt.Errorf("could not read response from collector: %w", err)
	}
	return resp.StatusCode, answer, nil
}

// Read returns the body of an answer, of at most 4 MiB.
func Read(resp *http.Response) ([]byte, error) {
	return io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
}
