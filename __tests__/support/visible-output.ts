// Everything of a run that people can see: log, annotations, summary, report, and outputs, without the masking commands.

import type {ActionRun} from './run-action.ts'

export function visibleOutput({stdout, stderr, summary, report, outputs}: ActionRun): string {
  return [
    stdout.replace(/^::add-mask::.*$/gm, ''),
    stderr,
    summary,
    JSON.stringify(report),
    JSON.stringify(outputs)
  ].join('\n')
}

/** The parts of a secret, of this length, that a text contains: as written, percent-encoded, escaped, or in Base64. */
export function leakedParts(text: string, secret: string, length = 6): readonly string[] {
  const readings = [text, decodeLoosely(text), ...(text.match(/[A-Za-z0-9+/_-]{8,}/g) ?? []).flatMap(decodeBase64)]
  const parts = Array.from({length: Math.max(1, secret.length - length + 1)}, (_, at) => secret.slice(at, at + length))
  return parts.filter(part => readings.some(reading => reading.includes(part)))
}

function decodeLoosely(text: string): string {
  return text
    .replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
    .replace(/\\+x([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
    .replace(/\\+(["/\\])/g, '$1')
}

function decodeBase64(text: string): readonly string[] {
  return [0, 1, 2, 3].map(skip => Buffer.from(text.slice(skip), 'base64').toString('latin1'))
}
