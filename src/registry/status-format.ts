// What public status pages say, out of the five formats that they come in. A page is nobody's proof of anything: what cannot be
// read says nothing, and what can is quoted, cut short, in one line.
import {decodeJsonObject, isObject, type JsonObject, stringAt} from '../oci/json.ts'

export type StatusFormat = 'status.io' | 'statuspage' | 'google' | 'aws' | 'rss'

/** What of a page is about a registry: names of components, products or services. */
export type StatusTopic = {readonly format: StatusFormat; readonly matches: RegExp}

type Notice = Omit<StatusNotice, 'page'>

const MAX_QUOTED = 200

/** Undefined for what is no such page. */
export function decodeStatus(bytes: Uint8Array, {format, matches}: StatusTopic): Notice | undefined {
  const word = DECODERS[format](bytes, matches)
  return word === undefined ? undefined : {...word, text: quote(word.text)}
}

function quote(text: string): string {
  const line = text
    .replace(/<[^>]*>/g, ' ')
    .replace(/[\p{C}\p{Z}]+/gu, ' ')
    .trim()
  return line.length > MAX_QUOTED ? `${line.slice(0, MAX_QUOTED - 1)}…` : line
}

function objectsIn(value: unknown): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : []
}

function word(says: string, at: string | undefined): Notice {
  return {
    text: says,
    ...(at === undefined ? {} : {at: quote(at)})
  }
}

/** status.io: what is not operational, and what its people wrote last. */
function decodeStatusIo(bytes: Uint8Array, about: RegExp): Notice | undefined {
  const json = decodeJsonObject(bytes)
  const result = json.ok ? json.value['result'] : undefined
  const overall = isObject(result) ? result['status_overall'] : undefined
  if (!isObject(result) || !isObject(overall)) return undefined
  const components = objectsIn(result['status'])
  const own = components.filter(component => about.test(stringAt(component, 'name') ?? ''))
  const troubled = own.filter(({status_code: code}) => code !== 100)
  const incidents = objectsIn(result['incidents']).filter(incident =>
    concerns(objectsIn(incident['components_affected']), about)
  )
  const [message] = objectsIn(incidents[0]?.['messages'])
  const told = [
    ...(own.length === 0 ? [stringAt(overall, 'status') ?? 'no status'] : statesOf(own, troubled)),
    ...incidents.slice(0, 1).map(incident => stringAt(incident, 'name') ?? '')
  ]
  const at = message === undefined ? undefined : stringAt(message, 'datetime')
  return word(sentence(told), at ?? stringAt(troubled[0] ?? overall, 'updated') ?? stringAt(overall, 'updated'))
}

/** Statuspage: the components, and incidents that are not over. */
function decodeStatuspage(bytes: Uint8Array, about: RegExp): Notice | undefined {
  const json = decodeJsonObject(bytes)
  const overall = json.ok ? json.value['status'] : undefined
  if (!json.ok || !isObject(overall)) return undefined
  const own = objectsIn(json.value['components']).filter(component => about.test(stringAt(component, 'name') ?? ''))
  const troubled = own.filter(component => stringAt(component, 'status') !== 'operational')
  const incident = objectsIn(json.value['incidents']).find(({components}) => concerns(objectsIn(components), about))
  const told = [
    ...(own.length === 0 ? [stringAt(overall, 'description') ?? 'no status'] : statesOf(own, troubled)),
    ...(incident === undefined ? [] : [stringAt(incident, 'name') ?? ''])
  ]
  const page = json.value['page']
  return word(
    sentence(told),
    stringAt(incident ?? troubled[0] ?? {}, 'updated_at') ?? (isObject(page) ? stringAt(page, 'updated_at') : undefined)
  )
}

function statesOf(own: readonly JsonObject[], troubled: readonly JsonObject[]): readonly string[] {
  return (troubled.length === 0 ? own.slice(0, 1) : troubled).map(
    component =>
      `${stringAt(component, 'name') ?? ''}: ${(stringAt(component, 'status') ?? 'no status').replaceAll('_', ' ')}`
  )
}

/** Whether an incident is about the registry: where it does not say what it is about, it may be. */
function concerns(components: readonly JsonObject[], about: RegExp): boolean {
  return components.length === 0 || components.some(component => about.test(stringAt(component, 'name') ?? ''))
}

function sentence(parts: readonly string[]): string {
  return parts.filter(part => part !== '').join('; ')
}

/** Google Cloud: a list of incidents, of which those without an end go on. */
function decodeGoogle(bytes: Uint8Array, about: RegExp): Notice | undefined {
  const incidents = decodeJsonList(Buffer.from(bytes).toString('utf8'))
  const open = incidents?.find(
    incident =>
      (stringAt(incident, 'end') ?? '') === '' &&
      [stringAt(incident, 'service_name') ?? '', ...objectsIn(incident['affected_products']).map(titleOf)].some(name =>
        about.test(name)
      )
  )
  if (incidents === undefined) return undefined
  if (open === undefined) return word('no incident that goes on', undefined)
  return word(
    stringAt(open, 'external_desc') ?? 'an incident goes on',
    stringAt(open, 'modified') ?? stringAt(open, 'begin')
  )
}

function titleOf(product: JsonObject): string {
  return stringAt(product, 'title') ?? ''
}

/** AWS: a list of what goes on, in UTF-16; times are seconds since 1970, as text. */
function decodeAws(bytes: Uint8Array, about: RegExp): Notice | undefined {
  const events = decodeJsonList(decodeUtf16(bytes))
  const open = events?.find(event =>
    about.test(`${stringAt(event, 'service') ?? ''} ${stringAt(event, 'service_name') ?? ''}`)
  )
  if (events === undefined) return undefined
  if (open === undefined) return word('no event that goes on', undefined)
  const seconds = Number(stringAt(open, 'date') ?? Number.NaN)
  const isTime = Number.isInteger(seconds) && seconds > 0 && seconds < 1e11
  const says = `${stringAt(open, 'service_name') ?? ''}: ${stringAt(open, 'summary') ?? 'an event goes on'}`
  return word(says, isTime ? new Date(seconds * 1000).toISOString() : undefined)
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

/** Azure: a feed of what goes on; empty when nothing does. Looked through, not parsed: two elements are all that is wanted. */
function decodeRss(bytes: Uint8Array): Notice | undefined {
  const text = Buffer.from(bytes).toString('utf8')
  if (!/<rss[\s>]/i.test(text)) return undefined
  const start = text.search(/<item[\s>]/i)
  if (start < 0) return word('nothing that goes on', undefined)
  const item = text.slice(start)
  return word(elementIn(item, 'title') ?? 'an incident goes on', elementIn(item, 'pubDate'))
}

function elementIn(xml: string, name: string): string | undefined {
  return new RegExp(`<${name}>\\s*(?:<!\\[CDATA\\[)?([^<\\]]*)`, 'i').exec(xml)?.[1]?.trim()
}

const DECODERS: Readonly<Record<StatusFormat, (bytes: Uint8Array, about: RegExp) => Notice | undefined>> = {
  'status.io': decodeStatusIo,
  statuspage: decodeStatuspage,
  google: decodeGoogle,
  aws: decodeAws,
  rss: decodeRss
}

/** What a registry's public status page says of it: a hint for people, on which nothing depends. */
export type StatusNotice = {
  /** The page's host. */
  readonly page: string
  readonly text: string
  /** When that was so, as the page writes it. */
  readonly at?: string
}
