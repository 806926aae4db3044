// The patterns of `${V#pattern}`, `${V%pattern}`, and `${V/pattern/text}`: `*`, `?`, and backslashes, matched without backtracking.
// The author of a Dockerfile chooses the pattern. A regular expression would take exponential time for `*a*a*a…b`.

/** Removes the shortest or the longest match of the pattern at the start. Undefined when the texts exceed MAX_PRODUCT. */
export function trimPrefix(value: string, pattern: string, extent: Extent): string | undefined {
  const [text, parts] = [Array.from(value), segmentsOf(pattern)]
  if (isTooLong(text, pattern)) return undefined
  const end = matchAt(text, 0, parts, extent)
  return text.slice(end ?? 0).join('')
}

/** Removes the shortest or the longest match of the pattern at the end. Undefined when the texts exceed MAX_PRODUCT. */
export function trimSuffix(value: string, pattern: string, extent: Extent): string | undefined {
  const text = Array.from(value).reverse()
  // With both reversed, the end is the start.
  const parts = segmentsOf(pattern)
    .map(part => part.toReversed())
    .reverse()
  if (isTooLong(text, pattern)) return undefined
  const end = matchAt(text, 0, parts, extent)
  return text
    .slice(end ?? 0)
    .reverse()
    .join('')
}

/** Replaces the first match, or all. A match is as long as possible. Undefined when the texts exceed MAX_PRODUCT. */
export function replacePattern(
  value: string,
  pattern: string,
  replacement: string,
  which: 'first' | 'all'
): string | undefined {
  const [text, parts] = [Array.from(value), segmentsOf(pattern)]
  if (isTooLong(text, pattern) || isTooLong(text, replacement)) return undefined
  const made: string[] = []
  let at = 0
  while (at < text.length) {
    const start = parts[0]?.length === 0 ? at : findSegment(text, parts[0] ?? [], at)
    const end = start === undefined ? undefined : matchAt(text, start, parts, 'longest')
    // If the rest does not match after the first occurrence of the first segment, it matches after no later one.
    if (start === undefined || end === undefined || end === start) break
    made.push(text.slice(at, start).join(''), replacement)
    at = end
    if (which === 'first') break
  }
  return made.join('') + text.slice(at).join('')
}

export type Extent = 'shortest' | 'longest'

/** A character; undefined stands for any character. */
type Token = string | undefined
/** The tokens between two stars. */
type Segment = readonly Token[]

// Matching takes at most as many steps as the product of both lengths. The name of an image has at most 255 characters before its tag.
const MAX_PRODUCT = 1_000_000

function isTooLong(text: readonly string[], pattern: string): boolean {
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

/** Returns the end of the match. Each segment matches as early as possible; the last one decides the length. */
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
