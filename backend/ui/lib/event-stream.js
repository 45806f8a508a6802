// SPDX-License-Identifier: Apache-2.0

/** Characters of one event, at most. */
const maxEvent = 16_000_000;

/**
 * Reads server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html)
 * piece by piece. The browser's EventSource does not say which id it has come
 * to, nor that it hears nothing, nor why it was refused.
 */
export class EventStream {
  #rest = '';
  #type = '';
  /** @type {string[]} */ #data = [];
  #size = 0;

  /** The id of the last event, with which the stream can be continued. */
  id = '';
  #nextID = '';

  /**
   * Takes the next piece of text, and returns the events that it completes.
   * @param {string} text
   * @returns {{ type: string, data: string }[]}
   */
  push(text) {
    const events = [];
    const lines = (this.#rest + text).split('\n');
    this.#rest = lines.pop() ?? '';
    for (const line of lines) {
      if (this.#line(line.endsWith('\r') ? line.slice(0, -1) : line)) {
        if (this.#data.length) events.push({ type: this.#type || 'message', data: this.#data.join('\n') });
        this.id = this.#nextID;
        this.#type = '';
        this.#data = [];
        this.#size = 0;
      }
    }
    if (this.#size + this.#rest.length > maxEvent) throw new Error('an event of the stream is too long');
    return events;
  }

  /**
   * @param {string} line
   * @returns {boolean} whether it ends an event
   */
  #line(line) {
    if (line === '') return true;
    const colon = line.indexOf(':');
    const [name, value] = colon < 0 ? [line, ''] : [line.slice(0, colon), line.slice(line[colon + 1] === ' ' ? colon + 2 : colon + 1)];
    if (name === 'event') this.#type = value;
    else if (name === 'id') this.#nextID = value;
    else if (name === 'data') {
      this.#data.push(value);
      this.#size += value.length + 1;
    }
    return false;
  }
}
