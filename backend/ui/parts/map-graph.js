// SPDX-License-Identifier: Apache-2.0

/** @import { Places, ServiceMap } from '../types.js' */
/** @import { Plane } from '../lib/plane.js' */
/** @import { Point } from '../lib/map-line.js' */
import { schedule } from '../app/frame.js';
import { fit, ratio } from '../app/pixels.js';
import { controls } from '../app/styles.js';
import { theme } from '../app/theme.js';
import { onResize, watch } from '../app/watch.js';
import { count, duration, percent } from '../lib/format.js';
import { perSecond } from '../lib/graph.js';
import { box, callKey } from '../lib/layout.js';
import { distance, lineOf } from '../lib/map-line.js';
import { memo } from '../lib/memo.js';
import { fitted, moved, shown, zoomed } from '../lib/plane.js';
import { LitElement, css, html, nothing } from '../vendor/lit.js';
import { drawMap, requests, shareOf } from './map-draw.js';
import { setStyle } from './set-style.js';

/** Height of the buttons at the bottom, px. */
const tools = 36;

/** What is under the pointer, or has the focus: a service or a call, by its index. @typedef {{ service: number, call: number }} Spot */

/**
 * The map as a picture that can be moved and zoomed. With the focus in it, arrow
 * keys go from service to service.
 *
 * @fires choose with the names as its detail: a service, a caller and a callee, or none
 */
export class MapGraph extends LitElement {
  static properties = {
    map: { attribute: false }, places: { attribute: false }, seconds: { type: Number }, marked: { attribute: false }, chosen: { attribute: false },
    kept: { attribute: false }, over: { state: true }, focused: { state: true }, size: { state: true },
  };

  static styles = [controls, css`
    :host { display: block; position: relative; min-width: 0; min-height: 0; overflow: hidden; font-size: var(--small); user-select: none; }
    canvas { position: absolute; inset: 0; touch-action: none; cursor: grab; }
    canvas.hit { cursor: pointer; }
    canvas.moving { cursor: grabbing; }
    .keys { position: absolute; inset: 0; pointer-events: none; }
    .keys:focus-visible { outline-offset: -3px; }
    .tools { position: absolute; left: 12px; bottom: 12px; display: flex; gap: 4px; }
    .tools button { min-width: 32px; background: var(--bg); }
    .tip { position: absolute; z-index: 3; pointer-events: none; max-width: min(320px, 60%); padding: 4px 8px; overflow: hidden; overflow-wrap: anywhere; background: var(--bg-raised); border: 1px solid var(--line-strong); border-radius: var(--radius); box-shadow: var(--shadow); }
    .tip b { display: block; font-weight: 600; }
  `];

  constructor() {
    super();
    /** @type {ServiceMap} */
    this.map = { services: [], calls: [] };
    /** @type {Places} */
    this.places = { at: new Map(), via: new Map(), settled: true };
    this.seconds = 1;
    /** Services that stand out. @type {Set<number>} */
    this.marked = new Set();
    /** Names. @type {string[]} */
    this.chosen = [];
    /** What of the plane is seen, null: all of it; kept when this element goes. @type {{ plane: Plane | null }} */
    this.kept = { plane: null };
    /** Where the pointer is. @type {(Spot & { x: number, y: number }) | null} */
    this.over = null;
    /** The service that has the keyboard's focus; "" none. */
    this.focused = '';
    this.size = { width: 0, height: 0 };
    /** Fingers and buttons that are down. @type {Map<number, { x: number, y: number }>} */
    this.down = new Map();
    this.went = 0; // px since the first of them
    this.draw = () => this.#draw();
    this.lines = memo((/** @type {ServiceMap} */ map, /** @type {Places} */ places) => {
      const at = map.services.map((s) => places.at.get(s.name) ?? { x: 0, y: 0 });
      return { at, lines: map.calls.map((c) => lineOf(at[c.from], at[c.to], places.via.get(callKey(map, c.from, c.to)) ?? [], box.width)) };
    });
    watch(this, theme, ratio);
    onResize(this, () => { this.size = { width: this.clientWidth, height: this.clientHeight }; });
  }

  /** @param {Map<string, unknown>} changed */
  willUpdate(changed) {
    if (changed.has('map') && this.over) this.over = this.#hit({ offsetX: this.over.x, offsetY: this.over.y });
    if (!changed.has('chosen') || !this.kept.plane) return;
    const at = this.places.at.get(this.chosen.at(-1) ?? '');
    if (at) this.kept.plane = shown(this.plane, at, box, this.size.width, this.size.height);
  }

  get plane() {
    const { width, height } = this.size;
    return this.kept.plane ?? fitted(this.lines(this.map, this.places).at, box, width, height - tools);
  }

  set plane(plane) {
    this.kept.plane = plane;
    this.requestUpdate();
  }

  /** Shows all of it. */
  fit() {
    this.kept.plane = null;
    this.requestUpdate();
  }

  /**
   * @param {number} factor
   * @param {{ x: number, y: number }} [at] px
   */
  zoom(factor, at = { x: this.size.width / 2, y: this.size.height / 2 }) {
    this.plane = zoomed(this.plane, factor, at.x, at.y);
  }

  /**
   * @param {number} dx px
   * @param {number} dy
   */
  pan(dx, dy) {
    this.plane = moved(this.plane, dx, dy);
  }

  /** What is looked at, null: nothing is. @returns {Spot | null} */
  get spot() {
    if (this.over && (this.over.service >= 0 || this.over.call >= 0)) return this.over;
    const service = this.#find(this.focused || (this.chosen.length === 1 ? this.chosen[0] : ''));
    if (service >= 0) return { service, call: -1 };
    const { services, calls } = this.map;
    const call = this.chosen.length === 2 ? calls.findIndex((c) => services[c.from].name === this.chosen[0] && services[c.to].name === this.chosen[1]) : -1;
    return call >= 0 ? { service: -1, call } : null;
  }

  /** @param {string} name */
  #find(name) {
    return this.map.services.findIndex((s) => s.name === name);
  }

  render() {
    const { map, over } = this;
    const at = this.#find(this.focused);
    return html`
      <canvas aria-hidden="true" class=${this.down.size ? 'moving' : over && (over.service >= 0 || over.call >= 0) ? 'hit' : ''}
        @pointerdown=${this.#press} @pointermove=${this.#move} @pointerup=${this.#release} @pointercancel=${this.#release} @pointerleave=${() => { this.over = null; }}
        @wheel=${{ handleEvent: this.#wheel.bind(this), passive: false }}></canvas>
      <div class="keys" tabindex="0" role="listbox" aria-label=${`Services, ${map.services.length}. Arrow keys go to the next in their direction, Enter chooses. The table has the same.`}
        aria-activedescendant=${at >= 0 ? `s${at}` : nothing} @keydown=${this.#key} @focus=${this.#enter} @blur=${() => { this.focused = ''; }}>
        ${at >= 0 ? html`<div class="sr" role="option" id="s${at}" aria-setsize=${map.services.length} aria-posinset=${at + 1} aria-selected=${this.chosen.length === 1 && this.chosen[0] === this.focused}>${this.#words(at)}</div>` : nothing}
      </div>
      <div class="tools"><button aria-label="Zoom out" title="Zoom out (-)" @click=${() => this.zoom(0.8)}>−</button><button aria-label="Zoom in" title="Zoom in (+)" @click=${() => this.zoom(1.25)}>+</button><button title="Show all (0)" @click=${() => this.fit()}>Fit</button><slot></slot></div>
      ${over && !this.down.size ? this.#tip(over) : nothing}`;
  }

  /** A service in words. @param {number} i */
  #words(i) {
    const s = this.map.services[i];
    const [by, calls] = [this.map.calls.filter((c) => c.to === i).length, this.map.calls.filter((c) => c.from === i).length];
    return `${s.name.slice(0, 200)}: ${perSecond(requests(s), this.seconds)}, ${this.map.noErrors && !s.rates ? '' : `${percent(shareOf(s))} errors, `}called by ${by}, calls ${calls}`;
  }

  /** @param {Spot & { x: number, y: number }} over */
  #tip({ service, call, x, y }) {
    const { map, seconds, size } = this;
    const { services } = map;
    if (service < 0 && call < 0) return nothing;
    const beside = { ...(x < size.width / 2 ? { left: `${x + 14}px` } : { right: `${size.width - x + 14}px` }), ...(y < size.height / 2 ? { top: `${y + 14}px` } : { bottom: `${size.height - y + 14}px` }) };
    if (service >= 0) {
      const s = services[service];
      return html`<div class="tip" ${setStyle(beside)}><b>${s.name.slice(0, 200)}</b>${perSecond(requests(s), seconds)}${s.rates ? ' requests' : ' calls'}${map.noErrors && !s.rates ? '' : ` · ${percent(shareOf(s))} errors`}${s.rates ? html`<br>p50 ${duration(Number(s.rates.durations.p50))} · p95 ${duration(Number(s.rates.durations.p95))}` : nothing}</div>`;
    }
    const c = map.calls[call];
    return html`<div class="tip" ${setStyle(beside)}><b>${services[c.from].name.slice(0, 100)} → ${services[c.to].name.slice(0, 100)}</b>${perSecond(c.calls, seconds)} · ${count(c.calls, 'call')}${map.noErrors ? '' : ` · ${percent(c.errors / c.calls)} errors`}</div>`;
  }

  updated() {
    schedule('draw', this.draw);
  }

  #draw() {
    const canvas = this.renderRoot.querySelector('canvas');
    const { width, height } = this.size;
    if (!canvas || !width || !height) return;
    const { map, spot, seconds, marked } = this;
    const { at, lines } = this.lines(map, this.places);
    let [services, calls] = /** @type {(Set<number> | null)[]} */ ([null, null]);
    if (spot) {
      calls = new Set(spot.call >= 0 ? [spot.call] : [...map.calls.keys()].filter((i) => map.calls[i].from === spot.service || map.calls[i].to === spot.service));
      services = new Set([...calls].flatMap((i) => [map.calls[i].from, map.calls[i].to]));
      if (spot.service >= 0) services.add(spot.service);
    }
    drawMap(fit(canvas, width, height), { map, seconds, at, lines, plane: this.plane, width, height, services, calls, marked, chosen: this.#find(this.focused || (this.chosen.length === 1 ? this.chosen[0] : '')) });
  }

  /**
   * What is at a place of the canvas, px.
   * @param {{ offsetX: number, offsetY: number }} event
   * @returns {Spot & { x: number, y: number }}
   */
  #hit({ offsetX: x, offsetY: y }) {
    const { scale, left, top } = this.plane;
    const point = { x: (x - left) / scale, y: (y - top) / scale };
    const { at, lines } = this.lines(this.map, this.places);
    const [w, h] = [Math.max(box.width / 2, 6 / scale), Math.max(box.height / 2, 6 / scale)];
    const service = at.findLastIndex((p) => Math.abs(p.x - point.x) <= w && Math.abs(p.y - point.y) <= h);
    let [call, least] = [-1, Infinity];
    if (service < 0) lines.forEach((line, i) => {
      const d = distance(line, point, 7 / scale);
      if (d < least) [call, least] = [i, d];
    });
    return { service, call, x, y };
  }

  /** @param {PointerEvent} event */
  #press(event) {
    if (event.button) return;
    /** @type {HTMLElement} */ (event.currentTarget).setPointerCapture(event.pointerId);
    if (!this.down.size) this.went = 0;
    this.down.set(event.pointerId, { x: event.offsetX, y: event.offsetY });
  }

  /** @param {PointerEvent} event */
  #move(event) {
    const last = this.down.get(event.pointerId);
    if (!last) {
      this.over = this.#hit(event);
      return;
    }
    const now = { x: event.offsetX, y: event.offsetY };
    this.went += Math.hypot(now.x - last.x, now.y - last.y);
    if (this.went < 4) return;
    const other = [...this.down].find(([id]) => id !== event.pointerId)?.[1];
    if (other) {
      const apart = (/** @type {Point} */ p) => Math.hypot(p.x - other.x, p.y - other.y) || 1;
      this.zoom(apart(now) / apart(last), other);
    } else {
      this.pan(now.x - last.x, now.y - last.y);
    }
    this.down.set(event.pointerId, now);
  }

  /** @param {PointerEvent} event */
  #release(event) {
    if (!this.down.delete(event.pointerId)) return;
    this.requestUpdate();
    if (event.type === 'pointercancel' || this.went >= 4 || this.down.size) return;
    const { service, call } = this.#hit(event);
    const { services, calls } = this.map;
    this.#choose(service >= 0 ? [services[service].name] : call >= 0 ? [services[calls[call].from].name, services[calls[call].to].name] : []);
  }

  /** @param {WheelEvent} event */
  #wheel(event) {
    event.preventDefault();
    this.zoom(Math.exp(-event.deltaY * (event.ctrlKey ? 0.01 : event.deltaMode ? 0.05 : 0.0015)), { x: event.offsetX, y: event.offsetY });
  }

  /** @param {string[]} names */
  #choose(names) {
    this.dispatchEvent(new CustomEvent('choose', { detail: names }));
  }

  #enter() {
    if (!this.matches(':focus-within') || this.focused) return;
    const busiest = this.map.services.reduce((a, s) => (a && a.made + a.got >= s.made + s.got ? a : s), this.map.services[0]);
    this.#focus(this.chosen.find((name) => this.#find(name) >= 0) ?? busiest?.name ?? '');
  }

  /** @param {string} name */
  #focus(name) {
    this.focused = name;
    const at = this.places.at.get(name);
    if (at) this.plane = shown(this.plane, at, box, this.size.width, this.size.height);
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const ways = /** @type {Record<string, [number, number]>} */ ({ ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] });
    const way = ways[event.key];
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (way && event.shiftKey) this.pan(way[0] * -80, way[1] * -80);
    else if (way) this.#focus(this.#next(...way));
    else if (event.key === 'Enter' || event.key === ' ') this.#choose(this.focused ? [this.focused] : []);
    else if (event.key === 'Escape') this.#choose([]);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  /**
   * The service that is nearest in a direction.
   * @param {number} dx
   * @param {number} dy
   */
  #next(dx, dy) {
    const from = this.places.at.get(this.focused);
    let [best, least] = [this.focused, Infinity];
    if (!from) return best;
    for (const { name } of this.map.services) {
      const to = /** @type {Point} */ (this.places.at.get(name));
      const [along, aside] = [(to.x - from.x) * dx + (to.y - from.y) * dy, Math.abs((to.x - from.x) * dy) + Math.abs((to.y - from.y) * dx)];
      const far = along + aside * 2;
      if (along > 0 && far < least) [best, least] = [name, far];
    }
    return best;
  }
}
customElements.define('map-graph', MapGraph);
