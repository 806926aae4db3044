// Shortens lists in messages. An image, a file, or a registry must not decide how many lines this action prints: a page of one
// warning hides all others.

const MAX_LINES = 10

/** The first lines, and one that counts the rest. */
export function few(lines: readonly string[], most = MAX_LINES): readonly string[] {
  return lines.length <= most ? lines : [...lines.slice(0, most), `… and ${String(lines.length - most)} more`]
}
