// SPDX-License-Identifier: Apache-2.0

package rpcmetrics

// NameNormalizer makes names of endpoints out of names of operations, such that a
// metrics backend accepts them as the value of a tag. An empty result stands for
// "other". It is called from several goroutines.
type NameNormalizer interface {
	Normalize(name string) string
}

// DefaultNameNormalizer keeps ASCII letters, digits, '-', '_', '/' and '.', and makes
// '-' of every other byte.
var DefaultNameNormalizer = &SimpleNameNormalizer{
	SafeSets: []SafeCharacterSet{
		&Range{From: 'a', To: 'z'},
		&Range{From: 'A', To: 'Z'},
		&Range{From: '0', To: '9'},
		&Char{'-'},
		&Char{'_'},
		&Char{'/'},
		&Char{'.'},
	},
	Replacement: '-',
}

// SimpleNameNormalizer replaces each byte that is in none of the sets.
type SimpleNameNormalizer struct {
	SafeSets    []SafeCharacterSet
	Replacement byte
}

// Normalize implements NameNormalizer.
func (n *SimpleNameNormalizer) Normalize(name string) string {
	var replaced []byte // nil while there is nothing to replace
	for i := range len(name) {
		if n.isSafe(name[i]) {
			continue
		}
		if replaced == nil {
			replaced = []byte(name)
		}
		replaced[i] = n.Replacement
	}
	if replaced == nil {
		return name
	}
	return string(replaced)
}

func (n *SimpleNameNormalizer) isSafe(c byte) bool {
	for _, set := range n.SafeSets {
		if set.IsSafe(c) {
			return true
		}
	}
	return false
}

// SafeCharacterSet is a set of bytes.
type SafeCharacterSet interface {
	// IsSafe says whether the byte is in the set.
	IsSafe(c byte) bool
}

// Range is the bytes from From to To, both included.
type Range struct {
	From, To byte
}

// IsSafe implements SafeCharacterSet.
func (r *Range) IsSafe(c byte) bool { return r.From <= c && c <= r.To }

// Char is a single byte.
type Char struct {
	Val byte
}

// IsSafe implements SafeCharacterSet.
func (ch *Char) IsSafe(c byte) bool { return c == ch.Val }
