// SPDX-License-Identifier: Apache-2.0

/** @import { ServiceMap } from '../types.js' */
/** @import { Plane } from '../lib/plane.js' */
/** @import { Point } from '../lib/map-line.js' */
import { theme, token } from '../app/theme.js';
import { serviceColor } from '../lib/color.js';
import { percent } from '../lib/format.js';
import { perSecond } from '../lib/graph.js';
import { box } from '../lib/layout.js';
import { pointAt } from '../lib/map-line.js';

/** How strong services are that are not looked at. */
const faint = 0.25;
/** Narrower boxes, px, have no names in them. */
const minWidth = 64;

/**
 * What is drawn.
 * @typedef {object} Scene
 * @property {ServiceMap} map
 * @property {number} seconds
 * @property {Point[]} at of each service
 * @property {Point[][]} lines of each call
 * @property {Plane} plane
 * @property {number} width
 * @property {number} height
 * @property {Set<number> | null} services that are looked at; null: all
 * @property {Set<number> | null} calls that are
 * @property {Set<number>} marked services
 * @property {number} chosen service, or -1
 */

/**
 * Draws a map: services as boxes, calls as lines, as wide as the logarithm of
 * their number. What is too small for its text loses it, the least busy first.
 * @param {CanvasRenderingContext2D} g
 * @param {Scene} scene
 */
export function drawMap(g, scene) {
  const { map, plane: { scale, left, top } } = scene;
  const pen = new Pen(g, scene);
  const most = Math.log1p(map.calls.reduce((most, c) => Math.max(most, c.calls), 1));
  const thin = Math.min(1, Math.max(0.5, scale * 1.3));
  const order = [...map.calls.keys()].sort((a, b) => Number(pen.calls(a)) - Number(pen.calls(b)));
  for (const i of order) {
    const c = map.calls[i];
    const line = scene.lines[i].map((p) => ({ x: p.x * scale + left, y: p.y * scale + top }));
    if (pen.sees(line)) pen.line(line, c.errors > 0, (0.8 + (3.7 * Math.log1p(c.calls)) / most) * thin, pen.calls(i));
  }
  g.globalAlpha = 1;
  for (const i of map.services.keys()) pen.service(i);
  pen.names();
  if (scene.calls && scene.calls.size <= 24) for (const i of scene.calls) pen.numbers(i);
}

/** Draws on a canvas in px. */
class Pen {
  /**
   * @param {CanvasRenderingContext2D} g
   * @param {Scene} scene
   */
  constructor(g, scene) {
    this.g = g;
    this.scene = scene;
    const names = /** @type {const} */ (['--bg', '--bg-raised', '--bg-mark', '--bg-selected', '--line-strong', '--text', '--text-soft', '--error', '--accent']);
    this.color = /** @type {Record<typeof names[number], string>} */ (Object.fromEntries(names.map((n) => [n, token(n)])));
    this.family = getComputedStyle(document.body).fontFamily;
    const { scale } = scene.plane;
    this.w = box.width * scale;
    this.h = box.height * scale;
    /** Of names, px. */
    this.size = Math.max(11, Math.min(15, 13 * scale));
    /** Boxes have room for their names. */
    this.within = this.w >= minWidth;
    /** What text must not cover. @type {{ x: number, y: number, w: number, h: number }[]} */
    this.taken = [];
    /** How strong usual lines are: the more there are, the less. */
    this.calm = Math.max(0.3, Math.min(0.65, 120 / scene.map.calls.length));
    g.textBaseline = 'middle';
  }

  /** Whether a service is looked at, or looked for. @param {number} i */
  looks(i) {
    return !this.scene.services || this.scene.services.has(i) || this.scene.marked.has(i);
  }

  /** Whether a call is. @param {number} i */
  calls(i) {
    return !this.scene.calls || this.scene.calls.has(i);
  }

  /** Whether some of these points may be in sight. @param {Point[]} points */
  sees(points) {
    const { width, height } = this.scene;
    return !(points.every((p) => p.x < 0) || points.every((p) => p.x > width) || points.every((p) => p.y < 0) || points.every((p) => p.y > height));
  }

  /** Of a service's middle, px. @param {number} i */
  middle(i) {
    const { at, plane: { scale, left, top } } = this.scene;
    return { x: at[i].x * scale + left, y: at[i].y * scale + top };
  }

  /**
   * @param {Point[]} line
   * @param {boolean} failing
   * @param {number} width
   * @param {boolean} strong
   */
  line(line, failing, width, strong) {
    const { g, color } = this;
    g.globalAlpha = strong ? (this.scene.calls ? 1 : failing ? 0.9 : this.calm) : this.calm * 0.2;
    g.strokeStyle = g.fillStyle = failing ? color['--error'] : color['--line-strong'];
    g.lineWidth = width;
    const end = line[line.length - 1];
    const way = Math.sign(end.x - line[line.length - 2].x) || -1;
    const head = width + 4;
    g.beginPath();
    g.moveTo(line[0].x, line[0].y);
    for (let i = 1; i < line.length; i += 3) g.bezierCurveTo(line[i].x, line[i].y, line[i + 1].x, line[i + 1].y, line[i + 2].x - (i + 3 > line.length - 1 ? way * head * 0.8 : 0), line[i + 2].y);
    g.stroke();
    g.beginPath();
    g.moveTo(end.x, end.y);
    g.lineTo(end.x - way * head * 1.4, end.y - head * 0.7);
    g.lineTo(end.x - way * head * 1.4, end.y + head * 0.7);
    g.fill();
    if (failing) this.diamond(pointAt(line, 0.5), 3 + width / 2);
  }

  /**
   * @param {Point} p
   * @param {number} r
   */
  diamond({ x, y }, r) {
    const { g } = this;
    g.beginPath();
    for (const [dx, dy] of [[0, -1.3], [1.3, 0], [0, 1.3], [-1.3, 0]]) g.lineTo(x + dx * r, y + dy * r);
    g.fill();
  }

  /** A service's box. @param {number} i */
  service(i) {
    const { g, scene, w, h, color } = this;
    const { x, y } = this.middle(i);
    const [l, t] = [x - w / 2, y - h / 2];
    if (!this.sees([{ x: l, y: t }, { x: l + w, y: t + h }])) return;
    const s = scene.map.services[i];
    const strong = this.looks(i);
    if (strong) this.taken.push({ x: l, y: t, w, h });
    const round = Math.min(5, h / 4);
    const hue = serviceColor(s.name, theme.value);
    g.globalAlpha = 1;
    g.fillStyle = color['--bg'];
    g.beginPath();
    g.roundRect(l, t, w, h, round);
    g.fill(); // lines do not show through
    g.globalAlpha = strong ? 1 : faint;
    g.fillStyle = scene.marked.has(i) ? color['--bg-mark'] : i === scene.chosen ? color['--bg-selected'] : h < 12 ? hue : color['--bg-raised'];
    g.fill();
    g.lineWidth = i === scene.chosen ? 2 : 1;
    g.strokeStyle = i === scene.chosen || scene.marked.has(i) ? color['--accent'] : color['--line-strong'];
    g.stroke();
    g.fillStyle = hue;
    g.beginPath();
    g.roundRect(l, t, Math.max(3, w * 0.03), h, [round, 0, 0, round]);
    g.fill();
    const failed = shareOf(s);
    if (this.within) this.text(s.name, l, t, failed);
    if (failed && h < 26) {
      g.fillStyle = color['--error'];
      this.diamond({ x: l + w - Math.min(6, w / 4), y }, Math.max(2, Math.min(3.2, h / 4)));
    }
    if (h >= 26) this.rates(i, l, t, failed);
  }

  /**
   * @param {string} name
   * @param {number} l
   * @param {number} t
   * @param {number} failed
   */
  text(name, l, t, failed) {
    const { g, w, h } = this;
    g.font = `${h < 26 ? '' : '600 '}${this.size}px ${this.family}`;
    g.fillStyle = this.color['--text'];
    g.textAlign = 'left';
    const edge = Math.max(4, w * 0.055);
    g.fillText(this.cut(name, w - edge - (failed && h < 26 ? 11 : 2)), l + edge, h >= 26 ? t + h * 0.33 : t + h / 2 + 0.5);
  }

  /**
   * @param {number} i
   * @param {number} l
   * @param {number} t
   * @param {number} failed
   */
  rates(i, l, t, failed) {
    const { g, w, h, color, scene } = this;
    const edge = Math.max(4, w * 0.055);
    g.font = `${Math.max(11, this.size - 1.5)}px ${this.family}`;
    g.fillStyle = color['--text-soft'];
    const rate = perSecond(requests(scene.map.services[i]), scene.seconds);
    g.fillText(rate, l + edge, t + h * 0.72);
    if (!failed) return;
    g.fillStyle = color['--error'];
    g.textAlign = 'right';
    g.fillText(`◆ ${percent(failed)}`, l + w - 6, t + h * 0.72);
  }

  /** Names beside boxes that have no room for them: of all, or of the few that are looked at. */
  names() {
    const { g, scene, h, w } = this;
    if (this.within && !(scene.services && scene.services.size <= 24)) return;
    g.font = `${this.within ? '' : '600 '}11px ${this.family}`;
    g.textAlign = 'left';
    const weight = (/** @type {number} */ i) => {
      const s = scene.map.services[i];
      return (scene.marked.has(i) || i === scene.chosen ? 1e15 : 0) + (scene.services && this.looks(i) ? 1e14 : 0) + (s.failed ? 1e13 : 0) + s.made + s.got;
    };
    for (const i of [...scene.map.services.keys()].sort((a, b) => weight(b) - weight(a))) {
      if (!this.looks(i)) continue;
      const { x, y } = this.middle(i);
      const name = this.cut(scene.map.services[i].name, 200);
      const half = g.measureText(name).width / 2;
      if (this.within && 2 * half < w - (shareOf(scene.map.services[i]) ? 17 : 7)) continue;
      const [beside, above] = [[{ x: x + w / 2 + 4 + half, y }, { x: x - w / 2 - 4 - half, y }], [{ x, y: y - h / 2 - 8 }, { x, y: y + h / 2 + 8 }]];
      this.label(name, this.within ? [...above, ...beside] : [...beside, ...above], this.color['--text']);
    }
  }

  /** A call's rate and errors, beside the middle of its line. @param {number} i */
  numbers(i) {
    const { g, scene, scene: { plane: { scale, left, top } } } = this;
    const c = scene.map.calls[i];
    g.font = `11px ${this.family}`;
    g.textAlign = 'left';
    const text = perSecond(c.calls, scene.seconds) + (c.errors ? ` ◆ ${percent(c.errors / c.calls)}` : '');
    const places = [0.5, 0.4, 0.6, 0.3, 0.7].map((share) => pointAt(scene.lines[i], share)).map((p) => ({ x: p.x * scale + left, y: p.y * scale + top }));
    this.label(text, places, c.errors ? this.color['--error'] : this.color['--text']);
  }

  /**
   * A text around the first of some points where it covers nothing.
   * @param {string} text
   * @param {Point[]} points
   * @param {string} color
   */
  label(text, points, color) {
    const { g, taken, scene } = this;
    const [w, h] = [g.measureText(text).width, 14];
    for (const point of points) {
      const [x, y] = [point.x - w / 2, point.y - h / 2];
      if (x < 0 || y < 0 || x + w > scene.width || y + h > scene.height || taken.some((t) => x < t.x + t.w && t.x < x + w && y < t.y + t.h && t.y < y + h)) continue;
      taken.push({ x, y, w, h });
      g.globalAlpha = 0.85;
      g.fillStyle = this.color['--bg'];
      g.fillRect(x - 2, y, w + 4, h);
      g.globalAlpha = 1;
      g.fillStyle = color;
      g.fillText(text, x, point.y + 0.5);
      return;
    }
  }

  /**
   * The text, or its beginning that fits.
   * @param {string} text
   * @param {number} width px
   */
  cut(text, width) {
    const { g } = this;
    const chars = [...text.slice(0, 100)];
    const isolated = (/** @type {string} */ s) => `\u2068${s}\u2069`; // no text turns what is beside it round
    if (g.measureText(text.slice(0, 100)).width <= width) return isolated(chars.join(''));
    let [low, high] = [0, chars.length];
    while (low < high) {
      const n = (low + high + 1) >> 1;
      if (g.measureText(chars.slice(0, n).join('') + '…').width <= width) low = n;
      else high = n - 1;
    }
    return isolated(chars.slice(0, low).join('') + '…');
  }
}

/** How many requests a service got: of those that it says it answered, or that others say they made. @param {ServiceMap['services'][number]} s */
export function requests(s) {
  return s.rates?.spans ?? s.got;
}

/** The share of them that failed. @param {ServiceMap['services'][number]} s */
export function shareOf(s) {
  const all = requests(s);
  return all ? (s.rates?.errors ?? s.failed) / all : 0;
}
