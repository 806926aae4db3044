// A real registry with one image, for tests that put a front end before it. A test file calls useRegistryBehind once, at its top level.

import {afterAll, afterEach, beforeAll} from '@jest/globals'
import {type DockerRegistry, startDockerRegistry} from './docker-registry.ts'
import type {FrontEnd} from './front-ends.ts'
import {makeImage} from './images.ts'
import {type ActionRun, runAction} from './run-action.ts'

/** Each layer is larger than what the front ends of these tests let through at once. */
export const LAYERED_IMAGE = makeImage({layers: [1, 2, 3, 4].map(seed => ({content: {seed, size: 1_500_000}}))})

/** The time of one test, which waits as users do. */
export const PATIENCE_MS = 90_000

export type RegistryBehind = {
  /** `127.0.0.1:PORT` of the registry itself. */
  readonly upstream: () => string
  /** The host of a front end, which is closed after the test. */
  readonly behind: (started: Promise<FrontEnd>) => Promise<string>
  /** Runs the action for the image at a host. Waits, tries, and connections are the defaults: they are what is tried. */
  readonly run: (host: string, inputs?: Readonly<Record<string, string>>) => Promise<ActionRun>
}

export function useRegistryBehind(): RegistryBehind {
  let registry: DockerRegistry
  const endings: (() => Promise<unknown>)[] = []
  beforeAll(async () => {
    registry = await startDockerRegistry()
    await registry.push('acme/app', '1', LAYERED_IMAGE)
  })
  afterEach(async () => {
    await Promise.all(endings.splice(0).map(end => end()))
  })
  afterAll(() => registry.close())
  return {
    upstream: () => registry.host,
    behind: async started => {
      const {host, close} = await started
      endings.push(close)
      return host
    },
    run: (host, inputs = {}) =>
      runAction(
        {image: `${host}/acme/app:1`, mirrors: '', platform: 'linux/amd64', ...inputs},
        {timeoutMs: PATIENCE_MS}
      )
  }
}
