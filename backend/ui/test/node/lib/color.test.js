// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { serviceColor } from '../../../lib/color.js';

const things = 'auth,user,order,payment,cart,catalog,inventory,shipping,email,notification,search,recommendation,checkout,frontend,gateway,billing,invoice,pricing,session,profile,review,rating,analytics,report,audit,config,feature-flag,image,media,upload,download,proxy,cache,queue,scheduler,worker,ledger,fraud,risk,kyc,wallet,coupon,promo,tax,address,geo,map,route,driver,customer'.split(',');
const names = things.flatMap((thing) => ['', '-service', '-api', '-worker'].map((kind) => thing + kind));

for (const theme of /** @type {const} */ (['light', 'dark'])) {
  test(`colours of 200 names are as many as there can be, ${theme}`, () => {
    const colors = names.map((name) => serviceColor(name, theme));
    const different = [...new Set(colors)];
    assert.ok(different.length >= 38, `${different.length} of 40 are used`);
    let same = 0;
    colors.forEach((c, i) => colors.slice(0, i).forEach((d) => { if (c === d) same++; }));
    assert.ok(same < 1.1 * names.length * (names.length - 1) / 2 / 40, `${same} pairs have one colour`);
    const spots = different.map(oklab);
    spots.forEach((a, i) => spots.slice(0, i).forEach((b, k) => {
      assert.ok(Math.hypot(...a.map((v, axis) => v - b[axis])) > 0.045, `${different[i]} is like ${different[k]}`);
    }));
    for (const color of different) {
      const hue = Number(color.match(/[\d.]+(?=\))/)?.[0]);
      assert.ok(hue >= 70 && hue <= 330, `${color} is red`);
    }
  });
}

test('services that are often together differ', () => {
  for (const together of ['frontend checkout payment inventory shipping email search recommend cart', 'frontend customer driver route mysql redis', 'api web auth gateway users orders payments notifications']) {
    for (const theme of /** @type {const} */ (['light', 'dark'])) {
      const colors = together.split(' ').map((name) => serviceColor(name, theme));
      assert.equal(new Set(colors).size, colors.length, `${together}: ${colors}`);
    }
  }
});

/** A colour's place in OKLab. @param {string} color oklch(L C h) */
function oklab(color) {
  const [l, chroma, hue] = (color.match(/[\d.]+/g) ?? []).map(Number);
  return [l, chroma * Math.cos((hue * Math.PI) / 180), chroma * Math.sin((hue * Math.PI) / 180)];
}
