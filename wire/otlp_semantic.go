// SPDX-License-Identifier: Apache-2.0

package wire

import (
	"strconv"
	"strings"

	"github.com/go-spur/spur/model"
)

// Bits of span kinds, as otlpKind numbers them.
const (
	onServers = 1 << 2
	onClients = 1<<3 | 1<<4 | 1<<5 // who sends to a broker, or receives from it, is its client
)

// semanticName is one row of semanticNames.
type semanticName struct {
	from, to string
	kinds    uint8                                 // only on spans of these kinds; 0: on all
	value    func(model.Value) (model.Value, bool) // the value under the new name, if the row fits
}

// semanticNames translates the tags of OpenTracing's conventions (version 1.1)
// into the attributes of OpenTelemetry's semantic conventions (version 1.43), where
// both mean the same. All rows that fit apply, unless a name is already taken:
// then, and when no row fits, the tag keeps its name. peer.hostname and peer.port
// go where the conventions' own migration guide sends net.peer.name and
// net.peer.port, which depends on the kind of span.
//
// These have no equal and stay: component, db.user, sampling.priority, and a
// peer.address that is not an IP address with or without a port.
var semanticNames = [...]semanticName{
	{"http.method", "http.request.method", 0, asText},
	{"http.status_code", "http.response.status_code", 0, asNumber},
	{"http.url", "url.full", 0, asURL},
	{"http.url", "url.path", 0, asPath},
	{"peer.service", "service.peer.name", 0, asText},
	{"peer.hostname", "server.address", onClients, asText},
	{"peer.hostname", "client.address", onServers, asText},
	{"peer.port", "server.port", onClients, asNumber},
	{"peer.port", "client.port", onServers, asNumber},
	{"peer.ipv4", "network.peer.address", 0, asText},
	{"peer.ipv6", "network.peer.address", 0, asText},
	{"peer.address", "network.peer.address", 0, asAddress},
	{"peer.address", "network.peer.port", 0, asPort},
	{"db.statement", "db.query.text", 0, asText},
	{"db.type", "db.system.name", 0, asDatabase},
	{"db.instance", "db.namespace", 0, asText},
	{"message_bus.destination", "messaging.destination.name", 0, asText},
}

// nameSet has a bit for each row of semanticNames.
type nameSet uint32

// maxRowsOfTag is how many rows can fit one tag.
const maxRowsOfTag = 2

// appendSemanticTags appends the attributes of a span under their current names.
func appendSemanticTags(dst []byte, tags []model.Tag, f *fields) []byte {
	var taken nameSet // asked for when the first tag has another name
	asked := false
	for i := range tags {
		if f.holds(i) {
			continue
		}
		t := &tags[i]
		var room [maxRowsOfTag]model.Tag
		names, set := currentNames(room[:0], t, f.kind)
		if len(names) > 0 && !asked {
			taken, asked = takenNames(tags), true
		}
		if len(names) == 0 || taken&set != 0 {
			dst = appendAttribute(dst, spanAttributesKey, t.Key, t.Value)
			continue
		}
		taken |= set
		for j := range names {
			dst = appendAttribute(dst, spanAttributesKey, names[j].Key, names[j].Value)
		}
	}
	return dst
}

// takenNames returns the rows that give names which tags have.
func takenNames(tags []model.Tag) (set nameSet) {
	for i := range tags {
		set |= rowsTo(tags[i].Key)
	}
	return set
}

// rowsTo returns the rows that give a name.
func rowsTo(name string) (set nameSet) {
	for r := range semanticNames {
		if semanticNames[r].to == name {
			set |= 1 << r
		}
	}
	return set
}

// currentNames appends what t becomes on a span of the given kind, nothing when no
// row fits, and returns the rows that give these names.
func currentNames(names []model.Tag, t *model.Tag, kind byte) (_ []model.Tag, set nameSet) {
	if t.Key == "" || !strings.Contains("hpdm", t.Key[:1]) {
		return names, 0 // no row begins so
	}
	for r := range semanticNames {
		row := &semanticNames[r]
		if row.from != t.Key || row.kinds != 0 && row.kinds>>kind&1 == 0 {
			continue
		}
		if v, ok := row.value(t.Value); ok {
			names = append(names, model.Tag{Key: row.to, Value: v})
			set |= rowsTo(row.to)
		}
	}
	return names, set
}

func asText(v model.Value) (model.Value, bool) { return v, v.Kind() == model.KindString }

// asNumber accepts a number that was written as text, too.
func asNumber(v model.Value) (model.Value, bool) {
	if v.Kind() == model.KindInt64 {
		return v, true
	}
	return decimal(v.Str())
}

// asURL fits an absolute URL, as url.full must be.
func asURL(v model.Value) (model.Value, bool) {
	return v, v.Kind() == model.KindString && strings.Contains(v.Str(), "://")
}

// asPath fits a URL that consists of a path, as servers often have it.
func asPath(v model.Value) (model.Value, bool) {
	s := v.Str()
	return v, v.Kind() == model.KindString && strings.HasPrefix(s, "/") && !strings.ContainsAny(s, "?#") && !strings.Contains(s, "://")
}

// asDatabase: OpenTracing has one name for all SQL databases.
func asDatabase(v model.Value) (model.Value, bool) {
	if v.Kind() == model.KindString && v.Str() == "sql" {
		return model.String("other_sql"), true
	}
	return asText(v)
}

// asAddress fits the IP address in peer.address.
func asAddress(v model.Value) (model.Value, bool) {
	ip, _ := splitAddress(v)
	return model.String(ip), ip != ""
}

// asPort fits the port behind such an address.
func asPort(v model.Value) (model.Value, bool) {
	_, port := splitAddress(v)
	return decimal(port)
}

// splitAddress takes apart an IP address with or without a port. Both are empty
// for anything else.
func splitAddress(v model.Value) (ip, port string) {
	if v.Kind() != model.KindString {
		return "", ""
	}
	ip = v.Str()
	digits := "0123456789."
	if host, rest, ok := strings.Cut(ip, "]"); ok && strings.HasPrefix(host, "[") {
		if rest != "" && !strings.HasPrefix(rest, ":") || strings.Count(host, ":") < 2 {
			return "", ""
		}
		ip, port = host[1:], rest
	} else if strings.Count(ip, ":") == 1 {
		colon := strings.IndexByte(ip, ':')
		ip, port = ip[:colon], ip[colon:]
	}
	if strings.IndexByte(ip, ':') >= 0 {
		digits = "0123456789abcdefABCDEF:."
	} else if strings.Count(ip, ".") != 3 {
		return "", ""
	}
	if len(ip) > 45 || strings.Trim(ip, digits) != "" { // no IP address is longer
		return "", ""
	}
	if port == "" {
		return ip, ""
	}
	if _, ok := decimal(port[1:]); !ok {
		return "", ""
	}
	return ip, port[1:]
}

// decimal reads up to nine digits.
func decimal(s string) (model.Value, bool) {
	if s == "" || len(s) > 9 || strings.Trim(s, "0123456789") != "" {
		return model.Value{}, false
	}
	n, err := strconv.ParseUint(s, 10, 32)
	return model.Int64(int64(n)), err == nil
}
