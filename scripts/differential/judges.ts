// The programs whose word counts: both image stores of Docker Engine, skopeo and crane; and the action itself, as a process.
// Each says whether it takes an image, and which: the label `is` of the config that it ended up with.

import {execFile} from 'node:child_process'
import {mkdtemp, readFile, rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {promisify} from 'node:util'
import {findEngines} from '../../__tests__/support/engines.ts'
import {runAction} from '../../__tests__/support/run-action.ts'

/** The name of the image that was taken; undefined where none was. */
export type Answer = {readonly takes: string | undefined; readonly says: string}

export type Asked = {
  readonly reference: string
  readonly platform?: string
  /** What configs are called, by their digests. */
  readonly names: ReadonlyMap<string, string>
}

export type Judge = {readonly name: JudgeName; readonly ask: (asked: Asked) => Promise<Answer>}
export type JudgeName = 'ours' | 'classic' | 'containerd' | 'skopeo' | 'crane'

const TIMEOUT_MS = 60_000

/** Taken, but the program does not tell which. */
export const UNKNOWN = 'an image'

/** Ours first. */
export function openJudges(): readonly Judge[] {
  return [
    {name: 'ours', ask: askOurs},
    ...findEngines().map(({store, env}): Judge => ({name: store, ask: asked => askEngine(asked, env)})),
    {name: 'skopeo', ask: askSkopeo},
    {name: 'crane', ask: askCrane}
  ]
}

async function askOurs({reference, platform, names}: Asked): Promise<Answer> {
  const run = await runAction(
    {
      ...{image: reference, mirrors: '', 'public-mirrors': '', verify: 'full', backoff: '1ms'},
      ...{'status-pages': 'false', summary: 'false', ...(platform === undefined ? {} : {platform})}
    },
    {timeoutMs: TIMEOUT_MS}
  )
  const said = run.annotations.map(({message}) => message).join('\n')
  if (run.exitCode !== 0) return {takes: undefined, says: said}
  return {takes: names.get(run.outputs['image-id'] ?? '') ?? UNKNOWN, says: said}
}

async function askEngine({reference, platform}: Asked, env: Readonly<Record<string, string>>): Promise<Answer> {
  const wanted = platform === undefined ? [] : ['--platform', platform]
  const pulled = await run('docker', ['pull', '--quiet', ...wanted, reference], env)
  if (!pulled.ok) return {takes: undefined, says: pulled.said}
  const shown = await run('docker', ['image', 'inspect', '--format', '{{index .Config.Labels "is"}}', reference], env)
  await run('docker', ['image', 'rm', '--force', reference], env)
  return {takes: shown.ok && shown.said !== '' ? shown.said : UNKNOWN, says: pulled.said}
}

async function askSkopeo({reference, platform, names}: Asked): Promise<Answer> {
  const folder = await mkdtemp(join(tmpdir(), 'verified-image-judge-'))
  try {
    const [os, architecture, variant] = platform?.split('/') ?? []
    const wanted = [
      ...(os === undefined ? [] : ['--override-os', os]),
      ...(architecture === undefined ? [] : ['--override-arch', architecture]),
      ...(variant === undefined ? [] : ['--override-variant', variant])
    ]
    const copy = ['--insecure-policy', ...wanted, 'copy', '--src-tls-verify=false']
    const {ok, said} = await run('skopeo', [...copy, `docker://${reference}`, `dir:${folder}`])
    if (!ok) return {takes: undefined, says: said}
    const manifest = JSON.parse(await readFile(join(folder, 'manifest.json'), 'utf8')) as {
      readonly config: {readonly digest: string}
    }
    return {takes: names.get(manifest.config.digest) ?? UNKNOWN, says: said}
  } finally {
    await rm(folder, {recursive: true})
  }
}

async function askCrane({reference, platform = 'linux/amd64'}: Asked): Promise<Answer> {
  const folder = await mkdtemp(join(tmpdir(), 'verified-image-judge-'))
  try {
    const wanted = ['--insecure', '--platform', platform]
    const pulled = await run('crane', ['pull', ...wanted, reference, join(folder, 'image.tar')])
    if (!pulled.ok) return {takes: undefined, says: pulled.said}
    const config = await run('crane', ['config', ...wanted, reference])
    return {takes: labelOf(config.said) ?? UNKNOWN, says: pulled.said}
  } finally {
    await rm(folder, {recursive: true})
  }
}

function labelOf(text: string): string | undefined {
  try {
    return (JSON.parse(text) as {readonly config?: {readonly Labels?: {readonly is?: string}}}).config?.Labels?.is
  } catch {
    return undefined
  }
}

async function run(
  program: string,
  args: readonly string[],
  env?: Readonly<Record<string, string>>
): Promise<{readonly ok: boolean; readonly said: string}> {
  try {
    const {stdout} = await promisify(execFile)(program, args, {
      timeout: TIMEOUT_MS,
      ...(env === undefined ? {} : {env})
    })
    return {ok: true, said: stdout.trim()}
  } catch (error) {
    const {stderr, code} = error as {readonly stderr?: string; readonly code?: unknown}
    // A program that is missing has said nothing of the image.
    if (code === 'ENOENT') throw error
    return {ok: false, said: (stderr ?? '').trim()}
  }
}
