// SPDX-License-Identifier: Apache-2.0

package wire

import (
	"encoding/binary"
	"strings"

	"github.com/go-spur/spur/model"
)

// Field keys of what stands in front of the spans.
const (
	resourceSpansKey      = 1<<3 | 2 // ExportTraceServiceRequest.resource_spans
	resourceKey           = 1<<3 | 2 // ResourceSpans.resource
	scopeSpansKey         = 2<<3 | 2 // ResourceSpans.scope_spans
	resourceAttributesKey = 1<<3 | 2 // Resource.attributes
	scopeKey              = 1<<3 | 2 // ScopeSpans.scope
	scopeNameKey          = 1<<3 | 2 // InstrumentationScope.name
	scopeAttributesKey    = 3<<3 | 2 // InstrumentationScope.attributes
)

// OTLPHeadMax is how many bytes AppendOTLPHead appends at most, in addition to
// the encoded resource.
const OTLPHeadMax = 182

// scopeName is the name of the instrumentation scope.
const scopeName = "github.com/go-spur/spur"

// Attributes of the scope: ClientStats and the number of the batch.
const (
	scopeQueueFull = "spur.dropped.queue_full" // ClientStats.FullQueueDroppedSpans
	scopeTooLarge  = "spur.dropped.too_large"  // ClientStats.TooLargeDroppedSpans
	scopeFailed    = "spur.dropped.failed"     // ClientStats.FailedToEmitSpans
	scopeBatch     = "spur.batch"              // Batch.SeqNo
)

// Process tags and the attributes of OpenTelemetry's resource conventions that
// mean the same.
const (
	attributeService  = "service.name"
	attributeHost     = "host.name"
	attributeInstance = "service.instance.id"
	attributeSDKName  = "telemetry.sdk.name"
	attributeSDKLang  = "telemetry.sdk.language"
	attributeSDK      = "telemetry.sdk.version"

	tagHostname   = "hostname"
	tagClientUUID = "client-uuid"
	tagVersion    = "jaeger.version"

	sdkName       = "spur"
	sdkLanguage   = "go"
	versionPrefix = "Go-spur-" // of the value of jaeger.version
)

// AppendOTLPResource appends ResourceSpans.resource, to be given to
// AppendOTLPHead: key, length and Resource message.
//
// The service becomes service.name, and process tags become attributes: hostname
// as host.name, client-uuid as service.instance.id, and jaeger.version, when it is
// spur's, as telemetry.sdk.name, telemetry.sdk.language and telemetry.sdk.version.
// Where the process already has a tag of such a name, that tag counts and the
// other keeps its name; a tag service.name replaces the service.
func AppendOTLPResource(dst []byte, p *model.Process) []byte {
	dst = append(dst, resourceKey, 0)
	mark := len(dst) - 1
	if p.Service != "" && !hasTag(p.Tags, attributeService) {
		dst = appendAttribute(dst, resourceAttributesKey, attributeService, model.String(p.Service))
	}
	for i := range p.Tags {
		dst = appendResourceTag(dst, p.Tags, &p.Tags[i])
	}
	return closeOTLP(dst, mark, 1)
}

func appendResourceTag(dst []byte, tags []model.Tag, t *model.Tag) []byte {
	key := t.Key
	switch {
	case key == tagHostname && !hasTag(tags, attributeHost):
		key = attributeHost
	case key == tagClientUUID && !hasTag(tags, attributeInstance):
		key = attributeInstance
	case key == tagVersion && isSpurVersion(t.Value) &&
		!hasTag(tags, attributeSDKName) && !hasTag(tags, attributeSDKLang) && !hasTag(tags, attributeSDK):
		dst = appendAttribute(dst, resourceAttributesKey, attributeSDKName, model.String(sdkName))
		dst = appendAttribute(dst, resourceAttributesKey, attributeSDKLang, model.String(sdkLanguage))
		return appendAttribute(dst, resourceAttributesKey, attributeSDK, model.String(t.Value.Str()[len(versionPrefix):]))
	}
	return appendAttribute(dst, resourceAttributesKey, key, t.Value)
}

func isSpurVersion(v model.Value) bool {
	return v.Kind() == model.KindString && strings.HasPrefix(v.Str(), versionPrefix)
}

func hasTag(tags []model.Tag, key string) bool {
	for i := range tags {
		if tags[i].Key == key {
			return true
		}
	}
	return false
}

// AppendOTLPHead appends what stands in front of the spans of an
// ExportTraceServiceRequest: one ResourceSpans with one ScopeSpans. resource is
// what AppendOTLPResource made; size is how many bytes of spans must follow, which
// with resource and head together are at most math.MaxInt32. Nothing follows the
// spans. Stats that are not nil become the scope's attributes spur.dropped.queue_full,
// spur.dropped.too_large and spur.dropped.failed, and seqNo, unless it is 0 then,
// spur.batch. The head is at most len(resource)+OTLPHeadMax bytes long.
func AppendOTLPHead(dst, resource []byte, size int, seqNo int64, stats *ClientStats) []byte {
	var room [OTLPHeadMax + binary.MaxVarintLen64]byte // appendUvarint wants more than it takes
	scope := append(room[:0], scopeKey, 0)
	scope = appendOTLPText(scope, scopeNameKey, scopeName)
	if stats != nil {
		scope = appendAttribute(scope, scopeAttributesKey, scopeQueueFull, model.Int64(stats.FullQueueDroppedSpans))
		scope = appendAttribute(scope, scopeAttributesKey, scopeTooLarge, model.Int64(stats.TooLargeDroppedSpans))
		scope = appendAttribute(scope, scopeAttributesKey, scopeFailed, model.Int64(stats.FailedToEmitSpans))
		if seqNo != 0 {
			scope = appendAttribute(scope, scopeAttributesKey, scopeBatch, model.Int64(seqNo))
		}
	}
	scope = closeOTLP(scope, 1, 1)
	scopeSpans := len(scope) + size
	dst = appendUvarint(append(dst, resourceSpansKey), uint64(len(resource)+otlpFieldLen(scopeSpans)))
	dst = append(dst, resource...)
	dst = appendUvarint(append(dst, scopeSpansKey), uint64(scopeSpans))
	return append(dst, scope...)
}
