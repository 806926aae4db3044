// Which CAs vouch for a host, and which certificate this client shows to it. Most runs need Node's own CAs alone, and pay one look for a
// folder. The store of the system is read after a handshake failed for an unknown CA: that takes 50 ms, and the handshake is repeated.

import {createSecureContext, getCACertificates, type SecureContext} from 'node:tls'
import {endpointOf} from '../oci/reference.ts'
import {certificateFolders, readRegistryCertificates, type RegistryCertificates} from './registry-certificates.ts'
import {checkCertificateVariables, readSystemCertificates} from './system-certificates.ts'

export type CertificatesOptions = {
  readonly environment: Readonly<Record<string, string | undefined>>
  /** What is ignored, and why: one line for the log. */
  readonly note: (text: string) => void
  readonly folders?: readonly string[]
  /** More files with CAs, by registry: those that the administrator's hosts.toml names. */
  readonly authorities?: ReadonlyMap<string, readonly string[]>
}

/** Undefined contexts are Node's default. */
export type Trust = {
  readonly host: SecureContext | undefined
  /** For a proxy that speaks TLS itself. The CAs of a registry do not vouch for it. */
  readonly proxy: SecureContext | undefined
  readonly hasSystem: boolean
}

export type Certificates = {
  /** The registry's own; undefined if it has none. Its CAs hold for all hosts that are asked on its behalf, as Docker has it. */
  readonly ofRegistry: (registry: string) => Promise<RegistryCertificates | undefined>
  readonly trustFor: (url: URL, own: RegistryCertificates | undefined) => Trust
  /** Adds the system's CAs to each trust from now on. Resolves to whether that is more than this one had. */
  readonly addSystem: (trust: Trust) => Promise<boolean>
}

export function createCertificates({
  environment,
  note,
  folders = certificateFolders(environment),
  authorities = new Map()
}: CertificatesOptions): Certificates {
  const registries = new Map<string, Promise<RegistryCertificates | undefined>>()
  const contexts = new Map<string, SecureContext>()
  let variables: Promise<void> | undefined
  let reading: Promise<readonly string[]> | undefined
  let system: readonly string[] = []

  async function noteVariables(): Promise<void> {
    for (const line of await checkCertificateVariables(environment)) note(line)
  }

  async function ofRegistry(registry: string): Promise<RegistryCertificates | undefined> {
    variables ??= noteVariables()
    await variables
    const found =
      registries.get(registry) ??
      readRegistryCertificates(registry, {folders, authorities: authorities.get(registry) ?? []}, note)
    registries.set(registry, found)
    return found
  }

  // A context with all CAs takes 17 ms to make; connections share it.
  function contextFor(own: RegistryCertificates | undefined, isClient: boolean): SecureContext | undefined {
    const cas = [...(own?.cas ?? []), ...system]
    const client = isClient ? own?.client : undefined
    if (cas.length === 0 && client === undefined) return undefined
    const key = `${own?.registry ?? ''} ${String(isClient)} ${String(system.length)}`
    const context =
      contexts.get(key) ?? createSecureContext({ca: [...new Set([...getCACertificates('default'), ...cas])], ...client})
    contexts.set(key, context)
    return context
  }

  return {
    ofRegistry,
    // The client's certificate says who asks, so that it goes to the registry alone: not to its token server, nor where it redirects.
    trustFor: (url, own) => ({
      host: contextFor(own, own !== undefined && url.origin === originOf(own.registry)),
      proxy: contextFor(undefined, false),
      hasSystem: system.length > 0
    }),
    addSystem: async trust => {
      reading ??= readSystemCertificates(environment)
      system = await reading
      return !trust.hasSystem && system.length > 0
    }
  }
}

function originOf(registry: string): string {
  return new URL(`https://${endpointOf(registry)}`).origin
}
