// Exports verified images on this machine: as an OCI image layout, and into the Docker Engine. Blobs are stored while they are
// downloaded. Without `load` and `layout`, no exporter is opened and nothing is written to disk.

import {type Acquisition} from '../acquire/acquisition.ts'
import {fallbackUsed} from '../acquire/fallback.ts'
import type {ImageRequest} from '../acquire/plan.ts'
import {fail} from '../failure/error.ts'
import {createVerifiedStore, type VerifiedStore} from '../fetch/verified-store.ts'
import {type VerifiedImage} from '../fetch/verified-image.ts'
import type {Digest} from '../oci/digest.ts'
import {formatReference} from '../oci/reference.ts'
import type {ExportedImage} from '../report/build-report.ts'
import type {Inputs} from '../runner/inputs.ts'
import type {Runtime} from '../runner/runtime.ts'
import {type BlobStore} from '../store/blob-store.ts'
import {createDockerEngine, type DockerEngine} from '../store/docker.ts'
import {writeLayout} from '../store/layout-directory.ts'
import {createStagingNames, type StagingNames} from '../store/staging.ts'
import {type ImageStore} from '../store/store.ts'
import {openStagingStore} from './open-store.ts'
import {type Archive, blobPath, buildArchive, buildLayout, type ImageToExport} from './image-layout.ts'

export type Exporter = {
  readonly store: VerifiedStore
  /** Exports all images and resolves to the results; to an empty map, without any export, when an image was not verified. */
  readonly exportImages: (acquisitions: readonly Acquisition[]) => Promise<ReadonlyMap<Acquisition, ExportedImage>>
  /** Removes what exists for this run only. */
  readonly close: () => Promise<void>
}

type ExporterDeps = {
  readonly machine: Runtime
  /** The environment of `docker`. */
  readonly programEnvironment: Readonly<Record<string, string>>
  /** Ends the run on a fault of this machine. */
  readonly stop: AbortController
  readonly print: (line: string) => void
  readonly warn: (text: string) => void
}

/** Opens the exporter of a run with `load` or `layout`. */
export async function openExporter(inputs: Inputs, deps: ExporterDeps): Promise<Exporter> {
  const {machine, stop} = deps
  const stagingNames = createStagingNames(machine.self(), machine.wallClock)
  const store = await openStagingStore(inputs.cache, {...deps, stagingNames})
  const engine = inputs.load ? openEngine(deps) : undefined

  async function exportImages(acquisitions: readonly Acquisition[]): Promise<ReadonlyMap<Acquisition, ExportedImage>> {
    const verified = acquisitions.flatMap(acquisition =>
      acquisition.image === undefined
        ? []
        : [{acquisition, request: usedRequest(acquisition), image: acquisition.image}]
    )
    if (verified.length < acquisitions.length) return new Map()
    // The engine first: the layout may take over the files that it reads from.
    const names = engine === undefined ? [] : await loadImages(verified, engine, {store, ...deps})
    const {layout} = inputs
    const roots =
      layout === undefined ? [] : await exportLayout(layout, verified, {store, stagingNames, stop, print: deps.print})
    return new Map(
      verified.map(({acquisition, image}, at) => [
        acquisition,
        exportedImage(image, names[at], layoutReference(layout, roots[at]))
      ])
    )
  }

  return {store: createVerifiedStore(store), close: store.close, exportImages}
}

type OpenEngine = {readonly engine: DockerEngine; readonly imageStore: Promise<ImageStore>}

/** Connects to the engine before anything is downloaded for it; a run without one ends at once. */
function openEngine({programEnvironment, stop}: ExporterDeps): OpenEngine {
  const engine = createDockerEngine({environment: programEnvironment, signal: stop.signal})
  const imageStore = engine.detectImageStore()
  imageStore.catch((error: unknown) => {
    stop.abort(error)
  })
  return {engine, imageStore}
}

// Under the name of the tag that was used: under the requested name, later jobs could not tell that the engine has an older image.
function usedRequest(acquisition: Acquisition): ImageRequest {
  return (fallbackUsed(acquisition) ?? acquisition).request.image
}

/** Loads the images and resolves to their names in the engine. */
async function loadImages(
  images: readonly ImageToExport[],
  {engine, imageStore}: OpenEngine,
  {machine, store, print}: {readonly store: BlobStore} & Pick<ExporterDeps, 'machine' | 'print'>
): Promise<readonly string[]> {
  const archive = buildArchive(images, machine.platform(), await imageStore)
  await engine.load(archiveFiles(archive, store))
  const names: string[] = []
  for (const {request, name, ids} of archive.images) {
    const found = await nameInEngine(engine, name, ids)
    print(`Loaded into the Docker Engine${found === request.input ? '' : ` as ${found}`}: ${request.input}`)
    names.push(found)
  }
  return names
}

function archiveFiles({documents, blobs}: Archive, store: BlobStore): Parameters<DockerEngine['load']>[0] {
  return [
    ...Object.entries(documents).map(([path, content]) => ({path, content})),
    ...blobs.map(({digest, ...blob}) => ({...blob, content: store.blobFile(digest)}))
  ]
}

/** Resolves to the engine's name for an image: its IMAGE ID in the classic image store, which has no names without a tag. */
async function nameInEngine(engine: DockerEngine, name: string, ids: readonly Digest[]): Promise<string> {
  for (const candidate of name.includes('@') ? [name, ...ids] : [name]) {
    const id = await engine.imageId(candidate)
    if (ids.some(expected => expected === id)) return candidate
  }
  return fail({
    kind: 'docker',
    detail: `the Docker Engine loaded the image, but does not have ${ids.join(' or ')} under the name ${name}`
  })
}

type LayoutDeps = {readonly store: BlobStore; readonly stagingNames: StagingNames} & Pick<
  ExporterDeps,
  'stop' | 'print'
>

/** Writes the layout and resolves to the digests that its index names, in the order of the images. */
async function exportLayout(
  folder: string,
  images: readonly ImageToExport[],
  {store, stagingNames, stop, print}: LayoutDeps
): Promise<readonly Digest[]> {
  const {documents, blobs, roots} = buildLayout(images)
  const puts = blobs.map(digest => [blobPath(digest), (path: string) => store.linkTo(digest, path)] as const)
  await writeLayout(folder, {documents, blobs: Object.fromEntries(puts)}, stagingNames, stop.signal)
  print(`Written to ${folder} as an OCI image layout: ${images.map(({request}) => request.input).join(', ')}`)
  return roots
}

function layoutReference(folder: string | undefined, root: Digest | undefined): string | undefined {
  return folder === undefined || root === undefined ? undefined : `oci-layout://${folder}@${root}`
}

function exportedImage(
  {candidate, digest}: VerifiedImage,
  name: string | undefined,
  layout: string | undefined
): ExportedImage {
  // BuildKit does not take an IMAGE ID: without a name in the engine, it pulls the image from its registry.
  const isNamed = name?.startsWith('sha256:') === false
  const source = isNamed ? name : formatReference({...candidate.repository, digest})
  return {reference: name ?? layout ?? '', context: layout ?? `docker-image://${source}`}
}
