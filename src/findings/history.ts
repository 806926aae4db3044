// What earlier audits found: the digest of each tag, and since when each finding is there. The tracking issue holds it between runs.
// Anyone who may edit the issue may change it, so it decides about notices and dates alone, and never about a digest that is pulled.

import {type Digest, parseDigest} from '../oci/digest.ts'
import {decodeJsonObject, isObject} from '../oci/json.ts'
import {type Finding} from './finding.ts'

export type History = {
  /** The digest of each tag that nothing pins, by its full name. */
  readonly digests: ReadonlyMap<string, Digest>
  /** By fingerprint. */
  readonly findings: ReadonlyMap<string, Seen>
}

export type Seen = {
  /** ISO 8601, UTC. */
  readonly since: string
  readonly runs: number
}

export const EMPTY_HISTORY: History = {digests: new Map(), findings: new Map()}

// One run without an answer may be an outage. A registry that is away in three audits is away.
const RUNS_UNTIL_ERROR = 3

/** Adds to each finding since when it is there. A registry that was unreachable in several runs is an error. */
export function withHistory(
  findings: readonly Finding[],
  history: History | undefined,
  at: string
): readonly Finding[] {
  if (history === undefined) return findings
  return findings.map(finding => {
    const before = history.findings.get(finding.fingerprint)
    const seen = {since: before?.since ?? at, runs: (before?.runs ?? 0) + 1}
    const isLasting =
      seen.runs >= RUNS_UNTIL_ERROR &&
      finding.severity === 'warning' &&
      (finding.facts.kind === 'unreachable' || finding.facts.kind === 'denied')
    return {...finding, ...seen, ...(isLasting ? {severity: 'error' as const} : {})}
  })
}

/** The history after a run. A tag that was not resolved in this run keeps its digest. */
export function nextHistory(
  before: History,
  findings: readonly Finding[],
  digests: ReadonlyMap<string, Digest | undefined>
): History {
  const known = [...digests].flatMap(([name, digest]) => {
    const last = digest ?? before.digests.get(name)
    return last === undefined ? [] : [[name, last] as const]
  })
  return {
    digests: new Map(known),
    findings: new Map(
      findings.flatMap(({fingerprint, since, runs}) =>
        since === undefined || runs === undefined ? [] : [[fingerprint, {since, runs}] as const]
      )
    )
  }
}

/**
 * The history as text of at most `most` characters. What does not fit is left out, and counted. Each of the two
 * has at least half of the space.
 * JSON, in which no character can end an HTML comment.
 */
export function encodeHistory(
  {digests, findings}: History,
  most: number
): {readonly text: string; readonly left: number} {
  const encode = (names: number, seen: number): string =>
    JSON.stringify({
      version: 1,
      digests: Object.fromEntries([...digests].slice(0, names)),
      findings: Object.fromEntries([...findings].slice(0, seen))
    })
      .replaceAll('-', '\\u002d')
      .replaceAll('<', '\\u003c')
      .replaceAll('>', '\\u003e')
  let names = digests.size
  const isTooLong = encode(names, findings.size).length > most
  while (isTooLong && names > 0 && encode(names, 0).length > most / 2) names = Math.floor(names * 0.9)
  let seen = findings.size
  while (seen > 0 && encode(names, seen).length > most) seen = Math.floor(seen * 0.9)
  return {text: encode(names, seen), left: digests.size - names + (findings.size - seen)}
}

const DATE = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{3})?Z$/

/** Reads the text of an earlier run. What is not as this action writes it is left out. */
export function decodeHistory(text: string): History {
  const decoded = decodeJsonObject(Buffer.from(text))
  if (!decoded.ok || decoded.value['version'] !== 1) return EMPTY_HISTORY
  const json = decoded.value
  const digests = isObject(json['digests']) ? Object.entries(json['digests']) : []
  const findings = isObject(json['findings']) ? Object.entries(json['findings']) : []
  return {
    digests: new Map(
      digests.flatMap(([name, value]) => {
        const digest = typeof value === 'string' ? parseDigest(value) : undefined
        return digest?.ok === true ? [[name, digest.value] as const] : []
      })
    ),
    findings: new Map(
      findings.flatMap(([fingerprint, value]) => {
        if (!/^[0-9a-f]{16}$/.test(fingerprint) || !isObject(value)) return []
        const {since, runs} = value as {since?: unknown; runs?: unknown}
        if (typeof since !== 'string' || !DATE.test(since) || Number.isNaN(Date.parse(since))) return []
        if (typeof runs !== 'number' || !Number.isSafeInteger(runs) || runs < 1) return []
        return [[fingerprint, {since, runs}] as const]
      })
    )
  }
}
