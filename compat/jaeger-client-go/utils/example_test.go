// SPDX-License-Identifier: Apache-2.0

package utils_test

import (
	"fmt"

	"github.com/uber/jaeger-client-go/utils"
)

func ExampleNewRateLimiter() {
	limiter := utils.NewRateLimiter(0.001, 2) // credits a second, and at most
	fmt.Println(limiter.CheckCredit(1), limiter.CheckCredit(1), limiter.CheckCredit(1))
	limiter.Update(0.001, 4) // of nothing: the balance stays empty
	fmt.Println(limiter.CheckCredit(1))
	// Output:
	// true true false
	// false
}

func ExampleParseIPToUint32() {
	ip, err := utils.ParseIPToUint32("127.0.0.1")
	fmt.Printf("%#x %v\n", ip, err)
	_, err = utils.ParseIPToUint32("127.0.0.256")
	fmt.Println(err)
	// Output:
	// 0x7f000001 <nil>
	// strconv.Atoi: parsing "256": value out of range
}
