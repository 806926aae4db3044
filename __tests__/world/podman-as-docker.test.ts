// `load` on a machine whose docker is podman: it works, or the error says that this is podman.

import {afterEach, expect, it} from '@jest/globals'
import {type FaultRegistry, startFaultRegistry} from '../support/fault-registry.ts'
import {makeImage} from '../support/images.ts'
import {type Podman, startPodman} from '../support/podman.ts'
import {describeWith} from '../support/programs.ts'
import {publish} from '../support/registry-content.ts'
import {runAction} from '../support/run-action.ts'

const PLATFORM = process.arch === 'arm64' ? 'linux/arm64' : 'linux/amd64'
const IMAGE = makeImage({platform: PLATFORM})

let registry: FaultRegistry | undefined
let machine: Podman | undefined
afterEach(async () => {
  await Promise.all([registry?.close(), machine?.close()])
})

describeWith(['podman'], 'podman as docker', () => {
  it.each([false, true])('loads what was verified, or is named in the error; noisy: %s', async isNoisy => {
    registry = await startFaultRegistry({content: [publish('acme/app', '1', IMAGE)]})
    machine = await startPodman(isNoisy)
    const image = `${registry.host}/acme/app:1`
    const ran = await runAction({image, mirrors: '', load: 'true'}, {env: machine.env})
    if (ran.exitCode === 0) {
      const id = await machine.podman('image', 'inspect', '--format', '{{.Id}}', image)
      expect(`sha256:${id}`).toBe(IMAGE.config.digest)
    } else {
      expect(ran.annotations[0]?.message.split('\n')[0]).toMatch(/podman/i)
      expect(ran.annotations[0]?.message).not.toMatch(/template|define\.Info/)
    }
  })
})
