// GitHub's API for attestations, for rules with `github:`. The action and the audit look signatures up with the same one.
// It is the runner's own, so that a machine without the internet contacts no public host. Only a rule that names the issuer of a tenant
// leads to that tenant's API, which gets no token.

import {fail} from '../failure/error.ts'
import {type AttestationsPort, createAttestationsPort} from '../github/attestations.ts'
import {parseApiUrl} from '../github/github-api.ts'
import {createCertificates} from '../http/certificates.ts'
import {createHttpClient, type HttpClient} from '../http/http-client.ts'
import type {RateLimit} from '../registry/exchange.ts'
import type {Inputs} from '../runner/inputs.ts'
import {MAX_CANDIDATES, MAX_SIGNATURE_BYTES} from '../signature-lookup/found-candidate.ts'
import type {SignerRule} from '../signature/signer-rule.ts'
import type {RunContext} from './publish.ts'
import {USER_AGENT} from './version.ts'

export type GithubAttestations = {
  /** The API for workflows of `github.com`, or of a tenant such as `octo.ghe.com`. */
  readonly port: (host: string) => AttestationsPort
  readonly close: () => void
}

/** Fails with 'invalid-input' for an address of the API that the token must not be sent to. */
export function openGithubAttestations(
  {runtime, runner}: RunContext,
  inputs: Inputs,
  limitRate?: RateLimit
): GithubAttestations {
  const {environment, clock, wallClock} = runtime
  const ownUrl = ownApiUrl(inputs, environment)
  const ownHost = hostOf(environment['GITHUB_SERVER_URL'] ?? '')
  let http: HttpClient | undefined
  return {
    port: host => {
      http ??= createHttpClient({
        limits: inputs,
        environment,
        certificates: createCertificates({environment, note: runner.print})
      })
      // An issuer that a rule does not name is that of github.com.
      const isOwn = host === 'github.com' || host === ownHost
      return createAttestationsPort({
        http,
        url: isOwn ? ownUrl : new URL(`https://api.${host}`),
        token: isOwn ? inputs.githubToken : undefined,
        userAgent: USER_AGENT,
        nowMs: clock.nowMs,
        wallClockMs: () => wallClock().getTime(),
        maxBundleBytes: MAX_SIGNATURE_BYTES,
        limit: MAX_CANDIDATES,
        limitRate
      })
    },
    close: () => http?.close()
  }
}

function ownApiUrl({signatures: {rules}}: Inputs, environment: Readonly<Record<string, string | undefined>>): URL {
  const url = parseApiUrl(environment)
  if (url.ok) return url.value
  const rule = rules.find(({signer}) => signer.kind === 'github')
  // Without such a rule no request is sent there.
  if (rule === undefined) return new URL('https://api.github.com')
  return fail({
    kind: 'invalid-input',
    faults: [
      {input: 'signed-by', value: rule.source, reason: url.reason, example: 'GITHUB_API_URL: https://api.github.com'}
    ]
  })
}

function hostOf(url: string): string | undefined {
  return URL.canParse(url) ? new URL(url).host : undefined
}

/** Where GitHub is asked for attestations: each repository and owner once. */
export function attestationSources(
  rules: readonly SignerRule[]
): readonly {readonly host: string; readonly owner: string; readonly repository: string | undefined}[] {
  const sources = rules.flatMap(({signer}) => {
    if (signer.kind !== 'github') return []
    const {host, owner, repository} = signer
    return [[`${host}/${owner}/${repository ?? ''}`.toLowerCase(), {host, owner, repository}] as const]
  })
  return [...new Map(sources).values()]
}
