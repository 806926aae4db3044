// Renders text from outside as Markdown without a meaning of its own. Another side chooses names, error texts, and header values:
// links, pictures, tables, HTML, and mentions of people must stay plain text.

import {shortenDigests} from '../failure/format.ts'

const MAX_TEXT = 400

/** One line of visible characters, cut at a limit. Characters that reverse a line or hide others are shown as �. */
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

/** A code span, for names, digests, and hosts; works in tables, too. */
export function code(text: string, most = MAX_TEXT): string {
  // A pipe ends a table cell even in code, and escaping it fails after a backslash. A look-alike is shown instead.
  const shown = oneLine(text, most).replaceAll('|', '∣')
  if (shown === '') return '(empty)'
  const fence = '`'.repeat(longestRun(shown) + 1)
  const pad = /^`|`$/.test(shown) ? ' ' : ''
  return fence + pad + shown + pad + fence
}

/** Running text with parts from outside: every character that Markdown could interpret is escaped. */
export function prose(text: string, most = MAX_TEXT): string {
  return (
    shortenDigests(oneLine(text, most))
      .replace(/[&<>"'`*_{}[\]!|~\\$^#]|:(?=\/)/g, character => `&#${String(character.charCodeAt(0))};`)
      // GitHub finds mentions and links after all escaping, in the visible text. A zero-width space breaks them.
      .replace(/@|&#35;(?=\d)|www(?=\.)|\bGH(?=-\d)/gi, found => `${found}\u200b`)
  )
}

/** A block to copy from. */
export function block(lines: readonly string[], language = 'text'): string {
  const fence = '`'.repeat(Math.max(3, longestRun(lines.join('\n')) + 1))
  return [fence + language, ...lines, fence].join('\n')
}

/** `cells` are Markdown. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => '---'), ...rows].map(cells => `| ${cells.join(' | ')} |`).join('\n')
}

/** Collapsed content. `title` is HTML and never comes from outside. */
export function collapsible(title: string, text: string): string {
  return `<details>\n<summary>${title}</summary>\n\n${text}\n\n</details>`
}
