// What a part that is slow, or that the registry does not serve, costs on a network line: a run with the fault beside one without it.

import {readFile} from 'node:fs/promises'
import type {Action} from '../../__tests__/support/fault.ts'
import {type FaultRegistry, startFaultRegistry} from '../../__tests__/support/fault-registry.ts'
import {blobOf, mediaTypesOf, type StoredBlob} from '../../__tests__/support/images.ts'
import {type LineOptions, startLine} from '../../__tests__/support/line.ts'
import type {RepositoryContent} from '../../__tests__/support/registry-content.ts'
import type {BenchImage, File} from './images.ts'
import {type Measured, runAction} from './programs.ts'
import type {Row} from './row.ts'

type Compare = (
  row: Pick<Row, 'what' | 'against' | 'target'>,
  ours: () => Promise<Measured>,
  theirs: () => Promise<Measured>,
  rounds: number
) => Promise<void>

const MIB = 1024 * 1024
// A run without parts takes seven seconds.
const ROUNDS = 1

const SLOW: readonly (readonly [name: string, action: Action])[] = [
  ['a part stalls', {kind: 'stall', afterBytes: MIB}],
  ['a part trickles', {kind: 'trickle', bytesPerSecond: 50_000}]
]
const NOT_SERVED: readonly (readonly [name: string, action: Action])[] = [
  ['Range ignored', {kind: 'range', answer: 'ignore'}],
  ['Range refused', {kind: 'range', answer: 'refuse'}],
  ['Range answered with other bytes', {kind: 'range', answer: 'lie'}]
]

export async function measureLineFaults(
  image: BenchImage,
  line: LineOptions,
  {
    compare,
    isWanted,
    on
  }: {
    readonly compare: Compare
    readonly isWanted: (what: string) => boolean
    readonly on: (what: string) => string
  }
): Promise<void> {
  if (![...SLOW, ...NOT_SERVED].some(([name]) => isWanted(on(name)))) return
  const registry = await startFaultRegistry({content: [await contentOf(image)]})
  const wire = await startLine(() => registry.host, line)
  const run = (inputs: Readonly<Record<string, string>> = {}): Promise<Measured> =>
    runAction({image: `${wire.host}/bench/${image.name}:1`, mirrors: '', ...inputs})
  try {
    for (const [name, action] of SLOW)
      await compare(
        {what: on(name), against: 'the run without it', target: 1.8},
        () => withFault(registry, action, run),
        run,
        ROUNDS
      )
    for (const [name, action] of NOT_SERVED)
      await compare(
        {what: on(name), against: 'the run without parts', target: 1.05},
        () => withFault(registry, action, run),
        () => run({concurrency: '1'}),
        ROUNDS
      )
  } finally {
    await wire.close()
    await registry.close()
  }
}

/** A slow part is the fourth one; what is not served is never served. */
async function withFault(registry: FaultRegistry, action: Action, run: () => Promise<Measured>): Promise<Measured> {
  const isOfAll = action.kind === 'range'
  registry.addFault({
    ...{on: 'layer[0]', do: action, ranged: true},
    ...(isOfAll ? {times: 'always'} : {after: 3})
  })
  try {
    return await run()
  } finally {
    registry.stopFaults()
  }
}

async function contentOf({name, index, manifest, config, layers}: BenchImage): Promise<RepositoryContent> {
  const types = mediaTypesOf('oci')
  const load = async (mediaType: string, {path}: File): Promise<StoredBlob> => blobOf(mediaType, await readFile(path))
  return {
    repository: `bench/${name}`,
    tags: {1: index.digest},
    manifests: [await load(types.index, index), await load(types.manifest, manifest)],
    blobs: await Promise.all([
      load(types.config, config),
      ...layers.map(layer => load('application/vnd.oci.image.layer.v1.tar+gzip', layer))
    ])
  }
}
