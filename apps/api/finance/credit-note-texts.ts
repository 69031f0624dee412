import type { NoteLanguage } from '#libs/contracts/credit-note';
import type { SettledFee, UnitToSettle } from '#libs/domain/money/settlement-types';
import type { TenderKind } from '#libs/domain/order';

/** Everything a credit note says besides figures and names. */
export interface NoteTexts {
  readonly title: string;
  readonly onAccountTitle: string;
  readonly number: string;
  readonly issued: string;
  readonly from: string;
  readonly to: string;
  readonly customerId: string;
  readonly orderNumber: string;
  readonly orderDate: string;
  readonly returnNumber: string;
  readonly refund: string;
  readonly settlement: string;
  readonly paidTo: string;
  readonly reference: string;
  readonly credited: string;
  readonly part: (amount: string, total: string) => string;
  readonly onAccount: (amount: string) => string;
  readonly advance: string;
  readonly article: string;
  readonly quantity: string;
  readonly goods: string;
  readonly discount: string;
  readonly tax: string;
  readonly amount: string;
  readonly units: (units: string) => string;
  readonly kinds: Readonly<Record<Exclude<UnitToSettle['kind'], 'refund'>, string>>;
  readonly shipping: (shipmentId: string) => string;
  readonly fees: Readonly<Record<SettledFee['kind'], string>>;
  readonly ofLine: (name: string, lineId: string | null) => string;
  readonly giftedCoupon: (code: string) => string;
  readonly total: string;
  readonly advanceTotal: string;
  readonly taxesTitle: string;
  readonly advanceTaxesTitle: string;
  readonly taxName: string;
  readonly rate: string;
  readonly net: string;
  readonly taxAmount: string;
  readonly tenders: Readonly<Record<TenderKind | 'manual' | 'ownStoreCredit', string>>;
  readonly includesTax: string;
  readonly addsTax: string;
  readonly footer: (currency: string) => string;
  readonly page: (page: number, pages: number) => string;
}

const english: NoteTexts = {
  title: 'Credit note',
  onAccountTitle: 'Credit note on account',
  number: 'Number',
  issued: 'Date of issue (UTC)',
  from: 'Issued by',
  to: 'Credited to',
  customerId: 'Customer',
  orderNumber: 'Order',
  orderDate: 'Order placed (UTC)',
  returnNumber: 'Return',
  refund: 'Refund',
  settlement: 'Settlement',
  paidTo: 'Paid to',
  reference: 'Payment reference',
  credited: 'Credited by this note',
  part: (amount, total) => `This note credits ${amount} of a settlement of ${total}; each other part of it has a note of its own.`,
  onAccount: (amount) => `${amount} of the settlement was paid on account before, and is not credited again.`,
  advance: 'Paid on account, before the goods were inspected. The settlement that follows the inspection closes it.',
  article: 'Article',
  quantity: 'Quantity',
  goods: 'Goods',
  discount: 'Discounts',
  tax: 'Tax',
  amount: 'Amount',
  units: (units) => `${/\D/.test(units) ? 'pieces' : 'piece'} ${units}`,
  kinds: { exchange: 'exchanged: the difference in price', adjustment: 'price adjusted; the goods stay with the customer', none: 'nothing is owed' },
  shipping: (shipmentId) => `Outbound shipping, shipment ${shipmentId}`,
  fees: { condition: 'Kept for condition', missing_parts: 'Kept for missing parts', restocking: 'Restocking fee', return_shipping: 'Return shipping' },
  ofLine: (name, lineId) => (lineId === null ? name : `${name}, line ${lineId}`),
  giftedCoupon: (code) => `Used gift of the order, coupon ${code}`,
  total: 'Total of the settlement',
  advanceTotal: 'Total on account',
  taxesTitle: 'Taxes credited by this note',
  advanceTaxesTitle: 'Taxes in this payment, to be credited by the settlement',
  taxName: 'Tax',
  rate: 'Rate',
  net: 'Net',
  taxAmount: 'Tax',
  tenders: {
    card: 'Card',
    wallet: 'Wallet',
    bank: 'Bank account',
    gift_card: 'Gift card',
    store_credit: 'Store credit',
    points: 'Points',
    cash: 'Cash',
    manual: 'Paid out by hand',
    ownStoreCredit: 'Store credit',
  },
  includesTax: 'Prices of this order include tax: goods less discounts is the amount, and the tax shown is part of it.',
  addsTax: 'Prices of this order are without tax: goods less discounts plus tax is the amount.',
  footer: (currency) => `All amounts in ${currency}; what lowers a sum has a minus sign. The number is unique; numbers do not follow one another without gaps.`,
  page: (page, pages) => `Page ${page} of ${pages}`,
};

const chinese: NoteTexts = {
  title: '贷项通知单',
  onAccountTitle: '贷项通知单（预付）',
  number: '单号',
  issued: '开具日期（UTC）',
  from: '开具方',
  to: '收款方',
  customerId: '客户',
  orderNumber: '订单号',
  orderDate: '下单日期（UTC）',
  returnNumber: '退货编号',
  refund: '退款编号',
  settlement: '结算编号',
  paidTo: '退款至',
  reference: '支付流水号',
  credited: '本单贷记金额',
  part: (amount, total) => `本单贷记 ${amount}，所属结算共 ${total}；结算的其余部分另开通知单。`,
  onAccount: (amount) => `该结算中有 ${amount} 已提前预付，不再重复贷记。`,
  advance: '本款项为验货前的预付款，以验货后的结算为准。',
  article: '商品',
  quantity: '数量',
  goods: '货款',
  discount: '优惠',
  tax: '税额',
  amount: '金额',
  units: (units) => `第 ${units} 件`,
  kinds: { exchange: '换货差价', adjustment: '价格调整，商品由客户保留', none: '无应退款项' },
  shipping: (shipmentId) => `发货运费（包裹 ${shipmentId}）`,
  fees: { condition: '商品折损扣款', missing_parts: '缺件扣款', restocking: '退货手续费', return_shipping: '退货运费' },
  ofLine: (name, lineId) => (lineId === null ? name : `${name}（商品行 ${lineId}）`),
  giftedCoupon: (code) => `随单赠券 ${code} 已使用`,
  total: '结算合计',
  advanceTotal: '预付合计',
  taxesTitle: '本单贷记的税额',
  advanceTaxesTitle: '预付款所含税额（以结算为准）',
  taxName: '税种',
  rate: '税率',
  net: '不含税金额',
  taxAmount: '税额',
  tenders: {
    card: '银行卡',
    wallet: '电子钱包',
    bank: '银行账户',
    gift_card: '礼品卡',
    store_credit: '购物金',
    points: '积分',
    cash: '现金',
    manual: '人工付款',
    ownStoreCredit: '购物金',
  },
  includesTax: '本订单价格含税：货款减去优惠即为金额，所列税额已包含在内。',
  addsTax: '本订单价格不含税：货款减去优惠再加税额即为金额。',
  footer: (currency) => `金额单位：${currency}；减少金额的项目以负号表示。单号唯一，但不保证连续。`,
  page: (page, pages) => `第 ${page} 页，共 ${pages} 页`,
};

export const noteTexts: Readonly<Record<NoteLanguage, NoteTexts>> = { en: english, 'zh-CN': chinese };

/**
 * The language of a note: what was asked for, else what the caller's program prefers, else the customer's own.
 * @param accepted the header `Accept-Language`
 * @param locale of the order's customer, such as `zh-CN`
 */
export function noteLanguage(asked: NoteLanguage | undefined, accepted: string | undefined, locale: string): NoteLanguage {
  if (asked) return asked;
  const wanted = (accepted ?? '')
    .split(',')
    .map((part) => {
      const [tag = '', ...parameters] = part.split(';').map((piece) => piece.trim());
      const quality = parameters.find((parameter) => parameter.startsWith('q='));
      return { tag, quality: quality === undefined ? 1 : Number(quality.slice(2)) };
    })
    .filter(({ quality }) => quality > 0)
    .toSorted((one, other) => other.quality - one.quality);
  for (const { tag } of wanted) {
    const language = languageOf(tag);
    if (language) return language;
  }
  return languageOf(locale) ?? 'en';
}

function languageOf(tag: string): NoteLanguage | null {
  if (/^zh\b/i.test(tag)) return 'zh-CN';
  return /^en\b/i.test(tag) ? 'en' : null;
}
