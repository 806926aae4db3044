// The watchdog, as a process: its main thread computes for ever, and still it ends.

import {spawn} from 'node:child_process'
import {pathToFileURL} from 'node:url'
import {describe, expect, it} from '@jest/globals'

const WATCHDOG = pathToFileURL('src/adapters/watchdog.ts').href

const run = (
  script: string
): Promise<{readonly said: string; readonly code: number | null; readonly signal: string | null}> =>
  new Promise((resolve, reject) => {
    const text = `import {startWatchdog} from ${JSON.stringify(WATCHDOG)}\n${script}`
    const child = spawn(process.execPath, ['--input-type=module', '-e', text], {stdio: ['ignore', 'pipe', 'inherit']})
    let said = ''
    child.stdout.setEncoding('utf8').on('data', (more: string) => (said += more))
    child.once('error', reject).once('close', (code, signal) => {
      resolve({said, code, signal})
    })
  })

describe('startWatchdog', () => {
  it('ends a process whose main thread is busy, with the last words', async () => {
    const script = `startWatchdog(200, 'time was up\\n'); setTimeout(() => { for (;;); }, 50)`
    expect(await run(script)).toEqual({said: 'time was up\n', code: null, signal: 'SIGKILL'})
  })

  it('neither ends a process once it is stopped, nor keeps it from ending', async () => {
    const script = `
      const stopped = startWatchdog(50, 'wrong')
      stopped.stop()
      startWatchdog(60_000, 'wrong')
      setTimeout(() => process.stdout.write('right'), 300)`
    expect(await run(script)).toEqual({said: 'right', code: 0, signal: null})
  })
})
