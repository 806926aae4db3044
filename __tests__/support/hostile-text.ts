// Text that means something to a page, a log or a terminal, and must mean nothing in ours.

/** What a hostile registry, or whoever wrote a workflow from outside, would like to see in a page of ours. */
export const HOSTILE = [
  '<script>document.title="hacked"</script>',
  '<img src=x onerror=alert(1)>',
  '![pixel](https://evil.example/pixel.png)',
  '[click](javascript:alert(1))',
  'https://evil.example/',
  'www.evil.example',
  'mail@evil.example',
  '@octocat',
  '</details></td></table>',
  '`code` ``` ~~~',
  '\\| a | b |',
  '# heading',
  '::error::fake',
  '\u001b[2J\u202e'
].join(' ')
