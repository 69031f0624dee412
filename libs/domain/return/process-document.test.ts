import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { processDocument } from './process-document';

const file = resolve(__dirname, '../../../docs/process.md');

test('docs/process.md says what the tables say', () => {
  if (process.env.UPDATE_DOCS) writeFileSync(file, processDocument());
  expect(readFileSync(file, 'utf8')).toBe(processDocument());
});
