// Mutated documents, read by the action, by Go's decoder with containerd's choice of a child, and by skopeo: the image that the action
// verifies is the image that they run. `npm run fuzz` does the same for longer, with other seeds.

import {mkdtemp, readFile, rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterAll, beforeAll, describe, expect, it} from '@jest/globals'
import {type Case, caseOf, MANIFESTS} from '../scripts/fuzz/cases.ts'
import {compare, REASONS} from '../scripts/fuzz/compare.ts'
import {buildGoReader} from '../scripts/fuzz/go-judge.ts'
import {fuzz} from '../scripts/fuzz/run.ts'
import {fuzzWithSkopeo} from '../scripts/fuzz/skopeo-judge.ts'
import {describeWith} from './support/programs.ts'

const SECONDS = (process.env['CI'] ?? '') === '' ? 5 : 20

describeWith(['go'], "documents beside Go's decoder", () => {
  let folder: string
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'verified-image-fuzz-'))
    buildGoReader(join(folder, 'go-reader'))
  }, 120_000)
  afterAll(async () => {
    await rm(folder, {recursive: true})
  })

  it('never lead an engine to another image than the one that was verified', () => {
    const {documents, counts, defects} = fuzz(join(folder, 'go-reader'), 1, performance.now() + SECONDS * 1000)
    expect(defects).toEqual([])
    // It is a test of something: documents that both read, and documents that only one of the two reads.
    expect(counts.get('same')).toBeGreaterThan(documents / 10)
    expect(counts.get('only we refuse: key in another case')).toBeGreaterThan(0)
  }, 120_000)
})

describeWith(['skopeo'], 'documents beside skopeo', () => {
  it('never lead it to another image than the one that was verified', async () => {
    const {defects, same} = await fuzzWithSkopeo(1, SECONDS * 8)
    expect(defects).toEqual([])
    expect(same).toBeGreaterThan(SECONDS)
  }, 120_000)
})

describe('the judge', () => {
  const [right, other] = MANIFESTS
  const index = (text: string): Case => ({kind: 'index', seed: 0, bytes: Buffer.from(text)})
  const child = JSON.stringify({
    ...{mediaType: right?.mediaType, digest: right?.digest, size: right?.bytes.length},
    platform: {os: 'linux', architecture: 'amd64'}
  })
  const choices = (digest: string | undefined): readonly {readonly containerd: string; readonly docker: string}[] => [
    {containerd: digest ?? '', docker: digest ?? ''}
  ]
  const children = [{mediaType: '', digest: right?.digest ?? '', size: 0}]

  it('sees another child, a hidden child, other layers and other diff_ids', () => {
    const document = index(`{"schemaVersion":2,"manifests":[${child}]}`)
    expect(compare(document, {children, choices: choices(right?.digest)})[1]).toEqual({verdict: 'same'})
    expect(compare(document, {children, choices: choices(other?.digest)})[1]).toMatchObject({verdict: 'another image'})
    expect(compare(document, {children: [{mediaType: '', digest: 'x', size: 0}]})[0]).toMatchObject({
      verdict: 'another image'
    })
    const manifest: Case = {kind: 'manifest', seed: 0, bytes: right?.bytes ?? Buffer.of()}
    expect(compare(manifest, {layers: []})).toMatchObject([{verdict: 'another image'}])
    const config: Case = {kind: 'config', seed: 0, bytes: Buffer.from('{"rootfs":{"diff_ids":[]}}')}
    expect(compare(config, {rootfs: true, diffIds: ['x']})).toMatchObject([{verdict: 'another image'}])
  })

  it('minds a refusal of ours that no row explains', () => {
    const document: Case = {kind: 'config', seed: 0, bytes: Buffer.from('{"os":1,"rootfs":{"diff_ids":[]}}')}
    expect(compare(document, {rootfs: true})).toMatchObject([{verdict: 'refused without a row'}])
  })

  it('allows the refusals that docs/differences.md lists, and no others', async () => {
    const text = await readFile(new URL('../docs/differences.md', import.meta.url), 'utf8')
    const rows = Array.from(text.matchAll(/^\| `([^`]+)` \|/gm), match => match[1])
    expect(rows).toEqual(REASONS.map(([reason]) => reason))
  })

  it('gets the same document from the same seed', () => {
    expect(caseOf(42)).toEqual(caseOf(42))
    expect(new Set(Array.from({length: 100}, (_, seed) => caseOf(seed).bytes.toString())).size).toBeGreaterThan(90)
  })
})
