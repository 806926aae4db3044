// Times the action, as a runner starts it, and other programs. A time is that of a whole process.

import {execFileSync, spawn, spawnSync} from 'node:child_process'
import {mkdir, mkdtemp, rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'

export type Measured = {readonly seconds: number; readonly peakMegabytes?: number; readonly processorSeconds?: number}

/** Prints the peak memory and the processor time of the process when it exits. A data URL has no line breaks. On Linux, the peak of getrusage() includes the parent's, and VmHWM does not. */
const WATCH = `data:text/javascript,import {readFileSync} from 'node:fs';
process.on('exit', () => {
  const {user, system} = process.cpuUsage();
  const [, peak] = /VmHWM:\\s+(\\d+)/.exec(readFileSync('/proc/self/status', 'utf8'));
  process.stderr.write('peak ' + peak + ' processor ' + (user + system) / 1e6)
})`

export function run(
  program: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  codes: readonly (number | null)[] = [0]
): Promise<{seconds: number; stderr: string}> {
  return new Promise((resolve, reject) => {
    const startedMs = performance.now()
    const child = spawn(program, args, {
      env: {PATH: process.env['PATH'] ?? '', HOME: tmpdir(), ...env},
      stdio: ['ignore', 'pipe', 'pipe']
    })
    let [stdout, stderr] = ['', '']
    child.stdout.on('data', (text: Buffer) => (stdout += text.toString()))
    child.stderr.on('data', (text: Buffer) => (stderr += text.toString()))
    child.on('error', reject)
    child.on('close', code => {
      const seconds = (performance.now() - startedMs) / 1000
      if (codes.includes(code)) resolve({seconds, stderr})
      else reject(new Error(`${program} ${args.join(' ')} ended with ${String(code)}: ${stdout}${stderr}`))
    })
  })
}

/** Runs the bundle of the action with these inputs. The job summary is written only where it is measured. */
export async function runAction(
  inputs: Readonly<Record<string, string>>,
  watch: 'memory' | 'time' | 'summary' = 'time',
  environment: Readonly<Record<string, string>> = {},
  codes: readonly number[] = [0]
): Promise<Measured> {
  const temporary = await mkdtemp(join(tmpdir(), 'verified-image-bench-'))
  try {
    const variables = Object.entries(inputs).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value])
    const args = [...(watch === 'memory' ? ['--import', WATCH] : []), 'dist/index.js']
    const env = {
      ...(Object.fromEntries(variables) as Record<string, string>),
      ...{RUNNER_TEMP: temporary, GITHUB_OUTPUT: join(temporary, 'output')},
      ...environment,
      ...(watch === 'summary' ? {GITHUB_STEP_SUMMARY: join(temporary, 'summary')} : {})
    }
    const {seconds, stderr} = await run(process.execPath, args, env, codes)
    const peak = /peak (\d+)/.exec(stderr)?.[1]
    const processor = / processor ([\d.]+)/.exec(stderr)?.[1]
    return {
      seconds,
      ...(peak === undefined ? {} : {peakMegabytes: Number(peak) / 1024}),
      ...(processor === undefined ? {} : {processorSeconds: Number(processor)})
    }
  } finally {
    await rm(temporary, {recursive: true})
  }
}

/** Like the above, with the peak memory. The run may fail. */
export async function runToItsEnd(inputs: Readonly<Record<string, string>>): Promise<Measured> {
  return runAction(inputs, 'memory', {}, [0, 1])
}

export function runNode(): Promise<Measured> {
  return run(process.execPath, ['-e', '0'])
}

/** Decompresses and hashes with shell tools, one file per core at a time. */
export function runPipes(program: 'gzip' | 'zstd', paths: readonly string[], cores: number): Promise<Measured> {
  return run('sh', [
    '-c',
    `printf '%s\\n' "$@" | xargs -P ${String(cores)} -I{} sh -c '${program} -dc "{}" | sha256sum'`,
    'sh',
    ...paths
  ])
}

export function runCrane(reference: string): Promise<Measured> {
  return run(craneProgram(), ['validate', '--insecure', '--remote', reference])
}

export async function runCranePull(reference: string): Promise<Measured> {
  const folder = await mkdtemp(join(tmpdir(), 'verified-image-bench-'))
  try {
    return await run(craneProgram(), ['pull', '--insecure', '--format=oci', reference, join(folder, 'image')])
  } finally {
    await rm(folder, {recursive: true})
  }
}

export async function runSkopeo(reference: string): Promise<Measured> {
  const folder = await mkdtemp(join(tmpdir(), 'verified-image-bench-'))
  try {
    const to = `oci:${folder}/image`
    return await run('skopeo', ['copy', '--quiet', '--src-tls-verify=false', `docker://${reference}`, to])
  } finally {
    await rm(folder, {recursive: true})
  }
}

type Environment = Readonly<Record<string, string>>

/** `docker pull` of an image that the engine does not have. */
export function runDocker(reference: string, engine: Environment): Promise<Measured> {
  return withoutImage(reference, engine, () => run('docker', ['pull', '--quiet', reference], engine))
}

/** The action with `load` and `cache`, for an image that the engine does not have. The tool cache has it from the second run on. */
export function runLoad(reference: string, tools: string, engine: Environment): Promise<Measured> {
  return withoutImage(reference, engine, () =>
    runAction({image: reference, mirrors: '', load: 'true', cache: 'true'}, 'time', {
      ...{RUNNER_TOOL_CACHE: tools},
      ...engine
    })
  )
}

/** A file of an image for `docker load`, as the engine itself writes it: its own store never has to convert it. */
export async function saveImage(
  reference: string,
  engine: Environment
): Promise<{readonly path: string; readonly remove: () => Promise<void>}> {
  const folder = await mkdtemp(join(tmpdir(), 'verified-image-bench-'))
  const path = join(folder, 'image.tar')
  await withoutImage(reference, engine, async () => {
    await run('docker', ['pull', '--quiet', reference], engine)
    return run('docker', ['save', '--output', path, reference], engine)
  })
  return {path, remove: () => rm(folder, {recursive: true})}
}

/** `docker load` of a file, for an image that the engine does not have. */
export function runDockerLoad(reference: string, path: string, engine: Environment): Promise<Measured> {
  return withoutImage(reference, engine, () => run('docker', ['load', '--quiet', '--input', path], engine))
}

async function withoutImage(
  reference: string,
  engine: Environment,
  measure: () => Promise<Measured>
): Promise<Measured> {
  const remove = (): unknown =>
    spawnSync('docker', ['image', 'rm', '--force', reference], {env: {...process.env, ...engine}, stdio: 'ignore'})
  remove()
  try {
    return await measure()
  } finally {
    remove()
  }
}

export function answers(program: string, ...args: readonly string[]): boolean {
  return spawnSync(program, args, {stdio: 'ignore'}).status === 0
}

/** Programs of `go install` may be in a folder outside of PATH. */
function craneProgram(): string {
  if (answers('crane', 'version')) return 'crane'
  try {
    return join(execFileSync('go', ['env', 'GOPATH'], {encoding: 'utf8'}).trim(), 'bin', 'crane')
  } catch {
    return 'crane'
  }
}

export function findPeers(): Readonly<Record<'gzip' | 'zstd' | 'crane' | 'skopeo', boolean>> {
  return {
    gzip: answers('gzip', '--version') && answers('sha256sum', '--version'),
    zstd: answers('zstd', '--version') && answers('sha256sum', '--version'),
    crane: answers(craneProgram(), 'version'),
    skopeo: answers('skopeo', '--version')
  }
}

export async function ensureFolder(path: string): Promise<string> {
  await mkdir(path, {recursive: true})
  return path
}
