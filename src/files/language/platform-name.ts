// The name of a platform in a Dockerfile, Compose file, or Bake file: unlike in inputs, an operating system or an architecture alone
// is enough (github.com/containerd/platforms, Parse).

import {omitUndefined} from '../../oci/omit-undefined.ts'
import type {Parsed} from '../../oci/parsed.ts'
import {normalizePlatform, parsePlatform, type Platform} from '../../oci/platform.ts'

// platforms/database.go, isKnownOS and isKnownArch.
const SYSTEMS: ReadonlySet<string> = new Set(
  'aix android darwin dragonfly freebsd hurd illumos ios js linux nacl netbsd openbsd plan9 solaris windows zos'.split(
    ' '
  )
)
const ARCHITECTURES: ReadonlySet<string> = new Set(
  (
    '386 amd64 amd64p32 arm armbe arm64 arm64be ppc64 ppc64le loong64 mips mipsle mips64 mips64le mips64p32 mips64p32le ' +
    'ppc riscv riscv64 s390 s390x sparc sparc64 wasm'
  ).split(' ')
)

/** `host` is the platform of the host that builds. */
export function parsePlatformName(text: string, host: Platform): Parsed<Platform> {
  if (text.includes('/')) return parsePlatform(text)
  const {os, architecture, variant} = normalizePlatform({os: host.os, architecture: text})
  if (ARCHITECTURES.has(architecture)) return parsePlatform([os, architecture, variant].filter(Boolean).join('/'))
  const named = normalizePlatform(omitUndefined({os: text, architecture: host.architecture, variant: host.variant}))
  return SYSTEMS.has(named.os) ? {ok: true, value: named} : parsePlatform(text)
}
