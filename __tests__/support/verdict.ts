// What a failed run says of one image, in the places where people look: to be compared with each other, and searched.

import type {ActionRun} from './run-action.ts'

export type Verdict = {
  readonly kind: string | undefined
  readonly cause: string | undefined
  readonly advice: string
  /** The first line of the one annotation. */
  readonly headline: string
  /** Everything that is shown: annotations, summary, log. */
  readonly said: string
  readonly evidence: Readonly<Record<string, unknown>>
}

type Shape = {
  readonly images?: readonly {
    readonly diagnosis?: {
      readonly cause: string
      readonly advice: string
      readonly evidence: Readonly<Record<string, unknown>>
    }
    readonly registries: readonly {readonly failure?: {readonly kind: string}}[]
  }[]
}

export function verdictOf({report, annotations, summary, log}: ActionRun): Verdict {
  const image = (report as Shape | undefined)?.images?.[0]
  return {
    kind: image?.registries.find(({failure}) => failure !== undefined)?.failure?.kind,
    cause: image?.diagnosis?.cause,
    advice: image?.diagnosis?.advice ?? '',
    headline: annotations[0]?.message.split('\n')[0] ?? '',
    said: [...annotations.map(({message}) => message), summary, ...log].join('\n'),
    evidence: image?.diagnosis?.evidence ?? {}
  }
}
