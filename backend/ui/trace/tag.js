// SPDX-License-Identifier: Apache-2.0

/** @import { AnyValue, KeyValue, Tag } from '../types.js' */
import { fromAnyValue, write } from './json.js';

/**
 * Attributes as they are shown, in their order.
 * @param {KeyValue[] | undefined} attributes
 * @returns {Tag[]}
 */
export function tagsOf(attributes) {
  return (attributes ?? []).map(({ key, value }) => newTag(key ?? '', value ?? {}));
}

/**
 * @param {string} key
 * @param {AnyValue} value
 * @returns {Tag}
 */
export function newTag(key, value) {
  if (value.stringValue !== undefined) return { key, type: 'string', text: value.stringValue, value };
  if (value.boolValue !== undefined) return { key, type: 'bool', text: String(value.boolValue), value };
  if (value.intValue !== undefined) return { key, type: 'int', text: String(value.intValue), value };
  if (value.doubleValue !== undefined) return { key, type: 'double', text: String(value.doubleValue), value };
  if (value.bytesValue !== undefined) return { key, type: 'bytes', text: value.bytesValue, value };
  if (value.arrayValue) return { key, type: 'list', text: write(fromAnyValue(value)), value };
  if (value.kvlistValue) return { key, type: 'map', text: write(fromAnyValue(value)), value };
  return { key, type: 'empty', text: '', value };
}
