// A small image with every byte flipped and truncated to every length, through the whole action: each variant is refused, and no file remains.

import {afterAll, beforeAll, describe, expect, it} from '@jest/globals'
import type {Action, Fault} from './support/fault.ts'
import {type FaultRegistry, startFaultRegistry} from './support/fault-registry.ts'
import {type ConfigDocument, makeImage} from './support/images.ts'
import {publish} from './support/registry-content.ts'
import {runInProcess} from './support/run-in-process.ts'

const IMAGE = makeImage({
  layers: [{content: {files: {a: 'a'}}}],
  editConfig: ({architecture, os, rootfs}: ConfigDocument) => ({architecture, os, rootfs})
})
const [LAYER] = IMAGE.layers
if (LAYER === undefined) throw new Error('no layer was made')

let registry: FaultRegistry
beforeAll(async () => {
  registry = await startFaultRegistry({content: [publish('acme/app', '1', IMAGE)]})
})
afterAll(() => registry.close())

async function run(on: Fault['on'], action: Action | undefined): ReturnType<typeof runInProcess> {
  if (action !== undefined) registry.addFault({on, do: action})
  const ran = await runInProcess({
    image: `${registry.host}/acme/app@${IMAGE.manifest.digest}`,
    ...{mirrors: '', platform: 'linux/amd64', attempts: '1', 'status-pages': 'false', cache: 'false'}
  })
  expect(registry.unusedFaults()).toEqual([])
  return ran
}

type Ran = Awaited<ReturnType<typeof runInProcess>>

function kindOf({report}: Ran): unknown {
  return (report as {images: [{registries: [{object?: string; failure?: {kind: string}}]}]}).images[0].registries[0]
}

describe('the action', () => {
  it('verifies the unchanged image', async () => {
    const ran = await run('any', undefined)
    expect(ran).toMatchObject({exitCode: 0, outputs: {verified: 'full'}, leftBehind: []})
  })

  describe.each([
    {object: 'manifest', bytes: IMAGE.manifest.bytes},
    {object: 'config', bytes: IMAGE.config.bytes},
    {object: 'layer[0]', bytes: LAYER.bytes}
  ] as const)('refuses a $object', ({object, bytes}) => {
    const refuses = async (action: Action): Promise<void> => {
      const ran = await run(object, action)
      expect(kindOf(ran)).toMatchObject({object, failure: {kind: 'corrupt'}})
      expect([ran.exitCode, Object.keys(ran.outputs), ran.leftBehind]).toEqual([1, ['report'], []])
    }

    it('refuses it with any byte flipped', async () => {
      for (const at of bytes.keys()) await refuses({kind: 'corrupt', at})
    }, 60_000)

    it('refuses it truncated to any length with a matching Content-Length', async () => {
      for (const length of bytes.keys()) await refuses({kind: 'replace', body: bytes.subarray(0, length)})
    }, 60_000)

    it('refuses it when the connection ends after any length', async () => {
      for (const length of bytes.keys()) {
        const ran = await run(object, {kind: 'truncate', afterBytes: length})
        expect(kindOf(ran)).toMatchObject({object, failure: {kind: 'truncated', gotBytes: length}})
        expect([ran.exitCode, Object.keys(ran.outputs), ran.leftBehind]).toEqual([1, ['report'], []])
      }
    }, 60_000)
  })
})
