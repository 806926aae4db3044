// The result of every parser in oci/: the value, or the reason why there is none.
// Parsers never throw for an invalid text. The caller decides what it means.

export type Parsed<T> = {readonly ok: true; readonly value: T} | {readonly ok: false; readonly reason: string}

export function valid<T>(value: T): Parsed<T> {
  return {ok: true, value}
}

/** `reason` completes the sentence "it is not valid: …" with the rule that the text breaks. */
export function invalid(reason: string): {readonly ok: false; readonly reason: string} {
  return {ok: false, reason}
}
