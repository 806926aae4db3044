// Measures what a rule in `signed-by` costs: the time of a small image, the time on a line where round trips and layers take theirs, and
// the memory of eight layers that inflate while a bundle is verified. Each pair of runs differs in the rule alone.

import {mkdtemp, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {
  cosignLayer,
  dsseBundle,
  newKey,
  openAuthorities,
  statementOf,
  workflow
} from '../../__tests__/support/authorities.ts'
import {makeImage} from '../../__tests__/support/images.ts'
import {type Line, startLine} from '../../__tests__/support/line.ts'
import {type SignedRegistry, startSignedRegistry} from '../../__tests__/support/signed-registry.ts'
import {median} from './figures.ts'
import {runAction} from './programs.ts'
import type {Row} from './row.ts'

const MIB = 1024 * 1024

// A runner and a registry in one region: a connection of a CDN carries about as much.
const LINE = {roundTripMs: 30, bytesPerSecond: 20e6}

type Measurement = {
  readonly what: string
  readonly tag: 'small' | 'three' | 'eight'
  readonly unit: Row['unit']
  readonly isOnLine: boolean
  readonly rule: string
}

function measurements(key: string): readonly Measurement[] {
  const keyless = 'github:acme/images'
  return [
    {what: 'signatures: a small signed image', tag: 'small', unit: 's', isOnLine: false, rule: keyless},
    {what: 'signatures: on a line, keyless', tag: 'three', unit: 's', isOnLine: true, rule: keyless},
    {
      what: 'signatures: on a line, with a key and a .sig tag',
      tag: 'three',
      unit: 's',
      isOnLine: true,
      rule: `key:${key}`
    },
    {what: 'signatures: memory with eight layers', tag: 'eight', unit: 'MB', isOnLine: false, rule: keyless}
  ]
}

/** Alternates runs with and without a rule. */
export async function measureSignatures(rounds: number, isWanted: (what: string) => boolean): Promise<readonly Row[]> {
  if (!measurements('').some(({what}) => isWanted(what))) return []
  const folder = await mkdtemp(join(tmpdir(), 'verified-image-bench-signed-'))
  const registry = await startSignedRegistry()
  const line = await startLine(() => registry.host, LINE)
  try {
    await publishSigned(registry, folder)
    const rows: Row[] = []
    for (const measurement of measurements(join(folder, 'key.pub')))
      if (isWanted(measurement.what)) rows.push(await measure(measurement, rounds, {registry, line, folder}))
    return rows
  } finally {
    await line.close()
    await registry.close()
    await rm(folder, {recursive: true, force: true})
  }
}

async function measure(
  {what, tag, unit, isOnLine, rule}: Measurement,
  rounds: number,
  {registry, line, folder}: {readonly registry: SignedRegistry; readonly line: Line; readonly folder: string}
): Promise<Row> {
  const host = isOnLine ? line.host : registry.host
  // A root of the user is opened before the first request, and the built-in one while it is under way.
  const root = rule.startsWith('key:') ? '' : join(folder, 'root.json')
  const inputs = {image: `${host}/bench/app:${tag}`, 'public-mirrors': '', 'trusted-root': root}
  const run = async (signedBy: string): Promise<number> => {
    const measured = await runAction({...inputs, 'signed-by': signedBy}, unit === 'MB' ? 'memory' : 'time')
    return unit === 'MB' ? (measured.peakMegabytes ?? Number.NaN) : measured.seconds
  }
  const pairs: {ours: number; theirs: number}[] = []
  for (let round = 0; round < rounds; round++) pairs.push({theirs: await run(''), ours: await run(rule)})
  return {
    what,
    against: 'the same without a rule',
    unit,
    ours: median(pairs.map(({ours}) => ours)),
    theirs: median(pairs.map(({theirs}) => theirs)),
    ratio: median(pairs.map(({ours, theirs}) => ours / theirs))
  }
}

async function publishSigned(registry: SignedRegistry, folder: string): Promise<void> {
  const authorities = await openAuthorities()
  await writeFile(join(folder, 'root.json'), JSON.stringify(authorities.root()))
  const key = newKey()
  await writeFile(join(folder, 'key.pub'), key.pem)
  const leaf = await authorities.issue(workflow())
  const layers = (count: number, mib: number): Parameters<typeof makeImage>[0] => ({
    layers: Array.from({length: count}, (_, at) => ({content: {seed: at, size: mib * MIB}}))
  })
  const images = {small: makeImage(), three: makeImage(layers(3, 8)), eight: makeImage(layers(8, 24))}
  for (const [tag, image] of Object.entries(images)) {
    const digest = registry.publish('bench/app', tag, image)
    const json = await dsseBundle({leaf, authorities, payload: statementOf(digest)})
    registry.attach('bench/app', digest, {bytes: Buffer.from(JSON.stringify(json))})
    registry.sign('bench/app', digest, [await cosignLayer(digest, {leaf: key, authorities, proof: 'none'})])
  }
}
