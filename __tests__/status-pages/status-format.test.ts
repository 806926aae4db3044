// Status pages as the real ones answer, in health and in trouble, and what is no status page at all.

import {describe, expect, it} from '@jest/globals'
import {decodeStatus, type StatusFormat} from '../../src/status-pages/status-format.ts'

const ABOUT: Readonly<Record<StatusFormat, RegExp>> = {
  'status.io': /registry|hub/i,
  statuspage: /^Packages$/,
  google: /Artifact Registry/,
  aws: /^ecr|Container Registry/i,
  rss: /./
}
function said(format: StatusFormat, page: string | Uint8Array): unknown {
  return decodeStatus(typeof page === 'string' ? Buffer.from(page) : page, {format, matches: ABOUT[format]})
}

function statusIo(code: number, status: string, incidents: readonly unknown[] = []): string {
  return JSON.stringify({
    result: {
      status_overall: {updated: '2025-06-04T14:10:00.000Z', status, status_code: code},
      status: [
        {id: '1', name: 'Docker Hub Registry', updated: '2025-06-04T14:09:00.000Z', status, status_code: code},
        {id: '2', name: 'Docs', updated: '2025-06-04T14:00:00.000Z', status: 'Operational', status_code: 100}
      ],
      incidents
    }
  })
}

function statuspage(status: string, incidents: readonly unknown[] = []): string {
  return JSON.stringify({
    page: {name: 'GitHub', updated_at: '2025-06-04T14:12:00.000Z'},
    status: {indicator: 'minor', description: 'Partially Degraded Service'},
    components: [
      {name: 'Packages', status, updated_at: '2025-06-04T14:11:00.000Z'},
      {name: 'Copilot', status: 'major_outage', updated_at: '2025-06-04T14:00:00.000Z'}
    ],
    incidents
  })
}

function utf16(text: string, isBigEndian: boolean): Buffer {
  const bytes = Buffer.from(`\uFEFF${text}`, 'utf16le')
  return isBigEndian ? bytes.swap16() : bytes
}
const AWS = JSON.stringify([
  {date: '1749046000', service: 's3', service_name: 'Amazon S3 (Ohio)', summary: 'x'},
  {
    date: '1749046200',
    service: 'ecr-us-east-1',
    service_name: 'Amazon Elastic Container Registry (N. Virginia)',
    summary: 'Increased error rates'
  }
])
function google(end: string | undefined, product: string): string {
  return JSON.stringify([
    {
      id: 'old',
      begin: '2025-05-01T00:00:00Z',
      end: '2025-05-01T01:00:00Z',
      external_desc: 'over',
      affected_products: [{title: product}]
    },
    {
      ...{id: 'new', begin: '2025-06-04T13:00:00Z', modified: '2025-06-04T14:00:00Z', end, service_name: 'Multiple'},
      ...{external_desc: 'Elevated latency', affected_products: [{title: product, id: 'x'}]}
    }
  ])
}
function rss(items: string): string {
  return `<?xml version="1.0"?><rss version="2.0"><channel><title>Azure Status</title>${items}</channel></rss>`
}

describe('decodeStatus', () => {
  it.each<{
    readonly name: string
    readonly format: StatusFormat
    readonly page: string | Uint8Array
    readonly text: string
    readonly at?: string
  }>([
    {
      ...{name: 'Docker in health', format: 'status.io', page: statusIo(100, 'Operational')},
      ...{text: 'Docker Hub Registry: Operational', at: '2025-06-04T14:10:00.000Z'}
    },
    {
      name: 'Docker in trouble',
      format: 'status.io',
      page: statusIo(500, 'Service Disruption', [
        {name: 'Another', components_affected: [{name: 'Docs'}], messages: []},
        {
          name: 'Issues with pulls',
          components_affected: [{name: 'Docker Hub Registry'}],
          messages: [{datetime: '2025-06-04T14:20:00.000Z', details: 'We look into it'}]
        }
      ]),
      text: 'Docker Hub Registry: Service Disruption; Issues with pulls',
      at: '2025-06-04T14:20:00.000Z'
    },
    {
      ...{name: 'GitHub in health, with trouble elsewhere', format: 'statuspage'},
      page: statuspage('operational', [{name: 'Copilot is slow', components: [{name: 'Copilot'}], updated_at: 'x'}]),
      ...{text: 'Packages: operational', at: '2025-06-04T14:12:00.000Z'}
    },
    {
      ...{name: 'GitHub in trouble', format: 'statuspage'},
      page: statuspage('partial_outage', [
        {name: 'Incident with Packages', components: [{name: 'Packages'}], updated_at: '2025-06-04T14:15:00.000Z'}
      ]),
      ...{text: 'Packages: partial outage; Incident with Packages', at: '2025-06-04T14:15:00.000Z'}
    },
    {
      ...{name: 'a page that names its components otherwise', format: 'statuspage'},
      page: JSON.stringify({page: {}, status: {description: 'All Systems Operational'}, components: [{name: 'X'}]}),
      text: 'All Systems Operational'
    },
    {
      ...{name: 'Google in trouble', format: 'google', page: google(undefined, 'Artifact Registry')},
      ...{text: 'Elevated latency', at: '2025-06-04T14:00:00Z'}
    },
    {
      ...{name: 'Google, over', format: 'google', page: google('2025-06-04T15:00:00Z', 'Artifact Registry')},
      text: 'no open incident'
    },
    {
      ...{name: 'Google, elsewhere', format: 'google', page: google(undefined, 'Vertex AI')},
      text: 'no open incident'
    },
    {
      ...{name: 'AWS as it answers, in UTF-16', format: 'aws', page: utf16(AWS, true)},
      text: 'Amazon Elastic Container Registry (N. Virginia): Increased error rates',
      at: '2025-06-04T14:10:00.000Z'
    },
    {...{name: 'AWS the other way round', format: 'aws', page: utf16('[]', false)}, text: 'no current event'},
    {...{name: 'AWS in UTF-8', format: 'aws', page: '[]'}, text: 'no current event'},
    {...{name: 'Azure in health', format: 'rss', page: rss('')}, text: 'no open incident'},
    {
      ...{name: 'Azure in trouble', format: 'rss'},
      page: rss(
        '<item><title><![CDATA[Container Registry - West Europe]]></title><pubDate>Wed, 04 Jun 2025 14:00:00 Z</pubDate></item>'
      ),
      ...{text: 'Container Registry - West Europe', at: 'Wed, 04 Jun 2025 14:00:00 Z'}
    }
  ])('reads $name', ({format, page, text, at}) => {
    expect(said(format, page)).toEqual({text, ...(at === undefined ? {} : {at})})
  })

  it.each([
    '',
    'null',
    '[1]',
    '{}',
    '<html><title>Sign in</title></html>',
    '{"result": 1, "status": "x"}',
    '\u0000\uFFFE'
  ])('says nothing for %j, or nothing that was not there', page => {
    for (const format of ['status.io', 'statuspage', 'rss'] as const) expect(said(format, page)).toBeUndefined()
    for (const format of ['google', 'aws'] as const)
      expect([undefined, 'no open incident', 'no current event']).toContain(
        (said(format, page) as {text: string} | undefined)?.text
      )
  })

  it('puts nothing into a log that is a command, a page, or long', () => {
    const text = `\n::error::x\u001b[31m<b>bold</b>\u2028${'y'.repeat(500)}`
    const {text: quoted} = said('statuspage', JSON.stringify({status: {description: text}})) as {text: string}
    expect(quoted).toMatch(/^::error::x \[31m bold y+…$/)
    expect(quoted.length).toBe(200)
  })
})

describe('decodeStatus, of a page with more or less in it than usual', () => {
  const NAME = 'Docker Hub Registry'
  const io = (result: Readonly<Record<string, unknown>>): string =>
    JSON.stringify({result: {status_overall: {status: 'Degraded', updated: 'then'}, ...result}})
  const page = (more: Readonly<Record<string, unknown>>): string =>
    JSON.stringify({page: {updated_at: 'page'}, status: {description: 'All is well'}, ...more})
  const list = (...items: readonly unknown[]): string => JSON.stringify(items)
  const event = (more: Readonly<Record<string, unknown>> = {}): Readonly<Record<string, unknown>> => ({
    ...{service: 'ecr', service_name: 'ECR', summary: 'slow', ...more}
  })
  const dated = (date: string): string => list(event({date}))

  type Row = {
    readonly name: string
    readonly format: StatusFormat
    readonly page: string
    readonly text: string
    readonly at?: string
  }
  const rows: readonly Row[] = [
    {
      name: 'no component of ours',
      format: 'status.io',
      page: io({status: [1, {name: 'Docs'}]}),
      text: 'Degraded',
      at: 'then'
    },
    {
      name: 'no word at all',
      format: 'status.io',
      page: JSON.stringify({result: {status_overall: {}}}),
      text: 'no status'
    },
    {
      name: 'trouble elsewhere',
      format: 'status.io',
      page: io({
        status: [
          {name: 'Docs', status: 'Down', status_code: 500},
          {name: NAME, status: 'Up', status_code: 100}
        ]
      }),
      text: `${NAME}: Up`,
      at: 'then'
    },
    {
      name: 'two components in health, of which one is enough',
      format: 'status.io',
      page: io({status: ['Hub', NAME].map(name => ({name, status: 'Up', status_code: 100}))}),
      text: 'Hub: Up',
      at: 'then'
    },
    {
      name: 'two components in trouble, and when the first was',
      format: 'status.io',
      page: io({status: ['Hub', NAME].map(name => ({name, status: 'Down', status_code: 500, updated: `${name}!`}))}),
      text: `Hub: Down; ${NAME}: Down`,
      at: 'Hub!'
    },
    {
      name: 'trouble of which no time is told, at the time of the page',
      format: 'status.io',
      page: io({status: [{name: NAME, status: 'Down', status_code: 500}]}),
      text: `${NAME}: Down`,
      at: 'then'
    },
    {
      name: 'the first of two incidents',
      format: 'status.io',
      page: io({status: [{name: NAME, status: 'Up', status_code: 100}], incidents: [{name: 'one'}, {name: 'two'}]}),
      text: `${NAME}: Up; one`,
      at: 'then'
    },
    {
      name: 'an incident without a name, and a component without a status',
      format: 'status.io',
      page: io({status: [{name: NAME}], incidents: [{}]}),
      text: `${NAME}: no status`,
      at: 'then'
    },
    {
      name: 'an incident of several components, ours among them',
      format: 'status.io',
      page: io({incidents: [{name: 'one', components_affected: [{name: 'Docs'}, {name: NAME}]}]}),
      text: 'Degraded; one',
      at: 'then'
    },
    {name: 'no word at all', format: 'statuspage', page: page({status: {}}), text: 'no status', at: 'page'},
    {
      name: 'the first of two incidents',
      format: 'statuspage',
      page: page({
        incidents: [
          {name: 'one', updated_at: 'first'},
          {name: 'two', updated_at: 'second'}
        ]
      }),
      text: 'All is well; one',
      at: 'first'
    },
    {
      name: 'trouble without an incident, and when the first was',
      format: 'statuspage',
      page: page({
        components: ['under_heavy_maintenance', 'major_outage'].map(status => ({
          name: 'Packages',
          status,
          updated_at: status
        }))
      }),
      text: 'Packages: under heavy maintenance; Packages: major outage',
      at: 'under_heavy_maintenance'
    },
    {
      name: 'the first of two incidents',
      format: 'google',
      page: list(
        {service_name: 'Artifact Registry', begin: 'first', external_desc: 'one'},
        {service_name: 'Artifact Registry', begin: 'second', external_desc: 'two'}
      ),
      text: 'one',
      at: 'first'
    },
    {
      name: 'an incident without a word',
      format: 'google',
      page: list({service_name: 'Artifact Registry'}),
      text: 'an open incident'
    },
    {name: 'an entry that is none', format: 'google', page: list(1, null), text: 'no open incident'},
    {
      name: 'the first of two events',
      format: 'aws',
      page: list(event({date: '1', summary: 'one'}), event({date: '2', summary: 'two'})),
      text: 'ECR: one',
      at: '1970-01-01T00:00:01.000Z'
    },
    {
      name: 'an event that only its service tells',
      format: 'aws',
      page: list({service: 'ecr-us-east-1'}),
      text: ': a current event'
    },
    {
      name: 'an event that only the name of its service tells',
      format: 'aws',
      page: list({service: 'x', service_name: 'Container Registry', summary: 'slow'}),
      text: 'Container Registry: slow'
    },
    {name: 'a time that is none', format: 'aws', page: dated('soon'), text: 'ECR: slow'},
    {name: 'a time that is no number of seconds', format: 'aws', page: dated('1.5'), text: 'ECR: slow'},
    {name: 'no time', format: 'aws', page: dated('0'), text: 'ECR: slow'},
    {name: 'a time before there were any', format: 'aws', page: dated('-5'), text: 'ECR: slow'},
    {
      name: 'the last time',
      format: 'aws',
      page: dated('99999999999'),
      text: 'ECR: slow',
      at: '5138-11-16T09:46:39.000Z'
    },
    {name: 'a time after the last', format: 'aws', page: dated('100000000000'), text: 'ECR: slow'},
    {name: 'elements in capitals', format: 'rss', page: '<RSS><ITEM><TITLE> x </TITLE></ITEM></RSS>', text: 'x'},
    {name: 'an item without a title', format: 'rss', page: rss('<item></item>'), text: 'an open incident'},
    {
      name: 'an item with a time of spaces around',
      format: 'rss',
      page: rss('<item><title>x</title><pubDate> y </pubDate></item>'),
      text: 'x',
      at: 'y'
    },
    {
      name: 'as much as is quoted',
      format: 'rss',
      page: rss(`<item><title>${'x'.repeat(200)}</title></item>`),
      text: 'x'.repeat(200)
    }
  ]

  it.each(rows)('reads $name from $format', ({format, page, text, at}) => {
    expect(said(format, page)).toEqual({text, ...(at === undefined ? {} : {at})})
  })

  it.each([
    {format: 'status.io', text: '{"result":{}}'},
    {format: 'statuspage', text: '{"status":"up"}'},
    {format: 'google', text: 'soon'},
    {format: 'google', text: '{}'},
    {format: 'aws', text: 'soon'},
    {format: 'aws', text: '{}'}
  ] as const)('says nothing for $text from $format', ({format, text}) => {
    expect(said(format, text)).toBeUndefined()
  })
})
