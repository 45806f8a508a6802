// SPDX-License-Identifier: Apache-2.0

/** @import { TraceView } from '../app/trace-view.js' */
import { adjust, route } from '../app/router.js';
import { controls } from '../app/styles.js';
import { focusOn, measureFrom } from '../app/trace-actions.js';
import { retryUsual, usual } from '../app/usual.js';
import { watch } from '../app/watch.js';
import { duration, number } from '../lib/format.js';
import { LitElement, css, html, nothing } from '../vendor/lit.js';
import './idle-menu.js';
import './trace-find.js';
import './trace-hide.js';
import './trace-notes.js';

/** What of the trace is shown and how. Choices that would change nothing are not offered. */
export class TraceToolbar extends LitElement {
  static properties = { view: { attribute: false } };

  static styles = [controls, css`
    :host { display: block; padding: 0 16px 8px; }
    .tools { display: flex; flex-wrap: wrap; align-items: center; gap: 6px; }
    .choices { display: contents; }
    trace-find { flex: 1 1 260px; }
    @media (max-width: 600px) {
      .choices { flex: 1 0 100%; width: 0; display: flex; gap: 6px; padding: 3px; margin: -3px; overflow-x: auto; scrollbar-width: none; white-space: nowrap; }
      .choices > * { flex: none; }
      trace-find { flex-basis: 100%; }
    }
    trace-notes { margin-top: 6px; }
    p { margin: 6px 0 0; font-size: var(--small); }
  `];

  constructor() {
    super();
    /** @type {TraceView | null} */
    this.view = null;
    watch(this, route, usual);
  }

  render() {
    const { view } = this;
    if (!view) return nothing;
    const { trace: t, folds, gaps, chosen, focus, measured, rows } = view;
    const idle = gaps.reduce((sum, g) => sum + g.to - g.from, 0);
    const noted = focus >= 0 || rows.hidden > 0 || measured >= 0;
    const flame = route.value.params.view === 'flame';
    return html`
      <div class="tools">
        <trace-find .view=${view}></trace-find>
        <div class="choices">
        ${chosen >= 0 && t.end[chosen] > chosen + 1 && chosen !== focus ? html`<button title="Show what is below the chosen span alone (t)" @click=${() => focusOn(t, chosen)}>Focus on subtree</button>` : nothing}
        ${flame ? this.#widths() : html`
        ${chosen >= 0 && measured < 0 && t.count > 1 ? html`<button title="Measure from the chosen span to another (m)" @click=${() => measureFrom(t, chosen)}>Measure from here</button>` : nothing}
        ${folds.count ? this.#choice('fold', 'Fold equal', `${number(folds.members.length)} spans of which ten or more beside each other have the same service, name and kind`) : nothing}
        ${gaps.length ? this.#choice('gaps', 'Shrink idle', `${duration(idle)} in which nothing happened`) : nothing}
        ${t.count > 1 ? html`<idle-menu .view=${view}></idle-menu>` : nothing}
        ${t.count > 1 ? this.#choice('critical', 'Critical path', 'At each moment, the span that the trace was waiting for') : nothing}
        ${this.#choice('usual', 'Unusual', 'Marks what took longer than 95 or 99 % of the spans of its operation, and half as long again as the one in the middle (u: the next)')}`}
        ${t.count > 1 ? html`<trace-hide .view=${view}></trace-hide>` : nothing}
        </div>
      </div>
      ${!flame && route.value.params.usual && usual.value.trace === t.id && usual.value.failure ? html`<p class="error" role="alert">How long operations usually take is not known: ${usual.value.failure.message} <button class="quiet" @click=${() => retryUsual(t)}>Try again</button></p>` : nothing}
      ${noted ? html`<trace-notes .view=${view}></trace-notes>` : nothing}`;
  }

  /** What the width of a path in the flame view is. */
  #widths() {
    const self = route.value.params.width === 'self';
    return html`<button aria-pressed=${String(!self)} title="A path is as wide as its spans took in all" @click=${() => adjust({ width: 'total' })}>Total time</button>
      <button aria-pressed=${String(self)} title="A path is as wide as the times in which it or what it called ran, and nothing below" @click=${() => adjust({ width: 'self' })}>Self time</button>`;
  }

  /**
   * @param {string} name of the address's parameter
   * @param {string} text
   * @param {string} title
   */
  #choice(name, text, title) {
    const on = Boolean(route.value.params[name]);
    return html`<button aria-pressed=${String(on)} title=${title} @click=${() => adjust({ [name]: !on })}>${text}</button>`;
  }
}
customElements.define('trace-toolbar', TraceToolbar);
