// One differential run: each image is published on a loopback registry under a name of its own, and every program is asked.

import type {Case} from './cases.ts'
import {compare, type Judged} from './compare.ts'
import {type Answer, type JudgeName, openJudges} from './judges.ts'
import {openRegistry} from './registry.ts'

const TAG = '1'
// Most of the time is spent on waiting for programs to start.
const AT_ONCE = 3

/** `onJudged` is called for each case as it is done. */
export async function judgeAll(
  cases: readonly Case[],
  onJudged: (judged: Judged) => void = () => undefined
): Promise<readonly Judged[]> {
  const judges = openJudges()
  const registry = await openRegistry()
  // No two runs have a byte of an image in common: an engine does not look at what it has already.
  const run = `${String(Date.now())}-${String(process.pid)}`
  const found: Judged[] = []
  const left = [...cases.entries()]

  async function work(): Promise<void> {
    for (let next = left.shift(); next !== undefined; next = left.shift()) {
      const [at, each] = next
      const published = each.publish(`${run}-${String(at)}`)
      const repository = `differential/case-${String(at)}`
      registry.add(repository, TAG, published)
      const answers: Partial<Record<JudgeName, Answer>> = {}
      for (const {name, ask} of judges)
        answers[name] = await ask({
          ...{reference: `${registry.host}/${repository}:${TAG}`, names: published.names},
          ...(each.platform === undefined ? {} : {platform: each.platform})
        })
      const judged = compare(each, answers)
      onJudged(judged)
      found[at] = judged
    }
  }

  try {
    await Promise.all(Array.from({length: AT_ONCE}, work))
  } finally {
    registry.close()
  }
  return found
}
