import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

function findRoot(from: string): string {
  for (let folder = from; folder !== dirname(folder); folder = dirname(folder)) if (existsSync(join(folder, 'package.json'))) return folder;
  return process.cwd();
}

/** The checkout: the folder with package.json above this file, from the sources as well as from `dist`. */
export const projectRoot = findRoot(__dirname);
