// The clients of a run: registries with their credentials, and status pages.
// The caller closes them.

import type {RateLimit} from '../registry/exchange.ts'
import type {ReferrersPort, RegistryPort} from '../registry/registry.ts'
import {createCredentials} from '../credentials/find-credentials.ts'
import {createCertificates} from '../http/certificates.ts'
import {createHttpClient} from '../http/http-client.ts'
import {importedAuthorities} from '../mirror-files/imported-mirrors.ts'
import type {Inputs} from '../runner/inputs.ts'
import {createRegistryAccess, type RegistryAccess} from '../registry/anonymous-access.ts'
import {createRegistryClient, type RegistryClientOptions} from '../registry/registry-client.ts'
import {createStatusPages, STATUS_LIMIT_MS, type StatusPages} from '../status-pages/status-pages.ts'
import {type RunContext, warn} from './publish.ts'
import {USER_AGENT} from './version.ts'

type Registries = {readonly registry: RegistryPort & ReferrersPort; readonly access: RegistryAccess}

/** Opens the clients for registries, with the credentials of the run. */
export function openRegistries(run: RunContext, inputs: Inputs, limitRate?: RateLimit): Registries {
  const options = clientOptions(run, inputs, limitRate)
  return {registry: createRegistryClient(options), access: createRegistryAccess(options)}
}

/** What each client of registries is made with. */
export function clientOptions(run: RunContext, inputs: Inputs, limitRate?: RateLimit): RegistryClientOptions {
  const {runtime, runner} = run
  return {
    ...inputs,
    environment: runtime.environment,
    certificates: createCertificates({
      environment: runtime.environment,
      note: runner.print,
      authorities: importedAuthorities(inputs.imported)
    }),
    credentialsOf: openCredentials(run, inputs, text => {
      warn(run, 'Docker credentials', text)
    }),
    setSecret: runner.setTokenSecret,
    nowMs: runtime.clock.nowMs,
    wallClockMs: () => runtime.wallClock().getTime(),
    userAgent: USER_AGENT,
    limitRate
  }
}

/** Opens the client for status pages; undefined if they are switched off. */
export function openStatusPages({runtime, stop}: RunContext, {usesStatusPages}: Inputs): StatusPages | undefined {
  if (!usesStatusPages) return undefined
  const limits = {connectTimeoutMs: STATUS_LIMIT_MS, stallTimeoutMs: STATUS_LIMIT_MS, concurrency: 1}
  const {environment} = runtime
  const certificates = createCertificates({environment, note: () => undefined})
  const http = createHttpClient({limits, environment, certificates})
  return createStatusPages({http, userAgent: USER_AGENT, signal: stop.signal})
}

/** The credentials of inputs, and those that Docker has on this machine. `onWarning` gets what is wrong with the latter. */
export function openCredentials(
  {runtime, runner, programEnvironment, stop}: RunContext,
  {credentials, githubToken}: Pick<Inputs, 'credentials' | 'githubToken'>,
  onWarning: (text: string) => void
): RegistryClientOptions['credentialsOf'] {
  return createCredentials({
    fromInputs: credentials,
    githubToken,
    environment: runtime.environment,
    programEnvironment,
    home: runtime.home(),
    setSecret: runner.setSecret,
    signal: stop.signal,
    note: runner.print,
    warn: onWarning
  })
}
