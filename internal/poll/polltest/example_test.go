// SPDX-License-Identifier: Apache-2.0

package polltest_test

import (
	"fmt"
	"io"
	"net/http"

	"github.com/go-spur/spur/internal/poll/polltest"
)

func Example() {
	s := polltest.NewServer(polltest.Body("[1]"))
	client := http.Client{Transport: &http.Transport{DialContext: s.Dial, DisableKeepAlives: true}}
	ask := func() {
		resp, err := client.Get("http://anywhere/")
		if err != nil {
			fmt.Println("refused")
			return
		}
		defer resp.Body.Close()
		body, _ := io.ReadAll(resp.Body)
		fmt.Println(resp.StatusCode, string(body))
	}
	ask()
	s.SetHandler(http.NotFoundHandler())
	ask()
	s.Close()
	ask()
	fmt.Println(s.Requests(), "requests")
	// Output:
	// 200 [1]
	// 404 404 page not found
	//
	// refused
	// 2 requests
}
