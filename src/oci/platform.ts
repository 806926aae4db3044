// Platforms as image indexes name them, normalised as containerd's platforms package does.
// Chooses a child of an index; knows nothing of who runs the image.

import {invalid, type Parsed, valid} from './parsed.ts'

export type Platform = {
  readonly os: string
  readonly architecture: string
  readonly variant?: string
  readonly osVersion?: string
}

const ARCHITECTURES: Readonly<Record<string, readonly [architecture: string, variant?: string]>> = {
  x86_64: ['amd64'],
  'x86-64': ['amd64'],
  x64: ['amd64'],
  i386: ['386'],
  ia32: ['386'],
  aarch64: ['arm64'],
  armhf: ['arm', 'v7'],
  armel: ['arm', 'v6'],
  ppc64el: ['ppc64le']
}

/** Normalises names and default variants: `aarch64` is arm64, arm64/v8 is arm64, arm is arm/v7, amd64/v1 is amd64. */
export const normalizePlatform = (platform: Platform): Platform => {
  const os = platform.os.toLowerCase() === 'macos' ? 'darwin' : platform.os.toLowerCase()
  const written = platform.architecture.toLowerCase()
  // Own keys only: an index may well name the architecture `constructor`.
  const known = Object.hasOwn(ARCHITECTURES, written) ? ARCHITECTURES[written] : undefined
  const [architecture, implied] = known ?? [written]
  const variant = normalizeVariant(architecture, platform.variant?.toLowerCase() ?? implied)
  return {
    os,
    architecture,
    ...(variant === undefined ? {} : {variant}),
    ...(platform.osVersion === undefined ? {} : {osVersion: platform.osVersion})
  }
}

const normalizeVariant = (architecture: string, written: string | undefined): string | undefined => {
  const variant = written !== undefined && /^\d/.test(written) ? `v${written}` : written
  if (architecture === 'arm') return variant === undefined || variant === '' ? 'v7' : variant
  if (
    variant === '' ||
    (architecture === 'arm64' && variant === 'v8') ||
    (architecture === 'amd64' && variant === 'v1')
  )
    return undefined
  return variant
}

const COMPONENT = /^[A-Za-z0-9_.-]+$/

/** Parses `os/architecture[/variant]`. */
export const parsePlatform = (text: string): Parsed<Platform> => {
  const parts = text.split('/')
  const [os, architecture, variant] = parts
  if (os === undefined || architecture === undefined || parts.length > 3)
    return invalid('a platform is written os/architecture[/variant]')
  if (!parts.every(part => COMPONENT.test(part)))
    return invalid('a platform has letters, digits, "_", "." and "-" between its slashes')
  return valid(normalizePlatform({os, architecture, ...(variant === undefined ? {} : {variant})}))
}

export const formatPlatform = ({os, architecture, variant}: Platform): string =>
  variant === undefined ? `${os}/${architecture}` : `${os}/${architecture}/${variant}`

/**
 * The platform a container runs as on a machine, from Node's names for it (`process.platform`, `process.arch`).
 * macOS runs Linux containers.
 */
export const platformOfMachine = (os: string, architecture: string, osRelease: string): Platform => {
  if (os !== 'win32') return normalizePlatform({os: 'linux', architecture})
  return normalizePlatform({os: 'windows', architecture, osVersion: osRelease})
}

const variantNumber = (variant: string | undefined): number =>
  Number(/^v(\d+(?:\.\d+)?)/.exec(variant ?? '')?.[1] ?? Number.NaN)

// How far `offered` is from `wanted`: 0 is the same, more is an older variant that also runs, undefined does not run.
// Another architecture never stands in (containerd lets 386 stand in for amd64): a pin should not change what is run.
const distance = (wanted: Platform, offered: Platform): number | undefined => {
  if (offered.os !== wanted.os || offered.architecture !== wanted.architecture) return undefined
  if (offered.variant === wanted.variant) return windowsDistance(wanted, offered)
  const base = wanted.architecture === 'arm64' ? 8 : 1
  const most = wanted.variant === undefined ? base : variantNumber(wanted.variant)
  const has = offered.variant === undefined ? base : variantNumber(offered.variant)
  return has < most ? most - has : undefined
}

// A Windows container wants its host's build: the first three numbers of os.version.
const windowsDistance = (wanted: Platform, offered: Platform): number => {
  if (wanted.osVersion === undefined || offered.osVersion === undefined) return 0
  const build = (version: string): string => version.split('.').slice(0, 3).join('.')
  return build(wanted.osVersion) === build(offered.osVersion) ? 0 : 1
}

export const satisfies = (wanted: Platform, offered: Platform): boolean =>
  distance(wanted, normalizePlatform(offered)) !== undefined

/** The nearest of `offered` that runs on `wanted`; of equally near ones the first, as the image specification asks. */
export const choosePlatform = <T extends {readonly platform: Platform}>(
  wanted: Platform,
  offered: readonly T[]
): T | undefined => {
  let chosen: {readonly entry: T; readonly at: number} | undefined
  for (const entry of offered) {
    const at = distance(wanted, normalizePlatform(entry.platform))
    if (at !== undefined && (chosen === undefined || at < chosen.at)) chosen = {entry, at}
  }
  return chosen?.entry
}
