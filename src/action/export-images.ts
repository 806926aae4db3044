// What becomes of verified bytes on this machine: they are kept while they stream, and then written as a layout and loaded into
// the engine. Opened only where load or layout is asked for: nothing is written to disk otherwise.
import {fallbackUsed} from '../acquire/fallback.ts'
import {createVerifiedStore, type VerifiedStore} from '../fetch/verified-store.ts'
import {type Archive, blobPath, buildArchive, buildLayout, type ImageToExport} from './image-layout.ts'
import type {ImageRequest} from '../acquire/plan.ts'
import type {ExportedImage} from '../report/build-report.ts'
import {type BlobCache, openBlobCache} from '../store/blob-cache.ts'
import {type BlobStore, openBlobStore} from '../store/blob-store.ts'
import {createDockerEngine, type DockerEngine} from '../store/docker.ts'
import type {Inputs} from '../runner/inputs.ts'
import {writeLayout} from '../store/layout-directory.ts'
import {createStagingNames, type StagingNames} from '../store/staging.ts'
import {describeErrno} from '../filesystem/errno.ts'
import type {Runtime} from '../runner/runtime.ts'
import type {Digest} from '../oci/digest.ts'
import {formatReference} from '../oci/reference.ts'
import {fail} from '../failure/error.ts'
import {type Acquisition} from '../acquire/acquisition.ts'

export type Exporter = {
  readonly store: VerifiedStore
  /** Where each image is then; none of them when one of them could not be had. */
  readonly exportImages: (acquisitions: readonly Acquisition[]) => Promise<ReadonlyMap<Acquisition, ExportedImage>>
  /** Removes what is there for this run only. */
  readonly close: () => Promise<void>
}

type ExporterDeps = {
  readonly machine: Runtime
  /** What `docker` gets. */
  readonly programEnvironment: Readonly<Record<string, string>>
  /** Ends the run: what is wrong with this machine is no registry's fault. */
  readonly stop: AbortController
  readonly print: (line: string) => void
  readonly warn: (text: string) => void
}

/** For a run in which load or layout is asked for. */
export async function openExporter(inputs: Inputs, tools: ExporterDeps): Promise<Exporter> {
  const {load, layout} = inputs
  const {machine, programEnvironment, stop, print, warn} = tools
  const {environment, wallClock} = machine
  const leftovers = createStagingNames(machine.self(), wallClock)
  const temporary = environment['RUNNER_TEMP'] ?? ''
  const onCacheFault = (error: unknown): undefined => {
    warn(`The tool cache is not used: ${describeErrno(error)}. Set cache: false to run without it.`)
  }
  const store = await openBlobStore({
    folder: temporary === '' ? machine.temporaryFolder() : temporary,
    cache: inputs.cache ? await openCache(machine, leftovers).catch(onCacheFault) : undefined,
    ...{leftovers, signal: stop.signal, onCacheFault},
    onFault: error => {
      stop.abort(error)
    }
  })
  const engine = load ? createDockerEngine({environment: programEnvironment, signal: stop.signal}) : undefined
  // Known before gigabytes are fetched for it.
  const imageStore = engine?.detectImageStore()
  imageStore?.catch((error: unknown) => {
    stop.abort(error)
  })
  return {
    store: createVerifiedStore(store),
    close: store.close,
    exportImages: async acquisitions => {
      const images = acquisitions.flatMap(acquisition =>
        acquisition.image === undefined ? [] : [{wanted: usedOf(acquisition), image: acquisition.image}]
      )
      if (images.length < acquisitions.length) return new Map()
      // The engine first: the layout may get the files that it reads from.
      const names =
        engine === undefined || imageStore === undefined
          ? []
          : await loadInto(engine, buildArchive(images, machine.platform(), await imageStore), {store, print})
      const roots = layout === undefined ? [] : await writeTo(layout, images, {store, leftovers, stop, print})
      return new Map(
        acquisitions.map((acquisition, at) => [acquisition, exportedImage(acquisition, names[at], layout, roots[at])])
      )
    }
  }
}

async function openCache({environment, wallClock}: Runtime, leftovers: StagingNames): Promise<BlobCache | undefined> {
  const tools = environment['RUNNER_TOOL_CACHE'] ?? ''
  return tools === '' ? undefined : openBlobCache({tools, wallClock, leftovers})
}

// Under the name of the tag that was used: later jobs that find the requested name in the engine could not tell that it holds
// an older image.
function usedOf(acquisition: Acquisition): ImageRequest {
  return (fallbackUsed(acquisition) ?? acquisition).request.image
}

async function writeTo(
  folder: string,
  images: readonly ImageToExport[],
  {store, leftovers, stop, print}: {store: BlobStore; leftovers: StagingNames} & Pick<ExporterDeps, 'stop' | 'print'>
): Promise<readonly Digest[]> {
  const {documents, blobs, roots} = buildLayout(images)
  const puts = blobs.map(digest => [blobPath(digest), (path: string) => store.copyTo(digest, path)] as const)
  await writeLayout(folder, {documents, blobs: Object.fromEntries(puts)}, leftovers, stop.signal)
  print(`Written to ${folder} as an OCI image layout: ${images.map(({wanted}) => wanted.input).join(', ')}`)
  return roots
}

async function loadInto(
  engine: DockerEngine,
  {documents, blobs, images}: Archive,
  {store, print}: {store: BlobStore} & Pick<ExporterDeps, 'print'>
): Promise<readonly string[]> {
  await engine.load([
    ...Object.entries(documents).map(([path, content]) => ({path, content})),
    ...blobs.map(({digest, ...blob}) => ({...blob, content: store.blobPath(digest)}))
  ])
  const names: string[] = []
  for (const {wanted, name, ids} of images) {
    const found = await nameOf(engine, name, ids)
    print(`Loaded into the Docker Engine${found === wanted.input ? '' : ` as ${found}`}: ${wanted.input}`)
    names.push(found)
  }
  return names
}

/** What the engine has it under. The classic image store has no name for what has no tag: that goes by its IMAGE ID. */
async function nameOf(engine: DockerEngine, name: string, ids: readonly Digest[]): Promise<string> {
  for (const candidate of name.includes('@') ? [name, ...ids] : [name]) {
    const id = await engine.imageId(candidate)
    if (ids.some(expected => expected === id)) return candidate
  }
  return fail({
    kind: 'docker',
    detail: `the Docker Engine took the image, but does not have ${ids.join(' or ')} under the name ${name}`
  })
}

function exportedImage(
  {image}: Acquisition,
  name: string | undefined,
  folder: string | undefined,
  root: Digest | undefined
): ExportedImage {
  if (image === undefined) throw new TypeError('an image that was handed on was verified')
  const layout = folder === undefined || root === undefined ? undefined : `oci-layout://${folder}@${root}`
  // BuildKit takes no IMAGE ID: what has no name in the engine is to be had from its registry.
  const isNamed = name?.startsWith('sha256:') === false
  const local = isNamed ? name : formatReference({...image.candidate.repository, digest: image.digest})
  return {
    reference: name ?? layout ?? '',
    context: layout ?? `docker-image://${local}`
  }
}
