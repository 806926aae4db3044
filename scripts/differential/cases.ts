// The images of a differential run: each list by itself, and then seeded mixtures of them.

import type {MediaTypes} from '../../__tests__/support/images.ts'
import {createDice, type Dice} from '../fuzz/random.ts'
import {configTypes, indexes, layers, manifests, platforms} from './shapes.ts'
import type {Published} from './images.ts'

export type Case = {
  readonly name: string
  /** What it is made of, for the rows of the table of differences. */
  readonly features: readonly string[]
  readonly publish: (salt: string) => Published
  /** The runner's unless given. */
  readonly platform?: string
}

/** All of them, always the same; `mixtures` more are drawn from the seed. */
export function casesOf(mixtures: number, seed: number): readonly Case[] {
  const families: readonly MediaTypes[] = ['oci', 'docker']
  const single = families.flatMap(family => [
    ...layers(family),
    ...manifests(family),
    ...configTypes(family),
    ...indexes(family),
    ...platforms(family)
  ])
  return [...single, ...mixed(mixtures, createDice(seed))]
}

/** So many of them, by the seed. */
export function sampleOf(cases: readonly Case[], size: number, seed: number): readonly Case[] {
  const dice = createDice(seed)
  const left = [...cases]
  return Array.from({length: Math.min(size, left.length)}, () => left.splice(dice.below(left.length), 1)).flat()
}

// An index of one family over an image of the other, whose layers and manifest are odd too.
function mixed(count: number, dice: Dice): readonly Case[] {
  const families: readonly MediaTypes[] = ['oci', 'docker']
  return Array.from({length: count}, (_, at) => {
    const [inner, outer] = [dice.pick(families), dice.pick(families)]
    const image = dice.pick([...layers(inner), ...manifests(inner), ...configTypes(inner)])
    const frame = dice.pick([...indexes(outer), ...platforms(outer)])
    return {
      name: `mixture ${String(at)}: ${frame.name} over ${image.name}`,
      features: ['mixture', ...frame.features, ...image.features],
      publish: salt => frame.around(salt, image.publish(salt)),
      ...(frame.platform === undefined ? {} : {platform: frame.platform})
    }
  })
}
