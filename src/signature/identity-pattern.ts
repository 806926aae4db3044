// Patterns of identities and refs: the whole text has to match, and `*` stands for a part of one path component.
// A pattern that matches a part of a text would accept https://github.com/acme-evil for https://github.com/acme.

/** Whether the whole text matches. `*` is one or more characters other than `/`. */
export function matchesPattern(pattern: string, text: string): boolean {
  const parts = pattern.split('/')
  const others = text.split('/')
  return parts.length === others.length && parts.every((part, at) => matchesComponent(part, others[at] ?? ''))
}

// Each piece is searched from the left, once. A regular expression with several stars may take minutes for a long text.
function matchesComponent(pattern: string, text: string): boolean {
  const [first = '', ...pieces] = pattern.split('*')
  const last = pieces.pop()
  if (last === undefined) return pattern === text
  if (!text.startsWith(first)) return false
  let end = first.length
  for (const piece of pieces) {
    const found = text.indexOf(piece, end + 1)
    if (found < 0) return false
    end = found + piece.length
  }
  return text.length - last.length > end && text.endsWith(last)
}

/** Why a text is not a pattern; undefined for a pattern. */
export function checkPattern(pattern: string): string | undefined {
  if (/^\^|\$$|\.\*|\\|[[(|]/.test(pattern))
    return 'is a regular expression, which is not supported: write the name, with * for a part of one path component'
  if (pattern.includes('**')) return 'has "**": one * stands for a part of one path component'
  if (/^[*@.]*$/.test(pattern)) return 'matches every name'
  const host = /^[a-z][a-z0-9+.-]*:\/\/([^/]*)/i.exec(pattern)?.[1]
  if (host === '' || host?.includes('*') === true) return 'has no fixed host: a * there accepts the host of an attacker'
  if (/@.*\*/.test(pattern) && !pattern.includes('/'))
    return 'has no fixed domain: a * there accepts the domain of an attacker'
  return undefined
}
