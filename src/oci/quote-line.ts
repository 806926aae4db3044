// Text from outside, made fit to be quoted in a message.
// A registry, a certificate, or the author of a signature chooses all of it.

import {truncate} from './truncate.ts'

const MAX_QUOTED = 200

/** One short line without control characters: a workflow command must not come from outside. */
export function quoteLine(text: string): string {
  return truncate(text.replace(/[\p{C}\p{Z}]+/gu, ' ').trim(), MAX_QUOTED)
}
