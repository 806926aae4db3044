// Makes the action's outputs from its report; see action.yml for names and meanings.
// An image that was not verified has no reference.

import type {ImageReport, Report} from '../report/report-document.ts'
import {contextNameOf} from './outputs-check.ts'
import {VERIFY_LEVELS} from '../fetch/verify-level.ts'

/** All outputs except `report`, by name. An output without a value is absent. */
export function outputsOf({images, outcome, layout}: Report): Readonly<Record<string, string>> {
  const verified = images.filter(image => image.reference !== undefined)
  const [first] = images
  const outputs: Record<string, string | undefined> = {
    ...(first?.reference === undefined ? {} : outputsOfFirst(first)),
    references:
      verified.length === 0
        ? undefined
        : JSON.stringify(Object.fromEntries(verified.map(({image, reference}) => [image, reference]))),
    'build-contexts': verified.length === 0 ? undefined : contextLinesOf(verified).join('\n'),
    layout,
    signers: signersOf(verified),
    // The lowest level, so that it holds for every image.
    verified:
      outcome === 'verified' ? VERIFY_LEVELS.find(level => images.some(image => image.verified === level)) : undefined
  }
  return Object.fromEntries(
    Object.entries(outputs).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]))
  )
}

/** Each image with a rule, and its signer; undefined without any. */
function signersOf(images: readonly ImageReport[]): string | undefined {
  const signed = images.flatMap(({image, signature}) => {
    const [signer] = signature?.signers ?? []
    return signer === undefined ? [] : [[image, signer] as const]
  })
  return signed.length === 0 ? undefined : JSON.stringify(Object.fromEntries(signed))
}

// Each name once: `php:8.3` and `docker.io/library/php:8.3` are the same image, and so are `php` and `php:latest`. Two images with one
// name keep two lines, which outputs-check.ts rejects.
function contextLinesOf(images: readonly ImageReport[]): readonly string[] {
  const lines = new Map<string, string>()
  for (const image of images) {
    const owner = contextNameOf(image.name) ?? image.name
    for (const line of contextsOf(image)) {
      const name = line.slice(0, line.indexOf('='))
      const key = `${contextNameOf(name) ?? name}=${owner}`
      if (!lines.has(key)) lines.set(key, line)
    }
  }
  return [...lines.values()]
}

function contextsOf({buildContext, namedContexts = []}: ImageReport): readonly string[] {
  return buildContext === undefined ? namedContexts : [buildContext, ...namedContexts]
}

function outputsOfFirst({
  reference,
  digest,
  platforms,
  registry,
  source,
  tag,
  size
}: ImageReport): Record<string, string | undefined> {
  return {
    reference,
    digest,
    'image-id': platforms[0]?.imageId,
    registry,
    source,
    tag,
    size: size === undefined ? undefined : String(size)
  }
}
