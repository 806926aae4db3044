import js from '@eslint/js'
import tseslint from 'typescript-eslint'

export default tseslint.config(
  {ignores: ['dist/', 'build/', 'node_modules/', 'coverage/']},
  {
    files: ['**/*.ts'],
    extends: [js.configs.recommended, tseslint.configs.strictTypeChecked],
    languageOptions: {parserOptions: {projectService: true, tsconfigRootDir: import.meta.dirname}},
    rules: {
      '@typescript-eslint/restrict-template-expressions': ['error', {allowNumber: true}],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', {considerDefaultExhaustiveForUnions: true}]
    }
  },
  {
    files: ['src/**/*.ts'],
    rules: {'max-lines': ['error', {max: 330, skipBlankLines: true, skipComments: true}], 'no-console': 'error'}
  }
)
