// Measures how long `files` takes to read many, large, and hostile files, the start of its thread included.
// The figures are targets: no test waits for a clock.

import {mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {runBakeProgram} from '../../src/files/bake-program.ts'
import {findImagesInThread} from '../../src/files/files-thread.ts'
import type {Row} from './row.ts'

const PLATFORM = {os: 'linux', architecture: 'amd64'}
const TARGET_SECONDS = 1

function from(count: number, make: (at: number) => string): string {
  return Array.from({length: count}, (_, at) => make(at)).join('\n')
}

const SETS: Readonly<Record<string, () => Readonly<Record<string, string>>>> = {
  '2000 Dockerfiles': () =>
    Object.fromEntries(
      Array.from({length: 2000}, (_, at) => [
        `Dockerfile.${String(at)}`,
        `# syntax=docker/dockerfile:1\nARG V=1.${String(at)}\nFROM golang:\${V} AS build\n${from(40, line => `RUN make ${String(line)} \\\n  && true`)}\nFROM alpine:3.20\nCOPY --from=build / /\nCOPY --from=busybox:1.36 / /\n`
      ])
    ),
  'a Compose file of 14,000 services': () => ({
    'compose.yaml': `services:\n${from(14_000, at => `  s${String(at)}: {image: "app:${String(at)}", environment: {A: b}}`)}\n`
  }),
  'a Compose file of 14,000 builds': () => ({
    'compose.yaml': `services:\n${from(14_000, at => `  s${String(at)}: {build: {dockerfile_inline: "FROM a:${String(at)}"}}`)}\n`
  }),
  'a Bake file of 200 targets that inherit from each other': () => ({
    'docker-bake.hcl': `target "t0" { dockerfile-inline = "FROM a:1" }\n${from(200, at => `target "t${String(at + 1)}" { inherits = ["t${String(at)}"] }`)}\n`
  }),
  'a pattern of twelve stars': () => ({
    Dockerfile: `ARG V=${'a'.repeat(40)}\nFROM a:\${V/${'*a'.repeat(12)}*b/z}\nFROM b:1\n`
  }),
  'a pattern on a value of 40 kB': () => ({
    Dockerfile: `ARG V=${'-'.repeat(40_000)}\nFROM a:\${V%-*-*-*-*-*b}\nFROM b:1\n`
  }),
  'arguments that quadruple 16 times': () => ({
    Dockerfile: `ARG A0=aaaaaaaaaa\n${from(16, at => `ARG A${String(at + 1)}=${`$A${String(at)}`.repeat(4)}`)}\nFROM a:$A16\nFROM b:1\n`
  })
}

export async function measureFiles(
  isWanted: (what: string) => boolean,
  say: (text: string) => void
): Promise<readonly Row[]> {
  const rows: Row[] = []
  for (const [name, make] of Object.entries(SETS)) {
    const what = `files: ${name}`
    if (!isWanted(what)) continue
    say(what)
    const times = [await measure(make()), await measure(make()), await measure(make())].sort((a, b) => a - b)
    rows.push({what, against: '-', unit: 's', ours: times[1] ?? Number.NaN, target: TARGET_SECONDS, missing: ''})
  }
  return rows
}

async function measure(files: Readonly<Record<string, string>>): Promise<number> {
  const workspace = mkdtempSync(join(tmpdir(), 'verified-image-bench-files-'))
  try {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(workspace, name), text)
    const {signal} = new AbortController()
    const program = {environment: {PATH: process.env['PATH'] ?? ''}, workspace, signal}
    const start = performance.now()
    await findImagesInThread(
      {
        patterns: ['*'],
        workspace,
        variables: {given: new Map(), withheld: new Set()},
        hostPlatform: PLATFORM,
        platforms: {kind: 'machine', platform: PLATFORM}
      },
      {
        signal,
        runBake: request => runBakeProgram(request, program),
        entry: new URL('../../dist/files-worker.js', import.meta.url)
      }
    )
    return (performance.now() - start) / 1000
  } finally {
    rmSync(workspace, {recursive: true, force: true})
  }
}
