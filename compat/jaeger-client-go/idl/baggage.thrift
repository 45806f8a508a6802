// SPDX-License-Identifier: Apache-2.0

// Which baggage a service may set.

namespace go baggage

struct BaggageRestriction {
  1: required string baggageKey
  2: required i32 maxValueLength
}

service BaggageRestrictionManager {
  list<BaggageRestriction> getBaggageRestrictions(1: string serviceName)
}
