// What `npm start` runs. Plain JavaScript without dependencies: it has to work on a checkout where nothing is installed yet.
// Everything beyond the version check is imported late, so that an old Node reaches the message and not a syntax error.
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`boomerang: Node 20.19 or newer is needed, this is ${process.versions.node}.`);
  process.exit(1);
}

import('./prepare.mjs')
  .then(async ({ ensurePackages, ensureBuild, built, checkArguments }) => {
    checkArguments(process.argv.slice(2));
    await ensurePackages();
    await ensureBuild();
    const { main } = await import(built('apps/local/main.js'));
    await main(process.argv.slice(2));
  })
  .catch((error) => {
    console.error(`boomerang: ${error instanceof Error ? error.message : error}`);
    process.exit(1);
  });
