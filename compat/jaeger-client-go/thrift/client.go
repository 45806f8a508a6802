// SPDX-License-Identifier: Apache-2.0

package thrift

import (
	"context"
	"fmt"
)

// ResponseMeta is what came with a response.
type ResponseMeta struct {
	// Headers of the header protocol; nil with other protocols.
	Headers THeaderMap
}

// TClient calls methods. A call with a nil result is one-way: it has no response.
type TClient interface {
	Call(ctx context.Context, method string, args, result TStruct) (ResponseMeta, error)
}

// TStandardClient is a TClient over protocols, for one goroutine at a time.
type TStandardClient struct {
	sequence      int32
	input, output TProtocol
}

// NewTStandardClient returns a client that reads from one protocol and writes to another.
func NewTStandardClient(inputProtocol, outputProtocol TProtocol) *TStandardClient {
	return &TStandardClient{input: inputProtocol, output: outputProtocol}
}

// Call sends a message and, if result is not nil, reads the response into it. A
// [TApplicationException] is what the server answered, or says that the response belongs
// to another call.
func (c *TStandardClient) Call(ctx context.Context, method string, args, result TStruct) (ResponseMeta, error) {
	c.sequence++
	if err := c.Send(ctx, c.output, c.sequence, method, args); err != nil || result == nil {
		return ResponseMeta{}, err
	}
	err := c.Recv(ctx, c.input, c.sequence, method, result)
	var meta ResponseMeta
	if p, ok := c.input.(*THeaderProtocol); ok {
		meta.Headers = p.GetReadHeaders()
	}
	return meta, err
}

// Send writes a message and flushes it.
func (c *TStandardClient) Send(ctx context.Context, oprot TProtocol, seqId int32, method string, args TStruct) error {
	if p, ok := oprot.(*THeaderProtocol); ok {
		p.ClearWriteHeaders()
		for _, key := range GetWriteHeaderList(ctx) {
			if value, ok := GetHeader(ctx, key); ok {
				p.SetWriteHeader(key, value)
			}
		}
	}
	if err := oprot.WriteMessageBegin(ctx, method, CALL, seqId); err != nil {
		return err
	}
	if err := args.Write(ctx, oprot); err != nil {
		return err
	}
	if err := oprot.WriteMessageEnd(ctx); err != nil {
		return err
	}
	return oprot.Flush(ctx)
}

// Recv reads the response to a message.
func (c *TStandardClient) Recv(ctx context.Context, iprot TProtocol, seqId int32, method string, result TStruct) error {
	name, kind, sequence, err := iprot.ReadMessageBegin(ctx)
	if err != nil {
		return err
	}
	wrong := func(id int32, what string) error {
		return NewTApplicationException(id, fmt.Sprintf("%s: %s", method, what))
	}
	switch {
	case name != method:
		return wrong(WRONG_METHOD_NAME, "wrong method name")
	case sequence != seqId:
		return wrong(BAD_SEQUENCE_ID, "out of order sequence response")
	case kind == EXCEPTION:
		var answer tApplicationException
		if err := answer.Read(ctx, iprot); err != nil {
			return err
		}
		if err := iprot.ReadMessageEnd(ctx); err != nil {
			return err
		}
		return &answer
	case kind != REPLY:
		return wrong(INVALID_MESSAGE_TYPE_EXCEPTION, "invalid message type")
	}
	if err := result.Read(ctx, iprot); err != nil {
		return err
	}
	return iprot.ReadMessageEnd(ctx)
}
