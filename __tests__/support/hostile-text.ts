// Text with a meaning in HTML, Markdown, logs, and terminals, which must have no effect in ours.

/** The text that a hostile registry or the author of a pull request puts wherever it can. */
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
