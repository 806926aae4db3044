// Text from outside as Markdown that means nothing but itself. Names, error texts and header values are whatever the other side
// likes: links, pictures, tables, HTML and mentions of people must stay letters. Knows nothing of what is written.

const MAX_TEXT = 400

/** One line of visible characters, cut where it gets long. Characters that turn the line round or hide others are shown as �. */
export function oneLine(text: string, most = MAX_TEXT): string {
  const line = text
    .replace(/[\r\n\t\u2028\u2029]+/g, ' ')
    .replace(/[\p{Cc}\p{Cf}\p{Cs}]/gu, '\ufffd')
    .trim()
  return line.length <= most ? line : `${line.slice(0, most).replace(/\p{Cs}$/u, '')}…`
}

function longestRun(text: string): number {
  return Math.max(0, ...(text.match(/`+/g) ?? []).map(({length}) => length))
}

/** A code span, in which nothing has a meaning: for names, digests and hosts. Stands in tables too. */
export function code(text: string, most = MAX_TEXT): string {
  // A pipe ends a table's cell even in code, and escaping it fails behind a backslash: it is shown as its look-alike.
  const shown = oneLine(text, most).replaceAll('|', '∣')
  if (shown === '') return '(empty)'
  const fence = '`'.repeat(longestRun(shown) + 1)
  const pad = /^`|`$/.test(shown) ? ' ' : ''
  return fence + pad + shown + pad + fence
}

/** Running text with parts from outside: every character that could mean something is written as what it is. */
export function prose(text: string, most = MAX_TEXT): string {
  return (
    shortDigests(oneLine(text, most))
      .replace(/[&<>"'`*_{}[\]!|~\\$^#]|:(?=\/)/g, character => `&#${String(character.charCodeAt(0))};`)
      // These are found after all escaping, in what is to be seen; a space without width behind them ends that.
      .replace(/@|&#35;(?=\d)|www(?=\.)|\bGH(?=-\d)/gi, found => `${found}\u200b`)
  )
}

// 64 digits make a table unreadable; the whole digest stands in the evidence.
function shortDigests(text: string): string {
  return text.replace(/\b(sha(?:256|512)):([0-9a-f]{12})[0-9a-f]{20,}/g, '$1:$2…')
}

/** A block to copy from. */
export function block(lines: readonly string[], language = 'text'): string {
  const fence = '`'.repeat(Math.max(3, longestRun(lines.join('\n')) + 1))
  return [fence + language, ...lines, fence].join('\n')
}

/** Cells are Markdown already. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => '---'), ...rows].map(cells => `| ${cells.join(' | ')} |`).join('\n')
}

/** Folded away. `title` is our own words: it is HTML, where no Markdown is read. */
export function collapsible(title: string, text: string): string {
  return `<details>\n<summary>${title}</summary>\n\n${text}\n\n</details>`
}
