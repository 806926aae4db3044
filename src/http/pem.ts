// Certificates in PEM files (RFC 7468), each in one form, so that equal ones are found.
// A file may hold several, with text between them. What is not a certificate is skipped, as Go's AppendCertsFromPEM does.

import {X509Certificate} from 'node:crypto'
import {readRegularFile} from '../filesystem/regular-file.ts'

// A distribution's bundle of all public CAs has 220 kB.
const MAX_BYTES = 1024 * 1024

/** Rejects as readRegularFile does. Certificate stores link to their files, so that links are followed. */
export async function readPem(path: string): Promise<string> {
  const content = await readRegularFile(path, {maxBytes: MAX_BYTES, links: 'follow'})
  return content.toString('latin1')
}

export function certificatesIn(pem: string): readonly string[] {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g) ?? []
  return blocks.flatMap(block => {
    try {
      return [new X509Certificate(block).toString()]
    } catch {
      // It is no certificate, or of a kind that OpenSSL cannot read.
      return []
    }
  })
}
