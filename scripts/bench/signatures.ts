// Measures what a rule in `signed-by` costs: the time of a small image, and the memory of eight layers that inflate while a bundle is
// verified. Each pair of runs differs in the rule alone.

import {mkdtemp, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {dsseBundle, openAuthorities, statementOf, workflow} from '../../__tests__/support/authorities.ts'
import {makeImage} from '../../__tests__/support/images.ts'
import {type SignedRegistry, startSignedRegistry} from '../../__tests__/support/signed-registry.ts'
import {median} from './figures.ts'
import {runAction} from './programs.ts'
import type {Row} from './row.ts'

const MIB = 1024 * 1024

/** Alternates runs with and without a rule. */
export async function measureSignatures(rounds: number, isWanted: (what: string) => boolean): Promise<readonly Row[]> {
  const names = {time: 'signatures: a small signed image', memory: 'signatures: memory with eight layers'}
  if (!Object.values(names).some(isWanted)) return []
  const folder = await mkdtemp(join(tmpdir(), 'verified-image-bench-signed-'))
  const registry = await startSignedRegistry()
  try {
    const root = join(folder, 'root.json')
    await publishSigned(registry, root)
    const rows: Row[] = []
    for (const [tag, what, unit] of [
      ['small', names.time, 's'],
      ['eight', names.memory, 'MB']
    ] as const) {
      if (!isWanted(what)) continue
      const inputs = {image: `${registry.host}/bench/app:${tag}`, 'public-mirrors': '', 'trusted-root': root}
      const run = async (rule: string): Promise<number> => {
        const measured = await runAction({...inputs, 'signed-by': rule}, unit === 'MB' ? 'memory' : 'time')
        return unit === 'MB' ? (measured.peakMegabytes ?? Number.NaN) : measured.seconds
      }
      const pairs: {ours: number; theirs: number}[] = []
      for (let round = 0; round < rounds; round++)
        pairs.push({theirs: await run(''), ours: await run('github:acme/images')})
      rows.push({
        what,
        against: 'the same without a rule',
        unit,
        ours: median(pairs.map(({ours}) => ours)),
        theirs: median(pairs.map(({theirs}) => theirs)),
        ratio: median(pairs.map(({ours, theirs}) => ours / theirs))
      })
    }
    return rows
  } finally {
    await registry.close()
    await rm(folder, {recursive: true, force: true})
  }
}

async function publishSigned(registry: SignedRegistry, root: string): Promise<void> {
  const authorities = await openAuthorities()
  await writeFile(root, JSON.stringify(authorities.root()))
  const leaf = await authorities.issue(workflow())
  const layers = Array.from({length: 8}, (_, at) => ({content: {seed: at, size: 24 * MIB}}))
  const images = {small: makeImage(), eight: makeImage({layers})}
  for (const [tag, image] of Object.entries(images)) {
    const digest = registry.publish('bench/app', tag, image)
    const json = await dsseBundle({leaf, authorities, payload: statementOf(digest)})
    registry.attach('bench/app', digest, {bytes: Buffer.from(JSON.stringify(json))})
  }
}
