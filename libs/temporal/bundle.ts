import { existsSync } from 'node:fs';
import { bundleWorkflowCode, DefaultLogger, type WorkflowBundleOption } from '@temporalio/worker';

/** True when this process runs the TypeScript sources (jest), false under dist/. */
const fromSource = __filename.endsWith('.ts');

/** The workflows' code: built ahead (`WORKFLOW_BUNDLE`, as the image does), or bundled now in about a second. */
export async function workflowBundle(codePath = process.env.WORKFLOW_BUNDLE): Promise<WorkflowBundleOption> {
  if (codePath && existsSync(codePath)) return { codePath };
  return bundleWorkflowCode({
    workflowsPath: require.resolve('#workflows/return.workflow'),
    logger: new DefaultLogger('WARN'),
    webpackConfigHook: (config) => {
      if (fromSource) config.resolve = { ...config.resolve, conditionNames: ['source', 'import', 'require', 'webpack', 'node', 'default'] };
      return config;
    },
  });
}
