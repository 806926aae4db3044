// Reads back what was sent, and compares: what a registry acknowledged is not yet what it serves.
// Manifests by GET, whose bytes are compared; blobs by HEAD.

import {fail} from '../failure/error.ts'
import {backoffAfter} from '../fetch/backoff.ts'
import type {Digest} from '../oci/digest.ts'
import type {CopyDeps, CopyJob} from './copy-job.ts'
import {listedReferrers, subjectsOf} from './target-state.ts'

export type Expected = {readonly tag: string; readonly sentBlobs: ReadonlySet<Digest>}

/** Compares what was sent with what the target serves now. Resolves to the number of attachments that it lists. */
export async function readBack(
  {target, closure, attachments, plan}: CopyJob,
  {tag, sentBlobs}: Expected,
  deps: CopyDeps
): Promise<number> {
  const {repository} = target
  const {registry} = deps
  const {digest: wanted} = closure.root
  await eventually(
    deps,
    `the tag ${tag}`,
    wanted,
    async () => (await registry.readManifest({repository, reference: tag, wanted}))?.digest
  )
  await Promise.all([
    ...plan.manifests.map(({digest}) =>
      eventually(
        deps,
        'the manifest',
        digest,
        async () => (await registry.readManifest({repository, reference: digest}))?.digest
      )
    ),
    ...plan.blobs
      .filter(({digest}) => sentBlobs.has(digest))
      .map(blob =>
        eventually(deps, 'the blob', blob.digest, async () =>
          (await registry.hasBlob(repository, blob)) ? blob.digest : undefined
        )
      )
  ])
  const listed = await listedReferrers(registry, repository, subjectsOf(attachments))
  const tags = await Promise.all(
    attachments.tags.map(({tag: name, digest}) => registry.readManifest({repository, reference: name, wanted: digest}))
  )
  return (
    attachments.referrers.filter(digest => listed.has(digest)).length + tags.filter(found => found !== undefined).length
  )
}

/** Reads until the target shows what was sent to it: a registry with several regions may need a moment. */
async function eventually(
  {clock, random, backoff, signal}: CopyDeps,
  what: string,
  wanted: Digest,
  read: () => Promise<Digest | undefined>
): Promise<void> {
  for (let ordinal = 1; ; ordinal++) {
    const got = await read()
    if (got === wanted) return
    const waitMs = backoffAfter(backoff, ordinal, undefined, random())
    if (ordinal < backoff.attempts && waitMs !== 'too long') await clock.wait(waitMs, signal)
    else if (got === undefined)
      fail({kind: 'protocol', detail: `${what} ${wanted} was stored, and cannot be read back`, isHtml: false})
    else fail({kind: 'digest-disagrees', wanted, got, decidedBy: `what was copied to ${what}`})
  }
}
