// Runs of the action mirror as a process: what the target has from before, several targets and images, a full disk, and a run that ends
// early; and what its log, annotations, and summary say then.

import {mkdtemp, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterAll, beforeAll, describe, expect, it} from '@jest/globals'
import {ociError} from './support/fault.ts'
import {startFaultRegistry} from './support/fault-registry.ts'
import {healthyImage} from './support/fault-table.ts'
import {makeImage, makeIndex} from './support/images.ts'
import {
  expectWhole,
  REPOSITORY,
  rootOf,
  runMirrorAction,
  TAG,
  TARGET,
  withPair,
  writesTo
} from './support/mirror-fixture.ts'
import {publish} from './support/registry-content.ts'
import {type ActionRun, runAction, type RunActionOptions} from './support/run-action.ts'

const root = rootOf(healthyImage)
const other = makeImage({layers: [{content: {seed: 77, size: 5000}}]})
const WITHOUT_ATTACHMENTS = {attachments: 'false'}

function short(digest: string): string {
  return digest.slice('sha256:'.length).slice(0, 12)
}

function said(run: ActionRun, level: 'error' | 'warning'): string {
  return run.annotations
    .filter(annotation => annotation.level === level)
    .map(({title, message}) => `${title ?? ''}\n${message}`)
    .join('\n')
}

describe('a target that has the image already', () => {
  const [child] = healthyImage.children
  const layer = child?.layers[1]
  const existing = publish(TARGET, TAG, healthyImage)

  it('gets a blob again that is cut short there', async () => {
    const fault = {
      on: 'blob',
      method: 'HEAD',
      reference: layer?.digest ?? '',
      do: {kind: 'declare', contentLength: 5}
    } as const
    await withPair({target: {push: {}, content: [existing], faults: [fault]}}, async ({target, inputs}) => {
      const run = await runMirrorAction({...inputs, ...WITHOUT_ATTACHMENTS})
      expect([run.exitCode, writesTo(target)]).toEqual([0, ['POST upload', 'PUT upload-put']])
    })
  })

  it.each([
    {name: 'its index', damaged: root.digest},
    {name: 'a child', damaged: child?.manifest.digest ?? ''}
  ])('gets $name again that is damaged there, and keeps its tag', async ({damaged}) => {
    const manifests = existing.manifests.map(one =>
      one.digest === damaged
        ? {...one, bytes: Buffer.from(one.bytes.toString().replace('"schemaVersion":2', '"schemaVersion":3'))}
        : one
    )
    await withPair({target: {push: {}, content: [{...existing, manifests}]}}, async ({target, inputs}) => {
      const run = await runMirrorAction({...inputs, ...WITHOUT_ATTACHMENTS})
      expect([run.exitCode, run.annotations]).toEqual([0, []])
      expectWhole(target, TARGET, TAG)
      const view = target.contentOf(TARGET)
      expect(view.bytesOf(damaged)?.toString()).toContain('"schemaVersion":2')
      // No tag is made for bytes that were damaged.
      expect(Object.keys(view.tags)).toEqual([TAG])
    })
  })

  it('keeps a former digest that is not whole only if the target takes it, and says so', async () => {
    const former = publish(TARGET, TAG, other)
    const fault = {
      on: 'tag-put',
      reference: `${TAG}-${short(other.manifest.digest)}`,
      do: ociError(400, 'MANIFEST_BLOB_UNKNOWN'),
      times: 'always'
    } as const
    await withPair({target: {push: {}, content: [former], faults: [fault]}}, async ({target, inputs}) => {
      const run = await runMirrorAction({...inputs, ...WITHOUT_ATTACHMENTS})
      expect([run.exitCode, target.contentOf(TARGET).tags]).toEqual([0, {[TAG]: root.digest}])
      expect(said(run, 'warning')).toContain('could not be kept as')
    })
  })

  it('is named with what moved', async () => {
    await withPair({target: {push: {}, content: [publish(TARGET, TAG, other)]}}, async ({inputs}) => {
      const former = `${TAG}-${short(other.manifest.digest)}`
      const plan = await runMirrorAction({...inputs, 'dry-run': 'true'})
      expect(plan.log.join('\n')).toContain(`whose former digest would be at ${former}`)
      const run = await runMirrorAction(inputs)
      expect(run.log.join('\n')).toContain(`The tag ${TAG} moved; its former digest is at ${former}`)
      expect(run.summary).toContain(`the tag moved, and its former digest is at \`${former}\``)
    })
  })

  it('is not called a plan by dry-run', async () => {
    await withPair({target: {push: {}, content: [existing]}}, async ({target, inputs}) => {
      const run = await runMirrorAction({...inputs, ...WITHOUT_ATTACHMENTS, 'dry-run': 'true'})
      expect([run.exitCode, writesTo(target)]).toEqual([0, []])
      expect(run.summary).toContain('nothing to copy: 1 image up to date at the mirror')
      expect(run.report).toMatchObject({outcome: 'planned', images: [{targets: [{outcome: 'present'}]}]})
    })
  })
})

describe('several targets and images', () => {
  it('copies to one target when the other fails, and says which', async () => {
    const broken = await startFaultRegistry({
      push: {},
      expectsMissing: true,
      faults: [{on: 'upload', do: ociError(403, 'DENIED', 'no'), times: 'always'}]
    })
    try {
      await withPair({}, async ({source, target, inputs}) => {
        const to = `${source.host}=${broken.host}\n${source.host}=${target.host}`
        const run = await runMirrorAction({...inputs, to})
        expect([run.exitCode, run.outputs['copied']]).toEqual([1, undefined])
        expectWhole(target, REPOSITORY, TAG)
        expect(said(run, 'error')).toContain(`${broken.host}/${REPOSITORY}:${TAG}: access denied (HTTP 403)`)
        expect(said(run, 'error')).not.toContain(target.host)
        expect(run.report).toMatchObject({images: [{targets: [{outcome: 'failed'}, {outcome: 'copied'}]}]})
      })
    } finally {
      await broken.close()
    }
  })

  it('gives two pins of one tag a tag each, whichever is done first', async () => {
    await withPair({}, async ({source, target, inputs}) => {
      source.addContent({...publish(REPOSITORY, TAG, other), tags: {}})
      const {image = ''} = inputs
      for (let round = 0; round < 2; round++) {
        const run = await runMirrorAction({...inputs, image: `${image}\n${image}@${other.manifest.digest}`})
        expect(run.exitCode).toBe(0)
        const {tags} = target.contentOf(TARGET)
        expect(tags).toMatchObject({
          [TAG]: root.digest,
          [`${TAG}-${short(other.manifest.digest)}`]: other.manifest.digest
        })
      }
      expect(target.contentOf(TARGET).tags[`${TAG}-${short(root.digest)}`]).toBeUndefined()
    })
  })

  it('sends a blob that two images share once, and mounts it for the other repository', async () => {
    const shared = {content: {seed: 9, size: 9000}}
    const images = ['amd64', 'arm64'].map(arch => makeImage({platform: `linux/${arch}`, layers: [shared]}))
    await withPair({}, async ({source, target, inputs}) => {
      for (const [at, image] of images.entries()) source.addContent(publish(`acme/${String(at)}`, '1', image))
      const run = await runMirrorAction({
        ...inputs,
        image: images.map((_, at) => `${source.host}/acme/${String(at)}:1`).join('\n'),
        to: `${source.host}=${target.host}`
      })
      expect(run.exitCode).toBe(0)
      const layer = images[0]?.layers[0]?.digest
      const puts = target.journal.filter(({object, query}) => object === 'upload-put' && query.get('digest') === layer)
      const mounts = target.journal.filter(({object, query}) => object === 'mount' && query.get('mount') === layer)
      expect(puts.length + mounts.length).toBe(2)
      for (const at of [0, 1]) expectWhole(target, `acme/${String(at)}`, '1')
    })
  })

  it('reads images from files, with the digests of the lock file', async () => {
    const workspace = await mkdtemp(join(tmpdir(), 'verified-image-mirror-'))
    try {
      await withPair({}, async ({source, target, inputs}) => {
        const {image = ''} = inputs
        await writeFile(join(workspace, 'Dockerfile'), `FROM ${image}\n`)
        const files = {files: 'Dockerfile', platform: 'linux/amd64'}
        const locked = await runAction({...files, lock: 'update', 'public-mirrors': ''}, {cwd: workspace})
        expect(locked.exitCode).toBe(0)
        source.addContent(publish(REPOSITORY, TAG, other))
        const to = `${source.host}=${target.host}`
        const run = await runMirrorAction({...inputs, image: '', files: 'Dockerfile', to}, {cwd: workspace})
        expect([run.exitCode, target.contentOf(REPOSITORY).tags[TAG]]).toEqual([0, root.digest])
        expect(said(run, 'warning')).toContain('than in the lock file. The locked image was used')
      })
    } finally {
      await rm(workspace, {recursive: true})
    }
  })
})

describe('a mirror that had to serve the image', () => {
  it('is a warning, with what was wrong with the primary', async () => {
    const healthy = await startFaultRegistry({content: [publish(REPOSITORY, TAG, healthyImage)], expectsMissing: true})
    const faults = [{on: 'layer[1]' as const, do: {kind: 'corrupt' as const}, times: 'always' as const}]
    try {
      await withPair(
        {source: {content: [publish(REPOSITORY, TAG, healthyImage)], faults, expectsMissing: true}},
        async ({source, inputs}) => {
          const run = await runMirrorAction({...inputs, mirrors: `${source.host}=${healthy.host}`})
          expect(run.exitCode).toBe(0)
          expect(said(run, 'warning')).toContain('digest mismatch')
          expect(run.summary).toMatch(/^### ⚠️/)
          expect(run.summary).toContain('Evidence for a report to the registry')
        }
      )
    } finally {
      await healthy.close()
    }
  })
})

describe('an image that could not be verified', () => {
  it('is told once, with the evidence that the error points to', async () => {
    const faults = [{on: 'layer[1]' as const, do: {kind: 'corrupt' as const}, times: 'always' as const}]
    await withPair(
      {source: {content: [publish(REPOSITORY, TAG, healthyImage)], faults, expectsMissing: true}},
      async ({inputs}) => {
        const run = await runMirrorAction(inputs)
        expect([run.exitCode, run.annotations.length]).toEqual([1, 1])
        expect(said(run, 'error')).toContain('copy "Evidence" from the job summary')
        expect(run.summary).toContain('Evidence for a report to the registry')
        expect(run.summary.match(/\*\*Fix:\*\*/g)).toHaveLength(1)
        const [{targets}] = (run.report as {images: [{targets: object[]}]}).images
        expect(targets).toEqual([{target: expect.anything(), outcome: 'failed', warnings: []}])
      }
    )
  })
})

/** As if the file system of this run had this many bytes left. Preloaded into the process. */
function withFreeBytes(bytes: number): RunActionOptions {
  const script = `
    import fs from 'node:fs'
    import {syncBuiltinESMExports} from 'node:module'
    fs.promises.statfs = () => Promise.resolve({bavail: ${String(bytes)}, bsize: 1})
    syncBuiltinESMExports()`
  return {env: {NODE_OPTIONS: `--import data:text/javascript,${encodeURIComponent(script)}`}}
}

describe('a disk without room', () => {
  const big = makeIndex({children: [makeImage({layers: [{content: {seed: 3, size: 60_000}}]})]})

  it('fails the image that does not fit, before a layer is read, and copies the one that fits', async () => {
    await withPair(
      {source: {content: [publish('acme/big', '1', big), publish('acme/small', '1', other)]}},
      async ({source, target, inputs}) => {
        const image = `${source.host}/acme/big:1\n${source.host}/acme/small:1`
        const run = await runMirrorAction(
          {...inputs, image, to: `${source.host}=${target.host}`},
          withFreeBytes(20_000)
        )
        expect(run.exitCode).toBe(1)
        expect(said(run, 'error')).toMatch(
          /Could not copy .*acme\/big:1: not enough disk space in .*: the image needs [\d.]+ kB, and 20 kB are free/
        )
        expect(said(run, 'error')).toContain('Fix: Free disk space on this runner')
        expect(
          source.journal.filter(({repository, object}) => repository === 'acme/big' && object.startsWith('layer['))
        ).toEqual([])
        expectWhole(target, 'acme/small', '1')
        expect(target.contentOf('acme/big').tags).toEqual({})
      }
    )
  })
})

describe('a run that ends early', () => {
  const hanging = {
    push: {},
    expectsMissing: true,
    faults: [{on: 'upload-put', do: {kind: 'hang'}, times: 'always'}]
  } as const

  it.each(['SIGTERM', 'SIGINT'] as const)(
    'by %s leaves no tag and no file, and says what was not reached',
    async signal => {
      await withPair({target: hanging}, async ({target, inputs}) => {
        const when = target.untilRequests(
          count => count > 0,
          ({object}) => object === 'upload-put'
        )
        const run = await runMirrorAction(inputs, {signalAfter: {signal, when}})
        expect([run.exitCode, run.leftBehind]).toEqual([1, [expect.stringMatching(/report\.json$/)]])
        expect(target.contentOf(TARGET).tags).toEqual({})
        expect(run.report).toMatchObject({outcome: 'cancelled', images: [{image: inputs['image'], outcome: 'failed'}]})
        expect(run.summary).toContain('canceled: 0 of 1 image copied')
        expect(run.summary).toContain('⏹️ not reached')
      })
    }
  )

  it('by its time limit says so once, and what to do', async () => {
    await withPair({target: hanging}, async ({inputs}) => {
      const run = await runMirrorAction({...inputs, timeout: '3s'})
      expect([run.exitCode, run.annotations.length]).toEqual([1, 1])
      expect(said(run, 'error')).toContain('timed out after 3 s (input timeout). Raise the input timeout')
      expect(run.report).toMatchObject({outcome: 'failed', failure: {kind: 'timed-out'}, images: [{outcome: 'failed'}]})
    })
  })
})

describe('no image', () => {
  let workspace = ''
  beforeAll(async () => {
    workspace = await mkdtemp(join(tmpdir(), 'verified-image-mirror-'))
    await writeFile(join(workspace, 'Dockerfile'), 'FROM quay.io/acme/app:1\n')
  })
  afterAll(() => rm(workspace, {recursive: true}))

  it('that a rule is for is a warning, not a failure', async () => {
    const run = await runMirrorAction({files: 'Dockerfile', to: 'docker.io=reg.example.com'}, {cwd: workspace})
    expect([run.exitCode, said(run, 'warning')]).toEqual([0, expect.stringContaining('No rule of the input to')])
    expect(run.summary).toMatch(/^### ⚠️ verified-image mirror: no image to copy/)
  })
})
