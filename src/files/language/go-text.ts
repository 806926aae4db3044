// Text functions of Go's standard library that JavaScript's own differ from: spaces, trimming, bytes.
// BuildKit trims and splits with them, which decides what is an instruction.

// unicode.IsSpace. Unlike it, JavaScript's \s lacks U+0085 and has U+FEFF.
const SPACES: ReadonlySet<string> = new Set(
  '\t\n\v\f\r \u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000'
)

export function isSpace(character: string): boolean {
  return SPACES.has(character)
}

/** strings.TrimLeftFunc with unicode.IsSpace. */
export function trimStart(text: string): string {
  let at = 0
  while (at < text.length && isSpace(text.charAt(at))) at += 1
  return text.slice(at)
}

/** strings.TrimSpace. */
export function trim(text: string): string {
  return trimStart(trimEnd(text, isSpace))
}

// One pass. A regular expression that ends with `$` takes quadratic time for a long run of spaces.
/** strings.TrimRightFunc. */
export function trimEnd(text: string, isOne: (character: string) => boolean): string {
  let end = text.length
  while (end > 0 && isOne(text.charAt(end - 1))) end -= 1
  return text.slice(0, end)
}

/** The UTF-8 bytes of the text, one character for each. */
export function toBytes(text: string): string {
  // Most files are ASCII, which needs no encoding.
  return isAscii(text) ? text : Array.from(new TextEncoder().encode(text), byte => String.fromCharCode(byte)).join('')
}

/** The text that `toBytes` encoded. */
export function fromBytes(bytes: string): string {
  return isAscii(bytes)
    ? bytes
    : new TextDecoder('utf-8', {ignoreBOM: true}).decode(Uint8Array.from(bytes, byte => byte.charCodeAt(0)))
}

function isAscii(text: string): boolean {
  return !/[^\0-\x7f]/.test(text)
}
