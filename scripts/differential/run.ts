// One differential run: publishes each image on a loopback registry under its own name, and runs every judge on it.

import type {Case} from './cases.ts'
import {compare, type Judged} from './compare.ts'
import {type Answer, type JudgeName, openJudges} from './judges.ts'
import {openRegistry} from './registry.ts'

const TAG = '1'
// Most of the time is the start of programs, so that more jobs than cores help.
const AT_ONCE = 3

/** Calls `onJudged` after each case. */
export async function judgeAll(
  cases: readonly Case[],
  onJudged: (judged: Judged) => void = () => undefined
): Promise<readonly Judged[]> {
  const judges = openJudges()
  const registry = await openRegistry()
  // The content is unique for each run: an engine does not check content that it already has.
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
