import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { CORE_SCHEMA, load, mergeTag } from 'js-yaml';

// No engine is needed: these tests read the files and hold them to what they promise each other.

interface Service {
  image?: string;
  build?: { context: string; dockerfile: string; target: string };
  environment?: Record<string, string>;
  depends_on?: Record<string, { condition: string }>;
  volumes?: string[];
  ports?: string[];
  profiles?: string[];
  healthcheck?: unknown;
  deploy?: { replicas: number };
  stop_grace_period?: string;
}

interface Compose {
  services: Record<string, Service>;
  networks: Record<string, unknown>;
  volumes: Record<string, unknown>;
}

const root = join(__dirname, '..');
const read = (path: string) => readFileSync(join(root, path), 'utf8');
const compose = load(read('docker/compose.yml'), { schema: CORE_SCHEMA.withTags(mergeTag) }) as unknown as Compose;
const services = Object.entries(compose.services);
const dockerfile = read('docker/Dockerfile');

describe('docker/Dockerfile', () => {
  test.each(['api', 'worker', 'migrate', 'sandbox'])('has the target %s, which runs a program of ours directly, so that signals reach it', (target) => {
    const stage = dockerfile.split(/^FROM /m).find((part) => part.split('\n')[0]?.endsWith(` AS ${target}`));
    const script = /CMD \["node", "dist\/([^"]+)\.js"\]/.exec(stage ?? '')?.[1];
    expect(script).toBeDefined();
    expect(existsSync(join(root, `${script}.ts`))).toBe(true);
  });

  test('never ends as root', () => {
    for (const stage of dockerfile.split(/^FROM /m).slice(1)) {
      const users = [...stage.matchAll(/^USER (\w+)/gm)].map((match) => match[1]);
      if (users.length) expect(users.at(-1)).toBe('node');
    }
    expect(dockerfile).toMatch(/AS runtime[\s\S]*USER node[\s\S]*FROM runtime AS migrate/);
  });

  test('copies only what .dockerignore lets through', () => {
    const allowed = read('.dockerignore').split('\n').filter((line) => line.startsWith('!')).map((line) => line.slice(1)); // prettier-ignore
    const copied = [...dockerfile.matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap((match) => match[1]!.split(' '));
    expect(copied.length).toBeGreaterThan(5);
    for (const path of copied) expect(allowed).toContain(path);
    for (const path of allowed) expect(existsSync(join(root, path)) || path === 'LICENSE').toBe(true);
  });
});

describe('docker/compose.yml', () => {
  test('waits only for services it has, and for health only where there is a check', () => {
    for (const [name, service] of services)
      for (const [other, { condition }] of Object.entries(service.depends_on ?? {})) {
        const waitedFor = compose.services[other];
        expect({ name, other, found: waitedFor !== undefined }).toEqual({ name, other, found: true });
        if (condition === 'service_healthy') expect({ other, healthcheck: waitedFor?.healthcheck !== undefined }).toEqual({ other, healthcheck: true });
      }
  });

  test('builds targets that exist and mounts files that exist', () => {
    for (const [, { build, volumes }] of services) {
      if (build) expect(dockerfile).toContain(` AS ${build.target}\n`);
      for (const volume of volumes ?? []) {
        const source = volume.split(':')[0]!;
        if (source.startsWith('.')) expect({ source, there: existsSync(join(root, 'docker', source)) }).toEqual({ source, there: true });
        else expect(Object.keys(compose.volumes)).toContain(source);
      }
    }
  });

  test('pins every foreign image to a version', () => {
    for (const [, { image, build }] of services) if (!build) expect(image).toMatch(/:\d+/);
  });

  test('holds no password: each is asked for, and named in the example', () => {
    const text = read('docker/compose.yml');
    const example = read('docker/.env.example');
    for (const [, name] of text.matchAll(/\$\{(\w+):\?/g)) expect(example).toMatch(new RegExp(`^${name}=$`, 'm'));
    for (const [, { environment }] of services)
      for (const [name, value] of Object.entries(environment ?? {})) if (/PASSWORD|PWD|SECRET/.test(name)) expect(value).toMatch(/^\$\{/);
  });

  test('opens nothing to the world unless asked', () => {
    for (const [, { ports }] of services) for (const port of ports ?? []) expect(port).toMatch(/^(127\.0\.0\.1|\$\{BIND_ADDRESS:-127\.0\.0\.1\}):/);
  });

  test('runs two workers, keeps the sandbox and the demo off, and lets both programs drain', () => {
    expect(compose.services.worker?.deploy?.replicas).toBe(2);
    expect(compose.services.sandbox?.profiles).toEqual(['sandbox']);
    for (const name of ['api', 'worker']) {
      const { environment, stop_grace_period } = compose.services[name]!;
      expect(environment).toMatchObject({ BOOMERANG_DEMO: '${BOOMERANG_DEMO:-false}', BOOMERANG_SANDBOX: '${BOOMERANG_SANDBOX:-false}' });
      expect(Number.parseInt(stop_grace_period ?? '', 10)).toBeGreaterThan(15);
    }
  });

  test('has the Temporal server that temporal-cli/go.mod builds', () => {
    const pinned = /go\.temporal\.io\/server v([\d.]+)/.exec(read('docker/temporal-cli/go.mod'))?.[1];
    for (const name of ['temporal', 'temporal-schema', 'temporal-namespace']) expect(compose.services[name]?.image).toMatch(new RegExp(`:${pinned}$`));
  });
});

describe('the scripts beside it', () => {
  test.each(['docker/postgres/init.sh', 'docker/temporal/schema.sh', 'docker/temporal/namespace.sh'])('%s stops at the first error', (path) => {
    expect(read(path)).toMatch(/^#!\/bin\/sh\n[\s\S]*^set -eu$/m);
  });

  test('dynamic configuration is a list of values for each key', () => {
    for (const file of readdirSync(join(root, 'docker/dynamic-config'))) {
      const settings = load(read(`docker/dynamic-config/${file}`)) as Record<string, { value: unknown }[]>;
      for (const values of Object.values(settings)) expect(values.every((entry) => 'value' in entry)).toBe(true);
    }
  });
});
