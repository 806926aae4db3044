// Images of many shapes, judged by both image stores of Docker Engine, by skopeo and by crane, and by the action. A verdict that
// differs from ours is a failure, or has a row in docs/differences.md. FULL=1 judges all images, and mixtures of them; without it,
// DIFFERENTIAL_SEED picks a sample.

import {readFile} from 'node:fs/promises'
import {describe, expect, it} from '@jest/globals'
import {type Case, casesOf, sampleOf} from '../scripts/differential/cases.ts'
import {type Answers, compare} from '../scripts/differential/compare.ts'
import {ROWS} from '../scripts/differential/rows.ts'
import {judgeAll} from '../scripts/differential/run.ts'
import {findEngines} from './support/engines.ts'
import {describeWith} from './support/programs.ts'

const isFull = (process.env['FULL'] ?? '') !== ''
const seed = Number(process.env['DIFFERENTIAL_SEED'] ?? process.env['GITHUB_RUN_NUMBER'] ?? 1)

const MIXTURES = 60
const SAMPLE = 24
// Five programs for each image, three images at a time: most of it is waiting.
const MS_PER_IMAGE = 10_000

describeWith(['docker', 'skopeo', 'crane', 'bzip2', 'xz'], 'images of many shapes', () => {
  const every = casesOf(MIXTURES, seed)
  const cases = isFull ? every : sampleOf(every, SAMPLE, seed)

  it(
    'are taken and refused as by Docker, or as docs/differences.md says',
    async () => {
      const judged = await judgeAll(cases)
      expect(judged.filter(({unexplained}) => unexplained.length > 0)).toEqual([])
      expect(judged).toHaveLength(cases.length)
      // It is a test of something: images that all take, and images that all but some refuse.
      expect(judged.some(({verdicts}) => Object.values(verdicts).every(verdict => verdict === 'takes image'))).toBe(
        true
      )
      const used = new Set(judged.flatMap(({rows}) => rows))
      // With one engine, the rows of the other store's verdicts are not needed.
      if (isFull && findEngines().length > 1)
        expect(ROWS.map(({name}) => name).filter(name => !used.has(name))).toEqual([])
    },
    cases.length * MS_PER_IMAGE
  )
})

describe('the images', () => {
  it('are more than two hundred, each with a name of its own', () => {
    const names = casesOf(0, seed).map(({name}) => name)
    expect(names.length).toBeGreaterThan(200)
    expect(new Set(names).size).toBe(names.length)
  })

  it('are the same from the same seed, and have contents of their own in each run', () => {
    const digests = (salt: string): readonly string[] =>
      sampleOf(casesOf(MIXTURES, 7), 30, 7).map(({publish}) => publish(salt).top.digest)
    expect(digests('a')).toEqual(digests('a'))
    expect(digests('a')).not.toEqual(digests('b'))
  })
})

describe('the comparison', () => {
  const image = (...features: readonly string[]): Case => ({
    name: 'an image',
    features,
    publish: () => {
      throw new Error('nothing is published here')
    }
  })
  const answers = (said: Readonly<Record<string, string | undefined>>): Answers =>
    Object.fromEntries(Object.entries(said).map(([judge, takes]) => [judge, {takes, says: ''}]))

  it('minds another image, and a verdict that no row explains', () => {
    const plain = image('oci', 'manifest', 'nothing odd')
    expect(compare(plain, answers({ours: 'image', classic: 'image'})).unexplained).toEqual([])
    expect(compare(plain, answers({ours: 'image', classic: 'second'})).unexplained).toEqual(['classic'])
    expect(compare(plain, answers({ours: undefined, skopeo: 'image'})).unexplained).toEqual(['skopeo'])
  })

  it('takes a row for the images and the verdicts that it is about, and for no others', () => {
    const bzip2 = image('oci', 'layer', 'label v1.tar+gzip', 'bytes bzip2')
    const said = {ours: undefined, classic: 'image', containerd: undefined, skopeo: 'image'}
    expect(compare(bzip2, answers(said))).toMatchObject({rows: ['bzip2'], unexplained: []})
    expect(compare(bzip2, answers({...said, containerd: 'image'})).unexplained).toEqual(['containerd'])
    expect(compare(bzip2, answers({...said, ours: 'image'})).unexplained).toEqual(['containerd'])
    expect(compare(image('oci', 'bytes gzip'), answers(said)).unexplained).toEqual(['classic', 'skopeo'])
  })

  it('allows the differences that docs/differences.md lists, and no others', async () => {
    const text = await readFile(new URL('../docs/differences.md', import.meta.url), 'utf8')
    const [, section = ''] = text.split('## Images that programs judge differently\n')
    const rows = Array.from((section.split('\n## ')[0] ?? '').matchAll(/^\| \*\*([^*]+)\*\* \|/gm), match => match[1])
    expect(rows).toEqual(ROWS.map(({name}) => name))
  })
})
