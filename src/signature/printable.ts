// Text from certificates, statements, and annotations, as JSON for messages.
// Everyone who can push a signature can choose all of it.

import {quoteLine} from '../oci/quote-line.ts'

export function quotePrintable(text: string): string {
  return JSON.stringify(quoteLine(text))
}
