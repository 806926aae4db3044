// Status pages as the real ones answer, in health and in trouble, and what is no status page at all.

import {describe, expect, it} from '@jest/globals'
import {decodeStatus, type StatusFormat} from '../../src/acquire/status-word.ts'

const ABOUT: Readonly<Record<StatusFormat, RegExp>> = {
  'status.io': /registry|hub/i,
  statuspage: /^Packages$/,
  google: /Artifact Registry/,
  aws: /^ecr|Container Registry/i,
  rss: /./
}
const said = (format: StatusFormat, page: string | Uint8Array): unknown =>
  decodeStatus(typeof page === 'string' ? Buffer.from(page) : page, {format, about: ABOUT[format]})

const statusIo = (code: number, status: string, incidents: readonly unknown[] = []): string =>
  JSON.stringify({
    result: {
      status_overall: {updated: '2025-06-04T14:10:00.000Z', status, status_code: code},
      status: [
        {id: '1', name: 'Docker Hub Registry', updated: '2025-06-04T14:09:00.000Z', status, status_code: code},
        {id: '2', name: 'Docs', updated: '2025-06-04T14:00:00.000Z', status: 'Operational', status_code: 100}
      ],
      incidents
    }
  })

const statuspage = (status: string, incidents: readonly unknown[] = []): string =>
  JSON.stringify({
    page: {name: 'GitHub', updated_at: '2025-06-04T14:12:00.000Z'},
    status: {indicator: 'minor', description: 'Partially Degraded Service'},
    components: [
      {name: 'Packages', status, updated_at: '2025-06-04T14:11:00.000Z'},
      {name: 'Copilot', status: 'major_outage', updated_at: '2025-06-04T14:00:00.000Z'}
    ],
    incidents
  })

const utf16 = (text: string, isBigEndian: boolean): Buffer => {
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
const google = (end: string | undefined, product: string): string =>
  JSON.stringify([
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
const rss = (items: string): string =>
  `<?xml version="1.0"?><rss version="2.0"><channel><title>Azure Status</title>${items}</channel></rss>`

describe('decodeStatus', () => {
  it.each<{
    readonly name: string
    readonly format: StatusFormat
    readonly page: string | Uint8Array
    readonly says: string
    readonly at?: string
  }>([
    {
      ...{name: 'Docker in health', format: 'status.io', page: statusIo(100, 'Operational')},
      ...{says: 'Docker Hub Registry: Operational', at: '2025-06-04T14:10:00.000Z'}
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
      says: 'Docker Hub Registry: Service Disruption; Issues with pulls',
      at: '2025-06-04T14:20:00.000Z'
    },
    {
      ...{name: 'GitHub in health, with trouble elsewhere', format: 'statuspage'},
      page: statuspage('operational', [{name: 'Copilot is slow', components: [{name: 'Copilot'}], updated_at: 'x'}]),
      ...{says: 'Packages: operational', at: '2025-06-04T14:12:00.000Z'}
    },
    {
      ...{name: 'GitHub in trouble', format: 'statuspage'},
      page: statuspage('partial_outage', [
        {name: 'Incident with Packages', components: [{name: 'Packages'}], updated_at: '2025-06-04T14:15:00.000Z'}
      ]),
      ...{says: 'Packages: partial outage; Incident with Packages', at: '2025-06-04T14:15:00.000Z'}
    },
    {
      ...{name: 'a page that names its components otherwise', format: 'statuspage'},
      page: JSON.stringify({page: {}, status: {description: 'All Systems Operational'}, components: [{name: 'X'}]}),
      says: 'All Systems Operational'
    },
    {
      ...{name: 'Google in trouble', format: 'google', page: google(undefined, 'Artifact Registry')},
      ...{says: 'Elevated latency', at: '2025-06-04T14:00:00Z'}
    },
    {
      ...{name: 'Google, over', format: 'google', page: google('2025-06-04T15:00:00Z', 'Artifact Registry')},
      says: 'no incident that goes on'
    },
    {
      ...{name: 'Google, elsewhere', format: 'google', page: google(undefined, 'Vertex AI')},
      says: 'no incident that goes on'
    },
    {
      ...{name: 'AWS as it answers, in UTF-16', format: 'aws', page: utf16(AWS, true)},
      says: 'Amazon Elastic Container Registry (N. Virginia): Increased error rates',
      at: '2025-06-04T14:10:00.000Z'
    },
    {...{name: 'AWS the other way round', format: 'aws', page: utf16('[]', false)}, says: 'no event that goes on'},
    {...{name: 'AWS in UTF-8', format: 'aws', page: '[]'}, says: 'no event that goes on'},
    {...{name: 'Azure in health', format: 'rss', page: rss('')}, says: 'nothing that goes on'},
    {
      ...{name: 'Azure in trouble', format: 'rss'},
      page: rss(
        '<item><title><![CDATA[Container Registry - West Europe]]></title><pubDate>Wed, 04 Jun 2025 14:00:00 Z</pubDate></item>'
      ),
      ...{says: 'Container Registry - West Europe', at: 'Wed, 04 Jun 2025 14:00:00 Z'}
    }
  ])('reads $name', ({format, page, says, at}) => {
    expect(said(format, page)).toEqual({says, ...(at === undefined ? {} : {at})})
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
      expect([undefined, 'no incident that goes on', 'no event that goes on']).toContain(
        (said(format, page) as {says: string} | undefined)?.says
      )
  })

  it('puts nothing into a log that is a command, a page, or long', () => {
    const says = `\n::error::x\u001b[31m<b>bold</b>\u2028${'y'.repeat(500)}`
    const {says: quoted} = said('statuspage', JSON.stringify({status: {description: says}})) as {says: string}
    expect(quoted).toMatch(/^::error::x \[31m bold y+…$/)
    expect(quoted.length).toBe(200)
  })
})
