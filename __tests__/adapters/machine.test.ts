// The machine, as a process: waits that can be called off, signals, an end that comes, and the compilers that would keep it.

import {spawn} from 'node:child_process'
import {pathToFileURL} from 'node:url'
import {describe, expect, it} from '@jest/globals'
import {thisMachine} from '../../src/adapters/machine.ts'

const MACHINE = pathToFileURL('src/adapters/machine.ts').href

/** Runs a script with `machine` in it; what it said, and how it ended. */
const run = (
  script: string,
  options: {readonly flags?: readonly string[]; readonly signal?: NodeJS.Signals; readonly leavesAt?: string} = {}
): Promise<{readonly said: string; readonly code: number | null}> =>
  new Promise((resolve, reject) => {
    const text = `import {thisMachine} from ${JSON.stringify(MACHINE)}\nconst machine = thisMachine()\n${script}`
    const child = spawn(process.execPath, [...(options.flags ?? []), '--input-type=module', '-e', text], {
      stdio: ['ignore', 'pipe', 'inherit']
    })
    let said = ''
    child.stdout.setEncoding('utf8').on('data', (more: string) => {
      said += more
      if (options.signal !== undefined && !child.killed) child.kill(options.signal)
      if (said === options.leavesAt) child.stdout.destroy()
    })
    child.once('error', reject).once('close', code => {
      resolve({said, code})
    })
  })

describe('thisMachine', () => {
  it('waits, and stops waiting with the reason', async () => {
    const {clock} = thisMachine()
    const before = clock.nowMs()
    await clock.wait(10, new AbortController().signal)
    expect(clock.nowMs() - before).toBeGreaterThan(8)
    const controller = new AbortController()
    const waiting = clock.wait(60_000, controller.signal)
    controller.abort(new Error('called off'))
    await expect(waiting).rejects.toThrow('called off')
    await expect(clock.wait(1, controller.signal)).rejects.toThrow('called off')
  })

  it('knows its platform, its home and chance', () => {
    const machine = thisMachine()
    expect(machine.platform()).toMatchObject({os: expect.any(String), architecture: expect.any(String)})
    expect(machine.home()).not.toBe('')
    expect(machine.random()).toBeLessThan(1)
    expect(machine.wallClock()).toBeInstanceOf(Date)
  })

  it.each(['SIGINT', 'SIGTERM'] as const)('calls back for %s', async signal => {
    const script = `machine.onStop(name => { process.stdout.write(name); machine.exit(3) }); setInterval(() => {}, 1000); process.stdout.write('ready ')`
    expect(await run(script, {signal})).toEqual({said: `ready ${signal}`, code: 3})
  })

  it('ends with the code, once all is written, whatever is still open', async () => {
    const script = `setInterval(() => {}, 1000); process.stdout.write('x'.repeat(1_000_000)); machine.exit(7)`
    const {said, code} = await run(script)
    expect([said.length, code]).toEqual([1_000_000, 7])
  })

  it('goes on when nobody reads what it says', async () => {
    const script = `setTimeout(() => { for (const text of 'abc') process.stdout.write(text); machine.exit(7) }, 100); process.stdout.write('ready')`
    expect(await run(script, {leavesAt: 'ready'})).toEqual({said: 'ready', code: 7})
  })
})

// Much code that becomes warm enough to be compiled, and then how much of that was done beside the main thread.
const WARM = `
  import {readdirSync, readFileSync} from 'node:fs'
  const functions = Array.from({length: 3000}, (_, at) =>
    new Function('x', \`let s = \${at}; for (let j = 0; j < 20; j++) s = (s + x * j) | 0; if (x > 9999) { \${'s += x * 3; s ^= x;'.repeat(60)} } return s\`))
  for (let round = 0; round < 40; round++) for (const warm of functions) warm(round)
  const ticks = readdirSync('/proc/self/task').flatMap(task => {
    if (readFileSync(\`/proc/self/task/\${task}/comm\`, 'utf8').trim() !== 'V8Worker') return []
    const [, rest] = readFileSync(\`/proc/self/task/\${task}/stat\`, 'utf8').split(') ')
    return [Number(rest.split(' ')[11]) + Number(rest.split(' ')[12])]
  })
  process.stdout.write(JSON.stringify(ticks))`

const onLinux = process.platform === 'linux' ? it : it.skip

onLinux('thisMachine puts the threads that inflate behind the main thread', async () => {
  const script = `
    import {readdirSync, readFileSync} from 'node:fs'
    import {getPriority} from 'node:os'
    import {gzip} from 'node:zlib'
    gzip('something for the threads to do', () => undefined)
    setTimeout(() => {
      const workers = readdirSync('/proc/self/task').filter(id => readFileSync(\`/proc/self/task/\${id}/comm\`, 'utf8').startsWith('libuv'))
      process.stdout.write(JSON.stringify({own: getPriority(), workers: workers.map(id => getPriority(Number(id)))}))
    }, 300)`
  const {said} = await run(script)
  const {own, workers} = JSON.parse(said) as {own: number; workers: number[]}
  expect(workers.length).toBeGreaterThanOrEqual(2)
  expect(new Set(workers)).toEqual(new Set([Math.min(19, own + 5)]))
})

onLinux(
  'thisMachine leaves nothing to a compiler beside the main thread, which could keep the process from ending',
  async () => {
    const {said} = await run(WARM, {flags: ['--no-turbofan', '--single-threaded-gc']})
    const ticks = JSON.parse(said) as readonly number[]
    expect(ticks.length).toBeGreaterThan(0)
    // Without, it is some ten.
    expect(Math.max(...ticks)).toBeLessThanOrEqual(1)
  }
)
