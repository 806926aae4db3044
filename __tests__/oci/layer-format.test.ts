// Media types of layers.

import {describe, expect, it} from '@jest/globals'
import {isDockerZstd, layerFormatOf} from '../../src/oci/layer-format.ts'

describe('layerFormatOf', () => {
  it.each([
    {mediaType: 'application/vnd.oci.image.layer.v1.tar', compression: 'none', isDistributable: true},
    {mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip', compression: 'gzip', isDistributable: true},
    {mediaType: 'application/vnd.oci.image.layer.v1.tar+zstd', compression: 'zstd', isDistributable: true},
    {mediaType: 'application/vnd.oci.image.layer.nondistributable.v1.tar', compression: 'none', isDistributable: false},
    {
      mediaType: 'application/vnd.oci.image.layer.nondistributable.v1.tar+gzip',
      compression: 'gzip',
      isDistributable: false
    },
    {
      mediaType: 'application/vnd.oci.image.layer.nondistributable.v1.tar+zstd',
      compression: 'zstd',
      isDistributable: false
    },
    {mediaType: 'application/vnd.docker.image.rootfs.diff.tar', compression: 'none', isDistributable: true},
    {mediaType: 'application/vnd.docker.image.rootfs.diff.tar.gzip', compression: 'gzip', isDistributable: true},
    {mediaType: 'application/vnd.docker.image.rootfs.diff.tar.zstd', compression: 'zstd', isDistributable: true},
    {mediaType: 'application/vnd.docker.image.rootfs.foreign.diff.tar', compression: 'none', isDistributable: false},
    {
      mediaType: 'application/vnd.docker.image.rootfs.foreign.diff.tar.gzip',
      compression: 'gzip',
      isDistributable: false
    },
    {mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip+encrypted', compression: 'opaque', isDistributable: true},
    {mediaType: 'application/vnd.in-toto+json', compression: 'opaque', isDistributable: true},
    {mediaType: 'application/vnd.oci.image.layer.v1.tar+xz', compression: 'opaque', isDistributable: true},
    {mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip\n', compression: 'opaque', isDistributable: true},
    {mediaType: 'text/plain', compression: 'opaque', isDistributable: true}
  ])('of $mediaType is $compression', ({mediaType, ...format}) => {
    expect(layerFormatOf(mediaType)).toMatchObject(format)
  })
})

describe('mustBeUncompressed', () => {
  it.each([
    ['application/vnd.oci.image.layer.v1.tar', true],
    ['application/vnd.oci.image.layer.nondistributable.v1.tar', true],
    ['application/vnd.oci.image.layer.v1.tar+gzip', false],
    ['application/vnd.docker.image.rootfs.diff.tar', false],
    ['text/plain', false]
  ])('of %s is %s', (mediaType, is) => {
    expect(layerFormatOf(mediaType).mustBeUncompressed).toBe(is)
  })
})

describe('isDockerZstd', () => {
  it.each([
    ['application/vnd.docker.image.rootfs.diff.tar.zstd', true],
    ['application/vnd.docker.image.rootfs.diff.tar+zstd', true],
    ['application/vnd.docker.image.rootfs.diff.tar.gzip', false],
    ['application/vnd.docker.image.rootfs.diff.tar.zstd.encrypted', false],
    ['text/application/vnd.docker.image.rootfs.diff.tar.zstd', false],
    ['application/vnd.oci.image.layer.v1.tar+zstd', false]
  ])('of %s is %s', (mediaType, is) => {
    expect(isDockerZstd(mediaType)).toBe(is)
  })
})
