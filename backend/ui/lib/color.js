// SPDX-License-Identifier: Apache-2.0

// Hue and chroma of the colours that services may have, in four steps of
// lightness. In both themes any two of the 40 are at least 8.3 apart (CIEDE2000;
// 0.049 in OKLab) and all are 22 from the colour of errors, and they have a
// contrast of 3 to the background. More of them would look alike. Of eight
// services, two have one colour in half of all traces: a name alone cannot know
// of the others.
const palette = [
  [[70, 0.08], [130, 0.06], [145, 0.14], [180, 0.08], [220, 0.06], [255, 0.1], [280, 0.12], [295, 0.06]],
  [[75, 0.06], [100, 0.1], [135, 0.1], [170, 0.1], [195, 0.06], [225, 0.1], [250, 0.14], [265, 0.06], [270, 0.16], [290, 0.16], [315, 0.2], [325, 0.12], [330, 0.06]],
  [[75, 0.12], [120, 0.14], [125, 0.06], [140, 0.18], [155, 0.12], [175, 0.06], [200, 0.1], [240, 0.06], [300, 0.12], [305, 0.06], [330, 0.2]],
  [[70, 0.06], [85, 0.12], [105, 0.14], [110, 0.08], [220, 0.06], [270, 0.06], [330, 0.14], [330, 0.06]],
].flatMap((colors, step) => colors.map(([hue, chroma]) => ({ step, hue, chroma })));
const lightness = { light: [0.46, 0.53, 0.59, 0.66], dark: [0.62, 0.69, 0.76, 0.84] };

/**
 * The colour of a service, by its name alone: the same on all pages and after
 * reload.
 * @param {string} name
 * @param {'light' | 'dark'} theme
 */
export function serviceColor(name, theme) {
  const { step, hue, chroma } = palette[hash(name) % palette.length];
  return `oklch(${lightness[theme][step]} ${chroma} ${hue})`;
}

/**
 * FNV-1a of the UTF-16 units, 32 bits, its bits mixed (murmur3's finalizer):
 * names often differ in their last letter only. It begins with a number under
 * which names that are often together, such as frontend, cart, checkout and
 * payment, differ most.
 * @param {string} s
 */
function hash(s) {
  let h = 0x8139a389;
  for (let i = 0; i < s.length; i++) h = Math.imul(h ^ s.charCodeAt(i), 0x01000193);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
