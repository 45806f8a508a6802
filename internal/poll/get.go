// SPDX-License-Identifier: Apache-2.0

package poll

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
)

// What Get returns, wrapped, for answers it does not want.
var (
	ErrTooLarge = errors.New("poll: answer is too large")
	ErrStatus   = errors.New("poll: unexpected status")
)

// excerpt is how many bytes of a refusal's body the error shows.
const excerpt = 128

func get(ctx context.Context, client *http.Client, address string, limit int, quote bool) ([]byte, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	req, err := http.NewRequestWithContext(withRequest(ctx), http.MethodGet, address, nil)
	if err != nil {
		return nil, cause(err)
	}
	req.Header.Set("Accept", "application/json")
	resp, err := client.Do(req)
	if err != nil {
		return nil, cause(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode < 200 || resp.StatusCode > 299 {
		return nil, refusal(resp, quote)
	}
	if resp.ContentLength > int64(limit) {
		return nil, fmt.Errorf("%w: %d bytes, at most %d are read", ErrTooLarge, resp.ContentLength, limit)
	}
	body, err := readAll(resp.Body, limit)
	if err != nil {
		return nil, fmt.Errorf("poll: reading the answer: %w", err)
	}
	if len(body) > limit {
		return nil, fmt.Errorf("%w: at most %d bytes are read", ErrTooLarge, limit)
	}
	return body, nil
}

const (
	usual   = 32 << 10 // bytes that most answers do not have
	maxIdle = 100      // reads in a row that bring nothing: a foreign body may do so for ever
)

// readAll reads limit bytes, and one more if there is one, into one buffer or two.
func readAll(r io.Reader, limit int) ([]byte, error) {
	body := make([]byte, 0, min(usual, limit+1))
	for idle := 0; len(body) <= limit; {
		if len(body) == cap(body) {
			body = append(make([]byte, 0, limit+1), body...)
		}
		n, err := r.Read(body[len(body):cap(body)])
		body = body[:len(body)+n]
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, err
		}
		if idle++; n > 0 {
			idle = 0
		} else if idle == maxIdle {
			return nil, io.ErrNoProgress
		}
	}
	return body, nil
}

// cause is err without the URL, which may hold secrets.
func cause(err error) error {
	var whole *url.Error
	if errors.As(err, &whole) {
		return whole.Err
	}
	return err
}

// refusal describes an answer with a status that is not wanted. Servers say why
// in its body.
func refusal(resp *http.Response, quote bool) error {
	var text [excerpt]byte
	n := 0
	if quote {
		n, _ = io.ReadFull(resp.Body, text[:]) // what there is of it will do
	}
	if n == 0 {
		return fmt.Errorf("%w %d %s", ErrStatus, resp.StatusCode, http.StatusText(resp.StatusCode))
	}
	return fmt.Errorf("%w %d: %q", ErrStatus, resp.StatusCode, bytes.TrimSpace(text[:n]))
}
