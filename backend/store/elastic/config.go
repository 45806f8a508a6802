// SPDX-License-Identifier: Apache-2.0

package elastic

import (
	"cmp"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"
)

// Config says where the server is and how its indices are named and used.
type Config struct {
	URLs []string // of the nodes, which are asked by turns

	// Username and Password, or one of the files. PasswordFile, TokenFile and APIKeyFile
	// hold a password, a bearer token and an API key; they are read for each request.
	Username, Password, PasswordFile, TokenFile, APIKeyFile string
	TLS                                                     TLS
	Timeout                                                 time.Duration // of a request; 0 is 30 s

	Prefix           string // of the names of indices, without the "-" behind it
	DateSeparator    string // in them
	HourlySpans      bool   // an index for each hour instead of each day
	HourlyServices   bool
	Aliases          bool // names are those of the aliases "-read" and "-write"
	KeepTemplates    bool // templates are not written: someone else did
	Shards, Replicas int  // of an index
	Priority         Priority
	// MaxAge is how old spans are that reads without a window look at; 0 is any age. Spans
	// that are older when they are written (0: than 72 h), or more than a day in the future, have no
	// index for their own day: they are in the one of the day on which they were written.
	MaxAge time.Duration

	// A bulk request is sent when it has BulkActions documents or BulkBytes, or
	// BulkDelay after its first span. 0 are 1,000, 5 MB and 200 ms. So many as
	// BulkWorkers are under way at a time, at least one.
	BulkActions, BulkBytes, BulkWorkers int
	BulkDelay                           time.Duration

	// Tags named here, or all, are fields of their own, in whose names DotReplacement
	// ("@" if empty) stands for dots.
	AllTagsAsFields bool
	TagsAsFields    []string
	DotReplacement  string

	// PageSize is how many documents are asked for at a time; 0 is 10,000, which is the
	// most that servers return. MaxScan is how many spans a search reads one by one
	// before it gives up; 0 is 50,000.
	PageSize, MaxScan int
}

// Priority is that of templates, where the server has such.
type Priority struct{ Span, Service, Dependencies int }

// TLS is how https is spoken. The files are PEM.
type TLS struct {
	CA, Cert, Key, ServerName string
	SkipVerify                bool
}

const (
	defaultTimeout     = 30 * time.Second
	defaultBulkActions = 1000
	defaultBulkBytes   = 5_000_000
	defaultBulkDelay   = 200 * time.Millisecond
	defaultPageSize    = 10_000
	defaultMaxScan     = 50_000
)

// hidden is a URL, or what should be one, without the user and password in it.
func hidden(text string) string {
	if i := strings.LastIndexByte(text, '@'); i >= 0 {
		return "…" + text[i:]
	}
	return text
}

// servers are the URLs as logs may have them.
func (c *Config) servers() []string {
	var list []string
	for _, text := range c.URLs {
		list = append(list, hidden(text))
	}
	return list
}

// complete sets what is 0 to its default, and says what is wrong.
func (c *Config) complete() error {
	if len(c.URLs) == 0 {
		return errors.New("no URL of a server")
	}
	for _, text := range c.URLs {
		u, err := url.Parse(text)
		if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
			return fmt.Errorf("%.200q is no URL of a server, such as http://localhost:9200", hidden(text))
		}
	}
	if strings.ToLower(c.Prefix) != c.Prefix || strings.ContainsAny(c.Prefix, `\/*?"<>| ,#:`) || strings.HasPrefix(c.Prefix, "-") || strings.HasPrefix(c.Prefix, "_") {
		return fmt.Errorf("%.200q cannot begin the name of an index", c.Prefix)
	}
	if strings.Trim(c.DateSeparator, "-._+") != "" || len(c.DateSeparator) > 3 {
		return fmt.Errorf("%.200q cannot separate the parts of a date in the name of an index: use up to three of - . _ +", c.DateSeparator)
	}
	c.Timeout = cmp.Or(c.Timeout, defaultTimeout)
	c.DateSeparator = cmp.Or(c.DateSeparator, "-")
	c.DotReplacement = cmp.Or(c.DotReplacement, "@")
	c.Shards = cmp.Or(c.Shards, 5)
	c.BulkActions = cmp.Or(c.BulkActions, defaultBulkActions)
	c.BulkBytes = cmp.Or(c.BulkBytes, defaultBulkBytes)
	c.BulkDelay = cmp.Or(c.BulkDelay, defaultBulkDelay)
	c.BulkWorkers = max(c.BulkWorkers, 1)
	c.PageSize = min(cmp.Or(c.PageSize, defaultPageSize), defaultPageSize)
	c.MaxScan = cmp.Or(c.MaxScan, defaultMaxScan)
	return nil
}
