import { join } from 'node:path';
import { answersOk } from './http-probe';
import type { JobSpec, ProcessSpec } from './processes';
import { projectRoot } from './project-root';

/** Paths of the scripts that Node runs. */
export interface Programs {
  migrate: string;
  sandbox: string;
  api: string;
  worker: string;
}

const BUILT: Programs = {
  migrate: join(projectRoot, 'dist', 'libs', 'persistence', 'migrate.js'),
  sandbox: join(projectRoot, 'dist', 'apps', 'sandbox', 'main.js'),
  api: join(projectRoot, 'dist', 'apps', 'api', 'main.js'),
  worker: join(projectRoot, 'dist', 'apps', 'worker', 'main.js'),
};

/** Where everything of one stack is. */
export interface Facts {
  databaseUrl: string;
  temporalAddress: string;
  temporalNamespace: string;
  queueSuffix: string;
  sandboxUrl: string;
  sandboxPort: number;
  sandboxData: string;
  sandboxSecret: string;
  auditKeyFile: string;
  apiHost: string;
  apiPort: number;
  publicUrl: string;
  workerPort: number;
}

/** Our own environment without what is about us: the tools that started us, and settings of database clients that would override a URL. */
export function inheritedEnv(): NodeJS.ProcessEnv {
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(npm_|JEST_|PG[A-Z]|PORT$|HOST$)/.test(name)));
  if (env.NODE_ENV === 'test') delete env.NODE_ENV;
  return env;
}

/** For servers that are not ours, which must not read settings meant for clients. */
export function serverEnv(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(inheritedEnv()).filter(([name]) => !/^(TEMPORAL_|LC_)/.test(name)));
}

export function productEnv(facts: Facts): Record<string, string> {
  return {
    DATABASE_URL: facts.databaseUrl,
    TEMPORAL_ADDRESS: facts.temporalAddress,
    TEMPORAL_NAMESPACE: facts.temporalNamespace,
    RETURNS_TASK_QUEUE: process.env.RETURNS_TASK_QUEUE || `returns${facts.queueSuffix}`,
    SANDBOX_URL: facts.sandboxUrl,
    SANDBOX_SECRET: facts.sandboxSecret,
    PUBLIC_URL: facts.publicUrl,
    ...(process.env.AUDIT_SIGNING_KEY ? {} : { AUDIT_SIGNING_KEY_FILE: process.env.AUDIT_SIGNING_KEY_FILE || facts.auditKeyFile }),
    BOOMERANG_DEMO: process.env.BOOMERANG_DEMO || 'true',
    BOOMERANG_SANDBOX: process.env.BOOMERANG_SANDBOX || 'true',
    LOG_LEVEL: process.env.LOG_LEVEL || 'info',
    HOST: '127.0.0.1',
  };
}

type Env = NodeJS.ProcessEnv;

export function migrateJob(env: Env, programs: Partial<Programs> = {}): JobSpec {
  return { name: 'migrate', command: process.execPath, args: [programs.migrate ?? BUILT.migrate], env, withinMs: 120_000 };
}

export function sandboxSpec(env: Env, facts: Facts, programs: Partial<Programs> = {}): ProcessSpec {
  const own = { PORT: String(facts.sandboxPort), SANDBOX_DATA: facts.sandboxData, CALLBACK_URL: facts.publicUrl };
  return service('sandbox', programs.sandbox ?? BUILT.sandbox, { ...env, ...own }, `${facts.sandboxUrl}/healthz`, 5_000);
}

export function workerSpec(env: Env, facts: Facts, programs: Partial<Programs> = {}): ProcessSpec {
  const own = { WORKER_PORT: String(facts.workerPort), WORKFLOW_BUNDLE: join(projectRoot, 'dist', 'workflow-bundle.js') };
  return service('worker', programs.worker ?? BUILT.worker, { ...env, ...own }, `http://127.0.0.1:${facts.workerPort}/readyz`, 30_000);
}

export function apiSpec(env: Env, facts: Facts, programs: Partial<Programs> = {}): ProcessSpec {
  const own = { PORT: String(facts.apiPort), HOST: facts.apiHost };
  return service('api', programs.api ?? BUILT.api, { ...env, ...own }, `${facts.publicUrl}/readyz`, 15_000);
}

function service(name: string, script: string, env: Env, url: string, stopWithinMs: number): ProcessSpec {
  return {
    name,
    command: process.execPath,
    args: [script],
    env,
    ready: async () => await answersOk(url),
    readyWithinMs: 60_000,
    stopSignal: 'SIGTERM',
    stopWithinMs,
  };
}
