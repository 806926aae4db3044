// Decodes documents with Go: builds go-reader/main.go once, and sends documents in batches.

import {execFileSync} from 'node:child_process'
import {fileURLToPath} from 'node:url'
import type {Kind} from './cases.ts'

export type GoDescriptor = {readonly mediaType: string; readonly digest: string; readonly size: number}

export type GoReading = {
  readonly error?: string
  readonly config?: GoDescriptor
  readonly layers?: readonly GoDescriptor[]
  readonly children?: readonly GoDescriptor[]
  /** The chosen child for each platform; empty without one. */
  readonly choices?: readonly {readonly containerd: string; readonly docker: string}[]
  readonly diffIds?: readonly string[]
  readonly rootfs?: boolean
}

export type Question = {readonly kind: Kind; readonly document: Buffer; readonly platforms: readonly string[]}

const SOURCE = fileURLToPath(new URL('go-reader', import.meta.url))

/** Builds the program at `path`. */
export function buildGoReader(path: string): void {
  execFileSync('go', ['build', '-o', path, '.'], {cwd: SOURCE, stdio: ['ignore', 'ignore', 'inherit']})
}

export function readWithGo(program: string, questions: readonly Question[]): readonly GoReading[] {
  const input = questions
    .map(({document, ...question}) => JSON.stringify({...question, document: document.toString('base64')}))
    .join('\n')
  const output = execFileSync(program, {input, maxBuffer: 1 << 30})
    .toString()
    .trim()
    .split('\n')
  return output.map(line => JSON.parse(line) as GoReading)
}
