/** Nest 12 ships ES modules only. Jest on Node < 24.9 cannot require() them, so swc turns them into CommonJS too. */
const esmOnly = ['@nestjs'];

const shared = {
  rootDir: __dirname,
  testEnvironment: 'node',
  setupFiles: ['<rootDir>/test/property-seed.js'],
  testEnvironmentOptions: { customExportConditions: ['source', 'node', 'node-addons'] },
  transform: { '^.+\\.[jt]s$': ['@swc/jest'] },
  transformIgnorePatterns: [`/node_modules/(?!(${esmOnly.join('|')})/)`],
  modulePathIgnorePatterns: ['<rootDir>/dist', '<rootDir>/.boomerang'],
};

/** @type {import('jest').Config} */
module.exports = {
  reporters: ['default', '<rootDir>/test/closing-line.reporter.js'],
  // Nothing takes a third of it on two cores that are busy with something else, too; what never comes ends by the patience of `until`.
  testTimeout: 180_000,
  projects: [
    // Beside the code, without any server.
    { ...shared, displayName: 'unit', roots: ['<rootDir>/apps', '<rootDir>/workflows', '<rootDir>/activities', '<rootDir>/libs'], testRegex: '\\.test\\.ts$' },
    // Needs the whole product: one stack for all of them, started by the global set-up.
    {
      ...shared,
      displayName: 'system',
      roots: ['<rootDir>/test'],
      testRegex: '\\.test\\.ts$',
      globalSetup: '<rootDir>/test/stack/global-setup.ts',
      globalTeardown: '<rootDir>/test/stack/global-teardown.ts',
    },
  ],
};
