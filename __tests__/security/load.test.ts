// What gets into a Docker Engine is what was verified in this run, under the name that it has: in engines of both image stores.

import {mkdtemp, readFile, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest} from '@jest/globals'
import {findEngines} from '../support/engines.ts'
import {type FaultRegistry, startFaultRegistry} from '../support/fault-registry.ts'
import {type Image, makeImage} from '../support/images.ts'
import {describeWith} from '../support/programs.ts'
import {publish} from '../support/registry-content.ts'
import {type ActionRun, runAction} from '../support/run-action.ts'

jest.setTimeout(120_000)

const PLATFORM = process.arch === 'arm64' ? 'linux/arm64' : 'linux/amd64'

let registry: FaultRegistry
let tools: string
let workspace: string
let seed = Date.now()

function make(layers = 1): Image {
  return makeImage({
    platform: PLATFORM,
    layers: Array.from({length: layers}, () => ({content: {seed: ++seed, size: 30_000}}))
  })
}

/** The file of a layer in the tool cache. */
function cachedFile(image: Image, layer: number): string {
  const digest = image.layers[layer]?.digest.replace(':', '-') ?? ''
  return join(tools, 'verified-image', `0.0.0-${digest}`, process.arch, 'blob')
}

beforeAll(async () => {
  registry = await startFaultRegistry()
})
afterAll(() => registry.close())
beforeEach(async () => {
  ;[tools, workspace] = (await Promise.all(
    ['tools', 'workspace'].map(name => mkdtemp(join(tmpdir(), `verified-image-${name}-`)))
  )) as [string, string]
})
afterEach(async () => {
  await Promise.all([tools, workspace].map(folder => rm(folder, {recursive: true})))
})

describeWith(['docker'], 'load', () => {
  it('finds an engine to load into', () => {
    expect(findEngines()).not.toEqual([])
  })

  for (const {store, env, docker} of findEngines())
    describe(`into an engine with the ${store} image store`, () => {
      const loaded: string[] = []
      afterEach(async () => {
        await docker('image', 'rm', '--force', ...loaded.splice(0)).catch(() => '')
      })

      const run = (
        image: string,
        more: Readonly<Record<string, string>>,
        environment: Readonly<Record<string, string>> = {}
      ): Promise<ActionRun> =>
        runAction(
          {image, mirrors: '', load: 'true', attempts: '1', 'status-pages': 'false', ...more},
          {cwd: workspace, env: {...env, RUNNER_TOOL_CACHE: tools, ...environment}}
        )
      const has = (name: string): Promise<boolean> =>
        docker('image', 'inspect', name).then(
          () => true,
          () => false
        )
      const nameFor = (what: Image): string => {
        const path = `acme/app-${String(++seed)}`
        registry.addContent(publish(path, '1.2.2', what))
        return `${registry.host}/${path}`
      }

      it.each(['', 'image'])(
        'gives a fallback tag its own name and not the requested one (layout: %j)',
        async layout => {
          const older = make()
          const name = nameFor(older)
          loaded.push(`${name}:1.2.2`, `${name}:1.2.3`)
          const ran = await run(`${name}:1.2.3`, {'fallback-tags': '1.2.2', layout})
          expect(ran).toMatchObject({
            exitCode: 0,
            outputs: {tag: '1.2.2', reference: `${name}:1.2.2`, verified: 'full'}
          })
          expect(JSON.parse(ran.outputs['references'] ?? '')).toEqual({[`${name}:1.2.3`]: `${name}:1.2.2`})
          expect([await has(`${name}:1.2.2`), await has(`${name}:1.2.3`)]).toEqual([true, false])
          if (layout === '') {
            expect(ran.outputs['build-contexts']).toBe(`${name}:1.2.3=docker-image://${name}:1.2.2`)
          } else {
            const index = JSON.parse(await readFile(join(workspace, 'image', 'index.json'), 'utf8')) as {
              manifests: {annotations: Record<string, string>}[]
            }
            expect(index.manifests.map(({annotations}) => annotations)).toEqual([
              {'io.containerd.image.name': `${name}:1.2.2`, 'org.opencontainers.image.ref.name': '1.2.2'}
            ])
          }
        }
      )

      it('gives a fallback tag and the same tag, asked for beside it, one name', async () => {
        const name = nameFor(make())
        loaded.push(`${name}:1.2.2`, `${name}:1.2.3`)
        const images = `${name}:1.2.3\n${name}:1.2.2`
        const ran = await run(images, {'fallback-tags': `${name}:1.2.3=1.2.2`, layout: 'image'})
        expect(ran).toMatchObject({exitCode: 0, outputs: {verified: 'full'}})
        expect(JSON.parse(ran.outputs['references'] ?? '')).toEqual({
          [`${name}:1.2.3`]: `${name}:1.2.2`,
          [`${name}:1.2.2`]: `${name}:1.2.2`
        })
        expect([await has(`${name}:1.2.2`), await has(`${name}:1.2.3`)]).toEqual([true, false])
        const index = JSON.parse(await readFile(join(workspace, 'image', 'index.json'), 'utf8')) as {
          manifests: unknown[]
        }
        expect(index.manifests).toHaveLength(1)
      })

      it.each([0, 2])('gets nothing of a cached image of which layer %i is corrupt everywhere', async at => {
        const image = make(3)
        const name = nameFor(image)
        loaded.push(`${name}:1.2.2`)
        await run(`${name}:1.2.2`, {})
        await docker('image', 'rm', '--force', `${name}:1.2.2`)
        const bytes = await readFile(cachedFile(image, at))
        await writeFile(cachedFile(image, at), bytes.fill(0, 100, 200))
        const reference = image.layers[at]?.digest ?? ''
        registry.addFault({on: `layer[${at}]`, reference, times: 'always', do: {kind: 'corrupt'}})
        const ran = await run(`${name}:1.2.2`, {})
        expect(ran).toMatchObject({exitCode: 1, leftBehind: [expect.stringMatching(/report\.json$/)]})
        expect(ran.outputs).toEqual({report: expect.anything()})
        expect(JSON.stringify(ran.report)).toContain('"kind":"corrupt"')
        const names = [`${name}:1.2.2`, image.config.digest, image.manifest.digest]
        expect(await Promise.all(names.map(has))).toEqual([false, false, false])
      })

      it('takes what was verified, also when the cached file is changed right after that', async () => {
        const image = make()
        const name = nameFor(image)
        loaded.push(`${name}:1.2.2`)
        await run(`${name}:1.2.2`, {})
        await docker('image', 'rm', '--force', `${name}:1.2.2`)
        const path = cachedFile(image, 0)
        // Preloaded: it writes to the file as soon as the run has read the end of some file.
        const script = `
          import fs from 'node:fs'
          const handle = await fs.promises.open('/dev/null')
          const prototype = Object.getPrototypeOf(handle)
          await handle.close()
          const read = prototype.read
          prototype.read = async function (...args) {
            const done = await read.apply(this, args)
            if (done.bytesRead === 0) fs.writeFileSync(${JSON.stringify(path)}, 'evil')
            return done
          }`
        const preload = {NODE_OPTIONS: `--import data:text/javascript,${encodeURIComponent(script)}`}
        // As layers, so that nothing but the engine would find out what a layer holds.
        const ran = await run(`${name}:1.2.2`, {verify: 'layers'}, preload)
        expect(ran).toMatchObject({exitCode: 0, outputs: {reference: `${name}:1.2.2`}})
        expect(await readFile(path, 'utf8')).toBe('evil')
        const id = await docker('image', 'inspect', '--format', '{{.Id}}', `${name}:1.2.2`)
        expect(id).toBe(store === 'classic' ? image.config.digest : image.manifest.digest)
      })
    })
})
