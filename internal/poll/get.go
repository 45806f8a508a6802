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

// Get fetches a document of at most limit bytes, counted after decompression. It
// waits no longer than ctx allows, reading included, and returns when ctx ends.
// A status outside 200 to 299, a redirect among them, is an error. No
// error shows the address. With a client
// of this package the connection is closed when Get returns.
func Get(ctx context.Context, client *http.Client, address string, limit int) ([]byte, error) {
	body, err := get(ctx, client, address, limit)
	if err != nil && ctx.Err() != nil {
		return nil, ctx.Err() // and not what that broke
	}
	return body, err
}

func get(ctx context.Context, client *http.Client, address string, limit int) ([]byte, error) {
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
		return nil, refusal(resp)
	}
	if resp.ContentLength > int64(limit) {
		return nil, fmt.Errorf("%w: %d bytes, at most %d are read", ErrTooLarge, resp.ContentLength, limit)
	}
	var body bytes.Buffer
	n, err := body.ReadFrom(io.LimitReader(resp.Body, int64(limit)+1))
	if err != nil {
		return nil, fmt.Errorf("poll: reading the answer: %w", err)
	}
	if n > int64(limit) {
		return nil, fmt.Errorf("%w: at most %d bytes are read", ErrTooLarge, limit)
	}
	return body.Bytes(), nil
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
func refusal(resp *http.Response) error {
	var text [excerpt]byte
	n, _ := io.ReadFull(resp.Body, text[:]) // what there is of it will do
	if n == 0 {
		return fmt.Errorf("%w %d", ErrStatus, resp.StatusCode)
	}
	return fmt.Errorf("%w %d: %q", ErrStatus, resp.StatusCode, bytes.TrimSpace(text[:n]))
}
