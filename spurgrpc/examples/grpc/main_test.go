// SPDX-License-Identifier: Apache-2.0

package main

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/go-spur/spur/spurtest"
)

var (
	times = regexp.MustCompile(`[0-9.]+(ns|µs|ms|s)\b`)
	ports = regexp.MustCompile(`127\.0\.0\.1:[0-9]+`)
	folds = regexp.MustCompile(`\n *\| `)
)

// shape is output without what differs from run to run: times, ports, and where
// lines are folded for their length.
func shape(s string) string {
	s = folds.ReplaceAllString(s, " ")
	return ports.ReplaceAllString(times.ReplaceAllString(s, "TIME"), "ADDR")
}

const want = `tea costs 3€
gold: rpc error: code = NotFound desc = no gold here
tea now costs 3€
tea now costs 4€

shop: visit  TIME  sampler.type=const sampler.param=true
  @TIME event=baggage key=customer value=ada
  shop: /shop.Pricing/Price  TIME  component=gRPC span.kind=client peer.address=ADDR
    @TIME event=message message.type=sent message.id=1 message.uncompressed_size=5
    @TIME event=message message.type=received message.id=1 message.uncompressed_size=6
    pricing: /shop.Pricing/Price  TIME  component=gRPC span.kind=server peer.address=ADDR customer=ada
      pricing: SELECT  TIME
  shop: /shop.Pricing/Price  TIME  component=gRPC span.kind=client peer.address=ADDR response_code=NotFound response_class=4xx error=true
    @TIME event=message message.type=sent message.id=1 message.uncompressed_size=6
    @TIME event=error error.kind=NotFound message="no gold here"
    pricing: /shop.Pricing/Price  TIME  component=gRPC span.kind=server peer.address=ADDR customer=ada response_code=NotFound response_class=4xx
      @TIME event=error error.kind=NotFound message="no gold here"
      pricing: SELECT  TIME
  shop: /shop.Pricing/Watch  TIME  component=gRPC span.kind=client peer.address=ADDR
    @TIME event=message message.type=sent message.id=1 message.uncompressed_size=5
    @TIME event=message message.type=received message.id=1 message.uncompressed_size=6
    @TIME event=message message.type=received message.id=2 message.uncompressed_size=6
    pricing: /shop.Pricing/Watch  TIME  component=gRPC span.kind=server peer.address=ADDR
`

func TestRun(t *testing.T) {
	spurtest.CheckLeaks(t)
	var out strings.Builder
	if err := run(&out); err != nil {
		t.Fatalf("%v\n%s", err, out.String())
	}
	if got := shape(out.String()); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestReadme(t *testing.T) {
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(shape(string(readme)), "```\n"+want+"```\n") {
		t.Error("README.md does not show what the program prints")
	}
}
