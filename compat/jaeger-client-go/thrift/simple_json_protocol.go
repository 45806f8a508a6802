// SPDX-License-Identifier: Apache-2.0

package thrift

import (
	"bufio"
	"context"
	"errors"
)

// What the simple JSON protocol writes.
var (
	JSON_COMMA            = []byte(",")
	JSON_COLON            = []byte(":")
	JSON_LBRACE           = []byte("{")
	JSON_RBRACE           = []byte("}")
	JSON_LBRACKET         = []byte("[")
	JSON_RBRACKET         = []byte("]")
	JSON_QUOTE       byte = '"'
	JSON_QUOTE_BYTES      = []byte{JSON_QUOTE}
	JSON_NULL             = []byte("null")
	JSON_TRUE             = []byte("true")
	JSON_FALSE            = []byte("false")

	JSON_INFINITY                = "Infinity"
	JSON_NEGATIVE_INFINITY       = "-Infinity"
	JSON_NAN                     = "NaN"
	JSON_INFINITY_BYTES          = []byte(JSON_INFINITY)
	JSON_NEGATIVE_INFINITY_BYTES = []byte(JSON_NEGATIVE_INFINITY)
	JSON_NAN_BYTES               = []byte(JSON_NAN)
)

// jsonPlace is where in a JSON text the next value stands.
type jsonPlace byte

const (
	jsonTop       jsonPlace = iota // outside of everything
	jsonListFirst                  // the first element
	jsonList
	jsonKeyFirst // the first key of an object
	jsonKey
	jsonValue // the value of a key
)

func (p jsonPlace) isKey() bool { return p == jsonKeyFirst || p == jsonKey }

// next returns where the value after the one at p stands.
func (p jsonPlace) next() jsonPlace {
	switch p {
	case jsonListFirst:
		return jsonList
	case jsonKeyFirst, jsonKey:
		return jsonValue
	case jsonValue:
		return jsonKey
	default:
		return p
	}
}

// jsonPlaces are the places in the lists and objects around, the innermost last.
type jsonPlaces []jsonPlace

var errNoPlace = NewTProtocolExceptionWithType(INVALID_DATA, errors.New("Unexpected empty json protocol context stack"))

func (s jsonPlaces) place() (jsonPlace, error) {
	if len(s) == 0 {
		return jsonTop, errNoPlace
	}
	return s[len(s)-1], nil
}

// advance goes on behind a value.
func (s jsonPlaces) advance() error {
	p, err := s.place()
	if err == nil {
		s[len(s)-1] = p.next()
	}
	return err
}

// leave goes on behind the list or object that ends.
func (s *jsonPlaces) leave() error {
	if len(*s) == 0 {
		return errNoPlace
	}
	*s = (*s)[:len(*s)-1]
	return s.advance()
}

// TSimpleJSONProtocol writes structs as JSON objects with the names of their fields, and
// messages, maps, lists and sets as arrays that begin with what a reader has to know. It
// reads values, but not the fields of structs, whose types are not written.
type TSimpleJSONProtocol struct {
	trans  TTransport
	writer *bufio.Writer
	reader *bufio.Reader
	conf   *TConfiguration

	written jsonPlaces
	parsed  jsonPlaces
}

// NewTSimpleJSONProtocol returns a protocol over t.
func NewTSimpleJSONProtocol(t TTransport) *TSimpleJSONProtocol {
	p := &TSimpleJSONProtocol{trans: t, writer: bufio.NewWriter(t), reader: bufio.NewReader(t), conf: unset()}
	p.restart()
	return p
}

// restart goes outside of everything: a message was broken off.
func (p *TSimpleJSONProtocol) restart() {
	p.written, p.parsed = jsonPlaces{jsonTop}, jsonPlaces{jsonTop}
}

// SetTConfiguration sets conf, in the transport below, too.
func (p *TSimpleJSONProtocol) SetTConfiguration(conf *TConfiguration) {
	PropagateTConfiguration(p.trans, conf)
	p.conf = conf
}

// Transport returns the transport below.
func (p *TSimpleJSONProtocol) Transport() TTransport { return p.trans }

// Flush writes to the transport below what was written since the last Flush.
func (p *TSimpleJSONProtocol) Flush(context.Context) (err error) {
	return NewTProtocolException(p.writer.Flush())
}

// Skip reads a value and drops it.
func (p *TSimpleJSONProtocol) Skip(ctx context.Context, fieldType TType) (err error) {
	return SkipDefaultDepth(ctx, p, fieldType)
}

// TSimpleJSONProtocolFactory makes simple JSON protocols.
type TSimpleJSONProtocolFactory struct{}

// NewTSimpleJSONProtocolFactory returns a factory.
func NewTSimpleJSONProtocolFactory() *TSimpleJSONProtocolFactory {
	return &TSimpleJSONProtocolFactory{}
}

// GetProtocol returns a *TSimpleJSONProtocol.
func (f *TSimpleJSONProtocolFactory) GetProtocol(trans TTransport) TProtocol {
	return NewTSimpleJSONProtocol(trans)
}
