// The answer of every parser in oci/: the value, or why there is none.
// Parsers here never throw: who calls decides what an invalid text means there.

export type Parsed<T> = {readonly ok: true; readonly value: T} | {readonly ok: false; readonly reason: string}

export const valid = <T>(value: T): Parsed<T> => ({ok: true, value})

/** `reason` completes the sentence "it is not valid: …" and names the rule that was broken. */
export const invalid = (reason: string): {readonly ok: false; readonly reason: string} => ({ok: false, reason})
