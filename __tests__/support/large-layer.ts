// Runs the action as a process with a large layer, and a registry behind a network line.

import type {Action, Fault} from './fault.ts'
import {type FaultRegistry, type FaultRegistryOptions, startFaultRegistry} from './fault-registry.ts'
import {type Image, makeImage} from './images.ts'
import {type LineOptions, startLine} from './line.ts'
import {publish} from './registry-content.ts'
import {type ActionRun, runAction} from './run-action.ts'

const MIB = 1024 * 1024
const LINE: LineOptions = {roundTripMs: 20, bytesPerSecond: 20e6}

export type LayerAttempt = {
  readonly object: string
  readonly outcome: string
  readonly failure?: {readonly kind: string}
  readonly parts?: {
    readonly count: number
    readonly connections: number
    readonly stragglers: number
    readonly resumed: number
    readonly ended?: string
  }
  readonly differs?: {readonly start: number; readonly end: number; readonly host: string; readonly requestIds: object}
  readonly exchanges: readonly {readonly status?: number; readonly count?: number}[]
}
type Report = {
  readonly images: readonly [{readonly registries: readonly [{readonly attempts: readonly LayerAttempt[]}]}]
}

export type LayerRun = {
  readonly run: ActionRun
  readonly registry: FaultRegistry
  /** Of the layers. */
  readonly attempts: readonly LayerAttempt[]
  /** The ranges that were requested of layers, in order. */
  readonly ranges: readonly string[]
  readonly mostConnections: number
}

export type LayerSituation = FaultRegistryOptions & {
  readonly image?: Image
  readonly inputs?: Readonly<Record<string, string>>
  readonly line?: LineOptions
}

let large: Image | undefined

/** The line is in front of the registry, or of the CDN that it redirects to. */
export async function runWithLine({
  image = (large ??= makeImage({layers: [{content: {seed: 1, size: 48 * MIB}, compression: 'none'}]})),
  inputs = {},
  line = LINE,
  ...options
}: LayerSituation): Promise<LayerRun> {
  const isRedirecting = options.blobs === 'redirect'
  const wire = await startLine(() => (isRedirecting ? `127.0.0.1:${String(registry.ports.cdn)}` : registry.host), line)
  const registry = await startFaultRegistry({
    content: [publish('acme/app', '1', image)],
    ...(isRedirecting ? {cdnOrigin: `http://${wire.host}`} : {}),
    ...options
  })
  try {
    const host = isRedirecting ? registry.host : wire.host
    const run = await runAction({
      image: `${host}/acme/app:1`,
      ...{platform: 'linux/amd64', 'public-mirrors': '', backoff: '5ms', 'hedge-after': '0', 'stall-timeout': '5s'},
      ...inputs
    })
    const [{registries}] = (run.report as Report).images
    const layers = registry.journal.filter(({object, server}) => object.startsWith('layer') && server !== 'cdn')
    return {
      run,
      registry,
      attempts: registries[0].attempts.filter(({object}) => object.startsWith('layer')),
      ranges: layers.map(({headers}) => headers.range ?? 'all'),
      mostConnections: wire.mostConnections()
    }
  } finally {
    await wire.close()
    await registry.close()
  }
}

export function onLayer(action: Action, after: number, times: Fault['times'] = 1): Fault {
  return {on: 'layer[0]', do: action, after, times}
}
