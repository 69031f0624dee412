import { createLog } from '#libs/observability/logger';
import { Settings } from './settings';
import { startWorker } from './worker';

const log = createLog('worker', process.env.LOG_LEVEL || 'info');
const failed = (error: unknown) => {
  log.fatal({ err: error }, 'the worker could not start');
  process.exit(1);
};
try {
  startWorker({ settings: Settings.of(process.env), log }).catch(failed);
} catch (error) {
  failed(error);
}
