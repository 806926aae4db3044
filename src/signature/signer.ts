// Who signed: what a verified certificate or key says about itself, and whether a rule accepts it.
// Pure. Names are compared as a whole. GitHub's are compared in any case, because GitHub does not tell two cases apart.

import {omitUndefined} from '../oci/omit-undefined.ts'
import {matchesPattern} from './identity-pattern.ts'
import {quoteLine} from '../oci/quote-line.ts'
import {GITHUB_ISSUER, githubHostOf, type RequiredSigner} from './signer-rule.ts'

/** A certificate whose signature, chain, and time were verified. */
export type CertificateIdentity = {
  /** The subject alternative name: a URI or an e-mail address. */
  readonly name: string
  readonly issuer: string
  /** Fulcio's extensions below 1.3.6.1.4.1.57264.1, by their last number. */
  readonly extensions: ReadonlyMap<number, string>
}

/** Times are ISO 8601, UTC. */
export type FoundSigner = {
  readonly kind: 'github' | 'identity' | 'key'
  readonly identity?: string
  readonly issuer?: string
  /** `owner/repository` at GitHub. */
  readonly repository?: string
  readonly ref?: string
  readonly commit?: string
  /** The workflow that ran, as a URI with its ref. */
  readonly workflow?: string
  readonly runUrl?: string
  /** The file of the key, and the SHA-256 of its SubjectPublicKeyInfo. */
  readonly key?: string
  readonly keyDigest?: string
  readonly signedAt?: string
  readonly logIndex?: string
}

// github.com/sigstore/fulcio, docs/oid-info.md. The first six are of certificates from before 2023.
const OLD_SHA = 3
const OLD_REPOSITORY = 5
const OLD_REF = 6
const REPOSITORY_URI = 12
const COMMIT = 13
const REF = 14
const OWNER_URI = 16
const BUILD_CONFIG_URI = 18
const RUN_URL = 21

/** Who signed, as it is shown. Rules are compared with the certificate itself. */
export function signerOf(
  {name, issuer, extensions}: CertificateIdentity,
  when: Pick<FoundSigner, 'signedAt' | 'logIndex'>
): FoundSigner {
  const host = githubHostOf(issuer)
  if (host === undefined) return {kind: 'identity', identity: quoteLine(name), issuer: quoteLine(issuer), ...when}
  return omitUndefined({
    kind: 'github' as const,
    identity: quoteLine(name),
    issuer,
    repository: shown(pathBelow(host, repositoryUri(host, extensions))),
    ref: shown(extensions.get(REF) ?? extensions.get(OLD_REF)),
    commit: shown(extensions.get(COMMIT) ?? extensions.get(OLD_SHA)),
    workflow: shown(extensions.get(BUILD_CONFIG_URI)),
    runUrl: shown(extensions.get(RUN_URL)),
    ...when
  })
}

function shown(text: string | undefined): string | undefined {
  return text === undefined ? undefined : quoteLine(text)
}

/** Whether a rule accepts a certificate. A key is compared by verifying with it. */
export function acceptsCertificate(required: RequiredSigner, certificate: CertificateIdentity): boolean {
  switch (required.kind) {
    case 'key':
      return false
    case 'identity':
      return certificate.issuer === required.issuer && matchesPattern(required.pattern, certificate.name)
    case 'github':
      return acceptsWorkflow(required, certificate)
  }
}

// The policy of `gh attestation verify`: the source repository, and beside it the workflow that signed, which may be in another one.
function acceptsWorkflow(
  {host, issuer, owner, repository, workflow, ref}: Extract<RequiredSigner, {kind: 'github'}>,
  certificate: CertificateIdentity
): boolean {
  const {extensions} = certificate
  if (certificate.issuer !== issuer) return false
  const isSource =
    repository === undefined
      ? isSame(extensions.get(OWNER_URI) ?? ownerUri(host, extensions), `https://${host}/${owner}`)
      : isSame(repositoryUri(host, extensions), `https://${host}/${owner}/${repository}`)
  if (
    !isSource ||
    !isSignedBy(
      `https://${host}`,
      workflow ?? `${owner}${repository === undefined ? '' : `/${repository}`}/`,
      certificate.name
    )
  )
    return false
  const found = extensions.get(REF) ?? extensions.get(OLD_REF)
  return ref === undefined || (found !== undefined && matchesPattern(ref, found))
}

/** `signer` ends with a slash, is a workflow, or is a workflow at a ref. */
function isSignedBy(origin: string, signer: string, name: string): boolean {
  const expected = `${origin}/${signer}`.toLowerCase()
  const found = name.toLowerCase()
  if (expected.endsWith('/')) return found.startsWith(expected)
  return expected.includes('@') ? found === expected : found.startsWith(`${expected}@`)
}

function isSame(found: string | undefined, expected: string): boolean {
  return found?.toLowerCase() === expected.toLowerCase()
}

function repositoryUri(host: string, extensions: ReadonlyMap<number, string>): string | undefined {
  const old = extensions.get(OLD_REPOSITORY)
  return extensions.get(REPOSITORY_URI) ?? (old === undefined ? undefined : `https://${host}/${old}`)
}

function ownerUri(host: string, extensions: ReadonlyMap<number, string>): string | undefined {
  const [owner] = pathBelow(host, repositoryUri(host, extensions))?.split('/') ?? []
  return owner === undefined ? undefined : `https://${host}/${owner}`
}

function pathBelow(host: string, uri: string | undefined): string | undefined {
  const origin = `https://${host}/`
  return uri?.startsWith(origin) === true ? uri.slice(origin.length) : undefined
}

/** Who signed, in the words of a rule, without what differs from one build to the next. */
export function signerRuleOf({kind, identity = '', issuer = '', repository, key, keyDigest}: FoundSigner): string {
  switch (kind) {
    case 'key':
      return key === undefined
        ? 'a key that no rule names'
        : `key:${key}${keyDigest === undefined ? '' : ` ${keyDigest}`}`
    case 'identity':
      return `identity:${identity} issuer=${issuer}`
    case 'github': {
      const [, workflow] = /^https:\/\/[^/]+\/([^@]+)@/.exec(identity) ?? []
      const isOwn = workflow?.toLowerCase().startsWith(`${repository?.toLowerCase() ?? ''}/`) === true
      const host = githubHostOf(issuer)
      return [
        `github:${repository ?? ''}`,
        ...(isOwn || workflow === undefined ? [] : [`signer=${workflow}`]),
        ...(host === 'github.com' && issuer === GITHUB_ISSUER ? [] : [`issuer=${issuer}`])
      ].join(' ')
    }
  }
}
