// The action on a network line: round trips, and a limit for each connection, as between a runner and a CDN.
// skopeo and crane use the same line in the same run. They hash the compressed bytes; the action decompresses and hashes them again.

import {type Line, startLine} from '../../__tests__/support/line.ts'
import type {Engine} from '../../__tests__/support/engines.ts'
import type {BenchImage} from './images.ts'
import {measureContainerd} from './containerd.ts'
import {measureLineFaults} from './line-faults.ts'
import {
  type Measured,
  runAction,
  runCranePull,
  runDocker,
  runDockerLoad,
  runLoad,
  runSkopeo,
  saveImage
} from './programs.ts'
import {referenceOf} from './registry.ts'
import type {Row} from './row.ts'

export type LineBench = Readonly<Record<'single' | 'large' | 'eight' | 'many' | 'tiny', BenchImage>> & {
  readonly host: string
  readonly tools: string
}

type Compare = (
  row: Pick<Row, 'what' | 'against' | 'target'>,
  ours: () => Promise<Measured>,
  theirs: (() => Promise<Measured>) | string,
  rounds?: number
) => Promise<void>

export type LineDeps = {
  readonly compare: Compare
  readonly isWanted: (what: string) => boolean
  readonly peers: Readonly<Record<'crane' | 'skopeo', boolean>>
  readonly engines: readonly Engine[]
}

const NEAR = {name: '30 ms and 20 MB/s', roundTripMs: 30, bytesPerSecond: 20e6}
const FAR = {name: '80 ms and 50 MB/s', roundTripMs: 80, bytesPerSecond: 50e6}

/** Times the action beside other programs. Returns the rows on memory and processor time. */
export async function measureLine(bench: LineBench, deps: LineDeps): Promise<readonly Row[]> {
  const {single, large, eight, many, tiny, host} = bench
  const rows: Row[] = []
  for (const line of [NEAR, FAR]) {
    const wire = await startLine(() => host, line)
    try {
      const on = (what: string): string => `line: ${what}, ${line.name} a connection`
      const isNear = line === NEAR
      await againstSkopeo(deps, wire, single, {what: on('one layer of 127 MB, full'), target: isNear ? 0.33 : 0.65})
      await againstSkopeo(deps, wire, large, {what: on('3 layers of 122 MB, full'), ...(isNear ? {target: 0.55} : {})})
      await againstSkopeo(deps, wire, eight, {what: on('120 MB in 8 layers, full')})
      await againstSkopeo(deps, wire, many, {what: on('72 MB in 40 layers, full')})
      await againstSkopeo(deps, wire, tiny, {what: on('one layer of 16 kB, full'), ...(isNear ? {} : {target: 0.52})})
      if (isNear) {
        await againstCrane(deps, wire, single, on('one layer of 127 MB, full'))
        await loads(bench, deps, wire, on)
        await measureLineFaults(single, line, {...deps, on})
        rows.push(...(await processorTime(deps, wire, single, on('processor time, one layer of 127 MB'))))
      }
      for (const [name, image] of [
        ['one layer of 127 MB', single],
        ['3 layers of 122 MB', large]
      ] as const)
        rows.push(...(await memory(deps, wire, image, on(`peak memory, ${name}`))))
      await measureContainerd(
        [
          {what: on('one layer of 127 MB beside containerd'), image: single},
          {what: on('3 layers of 122 MB beside containerd'), image: large}
        ].map(({what, image}) => ({what, reference: referenceOf(wire.host, image), ours: action(wire, image)})),
        deps
      )
    } finally {
      await wire.close()
    }
  }
  return rows
}

function action({host}: Line, image: BenchImage): () => Promise<Measured> {
  return () => runAction({image: referenceOf(host, image), mirrors: ''})
}

async function againstSkopeo(
  {compare, peers}: LineDeps,
  wire: Line,
  image: BenchImage,
  row: Pick<Row, 'what' | 'target'>
): Promise<void> {
  const theirs = peers.skopeo ? () => runSkopeo(referenceOf(wire.host, image)) : 'skopeo is not here'
  await compare({...row, against: 'skopeo copy docker:// oci:'}, action(wire, image), theirs)
}

async function againstCrane({compare, peers}: LineDeps, wire: Line, image: BenchImage, what: string): Promise<void> {
  const theirs = peers.crane ? () => runCranePull(referenceOf(wire.host, image)) : 'crane is not here'
  await compare({what, against: 'crane pull --format=oci'}, action(wire, image), theirs, 1)
}

/**
 * What a workflow saves that keeps the image in its cache; and `docker load` of what `docker save` wrote, which no load can be faster
 * than.
 */
async function loads(
  {eight, single, tools}: LineBench,
  {compare, engines, isWanted}: LineDeps,
  {host}: Line,
  on: (what: string) => string
): Promise<void> {
  for (const {store, env} of engines)
    for (const [name, image] of [
      ['120 MB', eight],
      ['one layer of 127 MB', single]
    ] as const) {
      const reference = referenceOf(host, image)
      const pull = (): Promise<Measured> => runDocker(reference, env)
      const what = `${on(`load of ${name} from the cache`)}, ${store} image store`
      await compare({what, against: 'docker pull', target: 0.7}, () => runLoad(reference, tools, env), pull, 1)
      const alone = `${on(`docker load of ${name}, without this action`)}, ${store} image store`
      if (!isWanted(alone)) continue
      const saved = await saveImage(reference, env)
      try {
        await compare({what: alone, against: 'docker pull'}, () => runDockerLoad(reference, saved.path, env), pull, 1)
      } finally {
        await saved.remove()
      }
    }
}

/** Several connections cost processor time too. */
async function processorTime(
  {isWanted}: LineDeps,
  {host}: Line,
  image: BenchImage,
  what: string
): Promise<readonly Row[]> {
  if (!isWanted(what)) return []
  const run = async (inputs: Readonly<Record<string, string>>): Promise<number> =>
    (await runAction({image: referenceOf(host, image), mirrors: '', ...inputs}, 'memory')).processorSeconds ??
    Number.NaN
  const theirs = await run({concurrency: '1'})
  const ours = await run({})
  return [{what, against: 'one connection', unit: 's', ours, theirs, ratio: ours / theirs, target: 1.1}]
}

async function memory({isWanted}: LineDeps, {host}: Line, image: BenchImage, what: string): Promise<readonly Row[]> {
  if (!isWanted(what)) return []
  const {peakMegabytes = Number.NaN} = await runAction({image: referenceOf(host, image), mirrors: ''}, 'memory')
  return [{what, against: '-', unit: 'MB', ours: peakMegabytes, target: 120}]
}
