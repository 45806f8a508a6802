// SPDX-License-Identifier: Apache-2.0

// Package digits writes and reads hexadecimal numbers of 64 bits, eight digits at a
// time.
package digits

import "encoding/binary"

// Len is how many digits 64 bits have.
const Len = 16

const each = 0x0101010101010101 // times a byte: that byte eight times

// Append appends all digits of v, letters in lower case.
func Append(dst []byte, v uint64) []byte {
	dst = binary.BigEndian.AppendUint64(dst, eight(uint32(v>>32)))
	return binary.BigEndian.AppendUint64(dst, eight(uint32(v)))
}

// Put writes all digits of v, letters in lower case.
func Put(dst *[Len]byte, v uint64) {
	binary.BigEndian.PutUint64(dst[:8], eight(uint32(v>>32)))
	binary.BigEndian.PutUint64(dst[8:], eight(uint32(v)))
}

// Parse reads 1 to 16 digits, letters in either case.
func Parse(s string) (v uint64, ok bool) { return parse(s, 0x20*each) }

// ParseLower reads 1 to 16 digits, letters in lower case.
func ParseLower(s string) (v uint64, ok bool) {
	if len(s) != Len {
		return parse(s, 0)
	}
	high, bad1 := number(load(s))
	low, bad2 := number(load(s[8:]))
	return uint64(high)<<32 | uint64(low), (bad1|bad2)&badBits == 0
}

// parse reads the digits. fold has the bit that makes capital letters small.
func parse(s string, fold uint64) (v uint64, ok bool) {
	n := len(s)
	if n < 8 || n > Len {
		return parseFew(s, byte(fold))
	}
	first, last := load(s), load(s[n-8:]) // which overlap when there are less than 16
	high, bad1 := number(first | first>>1&fold)
	low, bad2 := number(last | last>>1&fold)
	return uint64(high>>(4*(Len-n)))<<32 | uint64(low), (bad1|bad2)&badBits == 0
}

func parseFew(s string, fold byte) (v uint64, ok bool) {
	if s == "" || len(s) > Len {
		return 0, false
	}
	for i := range len(s) {
		c := s[i]
		c |= c >> 1 & fold
		switch {
		case '0' <= c && c <= '9':
			c -= '0'
		case 'a' <= c && c <= 'f':
			c -= 'a' - 10
		default:
			return 0, false
		}
		v = v<<4 | uint64(c)
	}
	return v, true
}

// load returns the first eight bytes of s, the first one in the highest byte.
func load(s string) uint64 {
	_ = s[7]
	return uint64(s[7]) | uint64(s[6])<<8 | uint64(s[5])<<16 | uint64(s[4])<<24 |
		uint64(s[3])<<32 | uint64(s[2])<<40 | uint64(s[1])<<48 | uint64(s[0])<<56
}

// eight returns the digits of v, the first one in the highest byte.
func eight(v uint32) uint64 {
	x := uint64(v)
	x = (x<<16 | x) & 0x0000ffff0000ffff
	x = (x<<8 | x) & 0x00ff00ff00ff00ff
	x = (x<<4 | x) & (0x0f * each) // a half byte in each byte
	letters := (x + 6*each) >> 4 & each
	return x + '0'*each + letters*('a'-'0'-10)
}

// badBits are set where number finds no digit.
const badBits = 0xf0 * each

// number returns what eight digits stand for. If one is none, some of badBits are set in
// bad: where the last such one is, since those behind it carry and borrow nothing.
func number(x uint64) (v uint32, bad uint64) {
	letters := x >> 6 & each
	v8 := x - '0'*each - letters*('a'-'0') // 0 to 9, or 0 to 5
	bad = v8 | (v8 + 6*each + 4*letters)
	v8 += 10 * letters
	v8 = (v8 | v8>>4) & 0x00ff00ff00ff00ff
	v8 = (v8 | v8>>8) & 0x0000ffff0000ffff
	return uint32(v8 | v8>>16), bad
}
