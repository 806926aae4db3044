// The lines of a long audit: not too many, and none that the result follows at once.

import {expect, it} from '@jest/globals'
import {createProgress} from '../../src/audit/progress.ts'
import {createManualClock} from '../support/manual-clock.ts'

it('says how far an audit is, at most every 30 seconds, and not at its end', async () => {
  const clock = createManualClock()
  const lines: string[] = []
  const countChecked = createProgress({clock, print: line => lines.push(line)}, 5)
  countChecked()
  await clock.advance(30_000)
  countChecked()
  countChecked()
  await clock.advance(29_999)
  countChecked()
  await clock.advance(60_000)
  countChecked()
  expect(lines).toEqual(['2 of 5 images checked'])
})
