// The job's own token is sent to ghcr.io unasked. An image that is public must not fail for it, at whatever step it is refused.

import {describe, expect, it} from '@jest/globals'
import {makeImage} from '../support/images.ts'
import {startInternet} from '../support/internet.ts'
import {type LoginRegistryOptions, startLoginRegistry} from '../support/login-registry.ts'
import {type ActionRun, runAction} from '../support/run-action.ts'

const JOB = 'ghs_Rj4Nc8Yd1Hs6Gf0Q'
const FOR_ALL = 'anonymous-Token-0123'
const FOR_JOB = 'job-Token-0123456789'

async function runAtGhcr(
  options: Partial<LoginRegistryOptions>,
  inputs: Readonly<Record<string, string>> = {}
): Promise<{readonly ran: ActionRun; readonly requests: readonly string[]}> {
  const registry = await startLoginRegistry({
    ...{repository: 'acme/app', tag: '1', image: makeImage()},
    challenge: () => 'Bearer realm="https://ghcr.io/token",service="ghcr.io",scope="repository:acme/app:pull"',
    isAllowed: login => login === `Bearer ${FOR_ALL}`,
    answerToken: ({login}) => ({status: 200, body: JSON.stringify({token: login === undefined ? FOR_ALL : FOR_JOB})}),
    ...options
  })
  const internet = await startInternet({'ghcr.io': registry.port})
  try {
    const ran = await runAction(
      {
        image: 'ghcr.io/acme/app:1',
        ...{mirrors: '', platform: 'linux/amd64', 'github-token': JOB, backoff: '5ms', attempts: '2', ...inputs}
      },
      {env: internet.environment}
    )
    return {ran, requests: registry.requests}
  } finally {
    await Promise.all([registry.close(), internet.close()])
  }
}

describe("the job's own token, for an image that is public", () => {
  it.each([400, 401, 403, 404, 429, 500, 503])('that the token server answers with %d is left out', async status => {
    const {ran} = await runAtGhcr({
      answerToken: ({login}) =>
        login === undefined ? {status: 200, body: JSON.stringify({token: FOR_ALL})} : {status, body: '{}'}
    })
    expect(ran.outputs).toMatchObject({source: 'primary', verified: 'full'})
  })

  it.each([401, 403, 404])('that opens the token server and not the repository (%d) is left out', async status => {
    const {ran, requests} = await runAtGhcr({
      refusal: login => (login === undefined ? undefined : {status, body: '{"errors":[{"code":"DENIED"}]}'})
    })
    expect(ran.outputs).toMatchObject({source: 'primary', verified: 'full'})
    expect(requests.filter(request => request.endsWith(FOR_ALL)).length).toBeGreaterThan(0)
  })

  it.each([401, 403, 404])('that opens manifests and not blobs (%d) is left out', async status => {
    const {ran} = await runAtGhcr({
      challenge: () => 'Bearer realm="https://ghcr.io/token",service="ghcr.io"',
      hasOpenManifests: true,
      refusal: login => (login === undefined ? undefined : {status, body: '{"errors":[{"code":"DENIED"}]}'})
    })
    expect(ran.outputs).toMatchObject({source: 'primary', verified: 'full'})
  })

  it('whose answer holds no token is left out', async () => {
    const {ran} = await runAtGhcr({
      answerToken: ({login}) => ({status: 200, body: login === undefined ? JSON.stringify({token: FOR_ALL}) : '{}'})
    })
    expect(ran.outputs).toMatchObject({source: 'primary', verified: 'full'})
  })
})

describe("the job's own token, for an image that is not there", () => {
  it('is not what the error speaks of', async () => {
    const {ran} = await runAtGhcr(
      {isAllowed: login => login?.startsWith('Bearer ') === true},
      {image: 'ghcr.io/acme/absent:1'}
    )
    expect(ran.exitCode).toBe(1)
    expect(ran.report).toMatchObject({images: [{diagnosis: {cause: 'missing'}}]})
    expect(ran.annotations[0]?.message).not.toMatch(/credentials/)
  })
})
