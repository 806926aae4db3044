// Platforms of image indexes, normalized and compared as containerd's platforms package does.
// Chooses the child of an index that runs on a platform.

import {omitUndefined} from './omit-undefined.ts'
import {invalid, type Parsed, valid} from './parsed.ts'

export type Platform = {
  readonly os: string
  readonly architecture: string
  readonly variant?: string
  readonly osVersion?: string
  readonly osFeatures?: readonly string[]
}

// containerd/platforms v1.0.0-rc.5, database.go. An index is read with these aliases only: with another one, this action would choose
// a child that containerd skips.
const ARCHITECTURES: Readonly<Record<string, {readonly architecture: string; readonly variant?: string}>> = {
  i386: {architecture: '386', variant: ''},
  x86_64: {architecture: 'amd64'},
  'x86-64': {architecture: 'amd64'},
  aarch64: {architecture: 'arm64'},
  armhf: {architecture: 'arm', variant: 'v7'},
  armel: {architecture: 'arm', variant: 'v6'}
}

const VARIANTS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  amd64: {v1: ''},
  arm64: {'8': '', v8: '', 'v8.0': '', '9': 'v9', '9.0': 'v9', 'v9.0': 'v9'},
  arm: {'': 'v7', '5': 'v5', '6': 'v6', '7': 'v7', '8': 'v8'}
}

// Node's names (process.arch) and Debian's, which people write in inputs.
const OTHER_NAMES: Readonly<Record<string, string>> = {x64: 'amd64', ia32: '386', ppc64el: 'ppc64le'}

// Own keys only: an index may name the architecture `constructor`.
function lookUp<T>(table: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined
}

/** Normalizes names and default variants: `aarch64` is arm64, arm64/v8 is arm64, arm is arm/v7, amd64/v1 is amd64. */
export function normalizePlatform(platform: Platform): Platform {
  const {osVersion, osFeatures} = platform
  const os = platform.os.toLowerCase() === 'macos' ? 'darwin' : platform.os.toLowerCase()
  const known = lookUp(ARCHITECTURES, platform.architecture.toLowerCase())
  const architecture = known?.architecture ?? platform.architecture.toLowerCase()
  const named = known?.variant ?? platform.variant?.toLowerCase() ?? ''
  const variant = lookUp(lookUp(VARIANTS, architecture) ?? {}, named) ?? named
  return omitUndefined({
    os,
    architecture,
    variant: variant === '' ? undefined : variant,
    osVersion,
    osFeatures
  })
}

const COMPONENT = /^[A-Za-z0-9_.-]+$/

/** Parses `os/architecture[/variant]`. */
export function parsePlatform(text: string): Parsed<Platform> {
  const parts = text.split('/')
  const [os, architecture, variant] = parts
  if (os === undefined || architecture === undefined || parts.length > 3)
    return invalid('a platform has the form os/architecture[/variant]')
  if (!parts.every(part => COMPONENT.test(part)))
    return invalid('a platform has letters, digits, "_", "." and "-" between its slashes')
  return valid(normalizePlatform(omitUndefined({os, architecture: renamed(architecture), variant})))
}

function renamed(architecture: string): string {
  return lookUp(OTHER_NAMES, architecture.toLowerCase()) ?? architecture
}

export function formatPlatform({os, architecture, variant}: Platform): string {
  return [os, architecture, ...(variant === undefined ? [] : [variant])]
    .map(part => (part === '' ? 'unknown' : part))
    .join('/')
}

/**
 * The platform of containers on a machine, from `process.platform` and `process.arch`. macOS runs Linux containers.
 */
export function platformOfMachine(os: string, architecture: string, osRelease: string): Platform {
  const name = renamed(architecture)
  if (os !== 'win32') return normalizePlatform({os: 'linux', architecture: name})
  return normalizePlatform({os: 'windows', architecture: name, osVersion: osRelease})
}

type Machine = {readonly architecture: string; readonly variant?: string | undefined}

/** What a machine runs, in order of preference: containerd's platformVector. */
function machinesFor({architecture, variant = ''}: Machine): readonly Machine[] {
  const version = /^v?(\d+)$/.exec(variant)?.[1]
  const older = (least: number): readonly Machine[] =>
    downFrom(Number(version ?? 0) - 1, least).map(number => ({architecture, variant: `v${String(number)}`}))
  if (architecture === 'amd64') return [{architecture, variant}, ...older(1), {architecture: '386'}]
  if (architecture === 'arm') return [{architecture, variant}, ...older(5)]
  if (architecture !== 'arm64') return [{architecture, variant}]
  const [, major, minor] = /^v([89])(?:\.(\d))?$/.exec(variant === '' ? 'v8' : variant) ?? []
  if (major === undefined) return []
  return [
    ...(major === '9' ? minorsOf(9, Number(minor ?? 0)) : []),
    // Armv9.N has what Armv8.(N+5) has.
    ...minorsOf(8, major === '9' ? Math.min(Number(minor ?? 0) + 5, 9) : Number(minor ?? 0)),
    ...machinesFor({architecture: 'arm', variant: 'v8'})
  ]
}

function minorsOf(major: number, from: number): readonly Machine[] {
  return downFrom(from, 0).map(minor => ({
    architecture: 'arm64',
    variant: minor === 0 ? `v${String(major)}` : `v${String(major)}.${String(minor)}`
  }))
}

// No processor has more. A number in a workflow must not become a list of that length.
const MOST_VERSIONS = 20

function downFrom(most: number, least: number): readonly number[] {
  return Array.from({length: Math.min(Math.max(most - least + 1, 0), MOST_VERSIONS)}, (_, at) => most - at)
}

/** The rank of `offered` among the platforms that run on `wanted`: 0 is the best, undefined does not run. Both are normalized. */
function rankOf(wanted: Platform, offered: Platform): number | undefined {
  // containerd reads an absent os as its own, which is the one that is wanted.
  if (offered.os !== wanted.os && offered.os !== '') return undefined
  if (offered.osFeatures?.some(feature => !(wanted.os === 'windows' && feature === 'win32k')) === true) return undefined
  const rank = machinesFor(wanted).findIndex(machine => {
    const {architecture, variant} = normalizePlatform(omitUndefined({os: wanted.os, ...machine}))
    return architecture === offered.architecture && variant === offered.variant
  })
  return rank < 0 ? undefined : rankOnWindows(rank, wanted.osVersion, offered.osVersion)
}

// Docker Engine on Windows prefers its own build, then takes any older one, which it runs isolated. A newer build does not run.
function rankOnWindows(rank: number, host: string | undefined, container: string | undefined): number | undefined {
  const [has, wants] = [versionOf(host), versionOf(container)]
  if (has === undefined || wants === undefined) return rank
  if (has.release !== wants.release || wants.build > has.build) return undefined
  return wants.build === has.build ? rank : rank + 0.5
}

// `10.0` and `20348` of `10.0.20348.2227`.
function versionOf(version: string | undefined): {readonly release: string; readonly build: number} | undefined {
  const [, release, build] = /^(\d+\.\d+)\.(\d+)(?:\.|$)/.exec(version ?? '') ?? []
  return release === undefined ? undefined : {release, build: Number(build)}
}

/** Whether `offered` runs on `wanted` and has its architecture. */
export function satisfies(wanted: Platform, offered: Platform): boolean {
  const normal = normalizePlatform(offered)
  return normal.architecture === wanted.architecture && rankOf(wanted, normal) !== undefined
}

/**
 * The best of `offered` that runs on `wanted`, as containerd, BuildKit and Docker choose it; the first of equal ones. It may have
 * another architecture: 386 for amd64, arm for arm64.
 */
export function chooseRunnable<T extends {readonly platform: Platform}>(
  wanted: Platform,
  offered: readonly T[]
): T | undefined {
  let chosen: {readonly entry: T; readonly rank: number} | undefined
  for (const entry of offered) {
    const rank = rankOf(wanted, normalizePlatform(entry.platform))
    if (rank !== undefined && (chosen === undefined || rank < chosen.rank)) chosen = {entry, rank}
  }
  return chosen?.entry
}

/** Like chooseRunnable, but undefined when the best has another architecture: a pin must not change what runs. */
export function choosePlatform<T extends {readonly platform: Platform}>(
  wanted: Platform,
  offered: readonly T[]
): T | undefined {
  const chosen = chooseRunnable(wanted, offered)
  return chosen !== undefined && satisfies(wanted, chosen.platform) ? chosen : undefined
}

/**
 * The choice of containers/image (skopeo, Podman, Buildah): the first with exactly these names, in the best variant that is offered.
 */
export function chooseLiterally<T extends {readonly platform: Platform}>(
  wanted: Platform,
  offered: readonly T[]
): T | undefined {
  const variants = machinesFor(wanted)
    .filter(({architecture}) => architecture === wanted.architecture)
    .map(({variant}) => variant ?? '')
  const plain = wanted.variant === undefined ? ['', ...variants] : [...variants, '']
  for (const variant of plain) {
    const entry = offered.find(
      ({platform}) =>
        platform.os === wanted.os &&
        platform.architecture === wanted.architecture &&
        (platform.variant ?? '') === variant
    )
    if (entry !== undefined) return entry
  }
  return undefined
}

/** `machine`: the platform of this machine, by default. `named`: the input `platform`. */
export type PlatformChoice =
  | {readonly kind: 'machine'; readonly platform: Platform}
  | {readonly kind: 'named'; readonly platforms: readonly Platform[]}
  | {readonly kind: 'all'}
