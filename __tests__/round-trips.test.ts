// What a healthy image costs on a line: its requests, and how many round trips wait for one another. Each case is the fewest that the
// protocols allow: a round trip for TCP, one for TLS, one for each response that decides what is requested next.

import {mkdtemp, readFile, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {afterAll, beforeAll, expect, it} from '@jest/globals'
import {makePki, type Pki} from './support/ca-locations.ts'
import type {Auth} from './support/fake-token-server.ts'
import {startFaultRegistry} from './support/fault-registry.ts'
import {type Image, type Index, isIndex, makeImage, makeIndex} from './support/images.ts'
import {summaryOf} from './support/journal.ts'
import {publish} from './support/registry-content.ts'
import {createRoundTrips} from './support/round-trips.ts'
import {runAction} from './support/run-action.ts'

const NAMES = fileURLToPath(new URL('support/watch-names.mjs', import.meta.url))

const [MANIFEST, OTHER, THREE] = [[1], [2], [3, 4, 5]].map(seeds =>
  makeImage({layers: seeds.map(seed => ({content: {seed, size: 20_000}}))})
) as [Image, Image, Image]
const INDEX = makeIndex({children: [MANIFEST]})

let folder: string
let pki: Pki
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'verified-image-round-trips-'))
  pki = await makePki('own CA')
  await writeFile(join(folder, 'ca.pem'), pki.ca)
})
afterAll(() => rm(folder, {recursive: true}))

type Case = {
  readonly image: Image | Index
  readonly tls?: boolean
  readonly auth?: 'basic' | 'token' | 'token elsewhere'
  readonly cdn?: boolean
  /** Another image at the same registry, in another repository. */
  readonly second?: boolean
  /** `lock`: the tag, with its digest in the lock file. The default is the tag alone. */
  readonly reference?: 'digest' | 'lock'
  readonly inputs?: Readonly<Record<string, string>>
}

function lockOf(name: string, what: Image | Index): string {
  const root = isIndex(what) ? what.index : what.manifest
  const {manifest, config} = isIndex(what) ? (what.children[0] ?? MANIFEST) : what
  const platforms = {'linux/amd64': {digest: manifest.digest, imageId: config.digest}}
  const entry = {digest: root.digest, mediaType: root.mediaType, size: root.bytes.length, platforms}
  return JSON.stringify({version: 1, images: {[name]: entry}})
}

const BASIC = {kind: 'basic', username: 'ci', password: 'hunter2'} as const

type Played = {
  readonly rounds: readonly string[][]
  readonly exitCode: number | null
  /** Names that were looked up; only with TLS. */
  readonly lookups: readonly string[]
}

/** The events of each round trip, once the expected ones have happened. */
async function play(
  {image, tls = false, auth, cdn = false, reference, inputs, second = false}: Case,
  expected: readonly (readonly string[])[]
): Promise<Played> {
  const line = createRoundTrips()
  const origin = async (name: string, server: 'cdn' | 'registry' | 'token'): Promise<string> => {
    const host = await line.inFrontOf(name, () => `127.0.0.1:${String(registry.ports[server])}`)
    return tls ? host.replace('127.0.0.1', `${name}.corp.example`) : host
  }
  const scheme = tls ? 'https' : 'http'
  const host = await origin('registry', 'registry')
  const realm = auth === 'token elsewhere' ? await origin('auth', 'token') : host
  const bearer = {kind: 'bearer', realm: `${scheme}://${realm}/token`} as const
  const login: Auth | undefined =
    auth === 'basic'
      ? BASIC
      : auth === undefined
        ? undefined
        : {...bearer, realmHost: auth === 'token' ? 'same' : 'separate'}
  const registry = await startFaultRegistry({
    content: [publish('acme/app', '1', image), publish('acme/other', '1', makeIndex({children: [OTHER]}))],
    ...(login === undefined ? {} : {auth: login}),
    ...(tls ? {tls: pki.tls} : {}),
    ...(cdn ? {blobs: 'redirect', cdnOrigin: `${scheme}://${await origin('cdn', 'cdn')}`} : {}),
    onRequest: entry => {
      line.note(summaryOf(entry))
    }
  })
  const digest = isIndex(image) ? image.index.digest : image.manifest.digest
  const cwd = await mkdtemp(join(folder, 'workspace-'))
  const looksUp = join(cwd, 'names')
  await writeFile(looksUp, '')
  const names = {WATCHED_NAMES: looksUp, NODE_OPTIONS: `--import=${NAMES}`}
  if (reference === 'lock') await writeFile(join(cwd, 'image-lock.json'), lockOf(`${host}/acme/app:1`, image))
  try {
    const running = runAction(
      {
        image: [
          `${host}/acme/app${reference === 'digest' ? `@${digest}` : ':1'}`,
          ...(second ? [`${host}/acme/other:1`] : [])
        ].join('\n'),
        ...{platform: 'linux/amd64', 'public-mirrors': '', 'status-pages': 'false'},
        ...(auth === 'basic' ? {username: 'ci', password: 'hunter2'} : {}),
        ...inputs
      },
      {env: {NODE_EXTRA_CA_CERTS: join(folder, 'ca.pem'), ...(tls ? names : {})}, timeoutMs: 40_000, cwd}
    )
    const rounds = await line.play(expected, running)
    await line.close()
    const {exitCode} = await running
    const lookups = (await readFile(looksUp, 'utf8')).split('\n').filter(name => name.endsWith('.corp.example'))
    return {rounds, exitCode, lookups}
  } finally {
    await line.close()
    await registry.close()
  }
}

/** Connections of a registry: of its first request, and those that wait for the config and the layers. */
const REGISTRY = Array<string>(4).fill('connect registry')
const HELLO = Array<string>(4).fill('hello registry')
const BLOBS = ['GET config', 'GET layer[0]']

const CASES: readonly (readonly [name: string, one: Case, expected: readonly (readonly string[])[]])[] = [
  ['a manifest', {image: MANIFEST}, [REGISTRY, ['GET manifest 1'], BLOBS]],
  ['an index', {image: INDEX}, [REGISTRY, ['GET manifest 1'], ['GET child'], BLOBS]],
  [
    'an index and three layers',
    {image: makeIndex({children: [THREE]})},
    [REGISTRY, ['GET manifest 1'], ['GET child'], [...BLOBS, 'GET layer[1]', 'GET layer[2]']]
  ],
  ['a digest', {image: INDEX, reference: 'digest'}, [REGISTRY, ['GET index'], ['GET child'], BLOBS]],
  ['a lock entry', {image: INDEX, reference: 'lock'}, [REGISTRY, ['GET manifest 1'], ['GET child'], BLOBS]],
  ['a layout', {image: INDEX, inputs: {layout: 'image'}}, [REGISTRY, ['GET manifest 1'], ['GET child'], BLOBS]],
  // Nothing follows the manifests, so that no connection is opened for it.
  [
    'verify: manifest',
    {image: INDEX, inputs: {verify: 'manifest'}},
    [['connect registry'], ['GET manifest 1'], ['GET child']]
  ],
  [
    'concurrency: 1',
    {image: INDEX, inputs: {concurrency: '1'}},
    [['connect registry'], ['GET manifest 1'], ['GET child'], ['GET config'], ['GET layer[0]']]
  ],
  [
    'a login (Basic)',
    {image: INDEX, auth: 'basic'},
    [REGISTRY, ['GET manifest 1'], ['GET manifest 1'], ['GET child'], BLOBS]
  ],
  [
    'a token of the same host',
    {image: INDEX, auth: 'token'},
    [REGISTRY, ['GET manifest 1'], ['GET token'], ['GET manifest 1'], ['GET child'], BLOBS]
  ],
  [
    'a token of another host',
    {image: INDEX, auth: 'token elsewhere'},
    [REGISTRY, ['GET manifest 1'], ['connect auth'], ['GET token'], ['GET manifest 1'], ['GET child'], BLOBS]
  ],
  [
    'blobs of another host',
    {image: INDEX, cdn: true},
    [
      ...[REGISTRY, ['GET manifest 1'], ['GET child'], BLOBS],
      ...[
        ['connect cdn', 'connect cdn'],
        ['GET config at cdn', 'GET layer[0] at cdn']
      ]
    ]
  ],
  ['a manifest over TLS', {image: MANIFEST, tls: true}, [REGISTRY, HELLO, ['GET manifest 1'], BLOBS]],
  ['an index over TLS', {image: INDEX, tls: true}, [REGISTRY, HELLO, ['GET manifest 1'], ['GET child'], BLOBS]],
  // As at Docker Hub.
  [
    'all of it: TLS, a token of another host, and blobs of a third one',
    {image: INDEX, tls: true, auth: 'token elsewhere', cdn: true},
    [
      ...[REGISTRY, HELLO, ['GET manifest 1'], ['connect auth'], ['hello auth'], ['GET token']],
      ...[['GET manifest 1'], ['GET child'], BLOBS],
      ...[
        ['connect cdn', 'connect cdn'],
        ['hello cdn', 'hello cdn'],
        ['GET config at cdn', 'GET layer[0] at cdn']
      ]
    ]
  ],
  // The first request meets the challenge for both, and each needs a token of its own.
  [
    'a second image',
    {image: INDEX, auth: 'token elsewhere', second: true},
    [
      ...[REGISTRY, ['GET manifest 1'], ['connect auth', 'connect auth'], ['GET token', 'GET token']],
      ...[
        ['GET manifest 1', 'GET manifest 1', 'connect registry'],
        ['GET child', 'GET child'],
        [...BLOBS, ...BLOBS]
      ]
    ]
  ]
]

it.each(CASES)('%s takes the fewest round trips', async (_name, one, expected) => {
  const {rounds, exitCode} = await play(one, expected)
  expect(rounds).toEqual(expected.map(events => events.toSorted()))
  expect(exitCode).toBe(0)
})

it('a name is looked up once for all connections that are opened at the same time', async () => {
  const expected = [REGISTRY, HELLO, ['GET manifest 1'], ['GET child'], BLOBS]
  const {exitCode, lookups} = await play({image: INDEX, tls: true}, expected)
  expect(exitCode).toBe(0)
  // For the first connection, and for the three that follow.
  expect(lookups).toEqual(['registry.corp.example', 'registry.corp.example'])
})
