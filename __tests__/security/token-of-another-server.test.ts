// Promise: the job's token of a GitHub Enterprise Server, of GHE.com, or of any other server never leaves for ghcr.io, which belongs to
// github.com. ghcr.io asks for a login in every way here, as does a registry that claims its name in a challenge or a mirror rule.

import {describe, expect, it} from '@jest/globals'
import {makeImage} from '../support/images.ts'
import {startInternet} from '../support/internet.ts'
import {startLoginRegistry, type LoginRegistryOptions} from '../support/login-registry.ts'
import {type ActionRun, runAction} from '../support/run-action.ts'

const JOB = 'ghs_Rj4Nc8Yd1Hs6Gf0Q'
const IMAGE = makeImage()
const BEARER = 'Bearer realm="https://ghcr.io/token",service="ghcr.io",scope="repository:acme/app:pull"'
const SERVERS = [
  'https://github.example.com',
  'https://acme.ghe.com',
  'http://github.com',
  'https://github.com.example.com',
  'https://github.com@example.com'
]

type Asked = {readonly ran: ActionRun; readonly told: readonly string[]; readonly requests: readonly string[]}

async function runAt(
  server: string,
  options: Partial<LoginRegistryOptions> = {},
  inputs: Readonly<Record<string, string>> = {}
): Promise<Asked> {
  const registry = await startLoginRegistry({
    ...{repository: 'acme/app', tag: '1', image: IMAGE},
    challenge: () => BEARER,
    isAllowed: login => login !== undefined && !login.includes(JOB),
    answerToken: ({login}) => ({
      status: 200,
      body: JSON.stringify({token: login === undefined ? 'for-all' : 'for-job'})
    }),
    ...options
  })
  const internet = await startInternet({'ghcr.io': registry.port})
  try {
    const ran = await runAction(
      {
        image: 'ghcr.io/acme/app:1',
        ...{mirrors: '', platform: 'linux/amd64', 'github-token': JOB, backoff: '5ms', attempts: '2', ...inputs}
      },
      {env: {...internet.environment, GITHUB_SERVER_URL: server}}
    )
    const tokens = registry.tokens.map(({query, form}) => `${query.toString()} ${form.toString()}`)
    const told = [...registry.requests, ...tokens].filter(text => text.includes(JOB))
    return {ran, told, requests: registry.requests}
  } finally {
    await Promise.all([registry.close(), internet.close()])
  }
}

describe("the job's token of a server that is not github.com", () => {
  it.each(SERVERS)('is not sent to ghcr.io, whose public images are read without it: %s', async server => {
    const {ran, told, requests} = await runAt(server)
    expect(ran.outputs).toMatchObject({source: 'primary', verified: 'full'})
    expect(requests.some(request => request.endsWith('Bearer for-all'))).toBe(true)
    expect(told).toEqual([])
    const lines = ran.log.filter(line => line.includes('github-token is not sent to ghcr.io'))
    expect(lines).toHaveLength(1)
    expect(ran.annotations).toEqual([])
  })

  it.each([
    {how: 'with Basic', options: {challenge: () => 'Basic realm="ghcr.io"'}},
    {how: 'with both schemes', options: {challenge: () => ['Basic realm="ghcr.io"', BEARER]}},
    {how: 'at the token server', options: {answerToken: () => ({status: 401, body: '{}'})}},
    {how: 'at the token server, in a form', options: {answerToken: () => ({status: 404, body: '{}'})}},
    {how: 'at /v2/ alone', options: {refusal: () => ({status: 404, body: '{}'})}},
    {how: 'for blobs alone', options: {hasOpenManifests: true as const, answerToken: () => ({status: 403, body: '{}'})}}
  ])('is not sent to ghcr.io that insists on a login $how', async ({options}) => {
    const {ran, told, requests} = await runAt('https://github.example.com', {isAllowed: () => false, ...options})
    expect(ran.exitCode).toBe(1)
    expect(requests.length).toBeGreaterThan(0)
    expect(told).toEqual([])
  })

  it('is not sent to ghcr.io as a mirror', async () => {
    const {told, requests} = await runAt(
      'https://github.example.com',
      {},
      {
        image: `docker.io/acme/app@${IMAGE.manifest.digest}`,
        mirrors: 'docker.io=ghcr.io'
      }
    )
    expect(requests.some(request => request.startsWith('GET manifest'))).toBe(true)
    expect(told).toEqual([])
  })
})

describe("the job's token of github.com", () => {
  it('is sent to ghcr.io, so that the tests above can fail', async () => {
    const {ran, told} = await runAt('https://github.com')
    expect(ran.outputs).toMatchObject({source: 'primary', verified: 'full'})
    expect(told.length).toBeGreaterThan(0)
    expect(ran.log.join('\n')).not.toContain('is not sent to ghcr.io')
  })
})
