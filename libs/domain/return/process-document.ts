import { breachChoices, stages } from '../policy/policy';
import { defaultDeadlines } from '../policy/default-policy';
import { accepts, caseCommands, moves, refundMoves, statuses, steps } from './tables';

/** The process as a page for people, printed from the very tables it runs by: `docs/process.md`, kept true by a test. */
export function processDocument(): string {
  return [
    '# The process, as its tables say it',
    'This page is printed from `libs/domain/return/tables.ts` and `libs/domain/policy`; a test fails when it differs. To print it anew: `UPDATE_DOCS=1 npx jest --selectProjects=unit --testPathPatterns process-document`.',
    '## What may be asked of a return, by its status',
    'A dot: accepted, if the finer conditions hold (there is an offer, a rejected line, a unit to inspect). Everything else is refused with `invalid_state` and changes nothing.',
    table(['', ...statuses], caseCommands.map((command) => [`\`${command}\``, ...statuses.map((status) => ((accepts[status] as readonly string[]).includes(command) ? '•' : ''))])), // prettier-ignore
    '## Where a report takes a unit',
    table(['unit is', 'report → becomes'], Object.entries(moves).map(([place, to]) => [`\`${place}\``, pairs(to)])), // prettier-ignore
    '## Calls to the outside, and what undoes them',
    table(['step', 'call', 'undo'], [...Object.entries(steps).map(([kind, { call, undo }]) => [kind, `\`${call}\``, `\`${undo}\``]), ['refund', '`refund`, `lookUpRefund`', 'none: a refund only goes forward']]), // prettier-ignore
    '## A refund',
    table(['status', 'may become'], Object.entries(refundMoves).map(([status, next]) => [`\`${status}\``, next.map((one) => `\`${one}\``).join(', ') || 'final'])), // prettier-ignore
    '## Deadlines',
    table(['stage', 'default target', 'warning', 'calendar', 'when it passes', 'a policy may choose'], stages.map((stage) => {
      const { target, warn, calendar, onBreach } = defaultDeadlines[stage];
      return [stage, target, warn ?? '', calendar, onBreach, breachChoices[stage].join(', ')];
    })), // prettier-ignore
    'A hand-over for which the customer has announced a parcel (`self_ship`) does not expire: the parcel is on its way for all we know, so a person is called instead, and `nextStep.whenOverdue` says `attention`.',
    '',
  ].join('\n\n');
}

const pairs = (to: object): string =>
  Object.entries(to)
    .map(([report, place]) => `${report} → \`${place}\``)
    .join(', ') || 'stays';
function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
