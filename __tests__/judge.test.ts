// The corpus before the real tools: BuildKit's parser, docker compose, and docker buildx bake find the images and builds that `files`
// finds. `npm run judge -- FOLDER` does the same for any folder.

import {mkdtemp, rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join, resolve} from 'node:path'
import {describe, expect, it, jest} from '@jest/globals'
import {judgeFolder} from '../scripts/judge/folder.ts'
import {compareSaid} from '../scripts/judge/verdict.ts'
import {describeWith} from './support/programs.ts'

// A Go program is compiled, and two others run for each file.
jest.setTimeout(600_000)

describeWith(['go', 'bake', 'compose'], 'the judges of the corpus', () => {
  it('find what files finds, and refuse nothing that it needs', async () => {
    const temporary = await mkdtemp(join(tmpdir(), 'verified-image-judge-'))
    try {
      const {counts, differences} = await judgeFolder(resolve('__tests__/corpus'), temporary)
      expect(differences).toEqual([])
      // Most files are valid for the tools.
      const agreed = [...counts].map(([kind, verdicts]) => [kind, verdicts.get('agree') ?? 0] as const)
      expect(Object.fromEntries(agreed)).toEqual({
        Dockerfile: expect.any(Number),
        Compose: expect.any(Number),
        Bake: expect.any(Number)
      })
      for (const [kind, count] of agreed) expect([kind, count > 10]).toEqual([kind, true])
    } finally {
      await rm(temporary, {recursive: true, force: true})
    }
  })
})

describe('compareSaid', () => {
  const read = (facts: readonly string[], hasGaps = false): Parameters<typeof compareSaid>[1] => ({facts, hasGaps})

  it.each([
    {name: 'equal facts', ours: read(['a']), theirs: read(['a']), verdict: 'agree'},
    {name: 'a fact that is missing', ours: read([]), theirs: read(['a']), verdict: 'missed'},
    {
      name: 'a fact that is missing beside a warning',
      ours: read([], true),
      theirs: read(['a']),
      verdict: 'agree, and the rest is left out with a warning'
    },
    {name: 'a fact too many, warning or not', ours: read(['a', 'b'], true), theirs: read(['a']), verdict: 'invented'},
    {name: 'a file that only the tool reads', ours: {refused: 'x'}, theirs: read([]), verdict: 'refused here'},
    {
      name: 'a file that only the tool refuses',
      ours: read([]),
      theirs: {refused: 'x'},
      verdict: 'read here, refused by the tool'
    },
    {name: 'a file that both refuse', ours: {refused: 'x'}, theirs: {refused: 'y'}, verdict: 'both refuse'}
  ])('calls $name "$verdict"', ({ours, theirs, verdict}) => {
    expect(compareSaid('file', ours, theirs).verdict).toBe(verdict)
  })
})
