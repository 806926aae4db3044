// The action as a process with Debian's docker-registry: two registries with the same image, and one of them with corrupt storage.

import {readFile, rm, truncate, writeFile} from 'node:fs/promises'
import {afterAll, afterEach, beforeAll, describe, expect, it} from '@jest/globals'
import {type DockerRegistry, startDockerRegistry} from './support/docker-registry.ts'
import {type Forwarder, startForwarder} from './support/forwarder.ts'
import {type Image, type Index, makeImage, makePublished} from './support/images.ts'
import {describeWith} from './support/programs.ts'
import {runAction} from './support/run-action.ts'

const REPOSITORY = 'mlocati/php-extension-installer'
const TAG = '2.7.35'
let primary: DockerRegistry
let mirror: DockerRegistry
let seed = 0

beforeAll(async () => {
  ;[primary, mirror] = await Promise.all([startDockerRegistry(), startDockerRegistry()])
})

afterAll(async () => {
  await Promise.all([primary.close(), mirror.close()])
})

async function publish(): Promise<Index> {
  const published = makePublished({seed: ++seed})
  await primary.push(REPOSITORY, TAG, published)
  await mirror.push(REPOSITORY, TAG, published)
  return published
}

function inputs(more: Readonly<Record<string, string>> = {}): Record<string, string> {
  return {
    image: `${primary.host}/${REPOSITORY}:${TAG}`,
    mirrors: `${primary.host}=${mirror.host}`,
    platform: 'linux/amd64',
    backoff: '10ms',
    ...more
  }
}

function amd64({children}: Index): Image {
  const [image] = children
  if (image === undefined) throw new Error('no image was made')
  return image
}

describeWith(['docker-registry'], 'the action with two healthy registries', () => {
  it('uses the primary, verifies the image in full, and leaves only the report', async () => {
    const published = await publish()
    const run = await runAction(inputs())
    expect(run).toMatchObject({
      exitCode: 0,
      annotations: [],
      stderr: '',
      leftBehind: [expect.stringMatching(/report\.json$/)]
    })
    expect(run.outputs).toMatchObject({
      reference: `${primary.host}/${REPOSITORY}@${published.index.digest}`,
      digest: published.index.digest,
      'image-id': amd64(published).config.digest,
      registry: primary.host,
      source: 'primary',
      tag: TAG,
      verified: 'full',
      size: String(amd64(published).layers.reduce((sum, {size}) => sum + size, 0)),
      'build-contexts': `${primary.host}/${REPOSITORY}:${TAG}=docker-image://${primary.host}/${REPOSITORY}@${published.index.digest}`
    })
  })

  it.each(['manifest', 'config', 'layers', 'full'])('verifies up to the level %s when it is requested', async level => {
    await publish()
    const run = await runAction(inputs({verify: level}))
    expect(run.outputs).toMatchObject({verified: level, source: 'primary'})
  })

  it('verifies every platform, and not the attestations, with platform: all', async () => {
    const published = await publish()
    const run = await runAction(inputs({platform: 'all'}))
    expect(run.report).toMatchObject({
      images: [{platforms: [{platform: 'linux/amd64'}, {platform: 'linux/arm64'}]}]
    })
    expect(run.outputs['image-id']).toBe(amd64(published).config.digest)
  })

  it('lists the available platforms when the requested one is missing, and sends no request to the mirror', async () => {
    await publish()
    const run = await runAction(inputs({platform: 'linux/s390x'}))
    expect(run.exitCode).toBe(1)
    expect(run.outputs['reference']).toBeUndefined()
    expect(run.annotations[0]?.message).toContain('it has no linux/s390x; it has linux/amd64, linux/arm64')
    expect(run.report).toMatchObject({
      images: [{registries: [{outcome: 'failed'}, {outcome: 'not-asked', attempts: []}]}]
    })
  })

  it('requests the digest from the primary and the blobs from the mirror with prefer: mirrors', async () => {
    const published = await publish()
    const run = await runAction(inputs({prefer: 'mirrors'}))
    expect(run.outputs).toMatchObject({source: 'mirror', registry: mirror.host, digest: published.index.digest})
    expect(run.report).toMatchObject({images: [{decidedBy: 'primary'}]})
    expect(run.annotations).toEqual([])
  })
})

type Spoil = (path: string) => Promise<void>

const flipFirst: Spoil = async path => {
  const bytes = await readFile(path)
  bytes[0] = (bytes[0] ?? 0) ^ 1
  await writeFile(path, bytes)
}

const SPOILS: readonly {name: string; object: 'config' | 'layer[1]'; spoil: Spoil; kind: string}[] = [
  {name: 'an overwritten config', object: 'config', spoil: path => writeFile(path, '{}'), kind: 'corrupt'},
  {name: 'a config of the right length with one bit wrong', object: 'config', spoil: flipFirst, kind: 'corrupt'},
  {name: 'an emptied config', object: 'config', spoil: path => truncate(path, 0), kind: 'corrupt'},
  {name: 'a deleted config', object: 'config', spoil: path => rm(path), kind: 'not-found'},
  {name: 'an overwritten layer', object: 'layer[1]', spoil: flipFirst, kind: 'corrupt'},
  {name: 'a truncated layer', object: 'layer[1]', spoil: path => truncate(path, 1000), kind: 'corrupt'},
  {name: 'an emptied layer', object: 'layer[1]', spoil: path => truncate(path, 0), kind: 'corrupt'},
  {name: 'a deleted layer', object: 'layer[1]', spoil: path => rm(path), kind: 'not-found'}
]

describeWith(['docker-registry'], 'a primary with corrupt storage, as Docker Hub on 4 June 2025', () => {
  it.each(SPOILS)('uses the mirror for $name, and reports the cause', async ({object, spoil, kind}) => {
    const published = await publish()
    const image = amd64(published)
    const blob = object === 'config' ? image.config : image.layers[1]
    if (blob === undefined) throw new Error('no layer was made')
    await spoil(primary.blobPath(blob.digest))
    const run = await runAction(inputs())
    expect(run.exitCode).toBe(0)
    expect(run.outputs).toMatchObject({
      reference: `${mirror.host}/${REPOSITORY}@${published.index.digest}`,
      source: 'mirror',
      verified: 'full'
    })
    expect(run.report).toMatchObject({images: [{registries: [{object, failure: {kind}}, {outcome: 'verified'}]}]})
    const [warning, ...others] = run.annotations
    expect(others).toEqual([])
    expect(warning?.level).toBe('warning')
    expect(warning?.message).toContain(`${object} from ${primary.host}: `)
    if (kind === 'corrupt')
      expect(warning?.message).toMatch(new RegExp(`wanted ${blob.digest}, got sha256:[0-9a-f]{64}`))
  })

  it.each([
    {name: 'with the same bytes: they were published so', bytes: ['{}', '{}'], cause: 'publisher'},
    {name: 'each in its own way', bytes: ['{}', '{ }'], cause: 'registry'}
  ])('sets no reference, and has a line for each registry, when both are corrupt: $name', async ({bytes, cause}) => {
    const published = await publish()
    const {digest} = amd64(published).config
    for (const [at, registry] of [primary, mirror].entries())
      await writeFile(registry.blobPath(digest), bytes[at] ?? '')
    const run = await runAction(inputs())
    expect(run.exitCode).toBe(1)
    expect(run.outputs).toEqual({report: run.outputs['report']})
    expect(run.annotations).toHaveLength(1)
    expect(run.annotations[0]?.message).toContain(`config from ${primary.host}: wrong bytes`)
    expect(run.annotations[0]?.message).toContain(`config from ${mirror.host}: wrong bytes`)
    expect(run.report).toMatchObject({outcome: 'failed', images: [{diagnosis: {cause}}]})
  })
})

describeWith(['docker-registry'], 'the action with an unreachable primary', () => {
  it('lets a mirror of the `mirrors` input resolve the tag, with a warning', async () => {
    const published = await publish()
    const run = await runAction(inputs({image: `127.0.0.1:1/${REPOSITORY}:${TAG}`, mirrors: mirror.host}))
    expect(run.outputs).toMatchObject({registry: mirror.host, digest: published.index.digest, source: 'mirror'})
    expect(run.annotations[0]?.message).toContain(`127.0.0.1:1 failed when asked for the tag ${TAG}`)
    expect(run.annotations[0]?.message).toContain(`${mirror.host}, which is listed in mirrors, resolved it`)
    expect(run.report).toMatchObject({images: [{decidedBy: 'mirror'}]})
  })
})

describeWith(['docker-registry'], 'the action when a registry is killed in the middle of a large layer', () => {
  let dying: DockerRegistry
  let wire: Forwarder | undefined
  afterEach(async () => {
    await Promise.all([wire?.close(), dying.close()])
  })

  it('retries, gives up on the registry, and downloads the whole image from the mirror', async () => {
    dying = await startDockerRegistry()
    const published = makeImage({layers: [{content: {seed: 7, size: 24_000_000}}]})
    await dying.push(REPOSITORY, TAG, published)
    await mirror.push(REPOSITORY, TAG, published)
    wire = await startForwarder(dying.host, {bytes: 12_000_000, meanwhile: () => dying.kill()})
    const run = await runAction(
      inputs({image: `${wire.host}/${REPOSITORY}:${TAG}`, mirrors: `${wire.host}=${mirror.host}`})
    )
    expect(run.exitCode).toBe(0)
    expect(run.outputs).toMatchObject({registry: mirror.host, verified: 'full', digest: published.manifest.digest})
    expect(run.report).toMatchObject({
      images: [
        {
          diagnosis: {cause: 'outage'},
          registries: [{object: 'layer[0]', failure: {kind: 'unreachable'}}, {outcome: 'verified'}]
        }
      ]
    })
    const [
      {
        registries: [{attempts}]
      }
    ] = (run.report as {images: [{registries: [{attempts: Attempt[]}]}]}).images
    const ofLayer = attempts.filter(({object}) => object === 'layer[0]')
    expect(ofLayer.map(({failure}) => failure.kind)).toEqual(['truncated', 'unreachable', 'unreachable', 'unreachable'])
    expect(ofLayer[0]?.bytes).toBeGreaterThan(11_000_000)
  })
})

type Attempt = {readonly object: string; readonly bytes: number; readonly failure: {readonly kind: string}}

describe('invalid inputs', () => {
  it('are reported in one error, each with input, value, rule, and example', async () => {
    const run = await runAction({
      image: 'MyImage:1\nphp:latest\nphp\nphp@sha256:abc\na b',
      timeout: 'soon',
      mirrors: '=x'
    })
    expect(run.exitCode).toBe(1)
    expect(run.outputs['reference']).toBeUndefined()
    const messages = run.annotations.map(({message}) => message)
    expect(messages).toHaveLength(1)
    const lines = messages[0]?.split('\n') ?? []
    expect(lines).toHaveLength(7)
    for (const written of ['MyImage:1', 'php:latest', 'php', 'php@sha256:abc', 'a b', 'soon', '=x']) {
      expect(lines.filter(line => line.includes(`${JSON.stringify(written)} is not valid: `))).toHaveLength(1)
    }
    for (const message of messages) expect(message).toContain('Example: ')
  })

  it('are reported for an empty `image`', async () => {
    const run = await runAction({image: ''})
    expect(run.annotations.map(({title}) => title)).toEqual(['Input image'])
  })

  it('include no mirror rule that matches nothing, which is a warning', async () => {
    await publish()
    const run = await runAction(inputs({mirrors: 'quay.io=ghcr.io'}))
    expect(run.exitCode).toBe(0)
    expect(run.annotations.map(({level, message}) => [level, message])).toEqual([
      ['warning', 'mirrors: "quay.io=ghcr.io" matches none of the images']
    ])
  })
})
