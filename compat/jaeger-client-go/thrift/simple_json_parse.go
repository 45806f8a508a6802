// SPDX-License-Identifier: Apache-2.0

package thrift

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// ParsePreValue reads what stands before a value: a comma, a colon or nothing, or nothing
// before the end of a list or an object.
func (p *TSimpleJSONProtocol) ParsePreValue() error {
	place, err := p.parsed.place()
	if err != nil {
		return err
	}
	separator, end := byte(0), byte(0)
	switch place {
	case jsonList:
		separator, end = ',', ']'
	case jsonKey:
		separator, end = ',', '}'
	case jsonValue:
		separator = ':'
	}
	c, err := p.peek()
	switch {
	case separator == 0 || (end != 0 && c == end):
		return nil
	case err != nil:
		return err
	case c != separator:
		return invalidData("Expected '%c', but found '%c'", separator, c)
	}
	p.drop()
	return nil
}

// ParsePostValue goes on behind a value.
func (p *TSimpleJSONProtocol) ParsePostValue() error { return p.parsed.advance() }

// ParseStringBody reads a string, whose first quote was read.
func (p *TSimpleJSONProtocol) ParseStringBody() (string, error) {
	rest, err := p.ParseQuotedStringBody()
	if err != nil {
		return "", err
	}
	var s string
	if err := json.Unmarshal([]byte(`"`+rest), &s); err != nil {
		return "", invalidData("Unable to parse as JSON string: %w", err)
	}
	return s, nil
}

// ParseQuotedStringBody reads up to the quote that ends a string, and returns it all as
// it stands there.
func (p *TSimpleJSONProtocol) ParseQuotedStringBody() (string, error) {
	var b []byte
	for limit := int(p.conf.GetMaxMessageSize()); ; {
		c, err := p.reader.ReadByte()
		if err != nil {
			return "", NewTProtocolException(err)
		}
		if b = append(b, c); len(b) > limit {
			return "", NewTProtocolExceptionWithType(SIZE_LIMIT, fmt.Errorf("size exceeded max allowed: %d", len(b)))
		}
		if c == '"' && escapes(b)%2 == 0 {
			return string(b), nil
		}
	}
}

// escapes counts the backslashes before the last byte of b.
func escapes(b []byte) (n int) {
	for i := len(b) - 2; i >= 0 && b[i] == '\\'; i-- {
		n++
	}
	return n
}

// ParseBase64EncodedBody reads a string of base64, whose first quote was read.
func (p *TSimpleJSONProtocol) ParseBase64EncodedBody() ([]byte, error) {
	text, err := p.ParseQuotedStringBody()
	if err != nil {
		return nil, err
	}
	b, err := base64.RawStdEncoding.DecodeString(strings.TrimRight(text, `="`))
	return b, NewTProtocolException(err)
}

// ParseI64 reads a number, also one in quotes, or null, and says whether it was null.
func (p *TSimpleJSONProtocol) ParseI64() (int64, bool, error) {
	n, err := p.number()
	if err != nil {
		return 0, false, err
	}
	return n.Int64(), n.isNull(), p.ParsePostValue()
}

// ParseF64 reads a number, also one in quotes, or null, and says whether it was null.
func (p *TSimpleJSONProtocol) ParseF64() (float64, bool, error) {
	n, err := p.number()
	if err != nil {
		return 0, false, err
	}
	return n.Float64(), n.isNull(), p.ParsePostValue()
}

// ParseObjectStart reads the beginning of an object, or sees null, and says which.
func (p *TSimpleJSONProtocol) ParseObjectStart() (bool, error) { return p.start('{', jsonKeyFirst) }

// ParseObjectEnd reads the end of an object, or null.
func (p *TSimpleJSONProtocol) ParseObjectEnd() error { return p.finish('}', jsonKey, jsonKeyFirst) }

// ParseListBegin reads the beginning of an array, or sees null, and says which.
func (p *TSimpleJSONProtocol) ParseListBegin() (isNull bool, err error) {
	return p.start('[', jsonListFirst)
}

// ParseListEnd reads the end of an array, or null.
func (p *TSimpleJSONProtocol) ParseListEnd() error { return p.finish(']', jsonList, jsonListFirst) }

// ParseElemListBegin reads the beginning of an array of the type and the number of
// elements.
func (p *TSimpleJSONProtocol) ParseElemListBegin() (elemType TType, size int, err error) {
	elemType, n, err := p.elements()
	if err == nil {
		size, err = p.count(n)
	}
	return elemType, size, err
}

// elements reads the beginning of an array of a type and another number. Of null they are
// VOID and 0.
func (p *TSimpleJSONProtocol) elements() (elemType TType, n int64, err error) {
	if null, err := p.ParseListBegin(); null || err != nil {
		return VOID, 0, err
	}
	t, _, err := p.ParseI64()
	if err != nil {
		return VOID, 0, err
	}
	n, _, err = p.ParseI64()
	return TType(t), n, err
}

// count returns the number of elements of a container: callers take memory for them at
// once.
func (p *TSimpleJSONProtocol) count(n int64) (int, error) {
	in := input{trans: rich(p.trans), conf: p.conf}
	if err := in.check(n); err != nil {
		return 0, err
	}
	if buffered := int64(p.reader.Buffered()); n > buffered { // each has a byte, there or in the transport
		if _, err := in.container(n - buffered); err != nil {
			return 0, err
		}
	}
	return int(n), nil
}

func (p *TSimpleJSONProtocol) start(bracket byte, first jsonPlace) (null bool, err error) {
	if err := p.ParsePreValue(); err != nil {
		return false, err
	}
	c, err := p.peek()
	switch {
	case err != nil:
		return false, err
	case c == bracket:
		p.drop()
		p.parsed = append(p.parsed, first)
		return false, nil
	case p.atNull():
		return true, nil
	default:
		return false, invalidData("Expected '%c' or null, but found '%c'", bracket, c)
	}
}

func (p *TSimpleJSONProtocol) finish(bracket byte, places ...jsonPlace) error {
	c, err := p.peek()
	if err != nil {
		return err
	}
	if p.atNull() {
		_, err := p.word()
		return err
	}
	place, err := p.parsed.place()
	if err != nil {
		return err
	}
	if c != bracket || (place != places[0] && place != places[1]) {
		return invalidData("Expected the end '%c', but found '%c'", bracket, c)
	}
	p.drop()
	return p.parsed.leave()
}

// quote reads the quote before a string, or null, and says which.
func (p *TSimpleJSONProtocol) quote() (null bool, err error) {
	if err := p.ParsePreValue(); err != nil {
		return false, err
	}
	c, err := p.peek()
	switch {
	case err != nil:
		return false, err
	case c == '"':
		p.drop()
		return false, nil
	case p.atNull():
		_, err := p.word()
		return true, err
	default:
		return false, invalidData("Expected a JSON string, found unquoted data started with %c", c)
	}
}

// number reads a number, also one in quotes, or null.
func (p *TSimpleJSONProtocol) number() (Numeric, error) {
	if err := p.ParsePreValue(); err != nil {
		return NUMERIC_NULL, err
	}
	c, err := p.peek()
	if err != nil {
		return NUMERIC_NULL, err
	}
	if c == '"' {
		p.drop()
	}
	text, err := p.word()
	if err != nil {
		return NUMERIC_NULL, err
	}
	if c == '"' {
		if end, err := p.reader.ReadByte(); err != nil || end != '"' {
			return NUMERIC_NULL, invalidData("Unable to parse number '%s'", text)
		}
	}
	if text == "null" {
		return NUMERIC_NULL, nil
	}
	if _, err := strconv.ParseFloat(text, 64); errors.Is(err, strconv.ErrSyntax) {
		return NUMERIC_NULL, invalidData("Unable to parse number '%s'", text)
	}
	return NewNumericFromJSONString(text, false), nil
}

// word reads letters, digits, signs and points.
func (p *TSimpleJSONProtocol) word() (string, error) {
	var b []byte
	for len(b) < maxJSONWord {
		c, err := p.reader.ReadByte()
		if errors.Is(err, io.EOF) && len(b) > 0 {
			return string(b), nil
		}
		if err != nil {
			return "", NewTProtocolException(err)
		}
		if !isWord(c) {
			return string(b), NewTProtocolException(p.reader.UnreadByte())
		}
		b = append(b, c)
	}
	return "", invalidData("a number or word of more than %d bytes", maxJSONWord)
}

func isWord(c byte) bool {
	return 'a' <= c|0x20 && c|0x20 <= 'z' || '0' <= c && c <= '9' || c == '+' || c == '-' || c == '.'
}

// peek returns the next byte that is not white space.
func (p *TSimpleJSONProtocol) peek() (byte, error) {
	for {
		b, err := p.reader.Peek(1)
		if err != nil {
			return 0, NewTProtocolException(err)
		}
		switch b[0] {
		case ' ', '\t', '\r', '\n':
			p.drop()
		default:
			return b[0], nil
		}
	}
}

// drop reads the byte that peek returned.
func (p *TSimpleJSONProtocol) drop() { _, _ = p.reader.Discard(1) }

// atNull says whether null is next.
func (p *TSimpleJSONProtocol) atNull() bool {
	b, _ := p.reader.Peek(4)
	return string(b) == "null"
}
