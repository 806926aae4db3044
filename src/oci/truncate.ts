// Text from outside, short enough for a message.
// Pure.

/** At most `length` characters; a cut is marked with an ellipsis. */
export function truncate(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, length - 1)}…` : text
}
