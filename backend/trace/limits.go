// SPDX-License-Identifier: Apache-2.0

package trace

// Limits of a search's text. What is above one of them is a *ParseError.
const (
	MaxQueryBytes   = 8 << 10  // of the whole text
	MaxQueryTerms   = 64       // conditions
	MaxQueryDepth   = 16       // parentheses and negations inside one another
	MaxQueryIDs     = 100      // id: in one query
	MaxRegexpBytes  = 512      // of one regular expression
	maxRegexpInsts  = 1000     // of one compiled: a{1000}{1000} is short, too
	maxRegexpInput  = 16 << 10 // bytes of a value that a regular expression looks at
	maxNumberBytes  = 100      // of text that may be a number
	maxErrorExcerpt = 40       // characters of a value that an error shows
)

// Limits of an outline.
const (
	MaxOutlineSpans = 250_000
	MaxOutlineLinks = 100_000
)
