import type { MailFacts, Texts } from './texts';

const before = (by: string | null): string => (by === null ? '' : `在${by} 前`);
const list = (items: readonly string[]): string => items.map((item) => `- ${item}`).join('\n');
const where = ({ toStoreCredit }: MailFacts): string => (toStoreCredit ? '以购物金形式发放' : '原路退回');

const resolutions = {
  refund: (amount: string | null) => `退款${amount === null ? '' : ` ${amount}`}`,
  refund_only: (amount: string | null) => `仅退款${amount === null ? '' : ` ${amount}`}，商品您可以留下`,
  adjustment: (amount: string | null) => `退还${amount === null ? '部分货款' : ` ${amount}`}，商品您可以留下`,
  exchange: () => '换货',
  reship: () => '补发商品',
  repair: () => '维修',
  store_credit: (amount: string | null) => `购物金${amount === null ? '' : ` ${amount}`}`,
} as const;

function handover({ handover: method, pickup, trackingNumber, handoverBy }: MailFacts): string | null {
  switch (method) {
    case null:
      return '您无需寄回任何商品。';
    case 'drop_off':
      return `请打印退货详情中的面单，并${before(handoverBy)}将包裹送至网点。${trackingNumber === null ? '' : `运单号：${trackingNumber}。`}`;
    case 'door_pickup':
      return pickup === null ? `请${before(handoverBy)}选择快递员上门取件的时间。` : `快递员将于 ${pickup.from} 至 ${pickup.to} 上门取件，请提前备好包裹。`;
    default:
      return trackingNumber === null
        ? `请${before(handoverBy)}自行选择快递寄回，并告知我们运单号。`
        : `我们已登记您的运单号 ${trackingNumber}，请${before(handoverBy)}寄出包裹。`;
  }
}
const gifts = { coupon: '一张优惠券，面值', points: '积分', credit: '购物金' } as const;

export const chinese: Texts = {
  locale: 'zh-CN',
  zone: 'Asia/Shanghai',
  zoneName: '北京时间',
  greeting: (name) => `${name}，您好：`,
  farewell: '售后服务团队',
  points: (count) => `${count} 分`,
  next: {
    wait: (by) => `接下来：您无需操作，我们会${before(by)}继续处理。`,
    hand_over: (by) => `接下来：请您${before(by)}交寄包裹。`,
    answer_offer: (by) => `接下来：请您${before(by)}答复我们的方案。`,
    appeal: (by) => `接下来：如有异议，您可以${before(by)}申诉。`,
    review: (by) => `接下来：我们会${before(by)}审核您的申请。`,
    receive: (by) => `接下来：仓库会${before(by)}签收包裹。`,
    inspect: (by) => `接下来：仓库会${before(by)}检验商品。`,
    repair: (by) => `接下来：我们会${before(by)}完成维修。`,
    approve_refund: (by) => `接下来：工作人员会${before(by)}审批退款。`,
    resolve_exception: (by) => `接下来：工作人员会${before(by)}核实情况并与您联系。`,
    confirm_payout: (by) => `接下来：我们会${before(by)}为您付款。`,
    nothing: () => '后续无需任何操作。',
  },
  mails: {
    applied: {
      subject: ({ number }) => `我们已收到您的退货申请 ${number}`,
      body: (facts) => [
        `我们已收到您对订单 ${facts.orderNumber} 的退货申请，退货编号为 ${facts.number}。`,
        list(facts.items),
        facts.quoted === null ? null : `如商品情况与您的描述一致，您将获得 ${facts.quoted}，${where(facts)}。`,
      ],
    },
    approved: {
      subject: ({ number }) => `您的退货申请 ${number} 已通过`,
      body: (facts) => [`您的退货申请 ${facts.number} 已通过。`, handover(facts)],
    },
    rejected: {
      subject: ({ number }) => `您的退货 ${number} 中有商品未能通过`,
      body: (facts) => [
        `您的退货 ${facts.number} 中，以下商品未能通过：`,
        list(facts.rejectedItems),
        facts.appealBy === null ? null : `如有异议，您可以在${facts.appealBy} 前申诉，届时将由另一位工作人员处理。在此之前，商品由我们为您保管。`,
      ],
    },
    received: {
      subject: ({ number }) => `您退货 ${number} 的包裹已送达`,
      body: (facts) => [`您退货 ${facts.number} 的包裹已到达我们的仓库。`],
    },
    settled: {
      subject: ({ number, settled }) => (settled === null ? `您的退货 ${number} 已结算` : `您的退货 ${number} 将退款 ${settled}`),
      body: (facts) => [
        facts.settled === null ? `您的退货 ${facts.number} 已结算，无需退款。` : `您的退货 ${facts.number} 将退款 ${facts.settled}，${where(facts)}。`,
        facts.settledAhead === null ? null : `其中 ${facts.settledAhead} 已提前退款。`,
        facts.fees === null ? null : `其中已扣除费用 ${facts.fees}，明细请见退货详情。`,
      ],
    },
    advanced: {
      subject: ({ number, advanced }) => `您的退货 ${number} 将提前退款 ${advanced}`,
      body: (facts) => [
        `您的退货 ${facts.number} 将在验货之前提前退款 ${facts.advanced}，${where(facts)}。`,
        '请仍按要求寄回商品：如果我们没有收到商品，或商品与您的描述不符，这笔款项可能需要退回。',
      ],
    },
    advance_recovered: {
      subject: ({ number }) => `关于您退货 ${number} 的提前退款`,
      body: ({ number, recovered }) => [
        `您的退货 ${number} 的提前退款中，有 ${recovered?.amount} 不符合退款条件。`,
        recovered?.from === 'store_credit' ? '该款项已从您的购物金中扣除。' : '我们将就该款项向您发送账单。',
      ],
    },
    cancelled: {
      subject: ({ number }) => `您的退货 ${number} 已取消`,
      body: (facts) => [`您的退货 ${facts.number} 已取消。请勿寄回商品；面单和上门取件预约均已失效。`],
    },
    expired: {
      subject: ({ number }) => `您的退货 ${number} 已过期`,
      body: (facts) => [`我们未能按时收到退货 ${facts.number} 的包裹，本次退货已结束。在退货期限内，您可以重新申请。`],
    },
    offer: {
      subject: ({ number }) => `关于您的退货 ${number} 的方案`,
      body: (facts) => [
        facts.offer === null ? null : `对于您的退货 ${facts.number}，我们提供以下方案：${resolutions[facts.offer.resolution](facts.offer.amount)}。`,
        facts.offer?.note ?? null,
        facts.offer?.by == null ? null : `该方案在${facts.offer.by} 前有效。如未答复，退货将按原流程继续。`,
      ],
    },
    compensation: {
      subject: ({ number }) => `关于退货 ${number} 的补偿`,
      body: ({ number, compensation }) => [
        compensation === null ? null : `对于退货 ${number} 给您带来的不便，我们为您提供${gifts[compensation.kind]} ${compensation.amount}。`,
        compensation?.code == null ? null : `券码：${compensation.code}`,
        compensation?.validUntil == null ? null : `有效期至 ${compensation.validUntil}。`,
      ],
    },
    handover_reminder: {
      subject: ({ number }) => `请别忘记您的退货 ${number}`,
      body: (facts) => [
        `我们仍在等待您退货 ${facts.number} 的商品。`,
        handover(facts),
        facts.handoverBy === null ? null : `超过${facts.handoverBy}，本次退货将结束。`,
      ],
    },
    replacement_shipped: {
      subject: ({ number }) => `商品已寄出（退货 ${number}）`,
      body: ({ number, replacement }) => [
        replacement === null ? null : `对于您的退货 ${number}，我们已为您寄出 ${replacement.article}。`,
        replacement?.trackingNumber == null ? null : `运单号：${replacement.trackingNumber}${replacement.carrier === null ? '' : `（${replacement.carrier}）`}`,
      ],
    },
  },
};
