// SPDX-License-Identifier: Apache-2.0

// Pictures of few colours: half of what a browser makes of them, or less.
import { crc32, deflateSync } from 'node:zlib';

/** Colours that a picture has at most, and that are left out when a frequent one is so near. */
const most = 256;
const near = 6;

/**
 * Makes a PNG with a palette.
 * @param {import('playwright-core').Page} page which is not below a policy
 * @param {Buffer} png
 */
export async function smaller(page, png) {
  const { width, height, text } = await page.evaluate(async (base64) => {
    const image = await createImageBitmap(await (await fetch(`data:image/png;base64,${base64}`)).blob());
    const g = /** @type {OffscreenCanvasRenderingContext2D} */ (new OffscreenCanvas(image.width, image.height).getContext('2d'));
    g.drawImage(image, 0, 0);
    const { data } = g.getImageData(0, 0, image.width, image.height);
    let text = '';
    for (let i = 0; i < data.length; i += 30_000) text += String.fromCharCode(...data.subarray(i, i + 30_000));
    return { width: image.width, height: image.height, text: btoa(text) };
  }, png.toString('base64'));
  return encode(width, height, Buffer.from(text, 'base64'));
}

/**
 * @param {number} width
 * @param {number} height
 * @param {Buffer} rgba
 */
function encode(width, height, rgba) {
  /** @type {Map<number, number>} */
  const counts = new Map();
  for (let i = 0; i < rgba.length; i += 4) {
    const color = rgba.readUIntBE(i, 3);
    counts.set(color, (counts.get(color) ?? 0) + 1);
  }
  const frequent = [...counts].sort((a, b) => b[1] - a[1]).map(([color]) => color);
  /** @type {number[]} */
  const palette = [];
  for (const color of frequent) if (palette.length < most && palette.every((p) => distance(p, color) > near)) palette.push(color);
  const places = new Map(frequent.map((color) => [color, nearest(palette, color)]));

  const rows = Buffer.alloc(height * (width + 1)); // each begins with 0: not filtered
  for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) rows[y * (width + 1) + 1 + x] = places.get(rgba.readUIntBE(4 * (y * width + x), 3)) ?? 0;
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, 3], 8); // 8 bits, which are places in the palette
  const colors = Buffer.from(palette.flatMap((c) => [c >> 16, (c >> 8) & 255, c & 255]));
  return Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), chunk('IHDR', head), chunk('PLTE', colors), chunk('IDAT', deflateSync(rows, { level: 9 })), chunk('IEND', Buffer.alloc(0))]);
}

/**
 * How far two colours are from each other: of red, green and blue the largest difference.
 * @param {number} a
 * @param {number} b
 */
function distance(a, b) {
  return Math.max(Math.abs((a >> 16) - (b >> 16)), Math.abs(((a >> 8) & 255) - ((b >> 8) & 255)), Math.abs((a & 255) - (b & 255)));
}

/**
 * @param {number[]} palette
 * @param {number} color
 */
function nearest(palette, color) {
  let best = 0;
  palette.forEach((p, i) => { if (distance(p, color) < distance(palette[best], color)) best = i; });
  return best;
}

/**
 * @param {string} type
 * @param {Buffer} data
 */
function chunk(type, data) {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const out = Buffer.alloc(8 + data.length + 4);
  out.writeUInt32BE(data.length, 0);
  body.copy(out, 4);
  out.writeUInt32BE(crc32(body), 8 + data.length);
  return out;
}
