// Long lists in few lines. How many things of one kind an image, a file or a registry can make this action say is not for them to
// decide; a page of the same warning hides the others.

const MOST = 10

/** The first lines, and one that counts the others. */
export function few(lines: readonly string[], most = MOST): readonly string[] {
  return lines.length <= most ? lines : [...lines.slice(0, most), `… and ${String(lines.length - most)} more`]
}
