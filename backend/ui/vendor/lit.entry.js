// SPDX-License-Identifier: Apache-2.0
//
// What the UI uses of lit: scripts/vendor-lit.sh bundles it into lit.js.
export { LitElement, css, html, noChange, nothing, render, svg } from 'lit';
export { Directive, PartType, directive } from 'lit/directive.js';
export { AsyncDirective } from 'lit/async-directive.js';
export { classMap } from 'lit/directives/class-map.js';
export { guard } from 'lit/directives/guard.js';
export { ifDefined } from 'lit/directives/if-defined.js';
export { keyed } from 'lit/directives/keyed.js';
export { live } from 'lit/directives/live.js';
export { createRef, ref } from 'lit/directives/ref.js';
export { repeat } from 'lit/directives/repeat.js';
