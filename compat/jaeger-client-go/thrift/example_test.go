// SPDX-License-Identifier: Apache-2.0

package thrift_test

import (
	"context"
	"fmt"

	"github.com/uber/jaeger-client-go/thrift"
	"github.com/uber/jaeger-client-go/thrift-gen/jaeger"
)

func ExampleTSerializer() {
	text := "value"
	tag := &jaeger.Tag{Key: "key", VType: jaeger.TagType_STRING, VStr: &text}

	buffer := thrift.NewTMemoryBuffer()
	s := thrift.TSerializer{Transport: buffer, Protocol: thrift.NewTCompactProtocol(buffer)}
	b, err := s.Write(context.Background(), tag)
	fmt.Printf("%q %v\n", b, err)

	s.Protocol = thrift.NewTSimpleJSONProtocol(buffer)
	json, err := s.WriteString(context.Background(), tag)
	fmt.Println(json, err)
	// Output:
	// "\x18\x03key\x15\x00\x18\x05value\x00" <nil>
	// {"key":"key","vType":0,"vStr":"value"} <nil>
}
