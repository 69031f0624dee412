import { alike, percent, ranges } from './explanation-figures';
import type { FeeKind, NoFee, Reasons, Wording } from './reasons';

type Money = (amount: number) => string;

/** Simplified Chinese: the same facts as the English sentences, in the same order. */
export const chinese: Wording = {
  unit_share: (of, amount, money) => `${piecesOf(of)}：${bought(of, money)}，实付 ${money(amount)}${included(of, money)}。${discounts(of, money)}`,
  rest_of_unit: (of, amount, money) =>
    `${piecesOf(of)}：实付 ${money(of.paidAmount)}，此前已退 ${money(of.givenBefore)}，尚可退 ${money(amount)}${taxInside(of, money)}。`,
  adjustment: (of, amount, money) =>
    `${piecesOf(of)}：退还 ${money(amount)}${taxInside(of, money)}，商品由顾客保留；实付金额中尚余 ${money(of.leftAmount)}${amount < of.askedAmount ? `，少于约定的 ${money(of.askedAmount)}` : ''}。`,
  exchange_difference: (of, amount, money) => `${piecesOf(of)}：${exchanged(of, amount, money)}。`,
  nothing_owed: (of) => `${piecesOf(of)}：无需退款。`,
  outbound_shipping: (of, amount, money) => `包裹 ${of.shipmentId}：${shipping(of, amount, money)}。`,
  condition: (of, amount, money) => `商品成色，订单行 ${of.lineId}：${condition(of, amount, money)}。`,
  missing_parts: (of, amount, money) => fee('missing_parts', of, amount, money),
  restocking: (of, amount, money) => fee('restocking', of, amount, money),
  return_shipping: (of, amount, money) => fee('return_shipping', of, amount, money),
  gifted_coupon: ({ code, value, unwound }, amount, money) => {
    if (!unwound) return `随单赠券 ${code} 不受影响：只有整单退款时才会处理。`;
    const kept = -amount < value ? `其面值 ${money(value)}，因余额不足只扣回 ${money(-amount)}` : `扣回其面值 ${money(value)}`;
    return `随单赠券 ${code} 已被使用，而订单已整单退款：${kept}。`;
  },
  coupon_revoked: ({ code }) => `订单已整单退款，未使用的随单赠券 ${code} 作废。`,
  coupon_restored: ({ code }) => `订单已整单退款，优惠券 ${code} 可再次使用。`,
  tax: ({ name, rate, netAmount, beyond }, amount, money) =>
    beyond
      ? `${name} ${percent(rate)}：费用超出了适用该税率的订单行所给的金额，超出部分中，税额 ${money(-amount)}，不含税金额 ${money(-netAmount)}。`
      : `${name} ${percent(rate)}：适用该税率的订单行扣除费用后的金额中，税额 ${money(amount)}，不含税金额 ${money(netAmount)}。`,
  total: ({ linesAmount, shippingAmount, feesAmount, clawbacksAmount }, amount, money) => {
    const parts = [
      `商品 ${money(linesAmount)}`,
      ...(shippingAmount === 0 ? [] : [`加发货运费 ${money(shippingAmount)}`]),
      ...(feesAmount === 0 ? [] : [`减费用 ${money(-feesAmount)}`]),
      ...(clawbacksAmount === 0 ? [] : [`减已使用的赠券 ${money(-clawbacksAmount)}`]),
    ];
    return `合计：${parts.join('，')}，共 ${money(amount)}${amount === 0 ? '，无需付款' : ''}。`;
  },
  tender: ({ tenderId, kind, tenderOrder, refundTo, capturedAmount, returnedBefore }, amount, money) =>
    refundTo === 'store_credit'
      ? `${money(amount)} 退至店铺余额，因为顾客已同意。`
      : `${money(amount)} 退至付款方式 ${tenderId}（${tenderKinds[kind]}），其收款 ${money(capturedAmount)}，此前已退 ${money(returnedBefore)}，因为${tenderRules[tenderOrder]}。`,
  advance: (of, amount, money) =>
    of.advanceId === null
      ? `${money(amount)} 在验货前预先退款，验货后再据结果结算。`
      : `其中 ${money(amount)} 已在验货前预先退至付款方式 ${of.tenderId}（${tenderKinds[of.kind]}），预退款编号 ${of.advanceId}。`,
  instalment: ({ number, count, settlementId }, amount, money) =>
    `第 ${number} 期，共 ${count} 期${settlementId === null ? '' : `（${settlementId}）`}，金额 ${money(amount)}：`,
  instalments_together: ({ count }, amount, money) => `${count} 期合计 ${money(amount)}。`,
  points_revoked: ({ pointsEarned, refundedAmount, paidAmount, revokedBefore }, amount, money) =>
    `所获 ${pointsEarned} 积分中收回 ${amount} 积分：实付 ${money(paidAmount)} 中至今已退 ${money(refundedAmount)}，此前已收回 ${revokedBefore} 积分。`,
  points_restored: ({ pointsSpent, toPointsAmount, spentAmount, restoredBefore }, amount, money) =>
    `所用 ${pointsSpent} 积分中返还 ${amount} 积分：以积分支付的 ${money(spentAmount)} 中至今已退回 ${money(toPointsAmount)}，此前已返还 ${restoredBefore} 积分。`,
};

const pieces = (units: readonly number[]) => `第 ${ranges(units).join('、')} 件`;
const reasonNames: Readonly<Record<string, string>> = {
  changed_mind: '不想要了',
  wrong_size: '尺码不合',
  damaged: '商品破损',
  defective: '商品有缺陷',
  wrong_item: '发错商品',
  not_as_described: '与描述不符',
  missing_parts: '缺少配件',
  late: '送达延误',
  lost: '包裹丢失',
  price_dropped: '降价',
  promise_broken: '未履行承诺',
};
/** A merchant's own reasons have no other name than theirs. */
const reasonName = (code: string) => (Object.hasOwn(reasonNames, code) ? (reasonNames[code] ?? code) : code);
const faultNames = { customer: '顾客', seller: '商家', carrier: '承运商' } as const;
const tenderKinds = {
  card: '银行卡',
  wallet: '电子钱包',
  bank: '银行转账',
  gift_card: '礼品卡',
  store_credit: '店铺余额',
  points: '积分',
  cash: '现金',
} as const;

function piecesOf({ lineId, units, quantity, reason }: Reasons['nothing_owed']): string {
  return `订单行 ${lineId}，共 ${quantity} 件中的${pieces(units)}（${reasonName(reason)}）`;
}

function bought({ units, unitPrice, goodsAmount, discountAmount, taxAmount, taxes, pricesIncludeTax }: Reasons['unit_share'], money: Money): string {
  const each = units.length === 1 ? '' : `（${units.length} × ${money(unitPrice)}）`;
  const less = discountAmount === 0 ? '' : `，减优惠 ${money(-discountAmount)}`;
  const plus = pricesIncludeTax || taxes.length === 0 ? '' : `，加税 ${money(taxAmount)}（${rates(taxes)}）`;
  return `商品价格 ${money(goodsAmount)}${each}${less}${plus}`;
}
const rates = (taxes: Reasons['unit_share']['taxes']) => taxes.map(({ name, rate }) => `${name} ${percent(rate)}`).join('、');

function included({ taxAmount, taxes, pricesIncludeTax }: Reasons['unit_share'], money: Money): string {
  return pricesIncludeTax && taxes.length > 0 ? `，含税 ${money(taxAmount)}（${rates(taxes)}）` : '';
}
const taxInside = ({ taxAmount }: { readonly taxAmount: number }, money: Money) => (taxAmount === 0 ? '' : `（含税 ${money(taxAmount)}）`);

function discounts({ discounts: laid }: Reasons['unit_share'], money: Money): string {
  if (laid.length === 0) return '';
  const named = laid.map(({ discountId, couponCode, amount }) => {
    const name = discountId === null ? '本行优惠' : `${discountId}${couponCode === null ? '' : `（优惠券 ${couponCode}）`}`;
    return `${name} ${money(amount)}`;
  });
  return `整行的优惠由各件均摊：${named.join('、')}。`;
}

function exchanged({ units, leftAmount, exchangePrices, exchangeTaxAmounts, taxAmount }: Reasons['exchange_difference'], amount: number, money: Money): string {
  if (exchangePrices.every((price) => price === null)) return '换同款商品，无需退款';
  const price = alike(exchangePrices);
  const other = price === null ? '换其他商品' : `换${units.length === 1 ? '' : '每件'} ${money(price)}${onTop(exchangeTaxAmounts, money)}的商品`;
  const left = `${other}，实付金额中尚余 ${money(leftAmount)}`;
  return amount === 0 ? `${left}，没有差价可退` : `${left}，退还差价 ${money(amount)}${taxInside({ taxAmount }, money)}`;
}

function onTop(taxes: Reasons['exchange_difference']['exchangeTaxAmounts'], money: Money): string {
  const each = taxes === undefined ? null : alike(taxes);
  return each === null ? ' ' : `（另加税 ${money(each)}）`;
}

function shipping(of: Reasons['outbound_shipping'], amount: number, money: Money): string {
  const { paidAmount, balanceAmount, taxAmount } = of;
  const paid = `已付发货运费 ${money(paidAmount)}`;
  if (balanceAmount === 0) return `${paid}，此前已全部退还`;
  const rest = balanceAmount === paidAmount ? paid : `${paid}，此前已退 ${money(paidAmount - balanceAmount)}，尚余 ${money(balanceAmount)}`;
  return amount > 0 ? `${rest}，全部退还${taxInside({ taxAmount }, money)}，因为${earned(of)}` : `${rest}，不予退还，因为${unearned(of)}`;
}
function earned({ outboundShipping: rule, sellerFault, refunded }: Reasons['outbound_shipping']): string {
  if (rule === 'always') return '按规则，该包裹中的商品首次退款时退还运费';
  const fault = rule === 'seller_fault' || (rule === 'seller_fault_or_full' && sellerFault);
  return fault ? `该包裹中有商品因商家责任${refunded === undefined ? '退回' : '退款'}` : '订单的最后一件商品已退回';
}
function unearned({ outboundShipping: rule, refunded }: Reasons['outbound_shipping']): string {
  const byFault = `该包裹中没有商品因商家责任${refunded === undefined ? '退回' : '退款'}`;
  const notFull = `此次${refunded === undefined ? '退货' : '结算'}并未使订单的最后一件商品退回`;
  const because = {
    never: '按规则，发货运费一律不退',
    always: '该包裹中没有商品在此次退款',
    full_return: notFull,
    seller_fault: byFault,
    seller_fault_or_full: `${byFault}，且${notFull}`,
  };
  return because[rule];
}

function condition({ deductions }: Reasons['condition'], amount: number, money: Money): string {
  if (amount === 0) {
    const spared = deductions.map(({ units, grade, fault }) => `${pieces(units)}评为 ${grade} 级（责任在${faultNames[fault]}）`);
    return `${spared.join('，')}，不扣款，因为只有责任在顾客时才按成色扣款`;
  }
  const by = deductions.map(
    ({ units, grade, rate, baseAmount }) =>
      `${pieces(units)}评为 ${grade} 级，按 ${money(baseAmount)} 的 ${percent(rate)}${units.length === 1 ? '' : '逐件取整'}`,
  );
  return `因责任在顾客，扣除 ${money(-amount)}：${by.join('；')}`;
}

const feeNames: Readonly<Record<FeeKind, string>> = { missing_parts: '缺件费', restocking: '重新上架费', return_shipping: '退货运费' };

function fee(kind: FeeKind, of: Reasons[FeeKind], amount: number, money: Money): string {
  const charge = of.rate === null ? `${money(of.feeAmount ?? 0)}（每次退货收取一次）` : percent(of.rate);
  const policy = `按规则，${of.reasons.length === 0 ? '任何退货原因' : `退货原因为${of.reasons.map(reasonName).join('、')}时`}收取 ${charge}`;
  if ('because' in of) return `${feeNames[kind]}：${policy}，此次未收取，因为${noFee[of.because]}。`;
  const short = of.feeAmount !== null && of.takenAmount < of.feeAmount ? `；因余额不足，该费用共只收取 ${money(of.takenAmount)}` : '';
  return `${feeNames[kind]}，订单行 ${of.lineId}：${policy}；${keptOf(of, amount, money)}${short}。`;
}
function keptOf({ baseAmount, beyondAmount }: { readonly baseAmount: number; readonly beyondAmount?: number }, amount: number, money: Money): string {
  if (beyondAmount === undefined) return `从该行尚余的 ${money(baseAmount)} 中扣除 ${money(-amount)}`;
  return baseAmount > 0
    ? `扣除 ${money(-amount)}：该行尚余的 ${money(baseAmount)}，以及本次结算其他金额中的 ${money(beyondAmount)}`
    : `该行已无余额，从本次结算的其他金额中扣除 ${money(-amount)}`;
}
const noFee: Readonly<Record<NoFee, string>> = {
  other_reason: '没有商品以该原因退货',
  all_parts_there: '验货确认配件齐全',
  goods_stay: '商品由顾客保留',
  nothing_back: '以该原因退款的商品无需退回',
  other_currency: '规则中的金额与订单币种不同',
  taken_before: '此次退货已支付过该费用',
  zero_fee: '该费用为零',
  rounds_to_nothing: '金额过小，取整后为零',
  nothing_left: '没有可扣的金额',
};

const tenderRules: Readonly<Record<Reasons['tender']['tenderOrder'], string>> = {
  non_cash_first: '先退积分、礼品卡和店铺余额，其余按付款顺序退还',
  first_in: '按付款顺序退还',
  last_in: '按付款的相反顺序退还',
  pro_rata: '各付款方式按其收款比例退还',
};
