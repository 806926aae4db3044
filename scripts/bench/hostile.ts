// Measures hostile images: peak memory, and simultaneous connections.

import {
  deepJson,
  emptyFrames,
  type HostedImage,
  largeWindows,
  manyChildren
} from '../../__tests__/support/hostile-images.ts'
import {startHostileRegistry} from '../../__tests__/support/hostile-registry.ts'
import {runToItsEnd} from './programs.ts'
import type {Row} from './row.ts'

const MIB = 1024 * 1024
const LIAR = {os: 'linux', architecture: 'riscv64'}

// The target in MB, for all images but one: a zstd window of 128 MiB is 134 MB by itself.
const TARGET_MB = 200
const LARGEST_WINDOWS = '8 zstd layers with windows of 128 MiB'
const LARGEST_WINDOWS_TARGET_MB = 235
const TARGET_CONNECTIONS = 8

const IMAGES: Readonly<Record<string, () => HostedImage>> = {
  '200 manifests of 4 MiB': () => manyChildren({count: 200, bytes: 4 * MIB}),
  '1000 small manifests': () => manyChildren({count: 1000}),
  '4000 small manifests': () => manyChildren({count: 4000}),
  '40 indexes of 40 manifests': () => manyChildren({count: 40, nested: 40}),
  '1500 manifests that contradict their config': () => manyChildren({count: 1500, platform: LIAR}),
  '900 manifests that contradict their config': () => manyChildren({count: 900, platform: LIAR}),
  [LARGEST_WINDOWS]: () => largeWindows(8, 128),
  '8 zstd layers with windows of 8 MiB': () => largeWindows(8, 8),
  'a layer of 60,000 empty zstd frames': () => emptyFrames(60_000),
  'a manifest nested 2 million deep': () => deepJson(2_000_000)
}

/** Two rows for each image. The result of the run does not matter. */
export async function measureHostile(
  isWanted: (what: string) => boolean,
  say: (text: string) => void
): Promise<readonly Row[]> {
  const rows: Row[] = []
  for (const [name, make] of Object.entries(IMAGES)) {
    const what = `hostile: ${name}`
    if (!isWanted(what)) continue
    say(what)
    const registry = await startHostileRegistry({hostile: make()})
    try {
      const {seconds, peakMegabytes} = await runToItsEnd({
        image: registry.image('hostile'),
        ...{platform: 'all', mirrors: '', 'public-mirrors': '', 'status-pages': 'false'}
      })
      const target = name === LARGEST_WINDOWS ? LARGEST_WINDOWS_TARGET_MB : TARGET_MB
      const memory = peakMegabytes === undefined ? {missing: '/proc is not here'} : {ours: peakMegabytes}
      rows.push(
        {
          what: `${what}, peak memory`,
          against: `- (${seconds.toFixed(1)} s)`,
          unit: 'MB',
          target,
          ...memory
        },
        {
          what: `${what}, connections`,
          against: '-',
          ...{unit: 'count', ours: registry.peakConnections(), target: TARGET_CONNECTIONS}
        }
      )
    } finally {
      await registry.close()
    }
  }
  return rows
}
