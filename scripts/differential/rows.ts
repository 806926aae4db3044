// The known differences. Each has a row in docs/differences.md that explains it.
// Delete a row that no image of a full run needs.

import type {JudgeName} from './judges.ts'

export type Row = {
  /** The text of the row in docs/differences.md. */
  readonly name: string
  /** Matches images that have all features of one of these lists. */
  readonly features: readonly (readonly (string | RegExp)[])[]
  readonly ours: 'takes' | 'refuses'
  /** The verdicts that may differ from the action's. */
  readonly differ: Readonly<Partial<Record<JudgeName, RegExp>>>
}

const TAKES = /^takes/
const REFUSES = /^refuses$/
const TAKES_OFFER = /^takes offer 0$/

// Media types that moby's classic store and crane accept as an image by default (moby, distribution/registry.go).
const DEFAULTED = /^config (?:without a type|of type '(?:|application\/json|application\/octet-stream|text\/html)')$/
const PLUGIN = /^config of type 'application\/vnd\.docker\.plugin\./

export const ROWS: readonly Row[] = [
  {
    name: 'uncompressed bytes',
    features: [[/^bytes (?:xz|.* cut short|.* 1 GiB)$/], ['wrong diff_id'], [/^a diff_id (?:more|less)$/]],
    ours: 'refuses',
    differ: {skopeo: TAKES, crane: TAKES}
  },
  {
    name: 'bzip2',
    features: [['bytes bzip2']],
    ours: 'refuses',
    differ: {classic: TAKES, skopeo: TAKES, crane: TAKES}
  },
  {
    name: 'compressed OCI tar',
    features: [['label v1.tar', /^bytes (?:gzip|zstd)/]],
    ours: 'refuses',
    differ: {classic: TAKES, skopeo: TAKES, crane: TAKES}
  },
  {
    name: 'bytes behind a layer',
    features: [[/^bytes .*(?:and zeros|and junk|wrong checksum)$/]],
    ours: 'refuses',
    differ: {classic: TAKES, skopeo: TAKES, crane: TAKES}
  },
  {
    name: "Docker's zstd",
    features: [['label diff.tar.zstd']],
    ours: 'takes',
    differ: {containerd: REFUSES, skopeo: REFUSES}
  },
  {
    name: 'layer of another type',
    features: [[/^label (?:application\/|v1\.tar\.in-toto)/]],
    ours: 'takes',
    differ: {classic: REFUSES, containerd: REFUSES, skopeo: REFUSES}
  },
  {
    name: 'schemaVersion',
    features: [['no schemaVersion'], ['schemaVersion 3']],
    ours: 'refuses',
    differ: {classic: TAKES, containerd: TAKES, skopeo: TAKES, crane: TAKES}
  },
  {
    name: 'Docker type without mediaType',
    features: [['docker', /^(?:no|empty) mediaType/]],
    ours: 'refuses',
    differ: {classic: TAKES, containerd: TAKES, skopeo: TAKES, crane: TAKES}
  },
  {
    name: 'child without mediaType',
    features: [['within an index', /^(?:no|empty) mediaType$/]],
    ours: 'takes',
    differ: {classic: REFUSES, skopeo: REFUSES}
  },
  {
    name: 'image without rootfs',
    features: [[/^layers \[\], (?:no rootfs|rootfs null)$/]],
    ours: 'refuses',
    differ: {containerd: TAKES, skopeo: TAKES, crane: TAKES}
  },
  {
    name: 'date that is none',
    features: [['a created that is no date']],
    ours: 'refuses',
    differ: {skopeo: TAKES, crane: TAKES}
  },
  {
    name: 'artifact',
    features: [['config type']],
    ours: 'refuses',
    differ: {skopeo: TAKES, crane: TAKES}
  },
  {
    name: 'old config type in an OCI manifest',
    features: [
      ['oci', DEFAULTED],
      ['oci', PLUGIN],
      // Within an index, the classic store ignores that of a schema 2 manifest too.
      ['within an index', PLUGIN]
    ],
    ours: 'refuses',
    differ: {classic: TAKES, skopeo: TAKES, crane: TAKES}
  },
  {
    name: 'old config type',
    features: [['docker', DEFAULTED]],
    ours: 'takes',
    differ: {containerd: REFUSES}
  },
  {
    name: 'config for Windows',
    features: [['config for windows']],
    ours: 'takes',
    differ: {classic: REFUSES}
  },
  {
    name: 'description of the chosen child',
    features: [[/^a child (?:without a (?:size|type)|of a wrong size|of an unknown type|described as an index)$/]],
    ours: 'refuses',
    differ: {classic: TAKES, skopeo: TAKES, crane: TAKES}
  },
  {
    name: 'children that are none',
    features: [[/^(?:a null|an empty object|an unknown digest|a digest that is none|an empty digest) beside$/]],
    ours: 'takes',
    differ: {crane: REFUSES}
  },
  {
    name: 'index in an index',
    features: [[/^an index within/]],
    ours: 'takes',
    differ: {skopeo: REFUSES}
  },
  {
    name: 'child without a platform',
    features: [['docker', /^(?:no platform|platform null)/], [/^no platform before/]],
    ours: 'takes',
    differ: {skopeo: REFUSES, crane: TAKES_OFFER}
  },
  {
    name: 'empty platform',
    features: [[/^(?:empty platform|platform \{\})$/]],
    ours: 'takes',
    differ: {containerd: REFUSES, skopeo: REFUSES, crane: REFUSES}
  },
  {
    name: 'names letter by letter',
    features: [[/^(?:i386|x86_64|AMD64|Linux) alone$/], [/aarch64 there$/], ['no os'], ['amd64/v1']],
    ours: 'takes',
    differ: {skopeo: REFUSES, crane: REFUSES}
  },
  {
    name: 'variants that are near',
    features: [[/^(?:arm|arm64\/v8|arm\/v7|amd64\/v3) wanted/]],
    ours: 'takes',
    differ: {skopeo: REFUSES, crane: /^(?:refuses|takes offer 0)$/}
  },
  {
    name: 'amd64 with a variant alone',
    features: [[/^amd64\/v[23]$/]],
    ours: 'refuses',
    differ: {classic: TAKES, crane: TAKES}
  },
  {
    name: 'amd64 with a variant first',
    features: [['amd64/v2 before amd64'], ['amd64/v3 and 386']],
    ours: 'takes',
    differ: {classic: TAKES_OFFER, skopeo: REFUSES, crane: TAKES_OFFER}
  },
  {
    name: 'child that cannot be used',
    features: [
      ['within an index', /^(?:amd64\/v2 before amd64|amd64\/v3 and 386|os\.features before|no platform behind 386)$/]
    ],
    ours: 'refuses',
    differ: {
      classic: TAKES_OFFER,
      containerd: TAKES_OFFER,
      skopeo: /^takes (?:image|offer 0)$/,
      crane: /^takes (?:image|offer 0)$/
    }
  },
  {
    name: '386 for want of amd64',
    features: [[/^i?386 (?:alone|and arm64)$/], ['no platform behind 386']],
    ours: 'takes',
    differ: {skopeo: /^(?:refuses|takes image)$/, crane: /^(?:refuses|takes image)$/}
  },
  {
    name: 'another architecture than the one that is named',
    features: [['amd64 wanted, 386 there'], ['arm64 wanted, arm/v7 there']],
    ours: 'refuses',
    differ: {classic: TAKES, containerd: TAKES}
  },
  {
    name: 'os.features on Linux',
    features: [['os.features before']],
    ours: 'takes',
    differ: {classic: TAKES_OFFER, containerd: TAKES_OFFER, skopeo: TAKES_OFFER, crane: TAKES_OFFER}
  }
]
