// SPDX-License-Identifier: Apache-2.0

package utils_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/uber/jaeger-client-go/utils"
)

// endless is a body that does not end.
type endless struct{ closed bool }

func (*endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = ' '
	}
	return len(p), nil
}

func (e *endless) Close() error {
	e.closed = true
	return nil
}

func TestGetJSON(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/good":
			fmt.Fprint(w, `{"name":"value"} and more`)
		case "/bad":
			fmt.Fprint(w, `{"name":`)
		default:
			http.Error(w, "no such page", http.StatusNotFound)
		}
	}))
	defer server.Close()

	var got struct{ Name string }
	if err := utils.GetJSON(server.URL+"/good", &got); err != nil || got.Name != "value" {
		t.Error(got, err)
	}
	if err := utils.GetJSON(server.URL+"/good", nil); err != nil {
		t.Error(err)
	}
	if err := utils.GetJSON(server.URL+"/bad", &got); err == nil {
		t.Error("half an object is no error")
	}
	if err := utils.GetJSON(server.URL+"/", &got); err == nil || err.Error() != "StatusCode: 404, Body: no such page\n" {
		t.Error(err)
	}
	if err := utils.GetJSON("localhost:0", &got); err == nil {
		t.Error("no URL is no error")
	}
}

func TestReadJSONBounds(t *testing.T) {
	read := func(status int, out any) error {
		body := &endless{}
		err := utils.ReadJSON(&http.Response{StatusCode: status, Body: body}, out)
		if !body.closed {
			t.Errorf("status %d: the body is open", status)
		}
		return err
	}
	var got any
	if err := read(http.StatusOK, &got); err == nil || !strings.Contains(err.Error(), "more than 16777216 bytes") {
		t.Error(err)
	}
	if err := read(http.StatusOK, nil); err != nil {
		t.Error(err)
	}
	if err := read(http.StatusInternalServerError, &got); err == nil || len(err.Error()) > 5000 {
		t.Errorf("%.100v", err)
	}
	broken := io.NopCloser(io.MultiReader(strings.NewReader("{"), badReader{}))
	if err := utils.ReadJSON(&http.Response{StatusCode: 500, Body: broken}, &got); err == nil || err.Error() != "broken" {
		t.Error(err)
	}
}

type badReader struct{}

func (badReader) Read([]byte) (int, error) { return 0, fmt.Errorf("broken") }
