import { policyProblems } from '#libs/domain/policy/policy-problems';
import { policyBody } from './policy';

/** CONTRACT §7, word for word: what an integrator starts from. */
const example = `{ "name": "default", "currency": "CNY", "effectiveFrom": "2026-01-01T00:00:00Z", "priority": 0,
  "scope": { "countries": [], "regions": [], "categories": [], "channels": [], "tiers": [], "sharePercent": 100 },
  "window": { "duration": "P30D", "from": "delivery", "byCategory": { "apparel": "P60D" }, "byTier": { "gold": "P45D" } },
  "excluded": { "finalSale": true, "categories": ["gift-card"] },
  "reasons": [ { "code": "damaged", "fault": "seller", "evidence": "optional", "goodsBack": "required", "needsDelivery": true, "resolutions": ["refund", "exchange", "repair", "refund_only"] } ],
  "approval": { "automatic": [ { "maxAmount": 50000, "reasons": ["damaged"], "tiers": [], "maxRisk": 60 } ] },
  "priorities": [ { "when": { "reasons": ["damaged"], "tiers": ["gold"], "minAmount": 0 }, "level": "urgent", "firstResponse": "PT15M" } ],
  "refund": { "timing": "after_inspection", "advanceBelow": 30000, "advanceRecovery": "write_off", "outboundShipping": "seller_fault_or_full", "tenderOrder": "non_cash_first", "keepItBelow": 500,
     "fees": [ { "kind": "restocking", "rate": "0.10", "reasons": ["changed_mind"] }, { "kind": "return_shipping", "amount": 800, "reasons": ["changed_mind"] } ],
     "gradeDeductions": { "A": "0", "B": "0.10", "C": "0.50", "D": "1" }, "approvalAbove": 100000 },
  "handover": { "methods": ["drop_off", "door_pickup", "self_ship"], "paidBy": "seller_fault" },
  "deadlines": { "review": { "target": "PT48H", "warn": "PT40H", "calendar": "24x7", "onBreach": "approve" },
     "handover": { "target": "P7D", "warn": "P4D", "calendar": "24x7", "onBreach": "expire" },
     "transit": { "target": "P10D", "calendar": "24x7", "onBreach": "attention" },
     "inspection": { "target": "P2D", "calendar": "CN", "onBreach": "accept" },
     "offer": { "target": "P3D", "calendar": "24x7", "onBreach": "decline" }, "replacement": { "target": "P3D", "calendar": "24x7", "onBreach": "attention" },
     "repair": { "target": "P10D", "calendar": "CN", "onBreach": "attention" }, "approval": { "target": "PT4H", "calendar": "24x7", "onBreach": "escalate" },
     "refund": { "target": "PT2H", "calendar": "24x7", "onBreach": "attention" }, "appeal": { "target": "P7D", "calendar": "24x7", "onBreach": "close" } },
  "compensation": [ { "when": { "fault": "seller" }, "grant": { "kind": "coupon", "amount": 1000, "validFor": "P90D" } },
                    { "when": { "breached": "inspection" }, "grant": { "kind": "points", "amount": 100 } } ] }`;

describe('the policy of the contract', () => {
  test('is taken as it stands', () => {
    const policy = policyBody.parse(JSON.parse(example));
    expect(policyProblems(policy, { calendars: new Set(['24x7', 'CN']) })).toEqual([]);
  });
});
