// How much of one list of signatures is read, which everyone who can push to the repository makes as long as they like.

import {describe, expect, it} from '@jest/globals'
import {MAX_CANDIDATES, MAX_SIGNATURE_BYTES, ReadBudget} from '../../src/signature-lookup/found-candidate.ts'

describe('ReadBudget', () => {
  it('is over after 64 candidates', () => {
    const budget = new ReadBudget()
    const taken = Array.from({length: 70}, () => budget.take()).filter(Boolean)
    expect([taken.length, MAX_CANDIDATES]).toEqual([64, 64])
  })

  it('is over after 64 MiB, whatever the number of candidates', () => {
    const budget = new ReadBudget()
    let taken = 0
    for (; budget.take(); taken++) budget.count(MAX_SIGNATURE_BYTES)
    expect(taken).toBe(8)
  })
})
