// SPDX-License-Identifier: Apache-2.0

package ui

import (
	"bytes"
	"io/fs"
	"sync"

	"github.com/klauspost/compress/gzip"
)

const (
	// bundled is the name of the module that stands for all that a page loads. It is
	// in a folder as deep as those of the sources, for what they find relative to
	// themselves.
	bundled = "app/all.js"
	// worker is that of what parses large traces, which stands for itself.
	worker = "trace/load-worker.js"
)

// script is a module with all that it imports, made when it is first asked for.
type script struct {
	text  func() ([]byte, error)
	small func() ([]byte, error) // with gzip
}

func newScript(files fs.FS, entry string) script {
	text := sync.OnceValues(func() ([]byte, error) {
		joined, err := bundle(files, entry)
		if err != nil {
			return nil, err
		}
		return minified(joined)
	})
	return script{text: text, small: sync.OnceValues(func() ([]byte, error) {
		text, err := text()
		return compressed(text), err
	})}
}

func compressed(text []byte) []byte {
	var b bytes.Buffer
	z, _ := gzip.NewWriterLevel(&b, gzip.BestCompression) // there is such a level
	_, _ = z.Write(text)                                  // a Buffer takes all
	_ = z.Close()
	return b.Bytes()
}
