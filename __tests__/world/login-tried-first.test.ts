// "Not there" and "denied" without a login are not believed while there is one to try: some registries ask for it at /v2/ alone, and some
// hide what is private behind 404. Docker and containerd learn of the login from /v2/.

import {afterEach, expect, it} from '@jest/globals'
import {dockerLoginAt, skopeoReads} from '../support/login-peers.ts'
import {makeImage} from '../support/images.ts'
import {type LoginRegistry, type LoginRegistryOptions, startLoginRegistry} from '../support/login-registry.ts'
import {describeWith} from '../support/programs.ts'
import {type ActionRun, runAction} from '../support/run-action.ts'

const TOKEN = 'Token-0123456789-abc'
const LOGIN = {username: 'bob', password: 'pw-of-bob'}
const IMAGE = makeImage()

const open: LoginRegistry[] = []
afterEach(async () => {
  await Promise.all(open.splice(0).map(registry => registry.close()))
})

async function start(options: Partial<LoginRegistryOptions>): Promise<LoginRegistry> {
  const registry = await startLoginRegistry({
    ...{repository: 'acme/app', tag: '1', image: IMAGE},
    challenge: () => 'Basic realm="registry"',
    isAllowed: login => login === `Basic ${LOGIN.username}:${LOGIN.password}`,
    ...options
  })
  open.push(registry)
  return registry
}

const tokens: Partial<LoginRegistryOptions> = {
  challenge: host => `Bearer realm="http://${host}/token",service="registry"`,
  isAllowed: login => login === `Bearer ${TOKEN}`,
  answerToken: ({login}) => ({status: 200, body: JSON.stringify({token: login === 'bob:pw-of-bob' ? TOKEN : 'x'})})
}

function run(registry: LoginRegistry, inputs: Readonly<Record<string, string>> = LOGIN): Promise<ActionRun> {
  return runAction({
    image: `${registry.host}/acme/app:1`,
    ...{mirrors: '', platform: 'linux/amd64', attempts: '1', backoff: '5ms', ...inputs}
  })
}

function HIDDEN() {
  return {status: 404, body: '{"errors":[{"code":"NAME_UNKNOWN","message":"repository name not known"}]}'}
}
function DENIED() {
  return {status: 403, body: '{"errors":[{"code":"DENIED","message":"requested access is denied"}]}'}
}
function MUTE() {
  return {status: 401}
}

describeWith(['docker', 'skopeo'], 'a registry that says at /v2/ alone that it wants a login', () => {
  it.each([
    {name: 'and 404 to strangers, with Basic', options: {refusal: HIDDEN}},
    {name: 'and 403 to strangers, with Basic', options: {refusal: DENIED}},
    {name: 'and 401 without a challenge, with Basic', options: {refusal: MUTE}},
    {name: 'and 404 to strangers, with tokens', options: {...tokens, refusal: HIDDEN}},
    {name: 'and 403 to strangers, with tokens', options: {...tokens, refusal: DENIED}},
    {name: 'and 401 without a challenge, with tokens', options: {...tokens, refusal: MUTE}},
    {
      name: 'and hands out manifests to strangers, and 404 for blobs',
      options: {refusal: HIDDEN, hasOpenManifests: true}
    },
    {
      name: 'and hands out manifests to strangers, and 403 for blobs',
      options: {refusal: DENIED, hasOpenManifests: true}
    }
  ] as const)('$name, serves who has one', async ({options}) => {
    const peers = await start(options)
    expect(await dockerLoginAt(peers, LOGIN)).toBe(true)
    expect(await skopeoReads(`${peers.host}/acme/app:1`, LOGIN)).toBe(true)
    const registry = await start(options)
    const ran = await run(registry)
    expect(ran.outputs).toMatchObject({source: 'primary', verified: 'full'})
  })
})

describeWith([], 'a registry that says at /v2/ alone that it wants a login, and gets a wrong one', () => {
  it('refused access: it is not said that the image is missing', async () => {
    const registry = await start({refusal: HIDDEN})
    const ran = await run(registry, {username: 'bob', password: 'wrong-password'})
    expect(ran.exitCode).toBe(1)
    expect(ran.report).toMatchObject({images: [{diagnosis: {cause: 'access'}}]})
  })
})
