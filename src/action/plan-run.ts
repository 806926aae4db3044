// Everything that is decided before the first request: inputs, images and mirrors in files, and what the lock file says of them.
// Warns about parts of the configuration that have no effect.

import {resolve} from 'node:path'
import {planCandidates, unusedMirrorRules} from '../acquire/plan.ts'
import {
  importWarnings,
  locationOf,
  type ImportWarning,
  type MirrorConfiguration,
  mirroredRepositories
} from '../mirror-files/imported-mirrors.ts'
import {few} from '../failure/shorten-list.ts'
import {runBakeProgram} from '../files/bake-program.ts'
import type {FilesFound} from '../files/find-images.ts'
import {findImagesInThread} from '../files/files-thread.ts'
import {endpointOf, formatReference, formatRepository} from '../oci/reference.ts'
import {type Inputs, readFilePatterns, readInputs, readMirrorFileInputs} from '../runner/inputs.ts'
import {unusedSignerRules} from '../signature/signer-rule.ts'
import {checkLayout} from '../store/layout-directory.ts'
import type {Exporter} from './export-images.ts'
import {loadPins, type Pins} from './pins.ts'
import {type RunContext, warn} from './publish.ts'

export type Plan = {
  readonly inputs: Inputs
  readonly pins: Pins
  /** Undefined without `load` and `layout`: nothing is written to disk then. */
  readonly exporter: Exporter | undefined
}

/** Reads inputs, files and the lock file. Rejects with 'invalid-input' for everything that is wrong with them. */
export async function planRun(run: RunContext): Promise<Pick<Plan, 'inputs' | 'pins'>> {
  const {environment, platform} = run.runtime
  const found = await findInFiles(run)
  const imported = await importMirrors(run)
  const workspace = environment['GITHUB_WORKSPACE']
  const deps = {job: run.job, hostPlatform: platform(), workspace, checkLayout, imported}
  const inputs = readInputs(run.reader, deps, found)
  const pins = await loadPins(inputs, run.reader.issues(), environment)
  for (const text of pins.warnings) warn(run, 'Lock file', text)
  warnAboutUnused(run, inputs)
  describeImported(run, inputs)
  return {inputs, pins}
}

/** Opens the exporter, if `load` or `layout` is set. */
export async function openExporterFor(run: RunContext, inputs: Inputs): Promise<Exporter | undefined> {
  if (!inputs.load && inputs.layout === undefined) return undefined
  const {runtime, runner, stop, programEnvironment} = run
  // Loaded only here: it brings @actions/tool-cache, which takes longer to load than a small image to verify.
  const {openExporter} = await import('./export-images.ts')
  return openExporter(inputs, {
    machine: runtime,
    programEnvironment,
    stop,
    print: runner.print,
    warn: text => {
      warn(run, 'Cache', text)
    }
  })
}

async function findInFiles(run: RunContext): Promise<FilesFound | undefined> {
  const {platform, environment} = run.runtime
  const {patterns, platforms, variables} = readFilePatterns(run.reader, run.job, platform())
  if (patterns.length === 0) return undefined
  const workspace = environment['GITHUB_WORKSPACE'] ?? ''
  const options = {patterns, platforms, variables, workspace, hostPlatform: platform()}
  const {signal} = run.stop
  const program = {environment: run.programEnvironment, workspace, signal}
  const found = await findImagesInThread(options, {signal, runBake: request => runBakeProgram(request, program)})
  for (const {text, reason, location} of found.skipped) {
    // The author of a file chooses its name, so the message does not begin with it.
    const at = location === undefined ? '' : `Line ${String(location.line)} of ${location.file}: `
    warn(run, 'Skipped in files', `${at}${text} was skipped. ${reason}`, location)
  }
  return found
}

/** Reads the files of `mirrors-from`. What is wrong with them is in the issues of the reader. */
async function importMirrors(run: RunContext): Promise<readonly MirrorConfiguration[]> {
  const {runtime, reader, runner} = run
  const {lines, ...believed} = readMirrorFileInputs(reader)
  if (lines.length === 0) return []
  // Loaded only here: it brings a parser for TOML.
  const {readMirrorFiles} = await import('../mirror-files/read-mirror-files.ts')
  const {configurations, faults, warnings, files} = await readMirrorFiles(lines, {
    ...believed,
    workspace: resolve(runtime.environment['GITHUB_WORKSPACE'] ?? ''),
    home: runtime.home(),
    // Any user may make C:\\etc.
    systemFolder: runtime.platform().os === 'windows' ? undefined : '/etc'
  })
  for (const fault of faults) reader.reject(fault)
  for (const warning of warnings) warnAboutFile(run, warning)
  runner.print(files.length === 0 ? 'mirrors-from: no file was found' : `mirrors-from: read ${few(files).join(', ')}`)
  return configurations
}

/** Prints where each mirror of these images comes from, and warns about what is not followed. */
function describeImported(run: RunContext, {images, imported}: Inputs): void {
  const repositories = images.map(({reference}) => reference)
  const lines = repositories.flatMap(primary =>
    mirroredRepositories(primary, imported).map(({mirror: {place, mayResolve}, repository}) => {
      const how = mayResolve ? 'may resolve tags' : 'only queried by digest'
      return `${formatRepository(primary)} is mirrored at ${formatRepository(repository)} (${how}; line ${String(place.line)} of ${place.file})`
    })
  )
  for (const line of few([...new Set(lines)])) run.runner.print(line)
  for (const warning of importWarnings(repositories, imported)) warnAboutFile(run, warning)
}

// The author of a file chooses its name, so the message does not begin with it.
function warnAboutFile(run: RunContext, {text, place}: ImportWarning): void {
  warn(run, 'Imported mirrors', `Line ${String(place.line)} of ${place.file}: ${text}`, locationOf(place))
}

function warnAboutUnused(run: RunContext, inputs: Inputs): void {
  const references = inputs.images.map(({reference}) => reference)
  for (const {input, rule} of unusedMirrorRules(references, inputs))
    warn(run, 'Unused mirror rule', `${input}: ${JSON.stringify(rule.source)} matches none of the images`)
  for (const {source} of unusedSignerRules(references, inputs.signatures.rules))
    warn(run, 'Unused signer rule', `signed-by: ${JSON.stringify(source)} matches none of the images`)
  const names = namesOf(inputs)
  // These are the run's own words: a secret that is part of one is not masked there.
  for (const name of names) run.runner.addOwn(name)
  const registry = inputs.credentials?.registry
  if (registry !== undefined && !names.some(name => name.startsWith(`${registry}/`)))
    warn(run, 'Unused credentials', `username and password are not used: no image or mirror is at ${registry}`)
}

/** Every repository that may be requested, and each image as the inputs name it. */
function namesOf({images, prefer, ...rules}: Inputs): readonly string[] {
  return images.flatMap(({input, reference}) => [
    ...planCandidates(reference, rules, prefer).flatMap(({repository}) => [
      formatRepository(repository),
      endpointOf(repository.registry)
    ]),
    input,
    formatReference(reference)
  ])
}
