import type { MailFacts, Texts } from './texts';

const until = (by: string | null): string => (by === null ? '' : ` by ${by}`);
const list = (items: readonly string[]): string => items.map((item) => `- ${item}`).join('\n');
const where = ({ toStoreCredit }: MailFacts): string => (toStoreCredit ? 'as store credit' : 'to where you paid from');

const resolutions = {
  refund: (amount: string | null) => `a refund${amount === null ? '' : ` of ${amount}`}`,
  refund_only: (amount: string | null) => `a refund${amount === null ? '' : ` of ${amount}`}; you keep the goods`,
  adjustment: (amount: string | null) => `${amount ?? 'a part of the price'} back; you keep the goods`,
  exchange: () => 'an exchange',
  reship: () => 'a new delivery',
  repair: () => 'a repair',
  store_credit: (amount: string | null) => `store credit${amount === null ? '' : ` of ${amount}`}`,
} as const;

function handover({ handover: method, pickup, trackingNumber, handoverBy }: MailFacts): string | null {
  switch (method) {
    case null:
      return 'You need not send anything back.';
    case 'drop_off':
      return `Print the label that you find with your return and drop the parcel off${until(handoverBy)}.${trackingNumber === null ? '' : ` Its tracking number is ${trackingNumber}.`}`;
    case 'door_pickup':
      return pickup === null
        ? `Choose a time at which the courier may come${until(handoverBy)}.`
        : `The courier comes between ${pickup.from} and ${pickup.to}. Please have the parcel ready.`;
    default:
      return trackingNumber === null
        ? `Send the parcel with a carrier of your choice${until(handoverBy)} and tell us its tracking number.`
        : `We know your parcel by its tracking number ${trackingNumber}; please hand it over${until(handoverBy)}.`;
  }
}
const gifts = { coupon: 'a coupon worth', points: 'points:', credit: 'store credit of' } as const;

export const english: Texts = {
  locale: 'en',
  zone: 'UTC',
  zoneName: 'UTC',
  greeting: (name) => `Hello ${name},`,
  farewell: 'Your returns team',
  points: (count) => `${count} points`,
  next: {
    wait: (by) => `What happens next: nothing for you to do; we carry on${until(by)}.`,
    hand_over: (by) => `What happens next: please hand the parcel over${until(by)}.`,
    answer_offer: (by) => `What happens next: please answer our offer${until(by)}.`,
    appeal: (by) => `What happens next: if you do not agree, you can appeal${until(by)}.`,
    review: (by) => `What happens next: we decide on your return${until(by)}.`,
    receive: (by) => `What happens next: our warehouse takes the parcel in${until(by)}.`,
    inspect: (by) => `What happens next: our warehouse inspects the goods${until(by)}.`,
    repair: (by) => `What happens next: we repair the goods${until(by)}.`,
    approve_refund: (by) => `What happens next: a colleague approves the refund${until(by)}.`,
    resolve_exception: (by) => `What happens next: a colleague looks into it${until(by)} and gets back to you.`,
    confirm_payout: (by) => `What happens next: we pay the money out${until(by)}.`,
    nothing: () => 'There is nothing more to do.',
  },
  mails: {
    applied: {
      subject: ({ number }) => `We have your return ${number}`,
      body: (facts) => [
        `We have received your request to return goods of order ${facts.orderNumber}. Its number is ${facts.number}.`,
        list(facts.items),
        facts.quoted === null ? null : `If everything is as you say, you get ${facts.quoted} back ${where(facts)}.`,
      ],
    },
    approved: {
      subject: ({ number }) => `Your return ${number} is approved`,
      body: (facts) => [`Your return ${facts.number} is approved.`, handover(facts)],
    },
    rejected: {
      subject: ({ number }) => `We could not accept all of your return ${number}`,
      body: (facts) => [
        `We could not accept these goods of your return ${facts.number}:`,
        list(facts.rejectedItems),
        facts.appealBy === null
          ? null
          : `If you do not agree, you can appeal until ${facts.appealBy}; somebody else will decide then. We keep your goods until that time.`,
      ],
    },
    received: {
      subject: ({ number }) => `Your parcel for return ${number} has arrived`,
      body: (facts) => [`Your parcel for return ${facts.number} is in our warehouse.`],
    },
    settled: {
      subject: ({ number, settled }) => (settled === null ? `Your return ${number} is settled` : `${settled} for your return ${number}`),
      body: (facts) => [
        facts.settled === null
          ? `Your return ${facts.number} is settled; no money is due.`
          : `You get ${facts.settled} for your return ${facts.number}, ${where(facts)}.`,
        facts.settledAhead === null ? null : `${facts.settledAhead} of it was paid to you in advance.`,
        facts.fees === null ? null : `Fees of ${facts.fees} are taken off already; you find every one of them with your return.`,
      ],
    },
    advanced: {
      subject: ({ number, advanced }) => `${advanced} in advance for your return ${number}`,
      body: (facts) => [
        `You get ${facts.advanced} for your return ${facts.number} before we have inspected the goods, ${where(facts)}.`,
        'Please hand them over all the same: if they do not arrive, or are not as you described them, the money may have to be returned.',
      ],
    },
    advance_recovered: {
      subject: ({ number }) => `About the money paid in advance for your return ${number}`,
      body: ({ number, recovered }) => [
        `Of the money that was paid to you in advance for your return ${number}, ${recovered?.amount} turned out not to be due.`,
        recovered?.from === 'store_credit' ? 'We have taken it from your store credit.' : 'We will send you an invoice for it.',
      ],
    },
    cancelled: {
      subject: ({ number }) => `Your return ${number} is cancelled`,
      body: (facts) => [`Your return ${facts.number} is cancelled. Please do not send anything back; labels and courier bookings are not valid any more.`],
    },
    expired: {
      subject: ({ number }) => `Your return ${number} has expired`,
      body: (facts) => [
        `We did not get your parcel for return ${facts.number} in time, so the return has ended. As long as the return period lasts you can apply again.`,
      ],
    },
    offer: {
      subject: ({ number }) => `An offer for your return ${number}`,
      body: (facts) => [
        facts.offer === null ? null : `For your return ${facts.number} we offer you ${resolutions[facts.offer.resolution](facts.offer.amount)}.`,
        facts.offer?.note ?? null,
        facts.offer?.by == null ? null : `The offer stands until ${facts.offer.by}. Without your answer your return goes on as before.`,
      ],
    },
    compensation: {
      subject: ({ number }) => `Something for your trouble with return ${number}`,
      body: ({ number, compensation }) => [
        compensation === null ? null : `For the trouble with your return ${number} we give you ${gifts[compensation.kind]} ${compensation.amount}.`,
        compensation?.code == null ? null : `Your code: ${compensation.code}`,
        compensation?.validUntil == null ? null : `It is valid until ${compensation.validUntil}.`,
      ],
    },
    handover_reminder: {
      subject: ({ number }) => `Please do not forget your return ${number}`,
      body: (facts) => [
        `We are still waiting for the goods of your return ${facts.number}.`,
        handover(facts),
        facts.handoverBy === null ? null : `After ${facts.handoverBy} the return ends.`,
      ],
    },
    replacement_shipped: {
      subject: ({ number }) => `A parcel is on its way to you (return ${number})`,
      body: ({ number, replacement }) => [
        replacement === null ? null : `For your return ${number} we have sent you ${replacement.article}.`,
        replacement?.trackingNumber == null
          ? null
          : `Tracking number: ${replacement.trackingNumber}${replacement.carrier === null ? '' : ` (${replacement.carrier})`}`,
      ],
    },
  },
};
