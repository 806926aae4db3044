// `load` on a machine whose docker is podman: it works, or the error says that this is podman.

import {execFile} from 'node:child_process'
import {promisify} from 'node:util'
import {afterEach, expect, it, jest} from '@jest/globals'
import {type FaultRegistry, startFaultRegistry} from '../support/fault-registry.ts'
import {makeImage} from '../support/images.ts'
import {type Podman, startPodman, startPodmanService} from '../support/podman.ts'
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

// podman unpacks an image into its own storage.
jest.setTimeout(120_000)

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

describeWith(['podman'], 'an image without a tag', () => {
  it('is loaded into podman, under its IMAGE ID', async () => {
    registry = await startFaultRegistry({content: [publish('acme/app', '1', IMAGE)]})
    machine = await startPodman(false)
    const image = `${registry.host}/acme/app@${IMAGE.manifest.digest}`
    const ran = await runAction({image, mirrors: '', load: 'true'}, {env: machine.env})
    expect(ran.outputs['reference']).toBe(IMAGE.config.digest)
    await expect(machine.podman('image', 'inspect', '--format', '{{.Id}}', IMAGE.config.digest)).resolves.toBe(
      IMAGE.config.digest.replace('sha256:', '')
    )
  })
})

describeWith(['podman', 'docker'], "podman behind Docker's command line", () => {
  it('loads what was verified, under its name', async () => {
    registry = await startFaultRegistry({content: [publish('acme/app', '1', IMAGE)]})
    const service = await startPodmanService()
    try {
      const image = `${registry.host}/acme/app:1`
      const env = {DOCKER_HOST: `unix://${service.socket}`, PATH: process.env['PATH'] ?? ''}
      const ran = await runAction({image, mirrors: '', load: 'true'}, {env})
      if (ran.exitCode === 0) {
        const args = ['image', 'inspect', '--format', '{{.Id}}', image]
        const {stdout} = await promisify(execFile)('docker', args, {env, timeout: 30_000})
        expect(stdout.trim()).toContain(IMAGE.config.digest.replace('sha256:', ''))
      } else expect(ran.annotations[0]?.message).toMatch(/podman/i)
    } finally {
      await service.close()
    }
  })
})
