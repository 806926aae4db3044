// The action as a process beside one registry, and what came of it in the words of the report.

import type {FaultRegistry} from './fault-registry.ts'
import {type ActionRun, runAction, type RunActionOptions} from './run-action.ts'

export const NAME = 'acme/app'
export const TAG = '1.2.3'

export type Outcome = {
  readonly exitCode: number | null
  readonly verified: string | undefined
  readonly imageId: string | undefined
  readonly kind: string | undefined
  readonly cause: string | undefined
  /** All annotations, the log and the summary, in one text. */
  readonly said: string
  readonly run: ActionRun
}

/** Nothing is named but what a test names: the platform is the runner's. */
export async function act(
  {host}: Pick<FaultRegistry, 'host'>,
  more: Readonly<Record<string, string>> = {},
  options: RunActionOptions = {}
): Promise<Outcome> {
  return outcomeOf(
    await runAction(
      {
        ...{
          image: `${host}/${NAME}:${TAG}`,
          mirrors: '',
          'public-mirrors': '',
          backoff: '1ms',
          'status-pages': 'false'
        },
        ...more
      },
      options
    )
  )
}

type Report = {
  readonly images?: readonly {
    readonly registries?: readonly {readonly failure?: {readonly kind: string}}[]
    readonly diagnosis?: {readonly cause: string}
  }[]
}

function outcomeOf(run: ActionRun): Outcome {
  const image = (run.report as Report | undefined)?.images?.[0]
  return {
    exitCode: run.exitCode,
    verified: run.outputs['verified'],
    imageId: run.outputs['image-id'],
    kind: image?.registries?.[0]?.failure?.kind,
    cause: image?.diagnosis?.cause,
    said: [...run.annotations.map(({message}) => message), ...run.log, run.summary].join('\n'),
    run
  }
}
