// The patterns of `${V#pattern}`, `${V%pattern}` and `${V/pattern/text}`: `*`, `?` and backslashes, matched in one pass.
// No regular expression: with `*a*a*a…b` one that backtracks takes time without end, and whoever writes a Dockerfile chooses it.

/** Takes the pattern off the beginning: as little as it matches, or as much. Undefined: more than is matched here. */
export function trimPrefix(value: string, pattern: string, extent: Extent): string | undefined {
  const [text, parts] = [Array.from(value), segmentsOf(pattern)]
  if (isTooMuch(text, pattern)) return undefined
  const end = matchAt(text, 0, parts, extent)
  return text.slice(end ?? 0).join('')
}

/** Takes the pattern off the end. */
export function trimSuffix(value: string, pattern: string, extent: Extent): string | undefined {
  const text = Array.from(value).reverse()
  // Both reversed, the end is a beginning.
  const parts = segmentsOf(pattern)
    .map(part => part.toReversed())
    .reverse()
  if (isTooMuch(text, pattern)) return undefined
  const end = matchAt(text, 0, parts, extent)
  return text
    .slice(end ?? 0)
    .reverse()
    .join('')
}

/** Puts `by` in the place of the first match, or of every one; each is as long as it can be. */
export function replacePattern(value: string, pattern: string, by: string, which: 'first' | 'all'): string | undefined {
  const [text, parts] = [Array.from(value), segmentsOf(pattern)]
  if (isTooMuch(text, pattern) || isTooMuch(text, by)) return undefined
  const made: string[] = []
  let at = 0
  while (at < text.length) {
    const start = parts[0]?.length === 0 ? at : findSegment(text, parts[0] ?? [], at)
    const end = start === undefined ? undefined : matchAt(text, start, parts, 'longest')
    // What does not match after the first place for the first part matches after no later one.
    if (start === undefined || end === undefined || end === start) break
    made.push(text.slice(at, start).join(''), by)
    at = end
    if (which === 'first') break
  }
  return made.join('') + text.slice(at).join('')
}

export type Extent = 'shortest' | 'longest'

/** One character, or any. */
type Token = string | undefined
/** What stands between two stars. */
type Segment = readonly Token[]

// The work is at most the product of both lengths; an image's name has at most 255 characters before its tag.
const MAX_PRODUCT = 1_000_000

function isTooMuch(text: readonly string[], pattern: string): boolean {
  return text.length * pattern.length > MAX_PRODUCT
}

function segmentsOf(pattern: string): readonly Segment[] {
  const segments: Token[][] = [[]]
  const characters = Array.from(pattern)
  for (let at = 0; at < characters.length; at += 1) {
    const character = characters[at]
    if (character === '*') segments.push([])
    else if (character === '?') segments.at(-1)?.push(undefined)
    else if (character === '\\' && at + 1 < characters.length) {
      at += 1
      segments.at(-1)?.push(characters[at])
    } else segments.at(-1)?.push(character)
  }
  return segments
}

function isAt(text: readonly string[], segment: Segment, at: number): boolean {
  return (
    at + segment.length <= text.length &&
    segment.every((token, offset) => token === undefined || token === text[at + offset])
  )
}

function findSegment(text: readonly string[], segment: Segment, from: number): number | undefined {
  for (let at = from; at + segment.length <= text.length; at += 1) if (isAt(text, segment, at)) return at
  return undefined
}

// Each part at its first place leaves the most room for the next; the last one decides how long the match is.
function matchAt(
  text: readonly string[],
  start: number,
  [first = [], ...others]: readonly Segment[],
  extent: Extent
): number | undefined {
  if (!isAt(text, first, start)) return undefined
  let end = start + first.length
  for (const segment of others) {
    const found = findSegment(text, segment, end)
    if (found === undefined) return undefined
    end = found + segment.length
  }
  const last = others.at(-1)
  if (extent === 'shortest' || last === undefined) return end
  for (let at = text.length - last.length; at + last.length > end; at -= 1)
    if (isAt(text, last, at)) return at + last.length
  return end
}
