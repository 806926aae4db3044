// A real Redis on a free loopback port, without files. It exits with the test, even if the test crashes.

import {spawn} from 'node:child_process'
import {tmpdir} from 'node:os'
import {freePort, isListening} from './front-ends.ts'

export type Redis = {
  /** `127.0.0.1:PORT`. */
  readonly host: string
  /** Kills it. May be called repeatedly. */
  readonly close: () => Promise<void>
}

// The shell kills the program when its own standard input closes.
const SHELL = `exec 3<&0
"$@" & program=$!
(read -r _ <&3; kill -9 $program) 2>/dev/null & reader=$!
wait $program
kill $reader`

export async function startRedis(): Promise<Redis> {
  const port = await freePort()
  const args = ['--bind', '127.0.0.1', '--port', String(port), '--save', '', '--appendonly', 'no']
  const child = spawn('sh', ['-c', SHELL, 'sh', 'redis-server', ...args], {
    ...{stdio: ['pipe', 'ignore', 'ignore'], cwd: tmpdir()}
  })
  const state = {isGone: false}
  const gone = new Promise<void>(resolve =>
    child.once('close', () => {
      state.isGone = true
      resolve()
    })
  )
  while (!(await isListening(port))) if (state.isGone) throw new Error('redis-server did not start')
  return {
    host: `127.0.0.1:${String(port)}`,
    close: async () => {
      child.stdin.end()
      await gone
    }
  }
}
