// What a registry may do to the parts of a layer, and what follows. The rows of docs/faults-parts.md.

import {type Action, type Fault, ociError, tooManyRequests} from './fault.ts'
import {onLayer} from './large-layer.ts'

const MIB = 1024 * 1024

/** How the layer came in the end. */
export type Arrival =
  'as one response' | 'in parts' | 'in parts, then the rest as one response' | 'in parts, then again as one response'

export type PartsOutcome = {
  readonly arrival: Arrival
  /** The kind of failure of an attempt; `-` when the first attempt succeeds. */
  readonly kind: string
  /** Parts are not requested any more in this run. */
  readonly parts: 'on' | 'over'
}

type Lasts = 'the first part' | 'one part' | 'every part but three' | 'every part'

export type PartsSituation = {
  readonly what: string
  readonly lasts: Lasts
  readonly fault: Fault
  readonly expected: PartsOutcome
}

const ONE = 'as one response'
const PARTS = 'in parts'
const REST = 'in parts, then the rest as one response'
const AGAIN = 'in parts, then again as one response'

type Row = readonly [
  what: string,
  action: Action,
  courses: Partial<Record<Lasts, readonly [Arrival, kind?: string, parts?: 'on']>>
]

const WRONG = {'every part': [ONE], 'one part': [REST], 'every part but three': [AGAIN]} as const
const CUT = {'one part': [PARTS, '-', 'on'], 'every part but three': [AGAIN]} as const
const SLOW = {'the first part': [PARTS, '-', 'on'], 'one part': [PARTS, '-', 'on']} as const

const ROWS: readonly Row[] = [
  ['ignores the range and answers 200', {kind: 'range', answer: 'ignore'}, {...WRONG, 'every part but three': [REST]}],
  ['refuses the range with 416', {kind: 'range', answer: 'refuse'}, WRONG],
  ['answers 206 with another range', {kind: 'range', answer: 'elsewhere'}, WRONG],
  ['answers 206 with half of the range', {kind: 'range', answer: 'half'}, WRONG],
  ['answers 206 without Content-Range', {kind: 'range', answer: 'unsaid'}, WRONG],
  [
    'answers 206 with a wrong total',
    {kind: 'range', answer: 'wrong-total'},
    // The rest of a layer is judged by its digest alone.
    {...WRONG, 'every part but three': [REST]}
  ],
  ['answers 206 with several parts (multipart/byteranges)', {kind: 'range', answer: 'multipart'}, WRONG],
  ['answers 400', ociError(400, 'UNSUPPORTED'), WRONG],
  ['answers 401', ociError(401, 'UNAUTHORIZED'), WRONG],
  ['answers 403, as for a signed URL that has expired', ociError(403, 'DENIED'), WRONG],
  ['answers 404', ociError(404, 'BLOB_UNKNOWN'), WRONG],
  ['answers 500', ociError(500, 'UNKNOWN'), WRONG],
  ['answers 503', ociError(503, 'UNAVAILABLE'), {'every part': [ONE], 'one part': [REST, 'server-error']}],
  ['answers 429 TOOMANYREQUESTS', tooManyRequests(), {'every part': [ONE], 'one part': [REST, 'throttled']}],
  ['answers 429 with Retry-After: 3600', tooManyRequests('3600'), {'every part': [ONE]}],
  [
    'sends the bytes of another range under the right header',
    {kind: 'range', answer: 'lie'},
    {
      'one part': [AGAIN, 'corrupt'],
      // The first part is compared with the one response.
      'every part': [ONE]
    }
  ],
  ['sends one wrong byte in the middle of the layer', {kind: 'corrupt'}, {'every part': [AGAIN, 'corrupt']}],
  ['closes the connection within the part', {kind: 'truncate', afterBytes: MIB / 2}, CUT],
  ['resets the connection within the part', {kind: 'reset', afterBytes: MIB / 2}, CUT],
  ['resets the connection without an answer', {kind: 'reset'}, CUT],
  ['stalls within the part', {kind: 'stall', afterBytes: MIB}, SLOW],
  ['does not answer', {kind: 'hang'}, SLOW],
  ['trickles', {kind: 'trickle', bytesPerSecond: 50_000}, SLOW]
]

const FAULTS: Readonly<Record<Lasts, (action: Action) => Fault>> = {
  'the first part': action => ({...onLayer(action, 0), ranged: true}),
  'one part': action => ({...onLayer(action, 3), ranged: true}),
  'every part but three': action => ({...onLayer(action, 3, 'always'), ranged: true}),
  'every part': action => ({...onLayer(action, 0, 'always'), ranged: true})
}

export const PARTS_SITUATIONS: readonly PartsSituation[] = ROWS.flatMap(([what, action, courses]) =>
  (Object.keys(courses) as Lasts[]).map(lasts => {
    const [arrival, kind = '-', parts = 'over'] = courses[lasts] ?? [ONE]
    return {what, lasts, fault: FAULTS[lasts](action), expected: {arrival, kind, parts}}
  })
)
