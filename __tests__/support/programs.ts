// Real programs that some tests need. Where one is missing, its tests are skipped, and reported as skipped.
// With CI set they run and fail instead: a skipped test has not passed.

import {execFileSync} from 'node:child_process'
import {describe} from '@jest/globals'

const PROGRAMS = {
  'docker-registry': ['docker-registry', '--version'],
  // distribution 3, as `go install` names it.
  registry: ['registry', '--version'],
  docker: ['docker', 'version'],
  buildx: ['docker', 'buildx', 'version'],
  // Bake, as .ci/run installs it.
  bake: ['buildx', 'bake', '--help'],
  compose: ['docker-compose', 'version'],
  skopeo: ['skopeo', '--version'],
  crane: ['crane', 'version'],
  regctl: ['regctl', 'version'],
  cosign: ['cosign', 'version'],
  buildah: ['buildah', '--version'],
  umoci: ['umoci', '--version'],
  ko: ['ko', 'version'],
  bzip2: ['bzip2', '--help'],
  xz: ['xz', '--version'],
  squid: ['squid', '-v'],
  nginx: ['nginx', '-v'],
  haproxy: ['haproxy', '-v'],
  'redis-server': ['redis-server', '--version'],
  mitmdump: ['mitmdump', '--version'],
  podman: ['podman', '--version'],
  go: ['go', 'version'],
  chromium: ['chromium', '--version'],
  actionlint: ['actionlint', '--version'],
  act: ['act', '--version'],
  jq: ['jq', '--version'],
  busybox: ['busybox', 'true']
} as const

export type Program = keyof typeof PROGRAMS

function isThere(program: Program): boolean {
  const [file, ...args] = PROGRAMS[program]
  try {
    execFileSync(file, args, {stdio: 'ignore', timeout: 10_000})
    return true
  } catch {
    return false
  }
}

/** Like `describe`, for tests that need these programs. */
export function describeWith(programs: readonly Program[], name: string, tests: () => void): void {
  // Other systems than Linux run only the tests that need no program.
  const mayBeSkipped = (process.env['CI'] ?? '') === '' || process.platform !== 'linux'
  const missing = programs.filter(program => mayBeSkipped && !isThere(program))
  if (missing.length === 0) describe(name, tests)
  else describe.skip(`${name} (${missing.join(', ')} is not installed)`, tests)
}
