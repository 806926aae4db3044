// What a signature is about: an in-toto statement in a DSSE envelope, or a payload of cosign.
// Pure. @sigstore/verify proves who signed these bytes, and does not look at them, so digests and types are compared here.

import {algorithmOf, type Digest} from '../oci/digest.ts'
import {decodeJsonObject, isObject, type JsonObject, stringAt} from '../oci/json.ts'
import {invalid, type Parsed, valid} from '../oci/parsed.ts'
import {quotePrintable} from './printable.ts'

/** The payload type of an in-toto statement. A signature of other bytes must not pass for one. */
const IN_TOTO = 'application/vnd.in-toto+json'

const STATEMENT_TYPES = ['https://in-toto.io/Statement/v1', 'https://in-toto.io/Statement/v0.1']

/**
 * Predicate types that say "this is what we publish": what `cosign sign` writes, and provenance. The same identity also signs SBOMs, and
 * reports of failed scans, which do not say that.
 */
export const SIGNATURE_PREDICATES = [
  'https://sigstore.dev/cosign/sign/v1',
  'https://slsa.dev/provenance/v1',
  'https://slsa.dev/provenance/v0.2'
]

// cosign's specs/SIGNATURE_SPEC.md. Versions before 3 write the words, version 3 the URI too.
const PAYLOAD_TYPES = ['cosign container image signature', 'https://sigstore.dev/cosign/sign/v1']

/** The predicate type of a statement about this digest. */
export function readStatement(payloadType: string, payload: Uint8Array, digest: Digest): Parsed<string> {
  if (payloadType !== IN_TOTO) return invalid(`its payload type is ${quotePrintable(payloadType)}, not ${IN_TOTO}`)
  const statement = decodeJsonObject(payload)
  if (!statement.ok) return invalid(`its statement is not valid: ${statement.reason}`)
  const type = stringAt(statement.value, '_type') ?? ''
  if (!STATEMENT_TYPES.includes(type)) return invalid(`its type is ${quotePrintable(type)}, not an in-toto statement`)
  const {subject} = statement.value as {readonly subject?: unknown}
  // A statement may be about a thousand subjects.
  const isAbout = Array.isArray(subject) && subject.some(one => isObject(one) && hasDigest(one, digest))
  if (!isAbout) return invalid('it is about another image: none of its subjects has this digest')
  const predicate = stringAt(statement.value, 'predicateType') ?? ''
  return predicate === '' ? invalid('it has no predicate type') : valid(predicate)
}

function hasDigest(subject: JsonObject, digest: Digest): boolean {
  const digests = subject['digest']
  const algorithm = algorithmOf(digest)
  return isObject(digests) && stringAt(digests, algorithm) === digest.slice(algorithm.length + 1)
}

/**
 * Why a payload of cosign is not about this digest; undefined if it is. `docker-reference` in it is ignored, as the specification says: a
 * copy of a signature stays valid at another registry.
 */
export function checkPayload(payload: Uint8Array, digest: Digest): string | undefined {
  const json = decodeJsonObject(payload)
  if (!json.ok) return `its payload is not valid: ${json.reason}`
  const critical = json.value['critical']
  if (!isObject(critical)) return 'its payload has no critical part'
  const type = stringAt(critical, 'type') ?? ''
  if (!PAYLOAD_TYPES.includes(type)) return `its payload type is ${quotePrintable(type)}, not an image signature`
  const image = critical['image']
  const found = isObject(image) ? stringAt(image, 'docker-manifest-digest') : undefined
  return found === digest ? undefined : 'it is about another image: its payload has another digest'
}
