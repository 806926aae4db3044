// Text from certificates, statements, and annotations, for messages: one short line without control characters.
// Everyone who can push a signature can choose all of it.

import {truncate} from '../oci/truncate.ts'

const MAX_CHARACTERS = 200

/** One line that a workflow command cannot be part of. */
export function printable(text: string): string {
  return truncate(text.replace(/[\p{C}\p{Z}]+/gu, ' ').trim(), MAX_CHARACTERS)
}

export function quotePrintable(text: string): string {
  return JSON.stringify(printable(text))
}
