// SPDX-License-Identifier: Apache-2.0

// The hues that a service may have: none is near red, which means an error.
// Neighbours differ in lightness, too, for those who do not see the hue.
const hues = [75, 100, 130, 155, 180, 205, 230, 255, 280, 305, 330];
const lightness = { light: [0.5, 0.62], dark: [0.78, 0.64] };

/**
 * The colour of a service, by its name alone: the same on all pages and after
 * reload.
 * @param {string} name
 * @param {'light' | 'dark'} theme
 */
export function serviceColor(name, theme) {
  const h = hash(name);
  const l = lightness[theme][(h >>> 8) & 1];
  return `oklch(${l} 0.12 ${hues[h % hues.length]})`;
}

/**
 * FNV-1a of the UTF-16 units, 32 bits, its bits mixed (murmur3's finalizer):
 * names often differ in their last letter only.
 * @param {string} s
 */
export function hash(s) {
  let h = 0x811c9dc5;
  for (let i = 0; i < s.length; i++) h = Math.imul(h ^ s.charCodeAt(i), 0x01000193);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
