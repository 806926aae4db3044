// Decodes public status pages in the five formats that registries use. Nothing depends on a notice: an unreadable page has none, and
// a readable one is quoted in one short line.

import {decodeJsonObject, isObject, type JsonObject, stringAt} from '../oci/json.ts'
import {omitUndefined} from '../oci/omit-undefined.ts'
import {quoteLine} from '../oci/quote-line.ts'

/** What a registry's public status page says about it. */
export type StatusNotice = {
  /** The page's host. */
  readonly page: string
  readonly text: string
  /** The time of the notice, as the page writes it. */
  readonly at?: string
}

export type StatusFormat = 'status.io' | 'statuspage' | 'google' | 'aws' | 'rss'

/** `matches` finds what a page says about a registry by the name of a component, product or service. */
export type StatusTopic = {readonly format: StatusFormat; readonly matches: RegExp}

type Notice = Omit<StatusNotice, 'page'>

/** Undefined when the bytes are not a page of this format. */
export function decodeStatus(bytes: Uint8Array, {format, matches}: StatusTopic): Notice | undefined {
  const decoded = DECODERS[format](bytes, matches)
  return decoded === undefined
    ? undefined
    : omitUndefined({text: quote(decoded.text), at: decoded.at === undefined ? undefined : quote(decoded.at)})
}

/** As the page writes it. */
type Decoded = {readonly text: string; readonly at: string | undefined}

const DECODERS: Readonly<Record<StatusFormat, (bytes: Uint8Array, matches: RegExp) => Decoded | undefined>> = {
  'status.io': decodeStatusIo,
  statuspage: decodeStatuspage,
  google: decodeGoogle,
  aws: decodeAws,
  rss: decodeRss
}

/** status.io: the components that are not operational, and the latest incident. */
function decodeStatusIo(bytes: Uint8Array, matches: RegExp): Decoded | undefined {
  const json = decodeJsonObject(bytes)
  const result = json.ok ? json.value['result'] : undefined
  const overall = isObject(result) ? result['status_overall'] : undefined
  if (!isObject(result) || !isObject(overall)) return undefined
  const own = objectsIn(result['status']).filter(component => matches.test(stringAt(component, 'name') ?? ''))
  const degraded = own.filter(({status_code: code}) => code !== 100)
  const incident = objectsIn(result['incidents']).find(({components_affected: components}) =>
    concerns(objectsIn(components), matches)
  )
  const [message] = objectsIn(incident?.['messages'])
  return {
    text: sentence([
      ...(own.length === 0 ? [stringAt(overall, 'status') ?? 'no status'] : statesOf(own, degraded)),
      incident === undefined ? '' : (stringAt(incident, 'name') ?? '')
    ]),
    at:
      (message === undefined ? undefined : stringAt(message, 'datetime')) ??
      stringAt(degraded[0] ?? overall, 'updated') ??
      stringAt(overall, 'updated')
  }
}

/** Statuspage: the components, and the first open incident. */
function decodeStatuspage(bytes: Uint8Array, matches: RegExp): Decoded | undefined {
  const json = decodeJsonObject(bytes)
  const overall = json.ok ? json.value['status'] : undefined
  if (!json.ok || !isObject(overall)) return undefined
  const own = objectsIn(json.value['components']).filter(component => matches.test(stringAt(component, 'name') ?? ''))
  const degraded = own.filter(component => stringAt(component, 'status') !== 'operational')
  const incident = objectsIn(json.value['incidents']).find(({components}) => concerns(objectsIn(components), matches))
  const page = json.value['page']
  return {
    text: sentence([
      ...(own.length === 0 ? [stringAt(overall, 'description') ?? 'no status'] : statesOf(own, degraded)),
      incident === undefined ? '' : (stringAt(incident, 'name') ?? '')
    ]),
    at:
      stringAt(incident ?? degraded[0] ?? {}, 'updated_at') ??
      (isObject(page) ? stringAt(page, 'updated_at') : undefined)
  }
}

function statesOf(own: readonly JsonObject[], degraded: readonly JsonObject[]): readonly string[] {
  return (degraded.length === 0 ? own.slice(0, 1) : degraded).map(
    component =>
      `${stringAt(component, 'name') ?? ''}: ${(stringAt(component, 'status') ?? 'no status').replaceAll('_', ' ')}`
  )
}

/** Whether an incident may be about the registry. One that lists no components may be. */
function concerns(components: readonly JsonObject[], matches: RegExp): boolean {
  return components.length === 0 || components.some(component => matches.test(stringAt(component, 'name') ?? ''))
}

function sentence(parts: readonly string[]): string {
  return parts.filter(part => part !== '').join('; ')
}

/** Google Cloud: a list of incidents. One without an end is open. */
function decodeGoogle(bytes: Uint8Array, matches: RegExp): Decoded | undefined {
  const incidents = decodeJsonList(Buffer.from(bytes).toString('utf8'))
  if (incidents === undefined) return undefined
  const open = incidents.find(
    incident =>
      (stringAt(incident, 'end') ?? '') === '' &&
      [stringAt(incident, 'service_name') ?? '', ...objectsIn(incident['affected_products']).map(titleOf)].some(name =>
        matches.test(name)
      )
  )
  if (open === undefined) return {text: 'no open incident', at: undefined}
  return {
    text: stringAt(open, 'external_desc') ?? 'an open incident',
    at: stringAt(open, 'modified') ?? stringAt(open, 'begin')
  }
}

function titleOf(product: JsonObject): string {
  return stringAt(product, 'title') ?? ''
}

/** AWS: a list of current events, in UTF-16. Times are seconds since 1970, as text. */
function decodeAws(bytes: Uint8Array, matches: RegExp): Decoded | undefined {
  const events = decodeJsonList(decodeUtf16(bytes))
  if (events === undefined) return undefined
  const open = events.find(event =>
    matches.test(`${stringAt(event, 'service') ?? ''} ${stringAt(event, 'service_name') ?? ''}`)
  )
  if (open === undefined) return {text: 'no current event', at: undefined}
  const seconds = Number(stringAt(open, 'date') ?? Number.NaN)
  const isTime = Number.isInteger(seconds) && seconds > 0 && seconds < 1e11
  return {
    text: `${stringAt(open, 'service_name') ?? ''}: ${stringAt(open, 'summary') ?? 'a current event'}`,
    at: isTime ? new Date(seconds * 1000).toISOString() : undefined
  }
}

function decodeUtf16(bytes: Uint8Array): string {
  const [first, second] = bytes
  const encoding =
    first === 0xfe && second === 0xff ? 'utf-16be' : first === 0xff && second === 0xfe ? 'utf-16le' : 'utf-8'
  return new TextDecoder(encoding).decode(bytes)
}

function decodeJsonList(text: string): readonly JsonObject[] | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return Array.isArray(value) ? objectsIn(value) : undefined
  } catch {
    return undefined
  }
}

function objectsIn(value: unknown): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : []
}

/** Azure: a feed of current incidents, empty when there is none. Two elements are searched for; the XML is not parsed. */
function decodeRss(bytes: Uint8Array): Decoded | undefined {
  const text = Buffer.from(bytes).toString('utf8')
  if (!/<rss[\s>]/i.test(text)) return undefined
  const start = text.search(/<item[\s>]/i)
  if (start < 0) return {text: 'no open incident', at: undefined}
  const item = text.slice(start)
  return {text: elementIn(item, 'title') ?? 'an open incident', at: elementIn(item, 'pubDate')}
}

function elementIn(xml: string, name: string): string | undefined {
  return new RegExp(`<${name}>\\s*(?:<!\\[CDATA\\[)?([^<\\]]*)`, 'i').exec(xml)?.[1]?.trim()
}

/** One short line without markup. */
function quote(text: string): string {
  return quoteLine(text.replace(/<[^>]*>/g, ' '))
}
