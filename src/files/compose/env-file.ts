// Reads environment files as Compose does (compose-go, dotenv/parser.go). Its rules differ from those of Node's parser: `NAME: value`,
// single quotes that keep variables from being expanded, and escapes in quotes.

export type EnvLine = {
  readonly name: string
  /** The value without quotes and escapes. Variables in it are not expanded. */
  readonly value: string
  /** True for a value in single quotes: a dollar sign has no meaning in it. */
  readonly isLiteral: boolean
}

const NAME = /(?:export[\t\v\f\r \x85\xa0]+)?([\p{L}\p{N}_.[\]-]*)[\t\v\f\r \x85\xa0]*([=:]|\n|$)[\t\v\f\r \x85\xa0]*/uy

/** The lines in order. Nothing from the first line on that Compose refuses. */
export function readEnvFile(text: string): readonly EnvLine[] {
  const lines: EnvLine[] = []
  let at = 0
  for (;;) {
    at = skipBlank(text, at)
    NAME.lastIndex = at
    const [start, name, separator] = NAME.exec(text) ?? []
    if (start === undefined || name === undefined || at === text.length) return lines
    at += start.length
    // A name alone has the value of the variable of that name.
    if (separator !== '=' && separator !== ':') continue
    const found = readValue(text, at)
    if (found === undefined) return lines
    at = found.end
    if (!/^\p{N}/u.test(name)) lines.push({name, value: found.value, isLiteral: found.isLiteral})
  }
}

/** Skips spaces, line ends, and comments. */
function skipBlank(text: string, from: number): number {
  let at = from
  while (at < text.length) {
    if (text.charAt(at) === '#') at = lineEnd(text, at)
    else if (/\s/.test(text.charAt(at))) at += 1
    else return at
  }
  return at
}

function lineEnd(text: string, from: number): number {
  const end = text.indexOf('\n', from)
  return end < 0 ? text.length : end
}

type EnvValue = {readonly value: string; readonly isLiteral: boolean; readonly end: number}

/** Undefined for a quote that is not closed. */
function readValue(text: string, start: number): EnvValue | undefined {
  const quote = text.charAt(start)
  if (quote === '"' || quote === "'") return readQuoted(text, start, quote)
  const end = lineEnd(text, start)
  const line = text.slice(start, end)
  const comment = line.indexOf(' #')
  return {value: line.slice(0, comment < 0 ? undefined : comment).trimEnd(), isLiteral: false, end}
}

function readQuoted(text: string, start: number, quote: string): EnvValue | undefined {
  let value = ''
  for (let at = start + 1; at < text.length; at += 1) {
    const character = text.charAt(at)
    if (character === quote)
      return quote === "'"
        ? {value, isLiteral: true, end: at + 1}
        : {value: withoutEscapes(value), isLiteral: false, end: at + 1}
    if (character !== '\\') value += character
    else if (at + 1 < text.length) {
      at += 1
      value += text.charAt(at) === quote ? quote : `\\${text.charAt(at)}`
    }
  }
  return undefined
}

const ESCAPES: Readonly<Record<string, string>> = {
  ...{a: '\x07', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v', '"': '"', '\\': '\\'},
  // A dollar sign that begins no variable.
  $: '$$'
}

function withoutEscapes(value: string): string {
  return value.replace(/\\(?:0([0-7]{3})|([abfnrtv$"\\]))/g, (_, octal: string | undefined, letter: string) =>
    octal === undefined ? (ESCAPES[letter] ?? '') : String.fromCharCode(Number.parseInt(octal, 8))
  )
}
