import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { workflowBundle } from './bundle';

/** Part of the build: every worker of a release runs the same bytes of workflow code, and starts without bundling. */
async function main(): Promise<void> {
  const bundle = await workflowBundle('');
  if (!('code' in bundle)) throw new Error('expected a fresh bundle');
  writeFileSync(resolve(__dirname, '../../workflow-bundle.js'), bundle.code);
}

if (require.main === module) {
  main().catch((error: unknown) => {
    process.stderr.write(`bundling the workflows failed: ${String(error)}\n`);
    process.exit(1);
  });
}
