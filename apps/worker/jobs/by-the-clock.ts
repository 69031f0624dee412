/**
 * Never two of a kind waiting: the key is the job's own. One that still runs when the next is due gives its key up to that one, so for a while two may run side by side;
 * each of these jobs can bear that.
 */
const schedule = [
  '* * * * * reconcile ?jobKey=reconcile&max=3&priority=-1',
  '23 * * * * expire_coupons ?jobKey=expire_coupons&max=3&priority=1',
  // Shortly after midnight, UTC; at the latest when the next worker is started that day.
  '20 0 * * * reconcile_yesterday ?jobKey=reconcile_yesterday&fill=12h&max=10&priority=1',
  '5 0 * * * checkpoint_all ?jobKey=checkpoint_all&fill=12h&max=10&priority=1',
];
export const crontab = schedule.join('\n');
/** The names of these jobs. */
export const tasksByTheClock: readonly string[] = schedule.map((line) => line.split(' ')[5]!);
