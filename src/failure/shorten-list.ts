// Short lists for messages. Images, files and registries must not decide how long a message is: a page of one warning hides the
// others.

const MOST = 10

/** The first lines, and one with the number of the others. */
export function few(lines: readonly string[], most = MOST): readonly string[] {
  return lines.length <= most ? lines : [...lines.slice(0, most), `… and ${String(lines.length - most)} more`]
}
