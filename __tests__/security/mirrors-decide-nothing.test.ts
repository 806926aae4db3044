// A mirror serves bytes, and does not decide what a tag is while its registry may still answer; no answer of a mirror is locked;
// and a public mirror does not learn the name of a private image. The action as a process, registries under their true names.

import {existsSync, readFileSync} from 'node:fs'
import {mkdtemp, rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterEach, beforeEach, describe, expect, it} from '@jest/globals'
import {type Action, type Fault, ociError, tooManyRequests} from '../support/fault.ts'
import {type HubRun, type HubWorld, LOGIN, messagesOf, runInHubWorld} from '../support/hub-and-mirrors.ts'
import {type Index, jsonBlob, makePublished, mediaTypesOf} from '../support/images.ts'
import {publish, type RepositoryContent} from '../support/registry-content.ts'

const IMAGE = makePublished({seed: 11})
const OLDER = makePublished({seed: 12})
const OFFICIAL = 'php:8.3.8-cli'
const OWN = 'acme/app:1.2.3'

function official(repository = 'library/php', what: Index = IMAGE): RepositoryContent {
  return publish(repository, '8.3.8-cli', what)
}
function own(what: Index = IMAGE, access = {}): RepositoryContent {
  return publish('acme/app', '1.2.3', what, access)
}

const CORRUPT_CONFIG: Fault = {on: 'config', times: 'always', do: {kind: 'corrupt', at: 3}}
function onTag(action: Action): Fault {
  return {on: 'manifest', times: 'always', do: action}
}
const DOWN = onTag({kind: 'respond', status: 503})

function digestOf({index}: Index): string {
  return index.digest
}

describe('an official image whose config is corrupt at Docker Hub', () => {
  const broken: HubWorld = {hub: [official()], hubFaults: [CORRUPT_CONFIG]}

  it.each([
    {host: 'ghcr.io', world: {ghcr: [official()]}, repository: 'library/php'},
    {host: 'mirror.gcr.io', world: {gcr: [official()]}, repository: 'library/php'},
    {host: 'public.ecr.aws', world: {ecr: [official('docker/library/php')]}, repository: 'docker/library/php'}
  ])('comes from $host, with the same digest', async ({host, world, repository}) => {
    const run = await runInHubWorld({...broken, ...world}, {image: OFFICIAL})
    expect(run).toMatchObject({exitCode: 0, refused: []})
    expect(run.outputs).toMatchObject({
      ...{digest: digestOf(IMAGE), registry: host, source: 'mirror'},
      reference: `${host}/${repository}@${digestOf(IMAGE)}`
    })
    expect(run.report).toMatchObject({images: [{decidedBy: 'primary', diagnosis: {cause: 'registry'}}]})
    // By digest only, at all of them.
    for (const asked of [run.asked.ghcr, run.asked.gcr, run.asked.ecr])
      expect(asked.filter(request => request.includes('8.3.8'))).toEqual([])
  })

  it('comes from nowhere else when public-mirrors is written empty', async () => {
    const run = await runInHubWorld(
      {...broken, ghcr: [official()], gcr: [official()], ecr: [official('docker/library/php')]},
      {image: OFFICIAL, 'public-mirrors': ''}
    )
    expect(run.exitCode).toBe(1)
    expect(run.outputs['reference']).toBeUndefined()
    expect([run.asked.ghcr, run.asked.gcr, run.asked.ecr]).toEqual([[], [], []])
  })

  it('is looked for at public mirrors after the mirrors that the user listed', async () => {
    const run = await runInHubWorld(
      {...broken, gcr: [official()], ecr: [official('docker/library/php')]},
      {image: OFFICIAL, mirrors: 'docker.io/library=public.ecr.aws/docker/library', prefer: 'primary'}
    )
    expect(run.outputs).toMatchObject({registry: 'public.ecr.aws'})
    expect(run.asked.gcr).toEqual([])
  })
})

describe('a tag while Docker Hub is down', () => {
  const everywhere = {hub: [own()], ghcr: [own()], gcr: [own()], hubFaults: [DOWN]}

  it('is resolved by no public mirror, and the error says what would have let them serve it', async () => {
    const run = await runInHubWorld(everywhere, {image: OWN})
    expect(run.exitCode).toBe(1)
    expect([run.asked.ghcr, run.asked.gcr, run.asked.ecr]).toEqual([[], [], []])
    expect(messagesOf(run)).toMatch(
      /pin a digest \(in the reference, or with lock: update\) so that public mirrors can be used/
    )
  })

  it('is served by a public mirror with that digest in the reference: the advice is right', async () => {
    const run = await runInHubWorld(everywhere, {image: `${OWN}@${digestOf(IMAGE)}`})
    expect(run.outputs).toMatchObject({registry: 'ghcr.io', digest: digestOf(IMAGE)})
  })

  it('is resolved by ghcr.io when the user lists it, also as public-mirrors has it, with a warning', async () => {
    const run = await runInHubWorld(everywhere, {image: OWN, mirrors: 'docker.io=ghcr.io'})
    expect(run.outputs).toMatchObject({registry: 'ghcr.io', digest: digestOf(IMAGE)})
    expect(run.report).toMatchObject({images: [{decidedBy: 'mirror'}]})
    expect(messagesOf(run)).toContain('ghcr.io, which is listed in mirrors, resolved it')
  })
})

describe('a mirror that mirrors lists, with an older image', () => {
  const world = (...hubFaults: Fault[]): HubWorld => ({hub: [own()], ghcr: [own(OLDER)], hubFaults})
  const inputs = {
    ...{image: OWN, mirrors: 'ghcr.io', 'public-mirrors': '', 'hedge-after': '200ms', 'stall-timeout': '2s'},
    attempts: '2'
  }

  it.each(['primary', 'mirrors'])(
    'does not resolve the tag while Docker Hub is slow, with prefer: %s',
    async prefer => {
      const run = await runInHubWorld(world(onTag({kind: 'delay', forMs: 1200})), {...inputs, prefer})
      expect(run.outputs).toMatchObject({digest: digestOf(IMAGE), registry: 'docker.io'})
      expect(run.asked.ghcr).toContain('GET manifest 1.2.3')
      expect(run.annotations).toEqual([])
      expect(run.report).toMatchObject({images: [{decidedBy: 'primary'}]})
    }
  )

  it('does not resolve the tag while Docker Hub trickles', async () => {
    const slow = onTag({kind: 'trickle', bytesPerSecond: 1500})
    const run = await runInHubWorld(world(slow), {...inputs, 'hedge-after': '100ms'})
    expect(run.outputs).toMatchObject({digest: digestOf(IMAGE)})
  })

  it.each<{readonly name: string; readonly action: Action; readonly says: RegExp}>([
    {
      name: 'silent',
      action: {kind: 'hang'},
      says: /docker\.io sent no response about the tag \S+ for 2 s \(input stall-timeout\)/
    },
    {
      name: '404',
      action: ociError(404, 'MANIFEST_UNKNOWN'),
      says: /docker\.io does not have the tag 1\.2\.3 .*withdrawn/
    },
    {
      name: '401',
      action: ociError(401, 'UNAUTHORIZED'),
      says: /docker\.io denied access to the tag 1\.2\.3 .*private/
    },
    {name: '403', action: ociError(403, 'DENIED'), says: /docker\.io denied access to the tag 1\.2\.3 .*private/},
    {name: '429', action: tooManyRequests('3600'), says: /docker\.io could not resolve the tag 1\.2\.3/},
    {name: '500', action: {kind: 'respond', status: 500}, says: /docker\.io could not resolve the tag 1\.2\.3/}
  ])('resolves the tag when Docker Hub is $name, and the warning says so', async ({action, says}) => {
    const run = await runInHubWorld(world(onTag(action)), inputs)
    expect(run.outputs).toMatchObject({digest: digestOf(OLDER), registry: 'ghcr.io'})
    expect(messagesOf(run)).toMatch(says)
  })

  it('gives no veto: behind one with an artifact the next is asked', async () => {
    const artifact = jsonBlob(mediaTypesOf('oci').manifest, {
      ...{schemaVersion: 2, mediaType: mediaTypesOf('oci').manifest, layers: []},
      config: {mediaType: 'application/vnd.oci.empty.v1+json', digest: digestOf(IMAGE), size: 2}
    })
    const run = await runInHubWorld(
      {
        hubFaults: [DOWN],
        ghcr: [{repository: 'acme/app', tags: {'1.2.3': artifact.digest}, manifests: [artifact], blobs: []}],
        gcr: [own()]
      },
      {...inputs, mirrors: 'ghcr.io\nmirror.gcr.io'}
    )
    expect(run.outputs).toMatchObject({registry: 'mirror.gcr.io', digest: digestOf(IMAGE)})
  })

  describe('and lock: update', () => {
    let cwd: string
    beforeEach(async () => {
      cwd = await mkdtemp(join(tmpdir(), 'verified-image-locking-'))
    })
    afterEach(() => rm(cwd, {recursive: true}))
    const lock = (): string => readFileSync(join(cwd, 'image-lock.json'), 'utf8')
    const update = (hubFaults: readonly Fault[], more: Readonly<Record<string, string>> = {}): Promise<HubRun> =>
      runInHubWorld(
        {
          hub: [own(), publish('acme/app', '1.2.2', IMAGE)],
          ghcr: [own(OLDER), publish('acme/app', '1.2.2', OLDER)],
          hubFaults
        },
        {...inputs, lock: 'update', ...more},
        {cwd}
      )

    it('locks what Docker Hub says late', async () => {
      await update([onTag({kind: 'delay', forMs: 1200})])
      expect(lock()).toContain(digestOf(IMAGE))
      expect(lock()).not.toContain(digestOf(OLDER))
    })

    it.each(['1.2.2', ''])('locks nothing that only the mirror says, with fallback-tags: "%s"', async fallback => {
      const run = await update([DOWN], {'fallback-tags': fallback})
      expect(run.outputs).toMatchObject({digest: digestOf(OLDER)})
      expect(messagesOf(run)).toContain('a digest that a mirror (ghcr.io) resolved is never locked')
      expect(existsSync(join(cwd, 'image-lock.json'))).toBe(false)
    })

    it('keeps what is locked while Docker Hub is away or gone, and renews it when it is slow', async () => {
      await update([])
      const before = lock()
      const run = await update([onTag(ociError(404, 'MANIFEST_UNKNOWN'))])
      expect(run.exitCode).toBe(1)
      expect(lock()).toBe(before)
    })
  })
})

describe('the name of a private image', () => {
  const world = {
    ...{hub: [own(IMAGE, {private: true})], hubFaults: [CORRUPT_CONFIG]},
    ...{ghcr: [own()], gcr: [own()]}
  }
  const strangers = ({asked}: HubRun): readonly string[] => [...asked.ghcr, ...asked.gcr, ...asked.ecr]

  it.each([
    {how: "with a login in Docker's config", more: {isLoggedIn: true as const}, inputs: {}},
    {how: 'with username and password', more: {}, inputs: LOGIN}
  ])('is not told to a public mirror when it is read $how', async ({more, inputs}) => {
    const run = await runInHubWorld({...world, ...more}, {image: OWN, ...inputs})
    expect(run.exitCode).toBe(1)
    expect(strangers(run)).toEqual([])
    expect(messagesOf(run)).toContain('public mirrors are not sent the names of private images')
    // One request without credentials, which Docker Hub does not count.
    expect(run.servers.hub.journal.filter(({method}) => method === 'HEAD').length).toBeGreaterThan(0)
  })

  it('is not told to a public mirror when there is no login, also with a digest', async () => {
    const run = await runInHubWorld({...world, hubFaults: []}, {image: `${OWN}@${digestOf(IMAGE)}`})
    expect(run.exitCode).toBe(1)
    expect(strangers(run)).toEqual([])
  })

  it('is not told when it cannot be known whether it is private', async () => {
    const run = await runInHubWorld(
      {...world, isLoggedIn: true, hubFaults: [{on: 'any', times: 'always', do: {kind: 'respond', status: 503}}]},
      {image: `${OWN}@${digestOf(IMAGE)}`, attempts: '1'}
    )
    expect(run.exitCode).toBe(1)
    expect(strangers(run)).toEqual([])
    expect(messagesOf(run)).toContain('to query this mirror anyway, add it to the mirrors input')
  })

  it('is told to a mirror that mirrors lists', async () => {
    const run = await runInHubWorld({...world, isLoggedIn: true}, {image: OWN, mirrors: 'docker.io=ghcr.io'})
    expect(run.outputs).toMatchObject({registry: 'ghcr.io'})
  })

  it('is no matter for a public image that is read with a login for its limit', async () => {
    const run = await runInHubWorld({...world, hub: [own()], isLoggedIn: true}, {image: OWN})
    expect(run.outputs).toMatchObject({registry: 'ghcr.io', digest: digestOf(IMAGE)})
  })

  it('is no matter for an official image, though Docker Hub refuses everything', async () => {
    const run = await runInHubWorld(
      {gcr: [official()], isLoggedIn: true, hubFaults: [onTag(ociError(401, 'UNAUTHORIZED'))]},
      {image: `${OFFICIAL}@${digestOf(IMAGE)}`}
    )
    expect(run.outputs).toMatchObject({registry: 'mirror.gcr.io'})
  })
})
