// SPDX-License-Identifier: Apache-2.0

import { address } from './base.js';
import { busy } from './idle.js';

/** Why a request failed, in words for people. */
export class APIError extends Error {
  /**
   * @param {string} message
   * @param {number} status 0 when there was no answer
   * @param {string} path
   */
  constructor(message, status, path) {
    super(message);
    this.status = status;
    this.path = path;
  }
}

/**
 * GET of an address of the API.
 * @param {string} path "/api/search"
 * @param {Record<string, string | string[] | number>} [params] empty ones are left out
 * @param {AbortSignal} [signal]
 * @returns {Promise<any>}
 */
export async function get(path, params = {}, signal) {
  const done = busy();
  try {
    return await (await request(path, params, { signal })).json();
  } finally {
    done();
  }
}

/**
 * A request of the API. Answers other than 2xx are an APIError.
 * @param {string} path
 * @param {Record<string, string | string[] | number>} params
 * @param {RequestInit} init
 */
export async function request(path, params, init) {
  const done = busy();
  try {
    const response = await fetch(apiURL(path, params), { ...init, redirect: 'manual' }).catch((error) => {
      if (init.signal?.aborted) throw error;
      throw new APIError('The server does not answer.', 0, path);
    });
    if (response.type === 'opaqueredirect' || (response.ok && isPage(response.headers.get('Content-Type')))) throw stranger(path);
    if (!response.ok) throw new APIError(await reason(response), response.status, path);
    return response;
  } finally {
    done();
  }
}

/**
 * That not this server has answered, but a login in front of it, say.
 * @param {string} path
 */
export function stranger(path) {
  return new APIError('Something between this page and the server, a login perhaps, answers with a page of its own: reload this one, and log in again.', 0, path);
}

/** Whether an answer is a page, which the API never answers. @param {string | null} type its Content-Type */
export function isPage(type) {
  return /^text\/html\b/i.test(type ?? '');
}

/**
 * @param {string} path
 * @param {Record<string, string | string[] | number>} [params]
 */
export function apiURL(path, params = {}) {
  const query = new URLSearchParams();
  for (const [key, value] of Object.entries(params)) {
    for (const v of Array.isArray(value) ? value : [value]) if (v !== '') query.append(key, String(v));
  }
  const search = query.toString();
  return address(path) + (search ? '?' + search : '');
}

/** @param {Response} response */
async function reason(response) {
  return reasonOf(await response.text().catch(() => ''), response.status, response.statusText);
}

/**
 * What an answer that is an error says.
 * @param {string} text its body
 * @param {number} status
 * @param {string} statusText
 */
export function reasonOf(text, status, statusText) {
  try {
    const said = JSON.parse(text).errors[0].msg;
    if (typeof said === 'string') return said;
  } catch {
    // not the API: a proxy, perhaps
  }
  return text.length > 0 && text.length < 300 && !text.startsWith('<') ? text.trim() : `The server answers ${status} ${statusText}.`;
}
