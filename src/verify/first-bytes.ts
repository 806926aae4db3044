// The first bytes of a response that failed verification, as evidence for a report to the registry.
// Bytes from a host that only this machine may reach are named by their kind and never quoted.

import type {RegistryResponse} from '../registry/registry.ts'

/** Where a response came from: `redirectedTo` is set for a host that may be internal. */
export type ResponseOrigin = Pick<RegistryResponse, 'redirectedTo'>

/** How many bytes are quoted. */
export const FIRST_BYTES = 96

/** Quotes the first bytes of a registry's own response; names only the kind of bytes that another host sent. */
export function quoteFirstBytes(bytes: Uint8Array, {redirectedTo}: ResponseOrigin): string {
  return redirectedTo === undefined
    ? escapeBytes(bytes)
    : `(${kindOfBytes(bytes)}; not shown, because ${redirectedTo}, which the registry redirects to, sent it)`
}

/** Escapes the first bytes: printable ASCII unchanged, everything else as `\xNN`. */
export function escapeBytes(bytes: Uint8Array): string {
  return Array.from(bytes.subarray(0, FIRST_BYTES), byte =>
    byte >= 0x20 && byte < 0x7f && byte !== 0x5c
      ? String.fromCharCode(byte)
      : `\\x${byte.toString(16).padStart(2, '0')}`
  ).join('')
}

/** Whether quoted first bytes are those of a web page, after a byte order mark, line breaks, or spaces. */
export function quotesHtml(firstBytes: string): boolean {
  return firstBytes.startsWith(`(${WITHHELD_HTML}`) || /^(?:\\x[0-9a-f]{2}| )*<(?:!doctype html|html)/i.test(firstBytes)
}

const WITHHELD_HTML = 'an HTML page'

function kindOfBytes(bytes: Uint8Array): string {
  const [first = 0, second = 0] = bytes
  if (quotesHtml(escapeBytes(bytes))) return WITHHELD_HTML
  if (first === 0x1f && second === 0x8b) return 'gzip data'
  if (first === 0x28 && second === 0xb5) return 'zstd data'
  if (first === 0x7b || first === 0x5b) return 'JSON'
  if (first === 0x3c) return 'XML'
  const start = bytes.subarray(0, FIRST_BYTES)
  if (start.every(byte => byte === 0)) return 'zeros'
  return start.every(byte => byte >= 0x20 && byte < 0x7f) ? 'text' : 'binary data'
}
