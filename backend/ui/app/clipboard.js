// SPDX-License-Identifier: Apache-2.0

/**
 * Copies text. It fails, with a message for people, when the browser forbids it.
 * Call it from a click or key, before anything is awaited: browsers allow it then only.
 * @param {string | Promise<string>} text
 */
export async function copy(text) {
  try { // there is no clipboard over plain HTTP
    if (typeof text === 'string') await navigator.clipboard.writeText(text);
    else await navigator.clipboard.write([new ClipboardItem({ 'text/plain': text.then((s) => new Blob([s], { type: 'text/plain' })) })]);
  } catch {
    if (!copySelected(await text)) throw new Error('The browser does not let the page copy.');
  }
}

/**
 * Copies by selecting, as browsers did before navigator.clipboard.
 * @param {string} text
 */
function copySelected(text) {
  const focused = active();
  const area = document.createElement('textarea');
  area.value = text;
  area.readOnly = true;
  area.setAttribute('aria-hidden', 'true');
  area.style.setProperty('position', 'fixed');
  area.style.setProperty('opacity', '0');
  document.body.append(area);
  area.select();
  const done = document.execCommand('copy');
  area.remove();
  focused?.focus();
  return done;
}

/** The element with the focus, in whichever shadow root it is. */
function active() {
  let e = document.activeElement;
  while (e?.shadowRoot?.activeElement) e = e.shadowRoot.activeElement;
  return e instanceof HTMLElement ? e : null;
}

/**
 * Makes the browser save a file.
 * @param {string} name
 * @param {BlobPart[]} parts
 * @param {string} type "application/json"
 */
export function save(name, parts, type) {
  const a = document.createElement('a');
  a.href = URL.createObjectURL(new Blob(parts, { type }));
  a.download = name;
  a.click();
  setTimeout(() => URL.revokeObjectURL(a.href), 60_000); // it may be read late
}
