// SPDX-License-Identifier: Apache-2.0

package receive

import "time"

// MaxBody is the length of the longest body or message that is read, in bytes,
// also after it was uncompressed.
const MaxBody = 16 << 20

const (
	// maxSearchedTags is the number of a span's tags up to which a tag of Zipkin's is
	// compared with those before it.
	maxSearchedTags = 64

	// firstRead is how much memory a body gets before any of it was read. It
	// doubles as the body grows.
	firstRead = 4 << 10

	// A body may take growth times its length when it is decoded. These are the
	// sizes of what OTLP can send as two bytes.
	growth      = 32
	eventBytes  = 80 // a ptrace.SpanEvent and what points to it
	linkBytes   = 104
	entityBytes = 96

	// The same for what jaeger.api_v2 can send so, on the way and in the end.
	tagBytes       = 128
	logBytes       = 128
	referenceBytes = 224
	textBytes      = 64

	// jsonObject is the least average length of the objects in OTLP's JSON, where
	// there are more than fewObjects: the emptiest attribute has 21 bytes and two
	// objects. A span takes 264 bytes.
	jsonObject = 8
	fewObjects = 1000

	// jsonDepth bounds how deep objects and arrays of JSON are nested. A list in an
	// attribute takes four levels.
	jsonDepth = 200

	// thriftDepth bounds how deep what is skipped of Thrift is nested.
	thriftDepth = 32

	// How long a server waits for a request's header, for all of it, and for the
	// next one. The last is also the answer's.
	headerTimeout = 10 * time.Second
	bodyTimeout   = time.Minute
	idleTimeout   = 2 * time.Minute

	// maxQuestion is the length of a request for a strategy by gRPC.
	maxQuestion = 64 << 10

	// maxStreams is the number of calls at a time on one connection of gRPC, and
	// maxReading that of calls on all whose request is on its way. When others
	// wait, such a call ends after readingTime.
	maxStreams  = 100
	maxReading  = 16
	readingTime = 2 * time.Second

	// How many bytes a call, and all calls of a connection, may send before they
	// are read. gRPC would raise the first to 16 MiB for a fast sender.
	streamWindow     = 64 << 10
	connectionWindow = 1 << 20

	// pingTime is the least time between the pings of a client that is not told to
	// go away. It is the least that gRPC's clients in Go have.
	pingTime = 10 * time.Second

	// connectionIdle is how long a connection of gRPC without calls is kept.
	connectionIdle = 10 * time.Minute

	// maxHeader is the length of a request's header.
	maxHeader = 32 << 10

	// retryAfter is how long a sender should wait when there is no room.
	retryAfter = time.Second
)

const (
	// maxDatagram is the length of the longest datagram.
	maxDatagram = 64 << 10

	// What may wait to be decoded, of one socket.
	waitingBytes     = 4 << 20
	waitingDatagrams = 4096

	// socketBuffer is how many bytes of a socket's buffer are asked for.
	socketBuffer = 4 << 20

	// watchEvery is how often a socket is asked what it dropped.
	watchEvery = time.Second

	// logEvery is how often a malformed datagram is logged.
	logEvery = time.Minute

	// maxReadFailures is how many times in a row reading may fail.
	maxReadFailures = 1000

	// After Close, what has arrived is read for so long, with a look every lastPause
	// at whether there is more.
	lastDatagrams = 250 * time.Millisecond
	lastPause     = 5 * time.Millisecond

	// So many clients are remembered, with texts of so many bytes, until they were
	// not heard of for forgetClient; that is looked for every sweepClients.
	maxClients    = 10_000
	maxClientText = 128
	forgetClient  = time.Hour
	sweepClients  = time.Minute
)
