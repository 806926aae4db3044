// A private containerd as a peer on a line: it fetches large layers in parts too, if it is told to, and unpacks what it fetched.
// It runs as root, with folders of its own, beside whatever runs on this machine.

import {type ChildProcess, execFileSync, spawn} from 'node:child_process'
import {mkdir, mkdtemp, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {answers, type Measured, run} from './programs.ts'
import type {Row} from './row.ts'

type Containerd = {
  /** Pulls an image that it does not have. */
  readonly pull: (reference: string) => Promise<Measured>
  readonly close: () => Promise<void>
}

const MIB = 1024 * 1024

/** `off` is the default of containerd. */
const PART_BYTES = {off: 0, 'of 8 MiB': 8 * MIB}

// As many as the action has connections.
const DOWNLOADS = 8
const READY_WITHIN_MS = 10_000

/** Why there is no containerd to compare with; undefined if there is one. */
function missingContainerd(): string | undefined {
  if (process.getuid?.() !== 0) return 'containerd needs root'
  if (!answers('containerd', '--version') || !answers('ctr', '--version')) return 'containerd is not here'
  const [, major = '0', minor = '0'] =
    / v?(\d+)\.(\d+)\./.exec(execFileSync('containerd', ['--version'], {encoding: 'utf8'})) ?? []
  const isNew = Number(major) > 2 || (Number(major) === 2 && Number(minor) >= 1)
  return isNew ? undefined : 'containerd is older than 2.1'
}

/** `partBytes`: what it fetches of a layer by one request; 0 for whole layers. */
async function startContainerd(partBytes: number): Promise<Containerd> {
  const folder = await mkdtemp(join(tmpdir(), 'verified-image-containerd-'))
  const socket = join(folder, 'containerd.sock')
  await mkdir(join(folder, 'hosts'))
  await writeFile(join(folder, 'config.toml'), configOf(folder, socket, partBytes))
  const daemon = spawn('containerd', ['--config', join(folder, 'config.toml')], {stdio: 'ignore'})
  const ctr = ['--address', socket, 'images']
  await untilReady(daemon, socket)
  return {
    pull: async reference => {
      try {
        return await run('ctr', [...ctr, 'pull', '--plain-http', reference])
      } finally {
        // It waits until the content is gone.
        execFileSync('ctr', [...ctr, 'rm', '--sync', reference], {stdio: 'ignore'})
      }
    },
    close: async () => {
      const ended = new Promise(resolve => daemon.once('close', resolve))
      daemon.kill()
      await ended
      await rm(folder, {recursive: true, force: true})
    }
  }
}

function configOf(folder: string, socket: string, partBytes: number): string {
  return [
    'version = 3',
    `root = '${folder}/root'`,
    `state = '${folder}/state'`,
    "disabled_plugins = ['io.containerd.cri.v1.images', 'io.containerd.cri.v1.runtime', 'io.containerd.grpc.v1.cri', 'io.containerd.nri.v1.nri']",
    '[grpc]',
    `  address = '${socket}'`,
    "[plugins.'io.containerd.transfer.v1.local']",
    `  concurrent_layer_fetch_buffer = ${String(partBytes)}`,
    `  max_concurrent_downloads = ${String(DOWNLOADS)}`,
    `  config_path = '${folder}/hosts'`,
    ''
  ].join('\n')
}

async function untilReady(daemon: ChildProcess, socket: string): Promise<void> {
  const startedMs = performance.now()
  while (!answers('ctr', '--address', socket, 'version')) {
    if (daemon.exitCode !== null || performance.now() - startedMs > READY_WITHIN_MS)
      throw new Error(`containerd did not start: it ended with ${String(daemon.exitCode)}`)
    await new Promise(resolve => setTimeout(resolve, 100))
  }
}

type Compare = (
  row: Pick<Row, 'what' | 'against'>,
  ours: () => Promise<Measured>,
  theirs: (() => Promise<Measured>) | string,
  rounds: number
) => Promise<void>

/** One row of an image: what the action does with it, and its reference. */
type Pulled = {readonly what: string; readonly reference: string; readonly ours: () => Promise<Measured>}

/** Compares the action with containerd as it is installed, and with one that fetches parts. */
export async function measureContainerd(
  images: readonly Pulled[],
  {compare, isWanted}: {readonly compare: Compare; readonly isWanted: (what: string) => boolean}
): Promise<void> {
  if (!images.some(({what}) => isWanted(what))) return
  const missing = missingContainerd()
  for (const [parts, bytes] of Object.entries(PART_BYTES)) {
    const against = `containerd, parts ${parts}`
    const containerd = missing === undefined ? await startContainerd(bytes) : undefined
    try {
      for (const {what, reference, ours} of images)
        await compare(
          {what, against},
          ours,
          containerd === undefined ? (missing ?? '') : () => containerd.pull(reference),
          1
        )
    } finally {
      await containerd?.close()
    }
  }
}
