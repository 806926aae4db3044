// Finds secrets in text, in every encoding in which a registry or a program might echo them, and hides them.
// A holder of a secret can always encode it so that no search finds it. This covers echoes, not encryption.

export type Redactor = {
  /** Adds a secret of the user: an input or a stored login. It is always hidden, whatever its length. */
  readonly addSecret: (secret: string) => void
  /**
   * A token that came for the user's credentials. Its server chooses it, and could choose words of this action's own: one that is short
   * or part of a text given to `addOwn`, before or after, is not hidden.
   */
  readonly addToken: (token: string) => void
  /** Adds a text of this action, such as the name of an image or the value of an output. */
  readonly addOwn: (text: string) => void
  /** Replaces each secret by `***`, and also the beginning of a secret that was cut. */
  readonly redact: (text: string) => string
  /** The tokens that are hidden. */
  readonly hiddenTokens: () => readonly string[]
}

/** Real tokens have at least 20 characters, with capitals or digits. Most words, paths, and keys have neither. */
const SHORTEST_TOKEN = 16
const WORDS = /^[a-z./:_-]+$/

const HIDDEN = '***'

export function createRedactor(): Redactor {
  const secrets = new Map<string, readonly Needle[]>()
  const tokens = new Map<string, readonly Needle[]>()
  const own = new Set<string>()
  const isOwn = (token: string): boolean => [...own].some(text => text.includes(token))
  return {
    addSecret: secret => {
      if (secret !== '' && !secrets.has(secret)) secrets.set(secret, needlesOf(secret))
    },
    addToken: token => {
      if (token.length >= SHORTEST_TOKEN && !WORDS.test(token) && !isOwn(token)) tokens.set(token, needlesOf(token))
    },
    addOwn: text => {
      own.add(text)
      for (const token of tokens.keys()) if (text.includes(token)) tokens.delete(token)
    },
    redact: text => {
      const bySecret = [...secrets.values()].flat()
      const byToken = [...tokens.values()].flat()
      if (bySecret.length + byToken.length === 0 || text === '') return text
      const ranges = viewsOf(text).flatMap(view => [
        ...find(view, bySecret),
        // A registry must not hide a digest or a part of a reference by using it as its token.
        ...find(view, byToken).filter(range => !isInReference(text, range))
      ])
      return hide(text, ranges)
    },
    hiddenTokens: () => [...tokens.keys()]
  }
}

/** Bytes to search for, each as one character. */
type Needle = {readonly bytes: string; readonly isCaseless: boolean}

// Bytes as characters, so that positions are byte positions in every encoding.
function bytesOf(text: string): string {
  return Buffer.from(text).toString('latin1')
}

// Host names and media types are echoed in lower case. Shorter secrets are compared case-sensitively.
const SHORTEST_CASELESS = 6

// The part of a Base64 text that depends only on the secret, at each of the three positions in a group of three bytes.
const SHORTEST_BASE64 = 8

function needlesOf(secret: string): readonly Needle[] {
  const lines = secret.split(/[\r\n]+/).filter(line => line.length >= SHORTEST_TOKEN)
  // A program may quote a key of several lines as one line. A form encodes a space as a plus.
  const plain = [secret, ...lines, secret.replace(/\s+/g, ' ').trim(), secret.replaceAll(' ', '+')]
  const texts = new Set([...plain.map(bytesOf), ...base64PartsOf(secret)].filter(text => text !== ''))
  return [...texts].map(bytes => {
    const isCaseless = bytes.length >= SHORTEST_CASELESS
    return {bytes: isCaseless ? lowerCase(bytes) : bytes, isCaseless}
  })
}

function base64PartsOf(secret: string): readonly string[] {
  const bytes = Buffer.from(secret)
  return [0, 1, 2].flatMap(before => {
    const encoded = Buffer.concat([Buffer.alloc(before), bytes])
      .toString('base64')
      .replace(/=+$/, '')
    // The first characters also encode bits of the text before, and the last one bits of the text after.
    const start = Math.ceil((before * 8) / 6)
    const end = Math.floor(((before + bytes.length) * 8) / 6)
    const part = encoded.slice(start, end)
    return part.length < SHORTEST_BASE64 ? [] : [part, part.replaceAll('+', '-').replaceAll('/', '_')]
  })
}

// ASCII only: other letters have several bytes.
function lowerCase(bytes: string): string {
  return bytes.replace(/[A-Z]+/g, letters => letters.toLowerCase())
}

/** A decoded text: its bytes, and the position of each byte, and of the end, in the original bytes. */
type View = {readonly bytes: string; readonly starts: readonly number[] | undefined}

// Escapes may be nested: a percent-encoded path in a JSON string that is quoted in another one. Each kind of escape is decoded by
// itself, because a backslash before `&quot;` may belong to JSON, or be plain text in HTML.
const DEEPEST = 3
const MOST_VIEWS = 16

function viewsOf(text: string): readonly View[] {
  const views: View[] = [{bytes: bytesOf(text), starts: undefined}]
  const known = new Set(views.map(({bytes}) => bytes))
  let level: readonly View[] = views
  for (let depth = 0; depth < DEEPEST && level.length > 0; depth++) {
    level = level
      .flatMap(view => KINDS.flatMap(kind => unescape(view, kind) ?? []))
      .filter(({bytes}) => {
        const isNew = !known.has(bytes) && known.size < MOST_VIEWS
        if (isNew) known.add(bytes)
        return isNew
      })
    views.push(...level)
  }
  return views
}

type EscapeKind = {readonly pattern: RegExp; readonly meaning: (match: RegExpMatchArray) => string}

const KINDS: readonly EscapeKind[] = [
  // URLs: `%2F`.
  {pattern: /%([0-9a-f]{2})/gi, meaning: ([, hex = '']) => byteOf(hex)},
  // JSON, and first bytes as they are shown: `\u002f`, `\/`, `\n`, `\x2f`.
  {
    pattern: /\\(?:x([0-9a-f]{2})|u([0-9a-f]{4})|([^xu0-9a-z]|[bfnrt]))/gi,
    meaning: ([, hex, unicode, single = '']) =>
      hex !== undefined ? byteOf(hex) : unicode !== undefined ? pointOf(unicode, 16) : (CONTROLS[single] ?? single)
  },
  // HTML: `&#47;`, `&#x2f;`, `&amp;`.
  {
    pattern: /&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|(amp|lt|gt|quot|apos));/gi,
    meaning: ([, hex, decimal, name = '']) =>
      hex !== undefined
        ? pointOf(hex, 16)
        : decimal !== undefined
          ? pointOf(decimal, 10)
          : (NAMED[name.toLowerCase()] ?? '')
  }
]

const CONTROLS: Readonly<Record<string, string>> = {b: '\b', f: '\f', n: '\n', r: '\r', t: '\t'}
const NAMED: Readonly<Record<string, string>> = {amp: '&', lt: '<', gt: '>', quot: '"', apos: "'"}

function byteOf(hex: string): string {
  return String.fromCharCode(Number.parseInt(hex, 16))
}

function pointOf(digits: string, radix: 10 | 16): string {
  const point = Number.parseInt(digits, radix)
  return point > 0x10ffff ? '' : bytesOf(String.fromCodePoint(point))
}

function unescape({bytes, starts}: View, {pattern, meaning}: EscapeKind): View | undefined {
  const positions: number[] = []
  let read = ''
  let at = 0
  const add = (text: string, from: number, step: 0 | 1): void => {
    for (let index = 0; index < text.length; index++) positions.push(from + index * step)
    read += text
  }
  for (const match of bytes.matchAll(pattern)) {
    add(bytes.slice(at, match.index), at, 1)
    add(meaning(match), match.index, 0)
    at = match.index + match[0].length
  }
  if (at === 0) return undefined
  add(bytes.slice(at), at, 1)
  positions.push(bytes.length)
  return {bytes: read, starts: starts === undefined ? positions : positions.map(position => starts[position] ?? 0)}
}

/** Start and end, in bytes of the text. */
type Range = readonly [number, number]

function find({bytes, starts}: View, needles: readonly Needle[]): readonly Range[] {
  const lower = lowerCase(bytes)
  const startOf = (at: number): number => starts?.[at] ?? at
  const cuts = cutsIn(bytes)
  return needles.flatMap(needle => {
    const where = needle.isCaseless ? lower : bytes
    const found: Range[] = []
    for (let at = where.indexOf(needle.bytes); at >= 0; at = where.indexOf(needle.bytes, at + 1))
      found.push([startOf(at), startOf(at + needle.bytes.length)])
    for (const cut of cuts) {
      const length = lengthOfBeginning(where, cut, needle.bytes)
      if (length > 0) found.push([startOf(cut.at - length), startOf(cut.at)])
    }
    return found
  })
}

type Cut = {readonly at: number; readonly shortest: number}

const ELLIPSIS = bytesOf('…')

// Text from outside is cut before it gets here, and shows that with an ellipsis or ends there. At an ellipsis fewer characters are enough;
// elsewhere it takes some, since every text ends.
function cutsIn(bytes: string): readonly Cut[] {
  const cuts: Cut[] = []
  for (let at = bytes.indexOf(ELLIPSIS); at >= 0; at = bytes.indexOf(ELLIPSIS, at + 1))
    cuts.push({at, shortest: SHORTEST_AT_ELLIPSIS})
  for (const {index} of bytes.matchAll(/["')\]]*(?:\n|$)/g)) cuts.push({at: index, shortest: SHORTEST_BEGINNING})
  // The cut may be inside an escape.
  return cuts.map(cut => ({
    ...cut,
    at:
      cut.at -
      (/(?:%[0-9a-f]?|\\(?:x[0-9a-f]?|u[0-9a-f]{0,3})?)$/i.exec(bytes.slice(Math.max(0, cut.at - 6), cut.at))?.[0]
        .length ?? 0)
  }))
}

const SHORTEST_AT_ELLIPSIS = 3
const SHORTEST_BEGINNING = 4

/** The length of the needle's beginning right before the cut. */
function lengthOfBeginning(bytes: string, {at, shortest}: Cut, needle: string): number {
  for (let length = Math.min(needle.length - 1, at); length >= shortest; length--) {
    if (bytes.startsWith(needle.slice(0, length), at - length)) return length
  }
  return 0
}

// Whole digests, and shortened ones as in messages, with the name before them.
const REFERENCES = new RegExp(
  `[\\w./:@-]*sha(?:256:[0-9a-f]{64}|512:[0-9a-f]{128}|(?:256|512):[0-9a-f]{12}${ELLIPSIS})`,
  'g'
)

/** Whether a part of the range is in a digest, or in the name before one. */
function isInReference(text: string, [from, to]: Range): boolean {
  return [...bytesOf(text).matchAll(REFERENCES)].some(
    ({index, 0: reference}) => from < index + reference.length && index < to
  )
}

function hide(text: string, ranges: readonly Range[]): string {
  if (ranges.length === 0) return text
  const bytes = bytesOf(text)
  let shown = ''
  let at = 0
  for (const [from, to] of ranges.toSorted(([a], [b]) => a - b)) {
    if (to <= at) continue
    if (from >= at) shown += bytes.slice(at, from) + (shown.endsWith(HIDDEN) && from === at ? '' : HIDDEN)
    at = to
  }
  return Buffer.from(shown + bytes.slice(at), 'latin1').toString()
}
