// Reads the inputs that name images: `image`, `files` with `file-variables`, and `platform`; and `mirrors`, `public-mirrors`, and
// `fallback-tags`, whose lines mean one thing with one image, and another with several.

import {mergeFileImages} from '../acquire/merge-images.ts'
import {type ImageRequest, isFloating, type MirrorRule, parseImageRequest, parseMirrorRule} from '../acquire/plan.ts'
import {
  checkFileVariable,
  type FileVariable,
  type JobVariables,
  parseFileVariable,
  type Variables,
  variablesFor
} from '../files/file-variables.ts'
import type {FilesFound} from '../files/find-images.ts'
import {omitUndefined} from '../oci/omit-undefined.ts'
import {parsePlatform, type Platform, type PlatformChoice} from '../oci/platform.ts'
import {formatFamiliar} from '../oci/reference.ts'
import {type FallbackTag, parseFallbackTag} from '../pins/fallback-tags.ts'
import type {InputReader} from './input-reader.ts'

/** What to search the workspace for, before the other inputs are read: images in files are inputs, too. */
export function readFilePatterns(
  reader: InputReader,
  job: JobVariables,
  hostPlatform: Platform
): {readonly patterns: readonly string[]; readonly platforms: PlatformChoice; readonly variables: Variables} {
  return {
    patterns: reader.lines('files'),
    platforms: readPlatforms(reader, hostPlatform),
    variables: variablesFor(readFileVariables(reader, job), job)
  }
}

const IMAGE_EXAMPLE = 'mlocati/php-extension-installer:2.7.35'

/** The images of `image` and of files, each once. Images that are not pinned are rejected unless `allow-floating` is set. */
export function readImages(reader: InputReader, files: FilesFound, hostPlatform: Platform): readonly ImageRequest[] {
  const requested = reader.list('image', parseImageRequest, IMAGE_EXAMPLE)
  const merged = mergeFileImages(requested, files.images, readPlatforms(reader, hostPlatform))
  for (const issue of merged.faults) reader.reject(issue)
  if (reader.lines('image').length === 0 && files.images.length === 0 && files.faults.length === 0)
    rejectNoImage(reader)
  if (!reader.flag('allow-floating'))
    for (const image of merged.images.filter(({reference}) => isFloating(reference)))
      rejectFloating(
        reader,
        image,
        requested.some(({input}) => input === image.input)
      )
  return merged.images
}

function rejectFloating(reader: InputReader, image: ImageRequest, isInput: boolean): void {
  const {input, reference, locations} = image
  const {registry, path} = reference
  reader.reject(
    omitUndefined({
      input: isInput ? 'image' : 'files',
      value: input,
      reason: `is not pinned: add a version or a digest${isInput ? '' : ', leave the file out with a line !PATH in files'}, or set allow-floating: true`,
      example: `${formatFamiliar({registry, path})}:1.2.3`,
      location: isInput ? undefined : locations?.[0]
    })
  )
}

/** The variables that files may use. One that would put a secret into a file is rejected. */
export function readFileVariables(reader: InputReader, job: JobVariables): readonly FileVariable[] {
  const basic = {username: reader.text('username'), password: reader.text('password')}
  return reader.lines('file-variables').flatMap(line => {
    const variable = parseFileVariable(line)
    const reason = variable.ok ? checkFileVariable(variable.value, job, basic) : variable.reason
    // The name alone: a value that must not reach a file must not reach the log either.
    const [value = ''] = line.split('=', 1)
    if (reason !== undefined) reader.reject({input: 'file-variables', value, reason, example: 'PHP_VERSION=8.3.8'})
    return variable.ok && reason === undefined ? [variable.value] : []
  })
}

function rejectNoImage(reader: InputReader): void {
  const patterns = reader.lines('files')
  reader.reject(
    patterns.length === 0
      ? {input: 'image', value: '', reason: 'is required: set image or files', example: IMAGE_EXAMPLE}
      : {
          input: 'files',
          value: patterns.join(', '),
          reason: 'has no image to verify: the files name none that is known and not built there, and image is empty',
          example: 'Dockerfile'
        }
  )
}

/** The rules of a list of mirrors. One without a prefix is for the only image. */
export function readMirrors(
  reader: InputReader,
  input: 'mirrors' | 'public-mirrors',
  images: readonly ImageRequest[]
): readonly MirrorRule[] {
  const rules = reader.list(input, parseMirrorRule, 'docker.io/mlocati=ghcr.io/mlocati')
  for (const rule of rules) {
    if (rule.prefix === undefined && !rule.appendsPath && images.length > 1)
      reader.reject({
        input,
        value: rule.source,
        reason: 'needs a prefix: a target with a path is one repository, and there are several images',
        example: `docker.io/library/php=${rule.target}`
      })
  }
  return rules
}

/** The fallback tags. One without an image is for the only image. */
export function readFallbackTags(reader: InputReader, images: readonly ImageRequest[]): readonly FallbackTag[] {
  const example = images.length > 1 ? 'mlocati/php-extension-installer=2.7.34' : '2.7.34'
  const lines = reader.list('fallback-tags', parseFallbackTag, example)
  const mayFloat = reader.flag('allow-floating')
  for (const line of lines) {
    const reject = (reason: string): void => {
      reader.reject({input: 'fallback-tags', value: line.source, reason, example})
    }
    if (line.image === undefined && images.length > 1) reject('needs an image (IMAGE=TAG): there are several images')
    if (line.tag === 'latest' && !mayFloat) reject('is not pinned: use a version, or set allow-floating: true')
    if (images.length === 1 && images[0]?.tag === line.tag) reject('is the requested tag')
  }
  return lines
}

/** The platforms, separated by lines or commas. `hostPlatform` is used if there are none. */
export function readPlatforms(reader: InputReader, hostPlatform: Platform): PlatformChoice {
  const values = reader.lines('platform').flatMap(line =>
    line
      .split(',')
      .map(part => part.trim())
      .filter(part => part !== '')
  )
  if (values.length === 0) return {kind: 'machine', platform: hostPlatform}
  if (values.length === 1 && values[0] === 'all') return {kind: 'all'}
  const platforms = values.flatMap(value => {
    const platform = parsePlatform(value)
    const reason =
      value === 'all' ? 'cannot be combined with other platforms' : platform.ok ? undefined : platform.reason
    if (reason !== undefined) reader.reject({input: 'platform', value, reason, example: 'linux/amd64, linux/arm64/v8'})
    return platform.ok ? [platform.value] : []
  })
  return {kind: 'named', platforms}
}
