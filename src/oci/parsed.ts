// The answer of every parser in oci/: the value, or why there is none.
// Parsers here never throw: who calls decides what an invalid text means there.

export type Parsed<T> = {readonly ok: true; readonly value: T} | {readonly ok: false; readonly reason: string}

export function valid<T>(value: T): Parsed<T> {
  return {ok: true, value}
}

/** `reason` completes the sentence "it is not valid: …" and names the rule that was broken. */
export function invalid(reason: string): {readonly ok: false; readonly reason: string} {
  return {ok: false, reason}
}
