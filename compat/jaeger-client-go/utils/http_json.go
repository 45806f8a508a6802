// SPDX-License-Identifier: Apache-2.0

package utils

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
)

// GetJSON asks url, for half a minute at most, and decodes the JSON of the answer into
// out, as [ReadJSON] does.
func GetJSON(url string, out interface{}) error {
	client := http.Client{Timeout: httpTimeout}
	resp, err := client.Get(url)
	if err != nil {
		return err
	}
	return ReadJSON(resp, out)
}

// ReadJSON decodes the JSON of an answer of 16 MiB at most into out, unless out is nil,
// and closes the body. An answer of status 400 or above is an error with the beginning of
// its body.
func ReadJSON(resp *http.Response, out interface{}) error {
	defer resp.Body.Close()

	if resp.StatusCode >= http.StatusBadRequest {
		body, err := io.ReadAll(io.LimitReader(resp.Body, maxErrorText))
		if err != nil {
			return err
		}
		return fmt.Errorf("StatusCode: %d, Body: %s", resp.StatusCode, body)
	}
	body := &io.LimitedReader{R: resp.Body, N: maxJSON}
	if out == nil {
		_, _ = io.Copy(io.Discard, body) // so that the connection can be used again
		return nil
	}
	err := json.NewDecoder(body).Decode(out)
	if err != nil && body.N == 0 {
		return fmt.Errorf("an answer of more than %d bytes: %w", maxJSON, err)
	}
	return err
}
