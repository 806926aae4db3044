// Runs dist/index.js as a runner does: a process of its own, inputs and files in its environment, and nothing else of ours.

import {spawn} from 'node:child_process'
import {mkdir, mkdtemp, readdir, readFile, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join, resolve} from 'node:path'

export type Annotation = {readonly level: string; readonly title: string; readonly message: string}

export type ActionRun = {
  readonly exitCode: number | null
  readonly stdout: string
  readonly stderr: string
  readonly outputs: Readonly<Record<string, string>>
  readonly annotations: readonly Annotation[]
  readonly report: unknown
  readonly elapsedMs: number
  /** Files under RUNNER_TEMP and HOME at the end. */
  readonly leftBehind: readonly string[]
}

const ENTRY = resolve('dist/index.js')

export const runAction = async (
  inputs: Readonly<Record<string, string>>,
  environment: Readonly<Record<string, string>> = {}
): Promise<ActionRun> => {
  const home = await mkdtemp(join(tmpdir(), 'verified-image-run-'))
  const temp = join(home, 'temp')
  const outputFile = join(home, 'output')
  await mkdir(temp)
  await writeFile(outputFile, '')
  try {
    const named = Object.fromEntries(
      Object.entries(inputs).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value])
    )
    const env = {
      PATH: process.env['PATH'] ?? '',
      HOME: home,
      GITHUB_ACTIONS: 'true',
      GITHUB_OUTPUT: outputFile,
      RUNNER_TEMP: temp,
      ...named,
      ...environment
    }
    const startedMs = performance.now()
    const child = spawn(process.execPath, [ENTRY], {env, stdio: ['ignore', 'pipe', 'pipe'], timeout: 60_000})
    const [stdout, stderr, exitCode] = await Promise.all([
      child.stdout.toArray().then(parts => Buffer.concat(parts as Buffer[]).toString()),
      child.stderr.toArray().then(parts => Buffer.concat(parts as Buffer[]).toString()),
      new Promise<number | null>(done => child.on('close', done))
    ])
    const elapsedMs = performance.now() - startedMs
    const outputs = parseOutputs(await readFile(outputFile, 'utf8'))
    const {report} = outputs
    return {
      exitCode,
      stdout,
      stderr,
      outputs,
      annotations: parseAnnotations(stdout),
      report: report === undefined ? undefined : JSON.parse(await readFile(report, 'utf8')),
      elapsedMs,
      leftBehind: (await readdir(home, {recursive: true, withFileTypes: true}))
        .filter(entry => entry.isFile() && join(entry.parentPath, entry.name) !== outputFile)
        .map(entry => entry.name)
    }
  } finally {
    await rm(home, {recursive: true, force: true})
  }
}

const parseOutputs = (text: string): Record<string, string> => {
  const outputs: Record<string, string> = {}
  for (const [, name, , value] of text.matchAll(/^([^\n]+?)<<([^\n]+)\n([\s\S]*?)\n\2\n/gm)) {
    if (name !== undefined && value !== undefined) outputs[name] = value
  }
  return outputs
}

const unescape = (text: string): string =>
  text
    .replaceAll('%3A', ':')
    .replaceAll('%2C', ',')
    .replaceAll('%0D', '\r')
    .replaceAll('%0A', '\n')
    .replaceAll('%25', '%')

const parseAnnotations = (stdout: string): readonly Annotation[] =>
  [...stdout.matchAll(/^::(warning|error) title=([^:]*)::(.*)$/gm)].map(([, level, title, message]) => ({
    level: level ?? '',
    title: unescape(title ?? ''),
    message: unescape(message ?? '')
  }))
