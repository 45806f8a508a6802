// SPDX-License-Identifier: Apache-2.0

package ui_test

import (
	"fmt"
	"log"
	"net/http"
	"net/http/httptest"

	"github.com/go-spur/spur/backend/ui"
)

func Example() {
	u, err := ui.New("/traces")
	if err != nil {
		log.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /traces/", u.Page)
	mux.HandleFunc("GET /traces/ui/{hash}/{file...}", u.File)

	w := httptest.NewRecorder()
	mux.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/traces/", nil))
	fmt.Println(w.Code, w.Header().Get("Content-Type"))
	// Output: 200 text/html; charset=utf-8
}
