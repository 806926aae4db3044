import {describe, expect, it} from '@jest/globals'
import {describeDroppedOutputs} from '../../src/runner/dropped-outputs.ts'

const OUTPUTS = {reference: 'docker.io/acme/app@sha256:abc', digest: 'sha256:abc', registry: 'docker.io'}

describe('describeDroppedOutputs', () => {
  it('names the output that contains the user name, and both ways out', () => {
    const line = describeDroppedOutputs(OUTPUTS, 'acme')
    expect(line).toMatch(/^The output reference contains the value of the input username\./)
    expect(line).toMatch(/variable \(vars\), or pass the output digest on\.$/)
  })

  it('names several outputs, and never quotes the user name', () => {
    const line = describeDroppedOutputs({...OUTPUTS, 'build-contexts': 'acme-corp'}, 'acme')
    expect(line).toMatch(/^The outputs reference, build-contexts contain/)
    expect(line).not.toContain('acme')
  })

  it.each(['', 'ab', 'Acme', 'someone'])('is silent for the user name "%s"', username => {
    expect(describeDroppedOutputs(OUTPUTS, username)).toBeUndefined()
  })
})
