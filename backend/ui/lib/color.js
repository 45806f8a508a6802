// SPDX-License-Identifier: Apache-2.0

// Hue and chroma of the colours that services may have, in four steps of
// lightness. In both themes any two of the 48 are at least 8.4 apart (CIEDE2000)
// and all are 22 from the colour of errors, and they have a contrast of 3 to the
// background. Of eight services in a trace, two still have one colour in 45 % of
// traces: a name alone cannot know of the others.
const palette = [
  [[70, 0.08], [90, 0.06], [110, 0.1], [130, 0.06], [145, 0.14], [160, 0.1], [175, 0.06], [220, 0.08], [240, 0.1], [265, 0.16], [280, 0.08], [315, 0.08]],
  [[80, 0.1], [110, 0.06], [125, 0.12], [145, 0.1], [175, 0.1], [200, 0.06], [235, 0.06], [255, 0.16], [260, 0.06], [290, 0.16], [290, 0.06], [310, 0.2], [330, 0.06], [330, 0.14]],
  [[90, 0.06], [90, 0.12], [105, 0.1], [135, 0.06], [140, 0.18], [160, 0.12], [170, 0.06], [190, 0.1], [220, 0.1], [240, 0.12], [285, 0.12], [310, 0.1], [325, 0.2]],
  [[70, 0.12], [70, 0.06], [110, 0.14], [115, 0.08], [230, 0.06], [255, 0.08], [295, 0.06], [330, 0.14], [330, 0.06]],
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
  let h = 0x8126c382;
  for (let i = 0; i < s.length; i++) h = Math.imul(h ^ s.charCodeAt(i), 0x01000193);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
