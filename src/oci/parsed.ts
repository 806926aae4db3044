// The answer of every parser in oci/: the value, or why there is none.
// Parsers here never throw: who calls decides what an invalid text means there.

export type Parsed<T> = {readonly ok: true; readonly value: T} | {readonly ok: false; readonly why: string}

export const valid = <T>(value: T): Parsed<T> => ({ok: true, value})

/** `why` completes the sentence "it is not valid: …" and names the rule that was broken. */
export const invalid = (why: string): {readonly ok: false; readonly why: string} => ({ok: false, why})
