// The images of a differential run: each deviation by itself, those of a child that an index describes, and then seeded combinations.

import type {MediaTypes} from '../../__tests__/support/images.ts'
import {createDice, type Dice} from '../fuzz/random.ts'
import {configTypes, type Frame, indexes, layers, manifests, platforms} from './shapes.ts'
import type {Published} from './images.ts'

export type Case = {
  readonly name: string
  /** Its deviations, which the rows of the table of differences match. */
  readonly features: readonly string[]
  readonly publish: (salt: string) => Published
  /** The default is the platform of the runner. */
  readonly platform?: string
}

/** All fixed cases, and `mixtures` random combinations from the seed. */
export function casesOf(mixtures: number, seed: number): readonly Case[] {
  const families: readonly MediaTypes[] = ['oci', 'docker']
  const single = families.flatMap(family => [
    ...layers(family),
    ...manifests(family),
    ...configTypes(family),
    ...indexes(family),
    ...platforms(family)
  ])
  return [
    ...single,
    ...families.flatMap(outer => families.flatMap(inner => children(outer, inner))),
    ...mixed(mixtures, createDice(seed))
  ]
}

// What programs judge differently below an index, whose descriptor gives a type to what has none, or hides it. A row of the table must
// not depend on what the seed combines.
const DESCRIBED = /^(?:no mediaType|empty mediaType|config of type 'application\/vnd\.docker\.plugin\..*)$/

// Indexes in which programs choose different children. Only one of them has the image.
const AMBIGUOUS = /^(?:amd64\/v2 before amd64|amd64\/v3 and 386|os\.features before|no platform behind 386)$/

function children(outer: MediaTypes, inner: MediaTypes): readonly Case[] {
  const plain = indexes(outer).filter(frame => isOf(frame, /^one child$/))
  const images = [...manifests(inner), ...configTypes(inner)].filter(image => isOf(image, DESCRIBED))
  const ambiguous = platforms(outer).filter(frame => isOf(frame, AMBIGUOUS))
  const unusable = layers(inner).filter(image => isOf(image, /^label .*gzip$/) && isOf(image, /^bytes xz$/))
  return [...crossed(plain, images), ...crossed(ambiguous, unusable)]
}

function crossed(frames: readonly Frame[], images: readonly Case[]): readonly Case[] {
  return frames.flatMap(frame => images.map(image => within(frame, image, 'child')))
}

function isOf({features}: Case, feature: RegExp): boolean {
  return features.some(each => feature.test(each))
}

function within(frame: Frame, image: Case, kind: string): Case {
  return {
    name: `${kind}: ${frame.name} over ${image.name}`,
    features: ['within an index', ...frame.features, ...image.features],
    publish: salt => frame.around(salt, image.publish(salt)),
    ...(frame.platform === undefined ? {} : {platform: frame.platform})
  }
}

/** A random sample from the seed. */
export function sampleOf(cases: readonly Case[], size: number, seed: number): readonly Case[] {
  const dice = createDice(seed)
  const left = [...cases]
  return Array.from({length: Math.min(size, left.length)}, () => left.splice(dice.below(left.length), 1)).flat()
}

// An index of one family with an image of the other family, with deviations in layers and manifest too.
function mixed(count: number, dice: Dice): readonly Case[] {
  const families: readonly MediaTypes[] = ['oci', 'docker']
  return Array.from({length: count}, (_, at) => {
    const [inner, outer] = [dice.pick(families), dice.pick(families)]
    const image = dice.pick([...layers(inner), ...manifests(inner), ...configTypes(inner)])
    const frame = dice.pick([...indexes(outer), ...platforms(outer)])
    return within(frame, image, `mixture ${String(at)}`)
  })
}
