// Where signatures come from beside registries, and what they are verified with: trust roots, and GitHub's API for attestations.
// The action and the audit look signatures up with the same ones.

import {fail} from '../failure/error.ts'
import {type AttestationsPort, createAttestationsPort} from '../github/attestations.ts'
import {createCertificates} from '../http/certificates.ts'
import {createHttpClient} from '../http/http-client.ts'
import {decodeJsonObject} from '../oci/json.ts'
import type {RateLimit} from '../registry/exchange.ts'
import type {Inputs} from '../runner/inputs.ts'
import {MAX_CANDIDATES, MAX_SIGNATURE_BYTES} from '../signature-lookup/found-candidate.ts'
import {publicGoodRoot} from '../signature/public-good-root.ts'
import type {SignerRule} from '../signature/signer-rule.ts'
import {openTrustRoot, type TrustRoot} from '../signature/sigstore.ts'
import type {RunContext} from './publish.ts'
import {USER_AGENT} from './version.ts'

/** Fails with 'invalid-input' for a trust root that cannot be used. */
export function openTrustRoots({signatures: {trustedRoots}}: Inputs): readonly TrustRoot[] {
  const builtIn = decodeJsonObject(Buffer.from(publicGoodRoot()))
  if (!builtIn.ok) throw new TypeError(`the built-in trust root is not valid: ${builtIn.reason}`)
  return (trustedRoots ?? [builtIn.value]).map(document => {
    const root = openTrustRoot(document)
    if (root.ok) return root.value
    return fail({
      kind: 'invalid-input',
      faults: [
        {
          input: 'trusted-root',
          value: '',
          reason: root.reason,
          example: 'trusted-root.jsonl, as `gh attestation trusted-root` prints it'
        }
      ]
    })
  })
}

/** GitHub's API, which is opened when a rule first needs it. */
export type GithubAttestations = {
  readonly port: () => AttestationsPort
  readonly close: () => void
}

export function createGithubAttestations(
  {runtime, runner}: RunContext,
  inputs: Inputs,
  limitRate?: RateLimit
): GithubAttestations {
  let opened: {readonly port: AttestationsPort; readonly close: () => void} | undefined
  function open(): {readonly port: AttestationsPort; readonly close: () => void} {
    const {environment, clock, wallClock} = runtime
    const http = createHttpClient({
      limits: inputs,
      environment,
      certificates: createCertificates({environment, note: runner.print})
    })
    const port = createAttestationsPort({
      http,
      apiUrl: environment['GITHUB_API_URL'] ?? '',
      token: inputs.githubToken,
      userAgent: USER_AGENT,
      nowMs: clock.nowMs,
      wallClockMs: () => wallClock().getTime(),
      maxBundleBytes: MAX_SIGNATURE_BYTES,
      limit: MAX_CANDIDATES,
      limitRate
    })
    return {port, close: http.close}
  }
  return {
    port: () => (opened ??= open()).port,
    close: () => opened?.close()
  }
}

/** The repositories and owners whose attestations GitHub is asked for, each once. */
export function attestationSources(
  rules: readonly SignerRule[]
): readonly {readonly owner: string; readonly repository: string | undefined}[] {
  const sources = rules.flatMap(({signer}) =>
    signer.kind === 'github' ? [{owner: signer.owner, repository: signer.repository}] : []
  )
  return [
    ...new Map(
      sources.map(source => [`${source.owner}/${source.repository ?? ''}`.toLowerCase(), source] as const)
    ).values()
  ]
}
