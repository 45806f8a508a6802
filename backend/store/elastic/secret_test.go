// SPDX-License-Identifier: Apache-2.0

package elastic_test

import (
	"bytes"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"github.com/go-spur/spur/backend/store/elastic"
)

// TestSecret: a password in a URL is in no log and no error, wherever the server is.
func TestSecret(t *testing.T) {
	c := behave(t, func(http.ResponseWriter, *http.Request) {})
	host := strings.TrimPrefix(c.URLs[0], "http://")
	for url, want := range map[string]string{
		"http://elastic:hunter2@" + host:     "msg=connected",
		"http://elastic:hunter2@127.0.0.1:1": "the server cannot be used",
		"http://elastic:hunter2%zz@" + host:  "no URL of a server",
		"elastic:hunter2@" + host:            "no URL of a server",
		"http://elastic:a/hunter2@" + host:   "no URL of a server",
		"http://elastic:hunter2@x@[" + host:  "no URL of a server",
		"https://elastic:hunter2@" + host:    "the server cannot be used",
	} {
		var said bytes.Buffer
		c.URLs = []string{url}
		s, err := elastic.Open(t.Context(), c, nil, slog.New(slog.NewTextHandler(&said, nil)))
		if err == nil {
			_ = s.Close()
		} else {
			said.WriteString(err.Error())
		}
		if !strings.Contains(said.String(), want) || strings.Contains(said.String(), "hunter2") {
			t.Errorf("%s: said %q, want %q and no password", url, said.String(), want)
		}
	}
}
