// The clients of a run: registries with their credentials, and status pages.
// A part of action.ts with a room of its own.

import type {RegistryPort} from '../registry/registry.ts'
import {createCredentials} from '../credentials/find-credentials.ts'
import {createCertificates} from '../http/certificates.ts'
import {createHttpClient} from '../http/http-client.ts'
import type {Inputs} from '../runner/inputs.ts'
import {createRegistryAccess, type RegistryAccess} from '../registry/anonymous-access.ts'
import {createRegistryClient, type RegistryClientOptions} from '../registry/registry-client.ts'
import {createStatusPages, STATUS_GRACE_MS, STATUS_LIMIT_MS, type StatusPages} from '../registry/status-pages.ts'
import type {Acquisition} from '../acquire/acquisition.ts'
import {type RunContext, warn} from './publish.ts'
import {VERSION} from './version.ts'

const USER_AGENT = `verified-image/${VERSION}`

type Registries = {readonly registry: RegistryPort; readonly access: RegistryAccess}

export function openRegistries(run: RunContext, inputs: Inputs): Registries {
  const {machine, runner} = run
  const options: RegistryClientOptions = {
    ...inputs,
    environment: machine.environment,
    certificates: createCertificates({environment: machine.environment, note: runner.print}),
    credentialsOf: createCredentials({
      fromInputs: inputs.credentials,
      githubToken: inputs.githubToken,
      environment: machine.environment,
      programEnvironment: run.programEnvironment,
      home: machine.home(),
      conceal: runner.setSecret,
      signal: run.stop.signal,
      warn: text => {
        warn(run, 'Docker credentials', text)
      }
    }),
    conceal: runner.concealToken,
    nowMs: machine.clock.nowMs,
    wallClockMs: () => machine.wallClock().getTime(),
    userAgent: USER_AGENT
  }
  return {registry: createRegistryClient(options), access: createRegistryAccess(options)}
}

export function openStatusPages({machine, stop}: RunContext, {usesStatusPages}: Inputs): StatusPages | undefined {
  if (!usesStatusPages) return undefined
  const limits = {connectTimeoutMs: STATUS_LIMIT_MS, stallTimeoutMs: STATUS_LIMIT_MS, concurrency: 1}
  const {environment} = machine
  const certificates = createCertificates({environment, note: () => undefined})
  const http = createHttpClient({limits, environment, certificates})
  return createStatusPages({http, userAgent: USER_AGENT, signal: stop.signal})
}

/** The acquisition with what the status pages say about its registries. */
export async function withNotices(
  acquisition: Acquisition,
  statusPages: StatusPages | undefined
): Promise<Acquisition> {
  const {results, image} = acquisition
  const waitMs = image === undefined ? STATUS_LIMIT_MS : STATUS_GRACE_MS
  const notices = await statusPages?.notices(results, waitMs)
  if (notices === undefined || notices.size === 0) return acquisition
  return {
    ...acquisition,
    results: results.map(result => {
      const notice = notices.get(result.candidate.repository.registry)
      return notice === undefined ? result : {...result, statusNotice: notice}
    })
  }
}
