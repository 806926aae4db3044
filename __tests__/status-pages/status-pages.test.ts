// Status pages: which page belongs to which registry, when it is requested, and what becomes of an answer that is late or wrong.

import {describe, expect, it} from '@jest/globals'
import type {Failure} from '../../src/failure/failure.ts'
import type {HttpRequest} from '../../src/http/send-request.ts'
import {createStatusPages, type FailedCandidate, type StatusPages} from '../../src/status-pages/status-pages.ts'
import {bodyOf} from '../support/memory-registry.ts'

type PageAnswer = {readonly status?: number; readonly location?: string; readonly body: string | Uint8Array}

const OPERATIONAL = {status: {description: 'All Systems Operational'}}
const NOTICE = {page: 'www.githubstatus.com', text: 'All Systems Operational'}
const DOWN: Failure = {kind: 'server-error', status: 503, detail: '', retryAfterMs: undefined} as unknown as Failure

function failedAt(registry: string, failure: Failure = DOWN): FailedCandidate {
  return {
    candidate: {role: 'primary', repository: {registry, path: 'acme/app'}, mayResolve: true},
    failure
  }
}

type Setup = {readonly pages: StatusPages; readonly requests: readonly HttpRequest[]; readonly isClosed: () => boolean}

/** Pages whose server gives an answer for each URL. */
function open(answer: (url: string) => PageAnswer | Promise<PageAnswer>, signal = new AbortController().signal): Setup {
  const requests: HttpRequest[] = []
  let isClosed = false
  const pages = createStatusPages({
    http: {
      proxyVariable: () => undefined,
      send: async request => {
        requests.push(request)
        const {status = 200, location, body} = await answer(request.url.href)
        const headers = new Map(location === undefined ? [] : [['location', location]])
        const content = Object.assign(bodyOf(Buffer.from(body)), {discard: () => undefined})
        return {status, headers, isPublic: true, body: content}
      },
      close: () => {
        isClosed = true
      }
    },
    userAgent: 'verified-image/1',
    signal
  })
  return {pages, requests, isClosed: () => isClosed}
}

async function noticeFor(registry: string, answer: PageAnswer): Promise<unknown> {
  const {pages} = open(() => answer)
  pages.request(failedAt(registry))
  return (await pages.notices([failedAt(registry)], 60_000)).get(registry)
}

describe('createStatusPages', () => {
  it.each([
    {registry: 'docker.io', host: 'www.dockerstatus.com'},
    {registry: 'ghcr.io', host: 'www.githubstatus.com'},
    {registry: 'quay.io', host: 'status.quay.io'},
    {registry: 'registry.gitlab.com', host: 'status.gitlab.com'},
    {registry: 'public.ecr.aws', host: 'health.aws.amazon.com'},
    {registry: '123456789012.dkr.ecr.eu-west-1.amazonaws.com', host: 'health.aws.amazon.com'},
    {registry: 'gcr.io', host: 'status.cloud.google.com'},
    {registry: 'mirror.gcr.io', host: 'status.cloud.google.com'},
    {registry: 'europe-docker.pkg.dev', host: 'status.cloud.google.com'},
    {registry: 'mcr.microsoft.com', host: 'azure.status.microsoft'},
    {registry: 'acme.azurecr.io', host: 'azure.status.microsoft'},
    {registry: 'acme.jfrog.io', host: 'status.jfrog.io'},
    {registry: 'registry.cloudflare.com', host: 'www.cloudflarestatus.com'}
  ])('requests the page of $registry from $host', async ({registry, host}) => {
    const {pages, requests} = open(() => ({body: ''}))
    pages.request(failedAt(registry))
    await pages.notices([failedAt(registry)], 60_000)
    expect(
      requests.map(({url, method, headers, freshConnection}) => [url.host, method, headers, freshConnection])
    ).toEqual([[host, 'GET', {'user-agent': 'verified-image/1', 'accept-encoding': 'identity'}, false]])
  })

  it.each([
    'docker.io.example.com',
    'xdocker.io',
    'ghcr.io.example.com',
    'notghcr.io',
    'my-quay.io',
    'quay.io.example.com',
    'registry.gitlab.com.example.com',
    'xregistry.gitlab.com',
    'public.ecr.aws.example.com',
    'xpublic.ecr.aws',
    'a.b.gcr.io',
    'gcr.io.example.com',
    'evil.x.azurecr.io',
    'mcr.microsoft.com.example.com',
    'a.b.jfrog.io',
    'acme.jfrog.io.example.com',
    'xregistry.cloudflare.com',
    'registry.cloudflare.com.example.com',
    'registry.example.com'
  ])('has no page for %s, whose owner is another', registry => {
    const {pages, requests} = open(() => ({body: ''}))
    pages.request(failedAt(registry))
    expect(requests).toEqual([])
  })

  it.each([
    {kind: 'unreachable', isRequested: true},
    {kind: 'timed-out', isRequested: true},
    {kind: 'throttled', isRequested: true},
    {kind: 'protocol', isRequested: true},
    {kind: 'truncated', isRequested: true},
    {kind: 'corrupt', isRequested: true},
    {kind: 'too-large', isRequested: true},
    {kind: 'not-found', isRequested: false},
    {kind: 'unauthorized', isRequested: false},
    {kind: 'unusable', isRequested: false}
  ])('requests a page for a failure that it can explain: $kind $isRequested', ({kind, isRequested}) => {
    const {pages, requests} = open(() => ({body: ''}))
    pages.request(failedAt('ghcr.io', {kind} as unknown as Failure))
    expect(requests).toHaveLength(isRequested ? 1 : 0)
  })

  it('requests no page of a registry behind a proxy that failed', () => {
    const {pages, requests} = open(() => ({body: ''}))
    pages.request(failedAt('ghcr.io', {kind: 'unreachable', reason: 'proxy', detail: ''}))
    expect(requests).toEqual([])
  })

  it('requests nothing for a candidate that did not fail', () => {
    const {pages, requests} = open(() => ({body: ''}))
    const {candidate} = failedAt('ghcr.io')
    pages.request({candidate})
    expect(requests).toEqual([])
  })

  it('requests a page once, however many registries and failures it is for', async () => {
    const {pages, requests} = open(() => ({body: '[]'}))
    const failed = ['gcr.io', 'mirror.gcr.io', 'gcr.io'].map(registry => failedAt(registry))
    for (const one of failed) pages.request(one)
    const notices = await pages.notices(failed, 60_000)
    expect([...notices.keys()]).toEqual(['gcr.io', 'mirror.gcr.io'])
    expect(requests).toHaveLength(1)
  })

  it('has the notice of each registry whose page was requested, and of no other', async () => {
    const {pages} = open(() => ({body: JSON.stringify(OPERATIONAL)}))
    pages.request(failedAt('ghcr.io'))
    const asked = ['ghcr.io', 'quay.io', 'registry.example.com'].map(registry => failedAt(registry))
    expect([...(await pages.notices(asked, 60_000))]).toEqual([['ghcr.io', NOTICE]])
  })

  it('waits no longer than it is told for a page', async () => {
    const {pages} = open(url =>
      url.includes('github') ? {body: JSON.stringify(OPERATIONAL)} : new Promise(() => undefined)
    )
    const failed = ['ghcr.io', 'quay.io'].map(registry => failedAt(registry))
    for (const one of failed) pages.request(one)
    expect([...(await pages.notices(failed, 1)).keys()]).toEqual(['ghcr.io'])
  })

  it('leaves no timer that would delay the end of the process', async () => {
    const timers = (): number => process.getActiveResourcesInfo().filter(name => name === 'Timeout').length
    const {pages} = open(() => ({body: ''}))
    const before = timers()
    await pages.notices([], 60_000)
    expect(timers()).toBe(before)
  })

  it('follows the redirect of a page, and names the page that it knows', async () => {
    const {pages, requests} = open(url =>
      url === 'https://www.githubstatus.com/api/v2/summary.json'
        ? {status: 301, location: 'https://moved.example.com/', body: ''}
        : {body: JSON.stringify(OPERATIONAL)}
    )
    pages.request(failedAt('ghcr.io'))
    expect((await pages.notices([failedAt('ghcr.io')], 60_000)).get('ghcr.io')).toEqual(NOTICE)
    expect(requests.map(({url}) => url.host)).toEqual(['www.githubstatus.com', 'moved.example.com'])
  })

  it.each([
    {name: 'another status', answer: {status: 500, body: JSON.stringify(OPERATIONAL)}},
    {name: 'another format', answer: {body: '<html></html>'}},
    {name: 'more than is read', answer: {body: JSON.stringify({...OPERATIONAL, x: ' '.repeat(4 * 1024 * 1024)})}},
    {name: 'as much as is read', answer: {body: JSON.stringify(OPERATIONAL).padEnd(4 * 1024 * 1024)}},
    {name: 'a redirect without an end', answer: {status: 302, location: '/', body: ''}}
  ])('has no notice from $name', async ({answer}) => {
    expect(await noticeFor('ghcr.io', answer)).toBeUndefined()
  })

  it('reads a page that is just short enough', async () => {
    const body = JSON.stringify(OPERATIONAL).padEnd(4 * 1024 * 1024 - 1)
    expect(await noticeFor('ghcr.io', {body})).toEqual(NOTICE)
  })

  it('has no notice from a server that cannot be reached', async () => {
    const {pages} = open(() => Promise.reject(new Error('no route')))
    pages.request(failedAt('ghcr.io'))
    expect((await pages.notices([failedAt('ghcr.io')], 60_000)).size).toBe(0)
  })

  it('ends its requests with the signal of the run, and closes its connections', () => {
    const controller = new AbortController()
    const {pages, requests, isClosed} = open(() => new Promise(() => undefined), controller.signal)
    pages.request(failedAt('ghcr.io'))
    expect(requests[0]?.signal.aborted).toBe(false)
    controller.abort()
    expect(requests[0]?.signal.aborted).toBe(true)
    expect(isClosed()).toBe(false)
    pages.close()
    expect(isClosed()).toBe(true)
  })

  it.each([
    {
      registry: 'docker.io',
      body: {
        result: {
          status_overall: {status: 'Disrupted'},
          status: [{name: 'Docker Hub Registry', status: 'Down', status_code: 500}]
        }
      },
      text: 'Docker Hub Registry: Down'
    },
    {
      registry: 'registry.gitlab.com',
      body: {
        result: {
          status_overall: {status: 'Disrupted'},
          status: [
            {name: 'Container Registry', status: 'Down', status_code: 500},
            {name: 'Container Registry (old)', status: 'Gone', status_code: 500},
            {name: 'Old Container Registry', status: 'Gone', status_code: 500}
          ]
        }
      },
      text: 'Container Registry: Down'
    },
    {
      registry: 'ghcr.io',
      body: {
        ...OPERATIONAL,
        components: [
          {name: 'Packages', status: 'major_outage'},
          {name: 'Packages (old)', status: 'major_outage'},
          {name: 'GitHub Packages', status: 'major_outage'}
        ]
      },
      text: 'Packages: major outage'
    },
    {
      registry: 'quay.io',
      body: {
        ...OPERATIONAL,
        components: [
          {name: 'Quay.io', status: 'partial_outage'},
          {name: 'Docs', status: 'major_outage'}
        ]
      },
      text: 'Quay.io: partial outage'
    },
    {
      registry: 'acme.jfrog.io',
      body: {...OPERATIONAL, components: [{name: 'Artifactory', status: 'partial_outage'}]},
      text: 'Artifactory: partial outage'
    },
    {
      registry: 'public.ecr.aws',
      body: [{service: 'ecr-eu-west-1', service_name: 'Elastic', summary: 'Increased errors'}],
      text: 'Elastic: Increased errors'
    },
    {
      registry: 'public.ecr.aws',
      body: [{service: 'x', service_name: 'Elastic container registry', summary: 'Increased errors'}],
      text: 'Elastic container registry: Increased errors'
    },
    {registry: 'public.ecr.aws', body: [{service: 'wecr', service_name: 'x', summary: 'y'}], text: 'no current event'}
  ])('finds what the page of $registry says about it', async ({registry, body, text}) => {
    expect(await noticeFor(registry, {body: JSON.stringify(body)})).toMatchObject({text})
  })
})
