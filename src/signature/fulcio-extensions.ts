// What Fulcio writes into a certificate about the identity of the signer (github.com/sigstore/fulcio, docs/oid-info.md).
// Pure. The certificate was verified before.

// 1.3.6.1.4.1.57264.1: the first six extensions are text, the later ones a UTF8String in DER.
const FULCIO = [1, 3, 6, 1, 4, 1, 57264, 1]
const LAST_RAW = 6

/** The extensions below Fulcio's arc that can be read, by their last number. */
export function readFulcioExtensions(
  extensions: readonly {readonly id: readonly number[]; readonly value: Buffer}[]
): ReadonlyMap<number, string> {
  return new Map(
    extensions.flatMap(({id, value}): readonly (readonly [number, string])[] => {
      const number = id.at(-1) ?? 0
      const isFulcio = id.length === FULCIO.length + 1 && FULCIO.every((part, at) => id[at] === part)
      const text = isFulcio ? (number <= LAST_RAW ? value.toString('utf8') : utf8String(value)) : undefined
      return text === undefined ? [] : [[number, text]]
    })
  )
}

/** The text of a DER UTF8String; undefined for anything else. */
function utf8String(der: Buffer): string | undefined {
  const [tag, first = 0] = der
  const lengthBytes = first < 0x80 ? 0 : first & 0x7f
  if (tag !== 0x0c || lengthBytes > 3 || der.length < 2 + lengthBytes) return undefined
  const length = lengthBytes === 0 ? first : der.readUIntBE(2, lengthBytes)
  const text = der.subarray(2 + lengthBytes)
  return text.length === length ? text.toString('utf8') : undefined
}
